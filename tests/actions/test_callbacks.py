import pytest

from scheduling.actions.answers import answer_screening
from scheduling.actions.booking import confirm_booking
from scheduling.actions.callbacks import Caller, request_callback
from scheduling.actions.holds import place_hold
from scheduling.actions.numbers import give_number
from scheduling.exceptions import AlreadyBooked, DraftIncomplete
from scheduling.models import Appointment, AuditEvent, GoodHours, Offering, Task
from scheduling.queries.drafts import digest_of
from scheduling.rules.screening import FormKind, Stage
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.safety import publish_safety
from tests.factories.scheduling import DraftFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    publish_safety()
    return bookable()


def ask(draft, location, **caller):
    about = {
        "name": "Ana Núñez",
        "phone": "+15125550147",
        "phone_as_typed": "512-555-0147",
        "good_hours": GoodHours.ANY,
        **caller,
    }
    return request_callback(draft_id=draft.pk, location=location, caller=Caller(**about), now=NOW, by=PATIENT)


def with_pacemaker(exam, **fields):
    draft = DraftFactory(exam=exam, laterality="left", **fields)
    answer_screening(
        draft_id=draft.pk,
        kind=FormKind.SAFETY,
        answers={"fit": ["pacemaker"]},
        until=Stage.BEFORE_TIME,
        language="en",
        now=NOW,
        by=PATIENT,
    )
    return draft


def test_asked_twice_it_is_one_call(world):
    machine, exam = world
    draft = with_pacemaker(exam)

    first = ask(draft, machine.location)
    second = ask(draft, machine.location, good_hours=GoodHours.EVENING)

    assert first == second == Task.objects.get()
    assert second.good_hours == "evening"
    assert second.due_at > first.due_at
    assert AuditEvent.objects.filter(event="callback.requested").count() == 2


def test_what_the_desk_reads_is_the_number_it_dials(world):
    machine, exam = world
    draft = with_pacemaker(exam, by_call=True, phone="+15125550111", phone_as_typed="512-555-0111")
    ask(draft, machine.location)
    numbers = {"phone": "+15125550199", "phone_as_typed": "512-555-0199 x3", "calls_us": False}
    give_number(draft_id=draft.pk, **numbers, now=NOW, by=PATIENT)

    task = ask(draft, machine.location, phone="+15125550188", phone_as_typed="512-555-0188 x12")

    assert (str(task.contact_phone), task.phone_as_typed) == ("+15125550188", "512-555-0188 x12")


def test_a_held_time_is_freed(world):
    machine, exam = world
    Offering.objects.update(minimum_age=60)
    draft = ready_draft(machine, exam)
    place_hold(draft_id=draft.pk, location_id=machine.location_id, starts_at=NINE_FORTY, now=NOW, by=PATIENT)

    task = ask(draft, machine.location)

    draft.refresh_from_db()
    assert Appointment.objects.get().status == "expired"
    assert (draft.starts_at, draft.location) == (NINE_FORTY, machine.location)
    assert task.reason == "Call to set up the visit: younger than this exam’s minimum age"


def test_nobody_calls_about_what_can_be_booked(world):
    draft = ready_draft(*world)

    with pytest.raises(DraftIncomplete):
        ask(draft, draft.location)
    assert Task.objects.count() == 0


def test_nobody_calls_about_what_is_booked():
    draft = ready_draft(*bookable())
    confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT)

    with pytest.raises(AlreadyBooked):
        ask(draft, draft.location)


def test_no_task_is_opened_for_whom_nobody_could_call(world):
    """Ticked after a center was chosen: the page asks for the number first."""
    machine, exam = world

    with_pacemaker(exam, location=machine.location)

    assert Task.objects.count() == 0


def test_who_can_be_reached_is_on_the_list_at_once(world):
    machine, exam = world

    draft = with_pacemaker(exam, location=machine.location, phone="+15125550147", given_name="Ana")

    task = Task.objects.get()
    assert (task.kind, task.draft, task.contact_name) == ("callback", draft, "Ana")
    assert ask(draft, machine.location) == task
