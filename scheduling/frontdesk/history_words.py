"""The history of a visit or an order in lines that people read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from locations.models import Scanner
from scheduling.frontdesk.visit_forms import CallerForm
from scheduling.models import Appointment, AuditEvent, Authorization, Exam, Order, Task
from scheduling.queries.history import HistoryRow, exams_named_in, scanners_named_in
from scheduling.wall_clock import local, short_day_words, time_words

_OF_ORDER = {"came_by": dict(Order.CameBy.choices), "because": dict(Order.ClosedBecause.choices)}


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    what: str
    who: str
    details: tuple[str, ...]


# What of a contact or a record changed; the values are in no history.
FIELD_WORDS = {
    "phone": gettext_lazy("phone"),
    "phone_as_typed": gettext_lazy("phone"),
    "email": gettext_lazy("email"),
    "language": gettext_lazy("language"),
    "interpreter_language": gettext_lazy("interpreter"),
    "by_email": gettext_lazy("ways to be reached"),
    "by_text": gettext_lazy("ways to be reached"),
    "by_call": gettext_lazy("ways to be reached"),
    "no_email": gettext_lazy("ways to be reached"),
    "no_text": gettext_lazy("ways to be reached"),
    "no_call": gettext_lazy("ways to be reached"),
    "good_hours": gettext_lazy("good time to call"),
    "accommodation": gettext_lazy("what staff should know"),
}
_WORDS_OF: dict[str, dict[str, object]] = {
    event: {**{field.name: field.verbose_name for field in model._meta.fields}, **FIELD_WORDS}
    for event, model in (
        (AuditEvent.Event.ORDER_CHANGED, Order),
        (AuditEvent.Event.AUTHORIZATION_CHANGED, Authorization),
    )
}


def lines_of(rows: list[HistoryRow], zone: ZoneInfo) -> list[Line]:
    scanners, exams = scanners_named_in(rows), exams_named_in(rows)
    return [
        Line(row.at, row.what, _who(row), (*_details(row, zone, scanners), *_corrected(row, exams)))
        for row in rows
    ]


def lines_of_patient(rows: list[HistoryRow]) -> list[Line]:
    return [Line(row.at, row.what, _who(row), tuple(_details_of_record(row))) for row in rows]


def _who(row: HistoryRow) -> str:
    if row.actor_kind == "patient":
        return _("the patient")
    return row.who or (_("by itself") if row.actor_kind == "process" else _("staff"))


def _details(row: HistoryRow, zone: ZoneInfo, scanners: Mapping[int, Scanner]) -> Iterator[str]:
    before, after = (_place(side, zone, scanners) for side in (row.before, row.after))
    if before and after:
        yield _("from %(before)s to %(after)s") % {"before": before, "after": after}
    elif after:
        yield after
    yield from _checked(row)
    yield from _authorized(row)
    yield from _changed(row)
    if row.after.get("swapped_with"):
        yield _("changed places with another visit")
    for name in ("reason", "asked_by"):
        if row.after.get(name):
            yield str(row.after[name])
    if row.after.get("kind") in Task.Kind.values:
        yield str(Task.Kind(row.after["kind"]).label)
    if row.event == AuditEvent.Event.TASK_TRIED and row.after.get("result") in Task.Try.values:
        yield str(Task.Try(row.after["result"]).label)
    for name, words in _OF_ORDER.items():
        if row.after.get(name) in words:
            yield str(words[row.after[name]])


def _details_of_record(row: HistoryRow) -> Iterator[str]:
    if "given_name" in row.before:
        before, after = (_person(side) for side in (row.before, row.after))
        yield _("from %(before)s to %(after)s") % {"before": before, "after": after}
    yield from _checked(row)
    yield from _changed(row)
    if row.after.get("moved"):
        visits = row.after["moved"].get("appointment", 0)
        yield ngettext("%(count)s visit moved", "%(count)s visits moved", visits) % {"count": visits}
    if row.after.get("reason"):
        yield str(row.after["reason"])


def _person(side: Mapping[str, Any]) -> str:
    """Ana Núñez, born 05/17/1980"""
    name = f"{side.get('given_name', '')} {side.get('family_name', '')}".strip()
    born = parse_date(side.get("birth_date", ""))
    return _("%(name)s, born %(date)s") % {"name": name, "date": f"{born:%m/%d/%Y}" if born else "–"}


def _checked(row: HistoryRow) -> Iterator[str]:
    if row.after.get("by_what") in dict(CallerForm.WHAT):
        yield str(dict(CallerForm.WHAT)[row.after["by_what"]])


def _changed(row: HistoryRow) -> Iterator[str]:
    known = _WORDS_OF.get(row.event, FIELD_WORDS)
    words = dict.fromkeys(str(known[name]) for name in row.after.get("changed", ()) if name in known)
    if words:
        yield ", ".join(words)


def _authorized(row: HistoryRow) -> Iterator[str]:
    """from asked for to approved"""
    before, after = (side.get("authorization") for side in (row.before, row.after))
    states = dict(Authorization.State.choices)
    if before in states and after in states and before != after:
        yield _("from %(before)s to %(after)s") % {"before": states[before], "after": states[after]}


def _corrected(row: HistoryRow, exams: Mapping[int, Exam]) -> Iterator[str]:
    before, after = (_exam(side, exams) for side in (row.before, row.after))
    if before and after and before != after:
        yield _("%(before)s became %(after)s") % {"before": before, "after": after}


def _exam(side: Mapping[str, Any], exams: Mapping[int, Exam]) -> str:
    """Knee MRI, left"""
    exam = exams.get(side.get("exam", 0))
    if exam is None:
        return ""
    laterality = side.get("laterality")
    return ", ".join(
        [exam.display_name, *([str(Appointment.Laterality(laterality).label)] if laterality else [])]
    )


def _place(side: Mapping[str, Any], zone: ZoneInfo, scanners: Mapping[int, Scanner]) -> str:
    """Tue, Dec 1, 9:40 am, MRI 1"""
    starts_at = parse_datetime(side["starts_at"]) if side.get("starts_at") else None
    if starts_at is None:
        return ""
    scanner = scanners.get(side.get("scanner", 0))
    there = scanner.location.zone if scanner else zone
    words = [short_day_words(local(starts_at, there).date()), time_words(starts_at, there)]
    return ", ".join([*words, *([scanner.name] if scanner else [])])
