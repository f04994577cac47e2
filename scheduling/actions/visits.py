"""What is said about a booked visit, and who looked at it. Its time: moving.py, canceling.py."""

from datetime import date, datetime

from django.db import transaction

from locations.models import Location, User
from scheduling.actions import audit
from scheduling.actions.placing import lock_visit
from scheduling.exceptions import EditConflict, IllegalMove, TooLate
from scheduling.models import Appointment, AuditEvent, VisitNote
from scheduling.rules.actors import Actor


@transaction.atomic
def confirm_coming(*, visit_id: int, sequence: int, now: datetime, by: Actor) -> Appointment:
    """“I will come”, to the time that was shown: `sequence` is the visit's `ical_sequence` there.

    Saying it again changes nothing; a move takes it back. Raises EditConflict, IllegalMove, TooLate.
    """
    visit = lock_visit(visit_id)
    if visit.ical_sequence != sequence:
        raise EditConflict
    if visit.status != Appointment.Status.BOOKED:
        raise IllegalMove
    if visit.confirmed_at:
        return visit
    if now >= visit.starts_at:
        raise TooLate
    visit.confirmed_at = now
    visit.version += 1
    visit.save(update_fields=["confirmed_at", "version"])
    audit.record(
        event=AuditEvent.Event.CONFIRMED,
        subject=visit,
        location_id=visit.scanner.location_id,
        after={"starts_at": visit.starts_at.isoformat()},
        now=now,
        by=by,
    )
    return visit


@transaction.atomic
def write_note(*, visit_id: int, text: str, user: User, now: datetime, by: Actor) -> VisitNote:
    """For colleagues, in whatever state the visit is. Notes are added, never edited."""
    visit = Appointment.objects.select_related("scanner").get(pk=visit_id)
    note = VisitNote.objects.create(appointment=visit, text=text, written_by=user, written_at=now)
    audit.record(
        event=AuditEvent.Event.NOTED,
        subject=visit,
        location_id=visit.scanner.location_id,
        now=now,
        by=by,
    )
    return note


def note_caller_checked(*, visit: Appointment, by_what: str, now: datetime, by: Actor) -> None:
    """Before anything is told or changed on the phone: name, date of birth, and one thing more. What it was
    is kept, never what was said."""
    audit.record(
        event=AuditEvent.Event.CALLER_CHECKED,
        subject=visit,
        location_id=visit.scanner.location_id,
        after={"by_what": by_what},
        now=now,
        by=by,
    )


def note_view(*, visit: Appointment, now: datetime, by: Actor) -> None:
    """Views of a patient's record belong to its history as changes do."""
    audit.record(
        event=AuditEvent.Event.VIEWED,
        subject=visit,
        location_id=visit.scanner.location_id,
        now=now,
        by=by,
    )


def note_search(*, user: User, found: int, now: datetime, by: Actor) -> None:
    """Names were shown. How many is kept, and nothing of what was typed."""
    audit.record(event=AuditEvent.Event.SEARCHED, subject=user, after={"found": found}, now=now, by=by)


def note_export(*, location: Location, what: str, day: date, now: datetime, by: Actor) -> None:
    """A list of patients left the system: on paper or as a file."""
    audit.record(
        event=AuditEvent.Event.EXPORTED,
        subject=location,
        location_id=location.pk,
        after={"what": what, "day": day.isoformat()},
        now=now,
        by=by,
    )


def note_failed_lookup(*, visit: Appointment | None, now: datetime, by: Actor) -> None:
    """A wrong birth date for a visit, or a code that is none: what was typed is not kept."""
    audit.record(
        event=AuditEvent.Event.LOOKUP_FAILED,
        subject=visit,
        location_id=visit.scanner.location_id if visit else None,
        now=now,
        by=by,
    )
