import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from scheduling.actions.canceling import cancel_visit
from scheduling.actions.moving import move_visit
from scheduling.actions.visits import confirm_coming, note_view, write_note
from scheduling.exceptions import EditConflict, IllegalMove, TooLate
from scheduling.models import AuditEvent, VisitNote
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable
from tests.factories.locations import UserFactory
from tests.factories.scheduling import AppointmentFactory

MINUTE = dt.timedelta(minutes=1)
DESK = Actor.staff(7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam)


def cancel(visit, *, now=NOW, by=PATIENT):
    return cancel_visit(visit_id=visit.pk, reason="Feeling better", now=now, by=by)


def move(visit, starts_at, *, by=PATIENT, location_id=None, version=None, now=NOW, **options):
    return move_visit(
        visit_id=visit.pk,
        location_id=location_id or visit.scanner.location_id,
        starts_at=starts_at,
        version=visit.version if version is None else version,
        now=now,
        by=by,
        **options,
    )


def come(visit, *, sequence=0, now=NOW, by=PATIENT):
    return confirm_coming(visit_id=visit.pk, sequence=sequence, now=now, by=by)


def test_the_patient_will_come(visit):
    assert come(visit).confirmed_at == NOW

    visit.refresh_from_db()
    assert (visit.confirmed_at, visit.version, visit.ical_sequence) == (NOW, 1, 0)
    event = AuditEvent.objects.get()
    assert (event.event, event.actor_kind) == ("visit.confirmed", "patient")


def test_saying_twice_that_one_comes_is_saying_it_once(visit):
    come(visit)
    come(visit, now=NOW + MINUTE)

    visit.refresh_from_db()
    assert visit.confirmed_at == NOW
    assert AuditEvent.objects.count() == 1


def test_a_move_takes_the_word_back(visit):
    come(visit)
    visit.refresh_from_db()

    assert move(visit, NINE_FORTY + 60 * MINUTE).confirmed_at is None
    with pytest.raises(EditConflict):  # the page still shows the old time
        come(visit, sequence=0)
    assert come(visit, sequence=1).confirmed_at == NOW


def test_coming_to_a_canceled_visit(visit):
    cancel(visit)

    with pytest.raises(IllegalMove):
        come(visit, sequence=1)


def test_coming_after_the_start(visit):
    with pytest.raises(TooLate):
        come(visit, now=NINE_FORTY)


def test_a_look_at_a_visit_is_in_its_history(visit):
    note_view(visit=visit, now=NOW, by=PATIENT)

    assert AuditEvent.objects.get().event == AuditEvent.Event.VIEWED


def test_a_note_is_never_edited_and_has_words():
    user, visit = UserFactory(), AppointmentFactory()
    note = write_note(visit_id=visit.pk, text="Cane", user=user, now=NOW, by=Actor.staff(user.pk))
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        VisitNote.objects.filter(pk=note.pk).update(text="x")
    assert refused.value.__cause__.diag.constraint_name == "visit_note_append_only"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write_note(visit_id=visit.pk, text="", user=user, now=NOW, by=Actor.staff(user.pk))
    assert refused.value.__cause__.diag.constraint_name == "visit_note_has_words"
