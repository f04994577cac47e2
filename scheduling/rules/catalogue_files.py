"""The columns of the catalogue's files, and how each cell is read."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum
from zoneinfo import available_timezones

import phonenumbers

from scheduling.rules.spreadsheets import CellError, Column, Need, Trouble, Value

MINUTES_STEP = 5  # of every length: the rows of the day board
SHORTEST, LONGEST = 5, 480
HIGHEST_PRICE = Decimal("999999.99")
HIGHEST_NUMBER = 32_767  # of a small whole number in PostgreSQL
_CODE = re.compile(r"[-a-zA-Z0-9_]{1,80}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_PRICE = re.compile(r"(-?)\$?(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(\.[0-9]{1,2})?", re.ASCII)
_TESLA = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?", re.ASCII)
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?", re.ASCII)
_YES, _NO = ("yes", "y", "true", "1", "sí", "si"), ("no", "n", "false", "0")


class CatalogueFile(StrEnum):
    EXAMS = "exams"
    PREPARATIONS = "preparations"
    LOCATIONS = "locations"
    OFFERINGS = "offerings"


def text(cell: str) -> str:
    return cell


def filled(cell: str) -> str:
    if not cell:
        raise CellError(Trouble.MISSING)
    return cell


def code(cell: str) -> str:
    if not _CODE.fullmatch(filled(cell)):
        raise CellError(Trouble.CODE)
    return cell


def whole(cell: str) -> int:
    if not _NUMBER.fullmatch(filled(cell)) or int(cell) > HIGHEST_NUMBER:
        raise CellError(Trouble.NUMBER)
    if cell.startswith("-"):
        raise CellError(Trouble.NEGATIVE)
    return int(cell)


def whole_or_none(cell: str) -> int | None:
    return whole(cell) if cell else None


def length(cell: str) -> int:
    minutes = whole(cell)
    if not SHORTEST <= minutes <= LONGEST:
        raise CellError(Trouble.LENGTH, f"{SHORTEST} {LONGEST}")
    return minutes


def length_or_none(cell: str) -> int | None:
    return length(cell) if cell else None


def price(cell: str) -> Decimal | None:
    """
    >>> price("450"), price("$1,234.5"), price("")
    (Decimal('450.00'), Decimal('1234.50'), None)
    """
    if not cell:
        return None
    found = _PRICE.fullmatch(cell)
    if not found:
        raise CellError(Trouble.PRICE)
    before, after, dollars, cents = found.groups()
    amount = Decimal(dollars.replace(",", "") + (cents or "")).quantize(Decimal("0.01"))
    if (before or after) and amount:
        raise CellError(Trouble.NEGATIVE)
    if amount > HIGHEST_PRICE:
        raise CellError(Trouble.PRICE_TOO_HIGH, str(HIGHEST_PRICE))
    return amount


def tesla_or_none(cell: str) -> Decimal | None:
    """
    >>> tesla_or_none("3"), tesla_or_none("1.5"), tesla_or_none("")
    (Decimal('3.00'), Decimal('1.50'), None)
    """
    if not cell:
        return None
    if not _TESLA.fullmatch(cell) or not Decimal(cell):
        raise CellError(Trouble.TESLA)
    return Decimal(cell).quantize(Decimal("0.01"))


def degrees(limit: int) -> Callable[[str], float]:
    def read(cell: str) -> float:
        if not _DEGREES.fullmatch(filled(cell)) or abs(float(cell)) > limit:
            raise CellError(Trouble.DEGREES, str(limit))
        return float(cell)

    return read


def yes_no(cell: str) -> bool:
    said = filled(cell).casefold()
    if said not in (*_YES, *_NO):
        raise CellError(Trouble.YES_NO)
    return said in _YES


def one_of(*words: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if filled(cell) not in words:
            raise CellError(Trouble.WORD, ", ".join(words))
        return cell

    return read


def phone(cell: str) -> str:
    try:
        number = phonenumbers.parse(filled(cell), "US")
    except phonenumbers.NumberParseException as error:
        raise CellError(Trouble.PHONE) from error
    if not phonenumbers.is_valid_number(number):
        raise CellError(Trouble.PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def time_zone(cell: str) -> str:
    if filled(cell) not in available_timezones():
        raise CellError(Trouble.ZONE)
    return cell


def codes(cell: str) -> tuple[str, ...]:
    """Sorted: their order says nothing."""
    return tuple(sorted(set(cell.replace(",", " ").replace(";", " ").split())))


def synonyms(cell: str) -> tuple[str, ...]:
    """Between semicolons or on lines of their own.

    >>> synonyms("MRCP; bile duct\\nMRCP;")
    ('MRCP', 'bile duct')
    """
    return tuple(sorted({each.strip() for each in re.split(r"[;\n]", cell)} - {""}))


def both_languages(*names: str) -> Iterable[Column]:
    return (Column(f"{name}_{language}", text) for name in names for language in ("en", "es"))


MODALITIES = ("MR", "CT", "XR")
CONTRASTS = ("none", "with", "with and without")
ORDERS = ("yes", "center decides", "no")

EXAMS = (
    Column("slug", code, Need.KEY),
    Column("family", code, Need.NEW),
    Column("name", filled, Need.NEW),
    Column("name_es", text),
    Column("modality", one_of(*MODALITIES), Need.NEW),
    Column("body_region", filled, Need.NEW),
    Column("contrast", one_of(*CONTRASTS)),
    Column("minutes", length, Need.NEW),
    Column("minutes_both_sides", length_or_none),
    Column("has_sides", yes_no),
    Column("chest_respiratory", yes_no),
    Column("beam_through_pelvis", yes_no),
    Column("minimum_tesla", tesla_or_none),
    Column("order_required", one_of(*ORDERS)),
    Column("loinc", text),
    Column("cpt_code", text),
    Column("prep_codes", codes, join=" "),
    Column("synonyms_en", synonyms),
    Column("synonyms_es", synonyms),
    Column("is_active", yes_no),
)
PREPARATIONS = (
    Column("code", code, Need.KEY),
    Column("position", whole),
    Column("arrive_minutes", whole),
    Column("lead_minutes", whole),
    Column("text_en", filled, Need.NEW),
    Column("text_es", text),
)
LOCATIONS = (
    Column("slug", code, Need.KEY),
    Column("name", filled, Need.NEW),
    Column("address", filled, Need.NEW),
    Column("city", filled, Need.NEW),
    Column("state", filled, Need.NEW),
    Column("zip_code", filled, Need.NEW),
    Column("phone", phone, Need.NEW),
    Column("email", text),
    Column("time_zone", time_zone, Need.NEW),
    Column("latitude", degrees(90), Need.NEW),
    Column("longitude", degrees(180), Need.NEW),
    *both_languages("directions", "parking", "entrance", "results"),
    Column("is_active", yes_no),
)
OFFERINGS = (
    Column("exam", code, Need.KEY),
    Column("location", code, Need.KEY),
    Column("offered", yes_no),
    Column("minutes", length_or_none),
    Column("minutes_both_sides", length_or_none),
    Column("price", price),
    Column("price_is_example", yes_no),
    Column("minimum_age", whole),
)
COLUMNS: dict[CatalogueFile, tuple[Column, ...]] = {
    CatalogueFile.EXAMS: EXAMS,
    CatalogueFile.PREPARATIONS: PREPARATIONS,
    CatalogueFile.LOCATIONS: LOCATIONS,
    CatalogueFile.OFFERINGS: OFFERINGS,
}


def keys_of(file: CatalogueFile) -> tuple[str, ...]:
    return tuple(column.name for column in COLUMNS[file] if column.need is Need.KEY)


def is_on_grid(minutes: Value) -> bool:
    return not isinstance(minutes, int) or minutes % MINUTES_STEP == 0
