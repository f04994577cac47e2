"""Telling a file by its content, and making it anew. Run it through `sandbox`: the libraries that decode
pictures are large, written in C, and get whatever anybody sends."""

from io import BytesIO
from typing import Final

import pillow_heif
from PIL import Image, ImageOps

from scheduling.uploads.kinds import LARGEST_FILE, CleanFile, ContentType, Fault, Refused
from scheduling.uploads.pdf import clean_pdf

LONGEST_SIDE: Final = 3200  # pixels kept: a Letter page at 290 to the inch
JPEG_QUALITY: Final = 88
# A JPEG is decoded at a fraction of its size, so 200 megapixels are fine; others need memory for all.
MOST_PIXELS: Final = {"JPEG": 260_000_000, "MPO": 260_000_000, "PNG": 60_000_000, "HEIF": 60_000_000}
FORMATS: Final = ("JPEG", "PNG", "HEIF")
_HEIF_BRANDS: Final = {
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"hevx",
    b"hevm",
    b"hevs",
    b"mif1",
    b"msf1",
}

pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
Image.MAX_IMAGE_PIXELS = None  # we ask the size ourselves, before anything is decoded


def clean_file(content: bytes) -> CleanFile:
    """Raises Refused, and nothing else."""
    if not content:
        raise Refused(Fault.EMPTY)
    if len(content) > LARGEST_FILE:
        raise Refused(Fault.TOO_BIG)
    kind = kind_of(content)
    if kind is None:
        raise Refused(Fault.UNKNOWN)
    try:
        if kind is ContentType.PDF:
            return CleanFile(kind, clean_pdf(content))
        return CleanFile(kind, clean_picture(content))
    except Refused:
        raise
    except Exception as error:  # decoders raise whatever they like
        raise Refused(Fault.BROKEN) from error


def kind_of(content: bytes) -> ContentType | None:
    """By the first bytes; neither a name nor a header says what a file is."""
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:5] == b"%PDF-":
        return ContentType.PDF
    is_heif = content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS
    if is_heif or content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return ContentType.JPEG
    return None


def clean_picture(content: bytes) -> bytes:
    """A JPEG of nothing but the pixels, upright. Position, camera, comments, color profiles and whatever
    followed the picture are gone."""
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS[picture.format or ""]:
            raise Refused(Fault.TOO_LARGE_PICTURE)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        made = BytesIO()
        _on_white(upright).save(made, "JPEG", quality=JPEG_QUALITY)
    return made.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """In a mode that JPEG knows. What shows through becomes paper."""
    if picture.mode in ("L", "RGB"):
        seen = picture
    elif picture.mode.startswith("I"):  # 16 bits of gray
        seen = picture.convert("I").point(lambda value: value / 256).convert("L")
    elif picture.has_transparency_data:
        layer = picture.convert("RGBA")
        seen = Image.new("RGB", layer.size, "white")
        seen.paste(layer, mask=layer.getchannel("A"))
    else:
        seen = picture.convert("L" if picture.mode == "1" else "RGB")
    bare = Image.new(seen.mode, seen.size)  # without the original's `info`, from which saving copies
    bare.paste(seen)
    return bare
