"""Tables as spreadsheets read and write them: nothing typed runs as a formula, and nothing is lost on the way
out and back in. What is wrong with a file is told by line and column."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from io import StringIO

LARGEST_TABLE = 1_000_000  # bytes
MOST_ROWS = 5_000
# OWASP, CSV injection: what a cell must not begin with.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")

Value = str | int | float | bool | Decimal | tuple[str, ...] | None


class Trouble(StrEnum):
    """What can be wrong. The first are about the whole file."""

    EMPTY_FILE = "empty file"
    TOO_LARGE = "too large"
    TOO_MANY_ROWS = "too many rows"
    ENCODING = "encoding"
    BROKEN_QUOTES = "broken quotes"
    MISSING_COLUMN = "missing column"
    UNKNOWN_COLUMN = "unknown column"
    COLUMN_TWICE = "column twice"
    NO_ROWS = "no rows"
    CELLS = "number of cells"
    DUPLICATE = "duplicate"
    MISSING = "missing"
    NUMBER = "number"
    NEGATIVE = "negative"
    PRICE = "price"
    PRICE_TOO_HIGH = "price too high"
    DEGREES = "degrees"
    YES_NO = "yes or no"
    WORD = "word"
    CODE = "code"
    PHONE = "phone"
    ZONE = "time zone"
    LENGTH = "length"
    LENGTH_GRID = "length grid"
    SIDES = "sides"
    BOTH_SHORTER = "both sides shorter"
    TESLA = "tesla"
    STRENGTH = "strength"
    SIDES_IN_USE = "sides in use"
    EXAM_WITH_VISITS = "exam with visits"
    UNKNOWN_EXAM = "unknown exam"
    UNKNOWN_LOCATION = "unknown location"
    UNKNOWN_PREPARATION = "unknown preparation"
    NEW_LOCATION = "new location"
    ZONE_WITH_VISITS = "zone with visits"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` counts from 1 as an editor does; `about` is what the sentence needs: a limit, another line."""

    line: int
    column: str
    trouble: Trouble
    cell: str = ""
    about: str = ""


