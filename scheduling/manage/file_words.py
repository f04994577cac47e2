"""What the files of the catalogue hold and what is wrong with one, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from scheduling.forms.words import Words
from scheduling.queries.catalogue_plan import FilePlan
from scheduling.queries.catalogue_rows import Change
from scheduling.rules.catalogue_files import MINUTES_STEP, CatalogueFile
from scheduling.rules.spreadsheets import Fault, Trouble, as_cell

MOST_SHOWN = 500  # faults, and changes of each kind
_T = Trouble
FILES: Mapping[CatalogueFile, Words] = {
    CatalogueFile.OFFERINGS: _("Offerings and prices"),
    CatalogueFile.EXAMS: _("Exams"),
    CatalogueFile.PREPARATIONS: _("Preparations"),
    CatalogueFile.LOCATIONS: _("Locations"),
}
ABOUT: Mapping[CatalogueFile, Words] = {
    CatalogueFile.OFFERINGS: _(
        "A row for each exam at each of your locations: offered or not, own length, price."
    ),
    CatalogueFile.EXAMS: _("A row for each exam, with its synonyms and the codes of its preparations."),
    CatalogueFile.PREPARATIONS: _("A row for each preparation, with its text in English and Spanish."),
    CatalogueFile.LOCATIONS: _(
        "A row for each location: address, phone, how to get there. "
        "Hours, scanners and rules of booking are not in it."
    ),
}
_WORDS: Mapping[Trouble, Words] = {
    _T.EMPTY_FILE: _("The file is empty."),
    _T.TOO_LARGE: _("The file is larger than %(about)s MB. Send it in parts."),
    _T.TOO_MANY_ROWS: _("The file has more than %(about)s rows. Send it in parts."),
    _T.ENCODING: _("From this line on the file is not UTF-8 text. In Excel, save it as “CSV UTF-8”."),
    _T.BROKEN_QUOTES: _("The quotation marks from this line on do not close, or stand inside a cell singly."),
    _T.MISSING_COLUMN: _("This column is missing."),
    _T.UNKNOWN_COLUMN: _("There is no such column. The columns are: %(about)s."),
    _T.COLUMN_TWICE: _("This column is there twice."),
    _T.NO_ROWS: _("There is no row below the first line."),
    _T.CELLS: _("This row has %(count)s cells, and the first line has %(head)s."),
    _T.DUPLICATE: _("This row is there already, in line %(about)s."),
    _T.MISSING: _("This cell must not be empty."),
    _T.NUMBER: _("Write a whole number."),
    _T.NEGATIVE: _("It must not be less than zero."),
    _T.PRICE: _("Write a price such as 450 or 450.50."),
    _T.PRICE_TOO_HIGH: _("It must not be more than %(about)s."),
    _T.DEGREES: _("Write degrees such as -97.7437, from -%(about)s to %(about)s."),
    _T.YES_NO: _("Write yes or no."),
    _T.WORD: _("Write one of these: %(about)s."),
    _T.CODE: _("Write a short name of letters, numbers, - and _, such as knee-mri."),
    _T.PHONE: _("Write a phone number such as 512-555-0147."),
    _T.ZONE: _("Write a time zone such as America/Chicago."),
    _T.LENGTH: _("Write minutes from %(first)s to %(last)s."),
    _T.LENGTH_GRID: _("Write minutes that are a multiple of %(step)s."),
    _T.SIDES: _("This exam has no left and right, so there is no length for both sides."),
    _T.BOTH_SHORTER: _("Both sides take no less time than one."),
    _T.TESLA: _("Write tesla such as 1.5 or 3."),
    _T.STRENGTH: _("Only an MRI has a field strength."),
    _T.SIDES_IN_USE: _("It was booked with a side. Retire it, and add an exam without sides."),
    _T.EXAM_WITH_VISITS: _(
        "Visits of it are booked. On the exam’s own page you see first which of them would no longer fit."
    ),
    _T.UNKNOWN_EXAM: _("There is no exam with this slug."),
    _T.UNKNOWN_LOCATION: _("This is none of your locations."),
    _T.UNKNOWN_PREPARATION: _("There is no preparation with this code."),
    _T.NEW_LOCATION: _("There is no such location. Administrators of all locations add new ones."),
    _T.ZONE_WITH_VISITS: _(
        "Visits are booked there. Its time zone, %(about)s, is changed on the location’s own page."
    ),
}


@dataclass(frozen=True, slots=True)
class ToldFault:
    line: int
    column: str
    cell: str
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ToldChange:
    """`visits`: to come, which stay although the row ends."""

    line: int
    key: str
    cells: list[Cell]
    visits: int


@dataclass(frozen=True, slots=True)
class Part:
    title: Words
    tone: str
    count: int
    rows: list[ToldChange]
    more: int


def trouble_words(trouble: Trouble, about: str = "") -> str:
    """A sentence."""
    if trouble is Trouble.INVALID:
        return about
    if trouble is Trouble.MISSING_COLUMN and about:
        return str(_("This column is missing. The new row in line %(about)s needs it.")) % {"about": about}
    one, _space, other = about.partition(" ")
    named = {"about": about, "count": one, "head": other, "first": one, "last": other, "step": MINUTES_STEP}
    return str(_WORDS[trouble]) % named


def told_faults(faults: tuple[Fault, ...]) -> list[ToldFault]:
    return [
        ToldFault(each.line, each.column, each.cell[:80], trouble_words(each.trouble, each.about))
        for each in faults[:MOST_SHOWN]
    ]


def parts_of(plan: FilePlan) -> list[Part]:
    """What is added, changed and ended."""
    groups: list[tuple[Words, str, list[Change]]] = [
        (_("Added"), "moss", plan.added),
        (_("Changed"), "slate", plan.changed),
        (_("No longer offered"), "amber", plan.ended),
    ]
    return [
        Part(title, tone, len(found), [_told(each, plan) for each in found[:MOST_SHOWN]], _more(found))
        for title, tone, found in groups
        if found
    ]


def _more(found: list[Change]) -> int:
    return max(0, len(found) - MOST_SHOWN)


def _told(change: Change, plan: FilePlan) -> ToldChange:
    cells = [
        Cell(name, as_cell(change.before.get(name)), as_cell(value))
        for name, value in change.after.items()
        if change.pk is not None or as_cell(value)
    ]
    return ToldChange(change.line, " · ".join(change.key), cells, plan.visits.get(change.key, 0))
