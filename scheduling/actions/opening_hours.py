"""The week of a location or of one scanner, written as its plan says and from its first day on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from locations.models import OpeningHours
from scheduling.actions import audit
from scheduling.models import AuditEvent, ChangePlan
from scheduling.queries.hours import spans_of
from scheduling.rules.actors import Actor
from scheduling.rules.opening_hours import WeeklySpan, local_day
from scheduling.rules.weekly_hours import around, counts_on_all


def write(plan: ChangePlan) -> None:
    """Under the locks of the plan. `wanted` has for each kind of hours [weekday, opens, closes], or None
    where a scanner is to follow its location again."""
    for kind, week in plan.wanted.items():
        if week is None:
            OpeningHours.objects.filter(location=plan.location, scanner=plan.scanner, kind=kind).delete()
        else:
            _write_kind(plan, kind, [WeeklySpan(*span) for span in week])


def _write_kind(plan: ChangePlan, kind: str, week: Sequence[WeeklySpan]) -> None:
    first, until = days_of(plan)
    own: dict[str, Any] = {"location": plan.location, "scanner": plan.scanner, "kind": kind}
    if plan.scanner and not OpeningHours.objects.filter(**own).exists():
        _follow_location_until_now(plan, kind, first, until)
    wanted = {(span.weekday, span.opens, span.closes) for span in week}
    for row in OpeningHours.objects.filter(**own):
        [span] = spans_of([row])
        if (day := (row.weekday, row.opens, row.closes)) in wanted and counts_on_all(span, first, until):
            wanted.discard(day)
        elif (pieces := around(span, first, until)) != (span,):
            row.delete()
            _insert(own, pieces)
    _insert(own, [WeeklySpan(*day, first, until) for day in sorted(wanted)])


def days_of(plan: ChangePlan) -> tuple[date, date | None]:
    """The first day, and the first day that no longer counts."""
    zone = plan.location.zone
    return local_day(plan.starts_at, zone), local_day(plan.ends_at, zone) if plan.ends_at else None


def _follow_location_until_now(plan: ChangePlan, kind: str, first: date, until: date | None) -> None:
    """Who has hours of its own follows these only: on the days before and after it keeps the others."""
    rows = OpeningHours.objects.filter(location=plan.location, scanner=None, kind=kind)
    pieces = [piece for span in spans_of(rows) for piece in around(span, first, until)]
    _insert({"location": plan.location, "scanner": plan.scanner, "kind": kind}, pieces)


def _insert(own: Mapping[str, Any], spans: Sequence[WeeklySpan]) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(
            **own,
            weekday=span.weekday,
            opens=span.opens,
            closes=span.closes,
            effective_from=span.effective_from,
            effective_until=span.effective_until,
        )
        for span in spans
    )


def note(plan: ChangePlan, *, now: datetime, by: Actor, touched: int) -> None:
    first, until = days_of(plan)
    audit.record(
        event=AuditEvent.Event.HOURS_CHANGED,
        subject=plan.location,
        location_id=plan.location_id,
        after={
            "scanner": plan.scanner_id,
            "first_day": first.isoformat(),
            "until": until.isoformat() if until else None,
            "week": plan.wanted,
            "touched": touched,
        },
        now=now,
        by=by,
    )
