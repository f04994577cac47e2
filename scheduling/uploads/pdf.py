"""A PDF made anew from its pages: scripts, actions, forms, links, attached files and metadata stay behind."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.filters import decode_stream_data
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from scheduling.uploads.kinds import LARGEST_KEPT, MOST_PAGES, Fault, Refused
from scheduling.uploads.photos import bare_jpeg, bare_jpeg2000, tells_more

_OF_A_PAGE: Final = {
    "/Type",
    "/MediaBox",
    "/CropBox",
    "/Rotate",
    "/UserUnit",
    "/Resources",
    "/Contents",
    "/Group",
}
# At any depth: not the names of resources that a page draws with.
_NEVER: Final = ("/Metadata", "/PieceInfo", "/AF", "/LastModified")
_DRAWS_NOTHING: Final = {
    "/Link",
    "/Popup",
    "/FileAttachment",
    "/Sound",
    "/Movie",
    "/Screen",
    "/RichMedia",
    "/3D",
}
_HIDDEN: Final = 0b100010  # flags of an annotation: Hidden, NoView
_PRINTED: Final = 0b100
_PHOTOS: Final = {"/DCTDecode": bare_jpeg, "/JPXDecode": bare_jpeg2000}
# Short names are for pictures between the words of a page; readers know them everywhere.
_LONG_NAMES: Final = {
    "/AHx": "/ASCIIHexDecode",
    "/A85": "/ASCII85Decode",
    "/LZW": "/LZWDecode",
    "/Fl": "/FlateDecode",
    "/RL": "/RunLengthDecode",
    "/CCF": "/CCITTFaxDecode",
    "/DCT": "/DCTDecode",
}
_INLINE_PHOTO: Final = re.compile(rb"\bBI\b.{0,2000}?/DCT(?:Decode)?\b.{0,2000}?\bID\s", re.DOTALL)


def clean_pdf(content: bytes) -> bytes:
    """Raises Refused, and whatever pypdf raises on a broken file."""
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused(Fault.LOCKED)
    if not reader.pages:
        raise Refused(Fault.BROKEN)
    if len(reader.pages) > MOST_PAGES:
        raise Refused(Fault.TOO_MANY_PAGES)
    writer = PdfWriter()
    for page in reader.pages:
        _copy_page(page, writer)
    for made in writer._objects:
        if isinstance(made, StreamObject):
            _bare_photo(made)
    writer.metadata = None
    written = BytesIO()
    writer.write(written)
    if written.tell() > LARGEST_KEPT:  # what was packed is not always packed again
        raise Refused(Fault.BROKEN)
    return written.getvalue()


def _copy_page(page: PageObject, writer: PdfWriter) -> None:
    """What the page draws, and what is drawn onto it: values of filled fields, signatures, stamps."""
    drawn = list(_drawn_onto(page))
    for name in page.keys() - _OF_A_PAGE:
        del page[name]
    copy = writer.add_page(page, excluded_keys=_NEVER)
    stamps = [_stamp(box, look.clone(writer, ignore_fields=_NEVER)) for box, look in drawn]
    if stamps:
        copy[NameObject("/Annots")] = ArrayObject(writer._add_object(stamp) for stamp in stamps)


def _drawn_onto(page: PageObject) -> Iterator[tuple[ArrayObject, StreamObject]]:
    for reference in _array(page.get("/Annots")):
        note = reference.get_object()
        if not isinstance(note, DictionaryObject) or note.get("/Subtype") in _DRAWS_NOTHING:
            continue
        box, look = note.get("/Rect"), _look_of(note)
        if isinstance(box, ArrayObject) and look is not None and not int(note.get("/F", 0)) & _HIDDEN:
            yield ArrayObject(FloatObject(side) for side in box), look


def _array(found: PdfObject | None) -> ArrayObject:
    array = found.get_object() if found is not None else None
    return array if isinstance(array, ArrayObject) else ArrayObject()


def _look_of(note: DictionaryObject) -> StreamObject | None:
    """How it is drawn now. Of a box that can be ticked there are several looks, by name."""
    looks = note.get("/AP", DictionaryObject()).get_object()
    look = looks.get("/N") if isinstance(looks, DictionaryObject) else None
    look = look.get_object() if look is not None else None
    if isinstance(look, DictionaryObject) and not isinstance(look, StreamObject):
        look = look.get(note.get("/AS", "/Off"))
        look = look.get_object() if look is not None else None
    return look if isinstance(look, StreamObject) else None


def _stamp(box: ArrayObject, look: PdfObject) -> DictionaryObject:
    """The kind of annotation that does nothing but be drawn."""
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Stamp"),
            NameObject("/F"): NumberObject(_PRINTED),
            NameObject("/Rect"): box,
            NameObject("/AP"): DictionaryObject({NameObject("/N"): look.indirect_reference or look}),
        }
    )


def _bare_photo(stream: StreamObject) -> None:
    """A photo in a page is a file inside the file. Packed once more, it is unpacked: what tells where it was
    taken would lie under the packing."""
    if "/F" in stream:
        raise Refused(Fault.BROKEN)  # lies in another file
    *packed, last = _filters_of(stream) or [""]
    if last not in _PHOTOS:
        if set(packed) & _PHOTOS.keys():
            raise Refused(Fault.BROKEN)  # nobody packs the pixels of a photo so
        _refuse_inline_photo(stream)
        return
    read_with = _read_with(stream, len(packed) + 1)
    content = _unpacked(stream, packed, read_with) if packed else stream._data
    stream._data = _PHOTOS[last](content)
    stream[NameObject("/Filter")] = NameObject(last)
    if packed:
        stream.pop("/DecodeParms", None)
        if isinstance(read_with[-1], DictionaryObject) and read_with[-1]:
            stream[NameObject("/DecodeParms")] = read_with[-1]


def _refuse_inline_photo(stream: StreamObject) -> None:
    """Small pictures may lie between the words that draw a page. Printing programs put them there bare."""
    if stream.get("/Subtype") == "/Image":
        return
    try:
        drawn = decode_stream_data(stream)
    except Exception:  # what cannot be unpacked draws nothing
        return
    for found in _INLINE_PHOTO.finditer(drawn):
        photo = drawn[found.end() :]
        if not photo.startswith(b"\xff\xd8") or tells_more(photo):
            raise Refused(Fault.BROKEN)


def _filters_of(stream: StreamObject) -> list[str]:
    filters = stream.get("/Filter")
    filters = filters.get_object() if filters is not None else None
    found = filters if isinstance(filters, ArrayObject) else [filters] if filters else []
    names = [str(name.get_object()) for name in found]
    return [_LONG_NAMES.get(name, name) for name in names]


def _read_with(stream: StreamObject, count: int) -> list[PdfObject]:
    """What each of so many filters is given."""
    given = stream.get("/DecodeParms")
    given = given.get_object() if given is not None else None
    each = list(given) if isinstance(given, ArrayObject) else []
    return [params.get_object() for params in each] if len(each) == count else [DictionaryObject()] * count


def _unpacked(stream: StreamObject, packed: list[str], read_with: list[PdfObject]) -> bytes:
    outer = StreamObject()
    outer._data = stream._data
    outer[NameObject("/Filter")] = ArrayObject(map(NameObject, packed))
    outer[NameObject("/DecodeParms")] = ArrayObject(read_with[: len(packed)])
    return decode_stream_data(outer)
