"""The hours of a location or of one scanner, as a week from a day on."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.models import QuerySet

from locations.models import Location, OpeningHours, Scanner
from scheduling.queries.hours import spans_of
from scheduling.rules.opening_hours import WeeklySpan
from scheduling.rules.weekly_hours import Span

Kind = OpeningHours.Kind
Week = tuple[tuple[Span, ...], ...]  # Monday first
Weeks = Mapping[Kind, Week | None]
MAY_FOLLOW = (Kind.DOORS,)  # of a location: without hours of their own, doors are open as visits are


def weeks_from(location: Location, scanner: Scanner | None, first: date) -> dict[Kind, Week | None]:
    """By kind, each weekday as it is when it comes first. None: others are followed."""
    spans = {kind: spans_of(_rows(location, scanner).filter(kind=kind)) for kind in Kind}
    follows = MAY_FOLLOW if scanner is None else tuple(Kind)
    return {
        kind: None if not found and kind in follows else _week(found, first) for kind, found in spans.items()
    }


def followed_from(location: Location, scanner: Scanner | None, first: date) -> dict[Kind, Week | None]:
    """What counts where there are no hours of its own: a scanner's the location's, doors those of visits."""
    shared = weeks_from(location, None, first)
    doors = shared[Kind.OPEN] if shared[Kind.DOORS] is None else shared[Kind.DOORS]
    return {**shared, Kind.DOORS: doors if scanner else shared[Kind.OPEN]}


def changes_after(location: Location, scanner: Scanner | None, first: date) -> list[date]:
    """Days after `first` from which other hours stand already."""
    days = _rows(location, scanner).values_list("effective_from", "effective_until")
    return sorted({day for pair in days for day in pair if day is not None and day > first})


def wanted_of(weeks: Weeks) -> dict[str, list[list[int]] | None]:
    """As a plan keeps it."""
    return {
        kind.value: None
        if week is None
        else [[weekday, *span] for weekday, day in enumerate(week) for span in day]
        for kind, week in weeks.items()
    }


def weeks_of(wanted: Mapping[str, Sequence[Sequence[int]] | None]) -> dict[Kind, Week | None]:
    """What `wanted_of` kept."""
    return {
        Kind(kind): None
        if spans is None
        else tuple(
            tuple((opens, closes) for day, opens, closes in spans if day == weekday) for weekday in range(7)
        )
        for kind, spans in wanted.items()
    }


def _rows(location: Location, scanner: Scanner | None) -> QuerySet[OpeningHours]:
    return OpeningHours.objects.filter(location=location, scanner=scanner)


def _week(spans: Sequence[WeeklySpan], first: date) -> Week:
    days = {day.weekday(): day for day in (first + timedelta(days=number) for number in range(7))}
    return tuple(
        tuple(sorted((span.opens, span.closes) for span in spans if span.applies_on(days[weekday])))
        for weekday in range(7)
    )
