"""Photos as they lie inside other files: the same pixels without position, camera, comments, and what follows
the picture. Not decoded: a page may need the picture as it is."""

from collections.abc import Iterator
from typing import Final

from scheduling.uploads.kinds import Fault, Refused

_KEPT_SEGMENTS: Final = {0xE0, 0xEE}  # of a JPEG’s application data: JFIF, and Adobe’s word on its colors
# Of JPEG 2000 (ISO/IEC 15444-1, annex I): the signature, its kind, what the pixels mean, the pixels.
_KEPT_BOXES: Final = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}
_PIXELS: Final = b"jp2c"
_CODESTREAM: Final = b"\xff\x4f\xff\x51"


def bare_jpeg(photo: bytes) -> bytes:
    kept, at = [photo[:2]], 2
    while at + 4 <= len(photo) and photo[at] == 0xFF:
        marker = photo[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xDA:  # the picture itself, up to its end
            end = photo.rfind(b"\xff\xd9", at)
            kept.append(photo[at : end + 2 if end >= 0 else len(photo)])
            return b"".join(kept)
        after = at + 2 + int.from_bytes(photo[at + 2 : at + 4])
        is_metadata = marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS)
        if not is_metadata:
            kept.append(photo[at:after])
        at = after
    raise Refused(Fault.BROKEN)


def bare_jpeg2000(photo: bytes) -> bytes:
    """With boxes around the pixels, or without any."""
    if photo.startswith(_CODESTREAM):
        return _bare_codestream(photo)
    kept, has_pixels = [], False
    for name, head, content in _boxes(photo):
        if name == _PIXELS:
            pixels, has_pixels = _bare_codestream(content), True
            kept.append((len(pixels) + 8).to_bytes(4) + name + pixels)
        elif name in _KEPT_BOXES:
            kept.append(head + content)
    if not has_pixels:
        raise Refused(Fault.BROKEN)
    return b"".join(kept)


def _boxes(photo: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, head and content of each box; a length of 0 reaches to the end, of 1 stands in 8 bytes more."""
    at = 0
    while at + 8 <= len(photo):
        length, head = int.from_bytes(photo[at : at + 4]), 8
        if length == 1:
            length, head = int.from_bytes(photo[at + 8 : at + 16]), 16
        end = len(photo) if length == 0 else at + length
        if not at + head <= end <= len(photo):
            raise Refused(Fault.BROKEN)
        yield photo[at + 4 : at + 8], photo[at : at + head], photo[at + head : end]
        at = end


def _bare_codestream(pixels: bytes) -> bytes:
    """Comments stand before the first tile (0xFF90)."""
    if not pixels.startswith(_CODESTREAM):
        raise Refused(Fault.BROKEN)
    kept, at = [pixels[:2]], 2
    while at + 4 <= len(pixels) and pixels[at] == 0xFF:
        marker = pixels[at + 1]
        if marker == 0x90:
            return b"".join([*kept, pixels[at:]])
        after = at + 2 + int.from_bytes(pixels[at + 2 : at + 4])
        if marker != 0x64:
            kept.append(pixels[at:after])
        at = after
    raise Refused(Fault.BROKEN)
