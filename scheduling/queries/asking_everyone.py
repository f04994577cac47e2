"""Whom a publication asks again, and how far that has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet

from scheduling.models import AnswerSheet, Appointment, AskedAgain, Publication
from scheduling.queries.asking_again import KIND, fresh_from, opens_at, publication_of

WIDEST_WINDOW = timedelta(hours=72)  # Location.screening_hours is 72 at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    asked: int
    answered: int
    called: int  # without an email: the desk calls
    is_complete: bool  # nobody is left to ask


def publications_that_ask(*, now: datetime) -> QuerySet[Publication]:
    """In force, with somebody left to ask perhaps; the ones that began first."""
    return Publication.objects.filter(
        asks_again_from__isnull=False, all_asked_at=None, active_during__contains=now
    ).order_by("active_during", "pk")


def visits_to_ask(publication: Publication, *, now: datetime) -> Iterator[Appointment]:
    """Whose answers counted until the publication began: they were given inside the window of the visit.
    All others are asked anyway, when their window opens or because they have not answered yet."""
    starts = publication.active_during.lower
    answered = AnswerSheet.objects.filter(kind=KIND, answered_at__lt=starts, appointment__isnull=False)
    asked = AskedAgain.objects.filter(publication=publication)
    visits = (
        Appointment.objects.with_place()
        .filter(status=Appointment.Status.BOOKED, starts_at__gt=now, starts_at__lt=starts + WIDEST_WINDOW)
        .filter(pk__in=answered.values("appointment"), starts_at__gte=_not_before(publication))
        .exclude(pk__in=asked.values("appointment"))
        .prefetch_related("sheets")
        .order_by("starts_at", "pk")
    )
    for visit in visits:
        mine = publication_of(visit, now=max(now, starts)) == publication
        if mine and _counted_until_now(visit, publication):
            yield visit


def _not_before(publication: Publication) -> datetime:
    """A day earlier than the day itself: every location's clock says it later or earlier than UTC."""
    assert publication.asks_again_from is not None
    return datetime.combine(publication.asks_again_from, time.min, publication.active_during.lower.tzinfo) - (
        timedelta(days=1)
    )


def _counted_until_now(visit: Appointment, publication: Publication) -> bool:
    opens = opens_at(visit)
    given = next((sheet.answered_at for sheet in visit.sheets.all() if sheet.kind == KIND), None)
    return given is not None and opens <= given < fresh_from(visit, publication)


def progress_of(publication: Publication) -> Progress | None:
    """None where nobody is asked again."""
    if publication.asks_again_from is None:
        return None
    rows = AskedAgain.objects.filter(publication=publication)
    since = publication.active_during.lower
    answered = Q(appointment__sheets__kind=KIND, appointment__sheets__answered_at__gte=since)
    return Progress(
        asked=rows.count(),
        answered=rows.filter(answered).distinct().count(),
        called=rows.filter(by_email=False).count(),
        is_complete=publication.all_asked_at is not None,
    )