class CellError(ValueError):
    def __init__(self, trouble: Trouble, about: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.about = about


class Need(StrEnum):
    KEY = "key"  # says which row is meant
    NEW = "new"  # a new row has to have it
    FREE = "free"  # left out, it stays as it is


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    read: Callable[[str], Value]
    need: Need = Need.FREE
    join: str = "; "  # of cells that hold several


@dataclass(frozen=True, slots=True)
class Row:
    """`cells`: those that could be read."""

    line: int
    cells: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Sheet:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def harmless(cell: str) -> str:
    """An apostrophe before what a spreadsheet would run, and before what looks as if it had one already.

    >>> harmless("=1+1"), harmless("'=1+1"), harmless("Núñez"), harmless("'s-Gravenhage")
    ("'=1+1", "''=1+1", 'Núñez', "'s-Gravenhage")
    """
    return f"'{cell}" if _runs(cell) else cell


def as_meant(cell: str) -> str:
    """The cell that `harmless` was given.

    >>> as_meant("'=1+1"), as_meant("''=1+1"), as_meant("Núñez"), as_meant("'s-Gravenhage")
    ('=1+1', "'=1+1", 'Núñez', "'s-Gravenhage")
    """
    return cell[1:] if cell.startswith("'") and _runs(cell[1:]) else cell


def _runs(cell: str) -> bool:
    return cell.lstrip(" '").startswith(_RUNS)


def plain(text: str) -> str:
    """One way to end a line, and no space around: what counts as the same text.

    >>> plain(" Arrive early.\\r\\nBring a list. ")
    'Arrive early.\\nBring a list.'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def as_cell(value: Value, join: str = "; ") -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return format(Decimal(repr(value)), "f")
        case tuple():
            return join.join(value)
        case _:
            return str(value)


def table_of(columns: Sequence[Column], rows: Iterable[Mapping[str, Value]]) -> list[list[str]]:
    head = [column.name for column in columns]
    return [head, *([as_cell(row[column.name], column.join) for column in columns] for row in rows)]


def write_table(rows: Iterable[Sequence[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def read_table(data: bytes, columns: Sequence[Column]) -> Sheet:
    """UTF-8 with or without a mark, commas or semicolons. All faults, in the order of lines."""
    head: list[str] = []
    try:
        lines = _lines(data)
        _line, head = next(lines, (1, []))
        faults = [*_faults_of_head(head, columns)]
        rows = []
        for line, cells in lines:
            if any(cell.strip() for cell in cells):
                rows.append(_row(line, cells, head, columns, faults))
    except _Unreadable as error:
        return Sheet(tuple(head), (), (error.fault,))
    if not rows:
        faults.append(Fault(1, "", Trouble.NO_ROWS))
    faults += _duplicates(rows, [column.name for column in columns if column.need is Need.KEY])
    return Sheet(tuple(head), tuple(rows), tuple(faults))


class _Unreadable(Exception):
    def __init__(self, line: int, trouble: Trouble, about: str = "") -> None:
        super().__init__(trouble)
        self.fault = Fault(line, "", trouble, about=about)


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on. Raises _Unreadable."""
    text = _text_of(data)
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    count, begins = 0, 1
    try:
        for cells in reader:
            yield begins, [plain(as_meant(cell)) for cell in cells]
            begins, count = reader.line_num + 1, count + bool(cells)
            if count > MOST_ROWS + 1:
                raise _Unreadable(begins, Trouble.TOO_MANY_ROWS, str(MOST_ROWS))
    except csv.Error as error:
        raise _Unreadable(begins, Trouble.BROKEN_QUOTES) from error


def _text_of(data: bytes) -> str:
    if len(data) > LARGEST_TABLE:
        raise _Unreadable(1, Trouble.TOO_LARGE, str(LARGEST_TABLE // 1_000_000))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _Unreadable(line, Trouble.ENCODING) from error
    if "\0" in text:
        raise _Unreadable(text[: text.index("\0")].count("\n") + 1, Trouble.ENCODING)
    if not text.strip():
        raise _Unreadable(1, Trouble.EMPTY_FILE)
    return text


def _faults_of_head(head: Sequence[str], columns: Sequence[Column]) -> Iterator[Fault]:
    known = [column.name for column in columns]
    for column in columns:
        if column.need is Need.KEY and column.name not in head:
            yield Fault(1, column.name, Trouble.MISSING_COLUMN)
    for place, name in enumerate(head):
        if name not in known:
            yield Fault(1, name, Trouble.UNKNOWN_COLUMN, about=", ".join(known))
        elif name in head[:place]:
            yield Fault(1, name, Trouble.COLUMN_TWICE)


def _row(
    line: int, cells: Sequence[str], head: Sequence[str], columns: Sequence[Column], faults: list[Fault]
) -> Row:
    if len(cells) != len(head):
        faults.append(Fault(line, "", Trouble.CELLS, about=f"{len(cells)} {len(head)}"))
        return Row(line, {})
    typed = dict(zip(head, cells, strict=True))
    found: dict[str, Value] = {}
    for column in columns:
        if column.name not in typed:
            continue
        try:
            found[column.name] = column.read(typed[column.name])
        except CellError as error:
            faults.append(Fault(line, column.name, error.trouble, typed[column.name], error.about))
    return Row(line, found)


def _duplicates(rows: Iterable[Row], keys: Sequence[str]) -> Iterator[Fault]:
    first: dict[tuple[Value, ...], int] = {}
    for row in rows:
        if not all(key in row.cells for key in keys):
            continue
        key = tuple(row.cells[name] for name in keys)
        if key in first:
            said = " · ".join(as_cell(part) for part in key)
            yield Fault(row.line, keys[0], Trouble.DUPLICATE, said, str(first[key]))
        first.setdefault(key, row.line)
