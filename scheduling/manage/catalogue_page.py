"""What the pages about the catalogue show of what is saved, typed and missing, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.words import Words
from scheduling.queries.exams import Lack, State
from scheduling.rules.spreadsheets import Value, as_cell

STATES: tuple[tuple[State, Words], ...] = (
    (State.ACTIVE, gettext_lazy("Bookable")),
    (State.RETIRED, gettext_lazy("Retired")),
)
LACKS: Mapping[Lack, Words] = {
    Lack.PREPARATION: gettext_lazy("no preparation"),
    Lack.SPANISH: gettext_lazy("Spanish is missing"),
    Lack.LOCATION: gettext_lazy("offered nowhere"),
}
_COLUMNS: Mapping[str, Words] = {
    "prep_codes": gettext_lazy("preparations"),
    "synonyms_en": gettext_lazy("other words in English"),
    "synonyms_es": gettext_lazy("other words in Spanish"),
    "offered": gettext_lazy("offered"),
}


@dataclass(frozen=True, slots=True)
class BothSaid:
    """Where two wrote at once: what is saved by now, and what was typed on an older page."""

    what: str
    saved: str
    typed: str


def both_said(model: type[Model], saved: Mapping[str, Value], typed: Mapping[str, Value]) -> list[BothSaid]:
    return [
        BothSaid(label_of(model, name), _words(saved[name]), _words(value))
        for name, value in typed.items()
        if name in saved and saved[name] != value
    ]


def label_of(model: type[Model], column: str) -> str:
    try:
        return capfirst(str(_COLUMNS.get(column) or label_for_field(column, model)))
    except (AttributeError, FieldDoesNotExist):
        return column


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return as_cell(value, ", ") or _("empty")
