"""What is kept of a file: its kind by its content, and only what can be seen of it."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scheduling.uploads import cleaning
from scheduling.uploads.cleaning import clean_file, kind_of
from scheduling.uploads.kinds import LARGEST_FILE, ContentType, Fault, Refused
from tests.files import (
    GPS,
    SECRET,
    encoded,
    flat_png,
    jpeg,
    located_photo,
    noise,
    pdf,
    picture,
    png_with_texts,
)


def kept(content: bytes) -> bytes:
    clean = clean_file(content)
    assert clean.content_type is ContentType.JPEG
    return clean.content


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def fault(content: bytes) -> Fault:
    with pytest.raises(Refused) as refusal:
        clean_file(content)
    return refusal.value.fault


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF"])
def test_a_photo_is_kept_without_where_it_was_taken(form):
    sent = located_photo(form)
    assert opened(sent).getexif().get_ifd(GPS), "the photo that is sent must say where it was taken"

    clean = kept(sent)

    found = opened(clean)
    assert dict(found.getexif()) == {}
    assert set(found.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert SECRET.encode() not in clean
    assert b"Exif" not in clean
    assert b"PhoneMaker" not in clean


def test_texts_in_a_png_and_what_follows_it_are_gone():
    sent = png_with_texts()
    assert opened(sent).info["Author"] == SECRET

    assert SECRET.encode() not in kept(sent)


def test_what_is_hidden_behind_a_photo_is_gone():
    for hidden in (b"<script>alert(1)</script>", b"PK\x03\x04zip", b"%PDF-1.4 " + pdf()):
        clean = kept(jpeg() + hidden)
        assert hidden not in clean
        assert clean.rstrip(b"\0").endswith(b"\xff\xd9")


def test_a_photo_is_turned_upright():
    wide = picture((60, 30))
    wide.paste("white", (0, 0, 30, 30))  # its left half
    sent = encoded(wide, "JPEG", exif=exif_turned(6), quality=95)

    found = opened(kept(sent)).convert("L")

    assert found.size == (30, 60)
    assert found.getpixel((15, 10)) > 240  # on top once the phone's turn is undone
    assert found.getpixel((15, 50)) < 140


def exif_turned(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


@pytest.mark.parametrize(
    ("image", "form", "wanted"),
    [
        (picture(mode="RGBA", color=(0, 0, 0, 0)), "PNG", 255),
        (picture(mode="LA", color=(0, 0)), "PNG", 255),
        (picture(mode="L", color=200), "PNG", 200),
        (picture(mode="1", color=1), "PNG", 255),
        (picture(mode="I;16", color=51200), "PNG", 200),
        (picture(mode="CMYK", color=(0, 0, 0, 0)), "JPEG", 255),
        (picture(mode="RGB", color=(200, 200, 200)).quantize(), "PNG", 200),
        (picture(mode="L", color=200), "JPEG", 200),
    ],
    ids=lambda value: getattr(value, "mode", None),
)
def test_every_kind_of_picture_keeps_its_look_on_white_paper(image, form, wanted):
    found = opened(kept(encoded(image, form))).convert("L")
    assert found.size == image.size
    assert abs(found.getpixel((10, 10)) - wanted) <= 2


def test_a_palette_with_a_see_through_color_is_drawn_on_white():
    image = picture(mode="P", color=0)
    image.putpalette([0, 0, 0] * 256)
    found = opened(kept(encoded(image, "PNG", transparency=0))).convert("L")
    assert found.getpixel((5, 5)) == 255


def test_a_stereo_photo_is_kept_as_its_first_picture():
    sent = io.BytesIO()
    picture(color="white").save(sent, "MPO", save_all=True, append_images=[picture(color="black")])
    assert opened(sent.getvalue()).format == "MPO"

    assert opened(kept(sent.getvalue())).convert("L").getpixel((5, 5)) > 250


def test_a_large_photo_is_made_small_enough_to_keep():
    found = opened(kept(jpeg((9000, 4500))))
    assert found.size == (cleaning.LONGEST_SIDE, cleaning.LONGEST_SIDE // 2)


def test_a_bomb_is_not_opened(monkeypatch):
    sent = flat_png(40_000, 40_000)
    assert len(sent) < 300_000

    def opens(self):
        raise AssertionError("it was decoded")

    monkeypatch.setattr(Image.Image, "thumbnail", opens)
    assert fault(sent) is Fault.TOO_LARGE_PICTURE


@pytest.mark.parametrize("form", ["PNG", "HEIF"])
def test_pixels_are_limited_where_all_must_be_in_memory(form, monkeypatch):
    monkeypatch.setitem(cleaning.MOST_PIXELS, form, 64 * 48)
    assert kept(encoded(picture(), form))
    monkeypatch.setitem(cleaning.MOST_PIXELS, form, 64 * 48 - 1)
    assert fault(encoded(picture(), form)) is Fault.TOO_LARGE_PICTURE


OTHERS = {
    "program": b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200),
    "linux program": b"\x7fELF" + bytes(200),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "html with a PDF inside": b"<html>" + b"%PDF-1.4",
    "zip": b"PK\x03\x04" + bytes(100),
    "gif": encoded(picture(), "GIF"),
    "webp": encoded(picture(), "WEBP"),
    "tiff": encoded(picture(), "TIFF"),
    "video": b"\x00\x00\x00\x18ftypmp42" + bytes(100),
    "text": b"my order",
    "one byte": b"\xff",
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_are_none_of_ours_whatever_they_are_called(name):
    assert fault(OTHERS[name]) is Fault.UNKNOWN


BROKEN = {
    "half a photo": encoded(noise(), "JPEG")[:1500],
    "a photo's first bytes": b"\xff\xd8\xff\xe0" + bytes(50),
    "half a PNG": encoded(noise(), "PNG")[:-4000],
    "half a HEIC": encoded(noise((256, 256)), "HEIF")[:-9000],
    "a name of a HEIC": b"\x00\x00\x00\x18ftypheic" + bytes(100),
    "half a PDF": pdf()[:120],
    "a PDF's first line": b"%PDF-1.7\n",
    "a PDF without pages": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_said_to_be_broken(name):
    assert fault(BROKEN[name]) is Fault.BROKEN


def test_empty_and_too_big():
    assert fault(b"") is Fault.EMPTY
    assert fault(jpeg() + bytes(LARGEST_FILE)) is Fault.TOO_BIG
    just_fits = jpeg()
    assert kept(just_fits + bytes(LARGEST_FILE - len(just_fits)))


def test_a_mark_of_unicode_or_blanks_before_a_pdf_do_no_harm():
    assert kind_of(b"\xef\xbb\xbf\r\n %PDF-1.4") is ContentType.PDF


@given(st.binary(max_size=400))
def test_no_bytes_make_another_error(tail):
    for head in (b"", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x18ftypheic", b"%PDF-1.7\n"):
        with contextlib.suppress(Refused):
            clean_file(head + tail)


@given(at=st.integers(0, 10_000), to=st.integers(0, 255))
def test_one_changed_byte_makes_no_other_error(at, to):
    for sent in (SMALL_JPEG, SMALL_PDF):
        changed = bytearray(sent)
        changed[at % len(changed)] = to
        with contextlib.suppress(Refused):
            clean_file(bytes(changed))


SMALL_JPEG, SMALL_PDF = located_photo(), pdf()
