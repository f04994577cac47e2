"""A PDF made anew: its pages look the same, and nothing in it can act or tell more."""

import io
import struct
import zlib

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)

from scheduling.uploads.cleaning import clean_file
from scheduling.uploads.kinds import LARGEST_FILE, MEGABYTE, MOST_PAGES, ContentType, Fault, Refused
from scheduling.uploads.photos import bare_jpeg, bare_jpeg2000
from tests.files import (
    SECRET,
    annotation,
    encoded,
    jpeg,
    located_photo,
    noise,
    pdf,
    picture,
    stream_of,
    write_page,
    written,
)


def kept(content: bytes) -> bytes:
    clean = clean_file(content)
    assert clean.content_type is ContentType.PDF
    return clean.content


def reread(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(kept(content)))


def fault(content: bytes) -> Fault:
    with pytest.raises(Refused) as refusal:
        clean_file(content)
    return refusal.value.fault


def names_in(content: bytes) -> set[str]:
    """Of every dictionary in the file."""
    reader = PdfReader(io.BytesIO(content))
    found, seen, waiting = set(), set(), [reader.trailer]
    while waiting:
        here = waiting.pop()
        here = here.get_object()
        if id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, DictionaryObject):
            found |= set(here)
            waiting += list(here.values())
        elif isinstance(here, ArrayObject):
            waiting += list(here)
    return found


def test_pages_keep_their_words_and_order():
    writer = PdfWriter()
    for words in ("first", "second", "third"):
        write_page(writer, words)

    pages = reread(written(writer)).pages

    assert [page.extract_text().strip() for page in pages] == ["first", "second", "third"]
    assert [float(side) for side in pages[0].mediabox] == [0, 0, 612, 792]


def test_a_turned_page_stays_turned():
    writer = PdfWriter()
    write_page(writer, "x").rotate(90)
    assert reread(written(writer)).pages[0].rotation == 90


def armed() -> bytes:
    """With everything a PDF can do beside being read."""
    writer = PdfWriter()
    page = write_page(writer, "Knee MRI, left")
    writer.add_attachment("virus.exe", SECRET.encode())
    writer.add_metadata({"/Author": SECRET})
    writer.xmp_metadata = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    act = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(SECRET)}
    )
    launch = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject(SECRET)}
    )
    for owner in (writer.root_object, page):
        owner[NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(act)})
    scripts = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("x"), act])})
    writer.root_object["/Names"][NameObject("/JavaScript")] = scripts
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(act)
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): TextStringObject(SECRET)})
    page[NameObject("/Annots")] = ArrayObject(
        [
            writer._add_object(annotation(writer, "seen", A=launch, AA=act)),
            writer._add_object(annotation(writer, "link", Subtype=NameObject("/Link"), A=launch)),
            writer._add_object(annotation(writer, "file", Subtype=NameObject("/FileAttachment"))),
            TextStringObject("no annotation"),
        ]
    )
    return written(writer)


def test_nothing_of_it_acts_or_tells_who_made_it():
    sent = armed()
    assert SECRET.encode() in sent
    assert {"/JavaScript", "/OpenAction", "/AA", "/EmbeddedFiles", "/Metadata", "/Annots"} <= names_in(sent)

    clean = kept(sent)

    assert SECRET.encode() not in clean
    forbidden = (
        "/JavaScript /JS /OpenAction /AA /A /EmbeddedFiles /EF /Names /Metadata /Info /PieceInfo /AcroForm"
    )
    assert names_in(clean) & set(forbidden.split()) == set()
    assert b"virus" not in clean
    assert b"pypdf" not in clean
    assert PdfReader(io.BytesIO(clean)).metadata is None


def test_what_is_drawn_onto_a_page_stays_drawn_and_does_nothing():
    """The values of a filled form are not in the page itself: without them the order would be blank."""
    (stamp,) = reread(armed()).pages[0]["/Annots"]
    stamp = stamp.get_object()
    assert stamp["/Subtype"] == "/Stamp"
    assert stamp.keys() == {"/Type", "/Subtype", "/Rect", "/F", "/AP"}
    assert b"(seen)" in stamp["/AP"]["/N"].get_object().get_data()
    assert [float(side) for side in stamp["/Rect"]] == [72, 600, 272, 640]


