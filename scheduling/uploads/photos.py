"""Photos as they lie inside other files: the same pixels without position, camera, comments, and what follows
the picture. Not decoded: a page may need the picture as it is."""

import re
from collections.abc import Iterator
from typing import Final

from scheduling.uploads.kinds import Fault, Refused

_KEPT_SEGMENTS: Final = {0xE0, 0xEE}  # of a JPEG’s application data: JFIF, and Adobe’s word on its colors
_SCAN, _END = 0xDA, 0xD9  # the end is the same in JPEG 2000
_AFTER_PIXELS: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # neither a byte of the pixels nor a restart
# Of JPEG 2000 (ISO/IEC 15444-1, annex I): the signature, its kind, what the pixels mean, the pixels.
_KEPT_BOXES: Final = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}
_PIXELS: Final = b"jp2c"
_CODESTREAM: Final = b"\xff\x4f\xff\x51"
_TILE, _TILE_PIXELS, _COMMENT = 0x90, 0x93, 0x64


def bare_jpeg(photo: bytes) -> bytes:
    kept, has_pixels = [photo[:2]], False
    for marker, segment in _segments(photo):
        has_pixels |= marker == _SCAN
        if not _is_metadata(marker):
            kept.append(segment)
    if not has_pixels:
        raise Refused(Fault.BROKEN)
    return b"".join(kept)


def tells_more(photo: bytes) -> bool:
    """Whether a JPEG has what `bare_jpeg` takes out."""
    return any(_is_metadata(marker) for marker, _segment in _segments(photo))


def _is_metadata(marker: int) -> bool:
    return marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS)


def _segments(photo: bytes) -> Iterator[tuple[int, bytes]]:
    """Each with its marker, scans with their pixels, up to the end of the first picture: phones put a second
    one behind it. Metadata may also lie between two scans."""
    at = 2
    while at + 2 <= len(photo):
        marker = photo[at + 1]
        if photo[at] != 0xFF:
            raise Refused(Fault.BROKEN)
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == _END:
            yield marker, photo[at : at + 2]
            return
        after = at + 2 + int.from_bytes(photo[at + 2 : at + 4])
        if marker == _SCAN:
            follows = _AFTER_PIXELS.search(photo, after)
            after = follows.start() if follows else len(photo)
        yield marker, photo[at:after]
        at = after


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
    """Comments are emptied where they stand, before the tiles and in them: other parts note lengths."""
    if not pixels.startswith(_CODESTREAM):
        raise Refused(Fault.BROKEN)
    bare, at, tile_ends = bytearray(pixels), 2, 0
    while at + 4 <= len(pixels) and pixels[at] == 0xFF:
        marker, after = pixels[at + 1], at + 2 + int.from_bytes(pixels[at + 2 : at + 4])
        if marker == _END:
            break
        if marker == _TILE:
            length = int.from_bytes(pixels[at + 6 : at + 10])
            tile_ends = at + length if length else len(pixels)
        elif marker == _TILE_PIXELS:
            if tile_ends <= at:
                raise Refused(Fault.BROKEN)
            after = tile_ends
        elif marker == _COMMENT:
            bare[at + 6 : after] = bytes(max(0, min(after, len(pixels)) - at - 6))
        at = after
    if not tile_ends:
        raise Refused(Fault.BROKEN)
    return bytes(bare[: at + 2 if pixels[at : at + 2] == b"\xff\xd9" else at])
