"""Safety answers of a booked visit: the time is kept, and people get the work that is new."""

import datetime as dt

import pytest

from scheduling.actions.screening import record_screening
from scheduling.actions.tasks import close_task
from scheduling.models import AuditEvent, Task
from scheduling.queries.questionnaires import published_spec
from scheduling.rules.actors import Actor
from scheduling.rules.screening import assess
from tests.factories.safety import publish_safety
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory
from tests.factories.screening import CT, MRI, circumstances

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
BY = Actor.patient("visit 1")
CONTRAST = frozenset({"contrast"})


@pytest.fixture
def visit():
    return AppointmentFactory()


def record(visit, answers, *, form=MRI, tags=CONTRAST, now=NOW, **who):
    spec = published_spec(publish_safety(form).pk)
    return record_screening(
        version=spec,
        shown=spec.questions,
        answers=answers,
        outcome=assess(spec, answers, circumstances(tags=tags, **who)),
        appointment=visit,
        language="en",
        answered_at=now,
        now=now,
        by=BY,
    )


def work():
    return [(task.kind, task.reason, task.closed_at is None) for task in Task.objects.order_by("pk")]


TALK = "Talk through the screening with the patient before the visit"
URGENT = "Urgent: talk through the screening with the patient before the visit"
HELP = "Plan for a patient who needs help to get on the table"
LABS = "Get a recent kidney blood test: ask the patient’s doctor for the result"


@pytest.mark.parametrize(
    ("form", "answers", "expected"),
    [
        (MRI, {"device": "no"}, []),
        (MRI, {"metal_eye": "not_sure"}, [("review", TALK)]),
        (MRI, {"fit": ["lift"]}, [("room", HELP)]),
        (MRI, {"fit": ["lift", "lie_flat"]}, [("review", TALK)]),
        (MRI, {"device": "yes", "device_which": ["active"]}, [("review", URGENT)]),
        (CT, {"diabetes": "yes"}, [("labs", LABS)]),
        (CT, {"kidney": "yes"}, [("review", TALK), ("labs", LABS)]),
    ],
)
def test_what_an_answer_asks_of_people(visit, form, answers, expected):
    record(visit, answers, form=form)

    assert work() == [(*task, True) for task in expected]
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_what_was_looked_at_is_no_new_work(visit):
    record(visit, {"metal_eye": "yes", "kidney": "yes"})
    for task in Task.objects.all():
        close_task(task_id=task.pk, outcome="Spoke with her", now=NOW, by=Actor.staff(1))

    record(visit, {"metal_eye": "yes", "kidney": "yes", "joint": "yes"})
    assert [is_open for *_, is_open in work()] == [False, False]

    record(visit, {"metal_eye": "yes", "kidney": "yes", "joint": "yes", "capsule": "yes"})
    assert work()[2:] == [("review", TALK, True)]


@pytest.mark.parametrize(
    ("reviewed", "now_told", "is_new"),
    [
        ({"fit": ["pacemaker"]}, {"fit": ["pacemaker", "heavy"]}, False),  # another rule's matter
        ({"fit": ["stimulator"]}, {"fit": ["stimulator", "pump"]}, True),  # the same rule, another device
        ({"surgery": "not_sure"}, {"surgery": "yes"}, True),
        ({"surgery": "yes"}, {"surgery": "yes", "surgery_what": "A stent"}, True),  # a detail, after it
        ({"surgery": "yes", "surgery_what": "A stent"}, {"surgery": "yes", "surgery_what": "A stent"}, False),
    ],
)
def test_another_answer_to_what_was_looked_at_is_new_work(visit, reviewed, now_told, is_new):
    record(visit, reviewed)
    close_task(task_id=Task.objects.get().pk, outcome="Spoke with her", now=NOW, by=Actor.staff(1))

    record(visit, now_told)

    assert Task.objects.open().filter(kind="review").exists() == is_new


def test_an_urgent_reason_takes_the_place_of_another(visit):
    record(visit, {"metal_eye": "yes"})
    assert Task.objects.get().due_at == NOW + dt.timedelta(hours=1)

    later = NOW + dt.timedelta(minutes=5)
    record(visit, {"metal_eye": "yes", "device": "yes", "device_which": ["active"]}, now=later)

    task = Task.objects.get()
    assert (task.reason, task.due_at) == (URGENT, NOW + dt.timedelta(minutes=20))
    assert AuditEvent.objects.filter(event="task.made_urgent", object_id=task.pk).count() == 1


def test_an_urgent_task_is_not_put_off(visit):
    record(visit, {"metal_eye": "yes"})
    late = NOW + dt.timedelta(minutes=55)

    record(visit, {"metal_eye": "yes", "device": "yes", "device_which": ["active"]}, now=late)

    assert Task.objects.get().due_at == NOW + dt.timedelta(hours=1)


def test_an_urgent_task_stays_as_it_is(visit):
    urgent = {"device": "yes", "device_which": ["active"]}
    record(visit, urgent)

    record(visit, {**urgent, "capsule": "yes"}, now=NOW + dt.timedelta(minutes=5))

    task = Task.objects.get()
    assert (task.reason, task.due_at) == (URGENT, NOW + dt.timedelta(minutes=15))
    assert not AuditEvent.objects.filter(event="task.made_urgent").exists()


def test_the_technologist_is_told_to_ask_in_private(visit):
    screening = record(visit, {}, age=40, by_proxy=True)

    assert (screening.effects, work()) == (["ask_in_private"], [])


def test_whoever_booked_for_the_patient_answers_for_them():
    visit = AppointmentFactory(booker_name="Luis Núñez")

    assert record(visit, {}).answered_by == "proxy"


def test_a_private_question_is_marked_on_the_record(visit):
    shown = record(visit, {}).shown["questions"]

    assert [question["key"] for question in shown if question["private"]] == ["pregnant"]
