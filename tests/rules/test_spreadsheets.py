"""Files out and back in: nothing is lost, nothing runs, and every fault has its line and column."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.catalogue_files import COLUMNS, EXAMS, OFFERINGS, CatalogueFile
from scheduling.rules.spreadsheets import (
    LARGEST_TABLE,
    MOST_ROWS,
    Column,
    Need,
    Trouble,
    plain,
    read_table,
    table_of,
    write_table,
)

HEAD = "exam,location,offered,minutes,minutes_both_sides,price,price_is_example,minimum_age\n"
SIGNS = st.sampled_from("aÑ=+-@'\";,\n\r\t 1") | st.characters(
    exclude_categories=("Cs",), exclude_characters="\0"
)
TEXTS = st.text(SIGNS, max_size=12).map(plain)
NOTES = (Column("key", str, Need.KEY), Column("note", str), Column("other", str))


@given(
    rows=st.lists(
        st.tuples(TEXTS.filter(bool), TEXTS, TEXTS), min_size=1, max_size=6, unique_by=lambda row: row[0]
    ),
    mark=st.booleans(),
    delimiter=st.sampled_from(",;"),
)
def test_every_text_comes_back(rows, mark, delimiter):
    written = write_table(
        table_of(NOTES, [dict(zip(("key", "note", "other"), row, strict=True)) for row in rows])
    )
    if delimiter == ";":  # as a spreadsheet saves it where the comma is for decimals
        again = StringIO()
        csv.writer(again, delimiter=";").writerows(csv.reader(StringIO(written, newline="")))
        written = again.getvalue()
    sheet = read_table(written.encode("utf-8-sig" if mark else "utf-8"), NOTES)
    assert sheet.faults == ()
    assert [tuple(row.cells.values()) for row in sheet.rows] == rows
    for row in csv.reader(StringIO(written, newline=""), delimiter=delimiter):
        assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


@pytest.mark.parametrize(
    ("cells", "column", "trouble"),
    [
        ("knee,east,yes,forty,,,,", "minutes", Trouble.NUMBER),
        ("knee,east,yes,-40,,,,", "minutes", Trouble.NEGATIVE),
        ("knee,east,yes,500,,,,", "minutes", Trouble.LENGTH),
        ("knee,east,yes,99999999999,,,,", "minutes", Trouble.NUMBER),
        ("knee,east,yes,40.5,,,,", "minutes", Trouble.NUMBER),
        ("knee,east,yes,４０,,,,", "minutes", Trouble.NUMBER),
        ("knee,east,yes,40,,-450,,", "price", Trouble.NEGATIVE),
        ("knee,east,yes,40,,$-450,,", "price", Trouble.NEGATIVE),
        ('knee,east,yes,40,,"450,50",,', "price", Trouble.PRICE),
        ("knee,east,yes,40,,1e3,,", "price", Trouble.PRICE),
        ("knee,east,yes,40,,NaN,,", "price", Trouble.PRICE),
        ("knee,east,yes,40,,1000000,,", "price", Trouble.PRICE_TOO_HIGH),
        ("knee,east,perhaps,40,,,,", "offered", Trouble.YES_NO),
        ("knee,east,,40,,,,", "offered", Trouble.MISSING),
        ("knee mri,east,yes,40,,,no,0", "exam", Trouble.CODE),
        (",east,yes,40,,,no,0", "exam", Trouble.MISSING),
        ("knee,east,yes,40,,,no", "", Trouble.CELLS),
        ("knee,east,yes,40,,,no,old", "minimum_age", Trouble.NUMBER),
    ],
)
def test_a_bad_cell_is_told_by_line_and_column(cells, column, trouble):
    good = "hip,east,yes,,,,no,0\n"
    sheet = read_table(f"{HEAD}{good}{cells}\n".encode(), OFFERINGS)
    found = [fault for fault in sheet.faults if fault.column == column]
    assert [(fault.line, fault.trouble) for fault in found] == [(3, trouble)]
    assert len(sheet.rows) == 2


@pytest.mark.parametrize(
    ("data", "line", "trouble"),
    [
        (b"", 1, Trouble.EMPTY_FILE),
        (b"\xef\xbb\xbf \r\n", 1, Trouble.EMPTY_FILE),
        (HEAD.encode(), 1, Trouble.NO_ROWS),
        (HEAD.encode() + b"knee,east\nJ\xf3se,east", 3, Trouble.ENCODING),
        (HEAD.encode("utf-16"), 1, Trouble.ENCODING),
        (HEAD.encode() + b"knee\0,east", 2, Trouble.ENCODING),
        (HEAD.encode() + b'knee,east\n"knee"x,east', 3, Trouble.BROKEN_QUOTES),
        (HEAD.encode() + b'"knee,east', 2, Trouble.BROKEN_QUOTES),
        (b"x" * (LARGEST_TABLE + 1), 1, Trouble.TOO_LARGE),
        (HEAD.encode() + b"a,b\n" * (MOST_ROWS + 1), MOST_ROWS + 3, Trouble.TOO_MANY_ROWS),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_file_that_is_no_table(data, line, trouble):
    faults = read_table(data, OFFERINGS).faults
    assert (faults[-1].line, faults[-1].trouble) == (line, trouble)


def test_heads_and_rows_that_come_twice():
    sheet = read_table(b"exam,exam,color\nknee,knee,red\n\nhip,hip,red\nknee,knee,red\n", OFFERINGS)
    assert [(fault.line, fault.column, fault.trouble) for fault in sheet.faults] == [
        (1, "location", Trouble.MISSING_COLUMN),
        (1, "exam", Trouble.COLUMN_TWICE),
        (1, "color", Trouble.UNKNOWN_COLUMN),
    ]
    twice = read_table(b'exam,location\nknee,east\nknee,west\n\n"knee",east\n', OFFERINGS).faults
    assert [(fault.line, fault.trouble, fault.cell, fault.about) for fault in twice] == [
        (5, Trouble.DUPLICATE, "knee · east", "2")
    ]


def test_lines_are_counted_as_an_editor_counts_them():
    sheet = read_table(b'slug,name,minutes\r\na,"two\r\nlines",40\r\nb,x,forty\r\n', EXAMS)
    assert [row.line for row in sheet.rows] == [2, 4]
    assert [(fault.line, fault.column) for fault in sheet.faults] == [(4, "minutes")]
    assert sheet.rows[0].cells["name"] == "two\nlines"


def test_numbers_and_words_as_people_write_them():
    data = 'exam;location;price;offered;minutes\nknee;east;"$1,234.5";SÍ;\n'
    (row,) = read_table(data.encode(), OFFERINGS).rows
    assert row.cells == {
        "exam": "knee", "location": "east", "price": Decimal("1234.50"), "offered": True, "minutes": None
    }  # fmt: skip


@pytest.mark.parametrize("file", CatalogueFile)
def test_every_file_says_which_row_is_meant(file):
    names = [column.name for column in COLUMNS[file]]
    assert len(set(names)) == len(names)
    assert any(column.need is Need.KEY for column in COLUMNS[file])
