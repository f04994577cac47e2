"""A visit's history in lines that people read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from locations.models import Scanner
from scheduling.frontdesk.visit_forms import CallerForm
from scheduling.models import Appointment, Task
from scheduling.queries.history import HistoryRow, scanners_named_in
from scheduling.wall_clock import local, short_day_words, time_words


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    what: str
    who: str
    details: tuple[str, ...]


def lines_of(rows: list[HistoryRow], visit: Appointment) -> list[Line]:
    scanners = scanners_named_in(rows)
    return [Line(row.at, row.what, _who(row), tuple(_details(row, visit, scanners))) for row in rows]


def _who(row: HistoryRow) -> str:
    if row.actor_kind == "patient":
        return _("the patient")
    return row.who or (_("by itself") if row.actor_kind == "process" else _("staff"))


def _details(row: HistoryRow, visit: Appointment, scanners: Mapping[int, Scanner]) -> Iterator[str]:
    before, after = (_place(side, visit, scanners) for side in (row.before, row.after))
    if before and after:
        yield _("from %(before)s to %(after)s") % {"before": before, "after": after}
    elif after:
        yield after
    if row.after.get("by_what") in dict(CallerForm.WHAT):
        yield str(dict(CallerForm.WHAT)[row.after["by_what"]])
    if row.after.get("swapped_with"):
        yield _("changed places with another visit")
    for name in ("reason", "asked_by"):
        if row.after.get(name):
            yield str(row.after[name])
    if row.after.get("kind") in Task.Kind.values:
        yield str(Task.Kind(row.after["kind"]).label)


def _place(side: Mapping[str, Any], visit: Appointment, scanners: Mapping[int, Scanner]) -> str:
    """Tue, Dec 1, 9:40 am, MRI 1"""
    starts_at = parse_datetime(side["starts_at"]) if side.get("starts_at") else None
    if starts_at is None:
        return ""
    scanner = scanners.get(side.get("scanner", 0))
    zone = scanner.location.zone if scanner else visit.zone
    words = [short_day_words(local(starts_at, zone).date()), time_words(starts_at, zone)]
    return ", ".join([*words, *([scanner.name] if scanner else [])])
