import datetime as dt

import pytest

from scheduling.actions.booking import confirm_booking
from scheduling.actions.delivery import deliver_due
from scheduling.actions.patient_record import change_patient
from scheduling.exceptions import EditConflict
from scheduling.models import Message, Patient, Task, WaitlistEntry
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import UserFactory
from tests.factories.messages import MessageFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.factories.waitlist import WaitlistFactory

pytestmark = pytest.mark.django_db
DESK = Actor.staff(1)


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(
        scanner=machine, exam=exam, starts_at=NINE_FORTY, phone="+15125550147", by_call=True
    )


def change(visit, *, visit_ids=None, now=NOW, **values):
    chosen = [visit.pk] if visit_ids is None else visit_ids
    patient = Patient.objects.get(pk=visit.patient_id)
    change_patient(
        patient_id=patient.pk, version=patient.version, values=values, visit_ids=chosen, now=now, by=DESK
    )
    visit.refresh_from_db()


def sent(now=NOW):
    gone = []
    deliver_due(send=lambda message: gone.append((message.kind, message.address, message.language)), now=now)
    return gone


def test_what_is_unsent_goes_to_the_new_address_in_the_new_language(visit):
    MessageFactory(appointment=visit, kind="confirmation", due_at=NOW)
    change(visit, email="new@example.com", language="es")
    assert sent() == [("confirmation", "new@example.com", "es")]


def test_who_wants_no_mail_gets_none_and_is_called_about_the_news(visit):
    """Also where the visit was not chosen: it is what the patient asked for."""
    MessageFactory(appointment=visit, kind="confirmation", due_at=NOW)
    MessageFactory(appointment=visit, kind="reminder_24h", due_at=NOW)
    change(visit, visit_ids=[], no_email=True)
    assert (visit.by_email, visit.by_call, sent()) == (False, True, [])
    task = Task.objects.get()
    assert (task.kind, task.reason) == ("not_delivered", "Call about the visit: no email any more")


def test_a_reminder_alone_is_no_news(visit):
    MessageFactory(appointment=visit, kind="reminder_24h", due_at=NOW)
    change(visit, no_email=True)
    assert not Task.objects.exists()


def test_an_address_at_last_brings_the_reminders(visit):
    visit.by_email, visit.email = False, ""
    visit.save()
    change(visit, email="new@example.com", now=NOW - dt.timedelta(days=5))
    assert visit.by_email
    kinds = Message.objects.unsent().values_list("kind", flat=True)
    assert set(kinds) == {"reminder_72h", "reminder_24h"}


def test_other_changes_leave_the_visits_alone(visit):
    """The visit was booked online with email, after the patient's wish."""
    Patient.objects.update(no_email=True)
    change(visit, accommodation="Uses a wheelchair")
    assert visit.by_email


def test_who_waits_is_reached_as_the_visit_says(visit):
    entry = WaitlistFactory(draft=None, appointment=visit, email="ana@example.com", by_email=True)
    change(visit, email="new@example.com", given_name="Anna")
    entry = WaitlistEntry.objects.get(pk=entry.pk)
    assert (entry.email, entry.given_name) == ("new@example.com", "Anna")


def test_what_is_over_keeps_its_contact(visit):
    change(visit, email="new@example.com", now=NINE_FORTY + dt.timedelta(days=1))
    assert visit.email == "ana@example.com"


@pytest.mark.parametrize(("by", "by_email"), [(DESK, False), (PATIENT, True)], ids=["by phone", "online"])
def test_a_booking_by_phone_obeys_the_record_and_one_online_says_anew(by, by_email):
    machine, exam = bookable()
    PatientFactory(no_email=True)
    user = UserFactory()
    more = {"desk": machine.location, "started_by": user} if by == DESK else {}
    draft = ready_draft(machine, exam, **more)
    visit = confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=by).visit
    assert visit.by_email is by_email
    assert Task.objects.filter(kind="not_delivered").exists() is not by_email


def test_a_second_editor_is_told(visit):
    change(visit, phone="+15125550199")
    with pytest.raises(EditConflict):
        change_patient(patient_id=visit.patient_id, version=0, values={"language": "es"}, now=NOW, by=DESK)
