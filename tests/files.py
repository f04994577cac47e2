"""Files as people and attackers send them, made on the spot."""

import io
import os
import struct
import zlib

import pillow_heif
from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

pillow_heif.register_heif_opener()

SECRET = "Ana Nunez 78701"  # what must not be found afterwards
GPS = 0x8825


def picture(size=(64, 48), mode="RGB", color="teal") -> Image.Image:
    return Image.new(mode, size, color)


def encoded(image: Image.Image, form: str = "JPEG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def jpeg(size=(64, 48), **options) -> bytes:
    return encoded(picture(size), "JPEG", **options)


def noise(size=(64, 48)) -> Image.Image:
    return Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3))


def exif(orientation: int = 1) -> Image.Exif:
    """As a phone writes it: where the photo was taken, on what, and what its owner typed."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F], tags[0x010E] = "PhoneMaker", SECRET
    where = tags.get_ifd(GPS)
    where[1], where[2] = "N", (IFDRational(30), IFDRational(16), IFDRational(15))
    where[3], where[4] = "W", (IFDRational(97), IFDRational(44), IFDRational(37))
    return tags


def located_photo(form: str = "JPEG", size=(64, 48), orientation: int = 1) -> bytes:
    options = {"xmp": f"<x>{SECRET}</x>".encode()} if form in ("JPEG", "HEIF") else {}
    if form == "JPEG":
        options |= {"comment": SECRET.encode(), "icc_profile": SECRET.encode() * 10}
    return encoded(picture(size), form, exif=exif(orientation), **options)


def png_with_texts() -> bytes:
    """A PNG with what it may carry beside its pixels."""
    plain = encoded(picture(), "PNG")
    text = b"Author\0" + SECRET.encode()
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    return plain[:33] + chunk + plain[33:] + SECRET.encode()


def flat_png(width: int, height: int) -> bytes:
    """Black, one bit a pixel, with an honest header: small to send, huge to open."""
    rows = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * height, 9)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(pages: int = 1, *, words: str = "Knee MRI, left", **writing) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        write_page(writer, words)
    return written(writer, **writing)


def write_page(writer: PdfWriter, words: str):
    page = writer.add_blank_page(612, 792)
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET".encode())
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
    )
    page[NameObject("/Contents")] = writer._add_object(content)
    return page


def written(writer: PdfWriter, *, user_password=None, owner_password=None, algorithm="AES-256") -> bytes:
    if user_password is not None or owner_password is not None:
        writer.encrypt(user_password or "", owner_password, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stream_of(data: bytes, **entries) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    for name, value in entries.items():
        stream[NameObject(f"/{name}")] = value
    return stream


def annotation(
    writer: PdfWriter, words: str, *, flags: int = 4, state: str = "", **entries
) -> DictionaryObject:
    """A filled field as it is drawn; with `state`, a box that has a look for each of its states."""
    box = ArrayObject([FloatObject(side) for side in (0, 0, 200, 40)])
    look = stream_of(
        f"BT ({words}) Tj ET".encode(), Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=box
    )
    drawn = writer._add_object(look)
    normal = DictionaryObject({NameObject(f"/{state}"): drawn}) if state else drawn
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/Rect"): ArrayObject([FloatObject(side) for side in (72, 600, 272, 640)]),
            NameObject("/F"): NumberObject(flags),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): normal}),
            NameObject("/V"): TextStringObject(SECRET),
        }
    )
    if state:
        note[NameObject("/AS")] = NameObject(f"/{state}")
    for name, value in entries.items():
        note[NameObject(f"/{name}")] = value
    return note