@pytest.mark.parametrize(
    ("note", "is_drawn"),
    [
        ({}, True),
        ({"flags": 0}, True),
        ({"flags": 2}, False),  # hidden
        ({"flags": 32}, False),  # not to be seen
        ({"state": "Yes"}, True),
        ({"state": "Yes", "AS": NameObject("/Off")}, False),
        ({"AP": DictionaryObject()}, False),
        ({"AP": TextStringObject("x")}, False),
        ({"Rect": TextStringObject("x")}, False),
    ],
)
def test_only_what_can_be_seen_is_kept(note, is_drawn):
    writer = PdfWriter()
    page = write_page(writer, "x")
    page[NameObject("/Annots")] = ArrayObject([annotation(writer, "seen", **note)])

    clean = reread(written(writer)).pages[0]

    assert ("/Annots" in clean) == is_drawn


def with_photo(photo: bytes, **entries) -> bytes:
    """As phones make a PDF: a page that is one photo, put in as it was taken."""
    writer = PdfWriter()
    page = writer.add_blank_page(612, 792)
    image = stream_of(photo, Type=NameObject("/XObject"), Subtype=NameObject("/Image"), **entries)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Im0"): writer._add_object(image)})}
    )
    return written(writer)


def hexed(content: bytes) -> bytes:
    return content.hex().encode() + b">"


PLAIN, PACKED = NameObject("/DCTDecode"), NameObject("/FlateDecode")
AS_HEX = NameObject("/ASCIIHexDecode")


@pytest.mark.parametrize(
    ("filters", "pack"),
    [
        (PLAIN, bytes),
        (ArrayObject([PLAIN]), bytes),
        (ArrayObject([PACKED, PLAIN]), zlib.compress),
        (ArrayObject([AS_HEX, PACKED, PLAIN]), lambda content: hexed(zlib.compress(content))),
        (NameObject("/DCT"), bytes),
        (ArrayObject([NameObject("/Fl"), NameObject("/DCT")]), zlib.compress),
    ],
    ids=["name", "array", "packed", "packed twice", "short name", "short names packed"],
)
def test_a_photo_inside_a_pdf_does_not_tell_where_it_was_taken(filters, pack):
    photo = located_photo()
    assert SECRET.encode() in photo

    clean = kept(with_photo(pack(photo), Filter=filters))

    assert SECRET.encode() not in clean
    assert b"Exif" not in clean
    image = PdfReader(io.BytesIO(clean)).pages[0]["/Resources"]["/XObject"]["/Im0"].get_object()
    assert image["/Filter"] in (PLAIN, [PLAIN])
    assert image._data.startswith(b"\xff\xd8")
    assert image._data.endswith(b"\xff\xd9")


def test_pixels_that_are_packed_after_the_photo_are_refused():
    sent = with_photo(zlib.compress(located_photo()), Filter=ArrayObject([PLAIN, PACKED]))
    assert fault(sent) is Fault.BROKEN


def test_what_a_photo_is_read_with_stays_when_it_is_unpacked():
    colors = DictionaryObject({NameObject("/ColorTransform"): NumberObject(0)})
    sent = with_photo(
        zlib.compress(jpeg()),
        Filter=ArrayObject([PACKED, PLAIN]),
        DecodeParms=ArrayObject([NullObject(), colors]),
    )
    image = reread(sent).pages[0]["/Resources"]["/XObject"]["/Im0"].get_object()
    assert image["/DecodeParms"] == colors


def with_inline_photo(photo: bytes, filters: bytes = b"/DCT") -> bytes:
    """Small pictures may lie between the words that draw a page."""
    writer = PdfWriter()
    page = writer.add_blank_page(612, 792)
    drawn = b"BI /W 64 /H 48 /CS /RGB /BPC 8 /F " + filters + b" ID " + photo + b" EI"
    page[NameObject("/Contents")] = writer._add_object(stream_of(drawn).flate_encode())
    return written(writer)


def test_a_photo_between_the_words_of_a_page_may_not_tell_more():
    kept(with_inline_photo(jpeg()))
    assert fault(with_inline_photo(located_photo())) is Fault.BROKEN
    assert fault(with_inline_photo(hexed(located_photo()), b"[/AHx /DCT]")) is Fault.BROKEN


def test_a_photo_that_lies_in_another_file_is_refused():
    assert fault(with_photo(jpeg(), Filter=PLAIN, F=TextStringObject("photo.jpg"))) is Fault.BROKEN


def test_a_small_pdf_does_not_become_a_large_one():
    photo = zlib.compress(jpeg()[:-2] + bytes(2 * LARGEST_FILE))
    assert len(photo) < MEGABYTE
    assert fault(with_photo(photo, Filter=ArrayObject([PACKED, PLAIN]))) is Fault.BROKEN


@pytest.mark.parametrize("no_jp2", [False, True], ids=["boxes", "bare"])
def test_a_photo_as_jpeg_2000_tells_no_more(no_jp2):
    plain = encoded(noise(), "JPEG2000", no_jp2=no_jp2)
    marked = encoded(Image.open(io.BytesIO(plain)), "JPEG2000", no_jp2=no_jp2, comment=SECRET)
    if not no_jp2:
        marked += struct.pack(">I4s", 8 + 16 + len(SECRET), b"uuid") + b"x" * 16 + SECRET.encode()
    assert SECRET.encode() in marked

    clean = kept(with_photo(marked, Filter=NameObject("/JPXDecode")))
    image = PdfReader(io.BytesIO(clean)).pages[0]["/Resources"]["/XObject"]["/Im0"].get_object()

    assert SECRET.encode() not in clean
    assert Image.open(io.BytesIO(image._data)).tobytes() == Image.open(io.BytesIO(plain)).tobytes()


def test_a_comment_in_a_tile_of_a_jpeg_2000_is_emptied():
    plain = encoded(noise(), "JPEG2000", no_jp2=True)
    tile = plain.index(b"\xff\x90")
    length = int.from_bytes(plain[tile + 6 : tile + 10])
    comment = b"\xff\x64" + struct.pack(">HH", 4 + len(SECRET), 1) + SECRET.encode()
    longer = struct.pack(">I", length + len(comment))
    marked = plain[: tile + 6] + longer + plain[tile + 10 : tile + 12] + comment + plain[tile + 12 :]

    bare = bare_jpeg2000(marked + SECRET.encode())

    assert SECRET.encode() not in bare
    assert len(bare) == len(marked)
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(plain)).tobytes()


@pytest.mark.parametrize("cut", [4, 20, 60, 90])
def test_a_broken_jpeg_2000_is_said_to_be_broken(cut):
    whole = encoded(noise(), "JPEG2000")
    with pytest.raises(Refused):
        bare_jpeg2000(whole[:cut])


def test_the_pixels_of_a_photo_inside_a_pdf_are_not_touched():
    photo = encoded(noise(), "JPEG", progressive=True)
    marked = photo[:2] + b"\xff\xfe\x00\x06abcd" + b"\xff" + photo[2:] + b"trailing"
    assert bare_jpeg(marked) == photo


def test_what_lies_between_the_scans_of_a_photo_or_follows_it_is_gone():
    """Phones put a second photo, with its own position, behind the first."""
    photo = encoded(noise(), "JPEG", progressive=True)
    scan = photo.index(b"\xff\xc4", photo.index(b"\xff\xda"))
    comment = b"\xff\xfe" + struct.pack(">H", 2 + len(SECRET)) + SECRET.encode()
    marked = photo[:scan] + comment + photo[scan:] + located_photo()
    assert bare_jpeg(marked) == photo


def test_a_photo_without_an_end_is_kept_as_far_as_it_goes():
    photo = encoded(noise(), "JPEG")
    assert bare_jpeg(photo[:-2]) == photo[:-2]


def test_a_photo_without_pixels_is_broken():
    assert fault(with_photo(b"\xff\xd8\xff\xe0", Filter=NameObject("/DCTDecode"))) is Fault.BROKEN


def test_a_pdf_that_asks_for_a_password_is_refused():
    for algorithm in ("RC4-128", "AES-128", "AES-256"):
        assert fault(pdf(user_password="secret", algorithm=algorithm)) is Fault.LOCKED


def test_a_pdf_that_only_forbids_printing_is_taken_and_opened_for_good():
    for algorithm in ("RC4-128", "AES-128", "AES-256"):
        clean = reread(pdf(owner_password="secret", algorithm=algorithm))
        assert not clean.is_encrypted
        assert clean.pages[0].extract_text().strip() == "Knee MRI, left"


def test_fifty_pages_and_no_more():
    assert len(reread(pdf(MOST_PAGES)).pages) == MOST_PAGES
    assert fault(pdf(MOST_PAGES + 1)) is Fault.TOO_MANY_PAGES


def test_pages_that_contain_each_other_end_somewhere():
    looped = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    assert fault(looped) is Fault.BROKEN


def test_a_pdf_and_photo_in_one_is_what_its_first_bytes_say():
    both = pdf() + jpeg()
    clean = clean_file(both)
    assert clean.content_type is ContentType.PDF
    assert picture().tobytes() not in clean.content
    assert jpeg() not in clean.content
