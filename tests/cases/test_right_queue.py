"""What must be looked at lands with the people who may, in words that neither reject nor clear."""

import datetime as dt
import re

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, Task
from scheduling.queries.safety import current_screenings
from scheduling.rules.screening import assess
from tests.factories.locations import AssignmentFactory
from tests.factories.safety import visit_with_answers
from tests.factories.scheduling import BOOKED_AT, ExamFactory
from tests.factories.screening import MRI, circumstances

pytestmark = pytest.mark.django_db
REJECTS_OR_CLEARS = re.compile(r"\b(cannot have|can’t have|rejected|safe|cleared)\b", re.IGNORECASE)
TECHNOLOGIST, RADIOLOGIST = Assignment.Role.TECHNOLOGIST, Assignment.Role.RADIOLOGIST


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(BOOKED_AT + dt.timedelta(hours=1), tick=False)


def contrast() -> dict:
    return {"exam": ExamFactory(modality="MR", contrast="with")}


@pytest.mark.parametrize(
    ("told", "kinds", "role", "words"),
    [
        ({"fit": ["not_sure"]}, ["review"], TECHNOLOGIST, "You were not sure about a device or implant."),
        ({"metal_eye": "yes"}, ["review"], TECHNOLOGIST, "We want to ask about your eye."),
        ({"metal_eye": "not_sure"}, ["review"], TECHNOLOGIST, "We want to ask about your eye."),
        ({"pregnant": "not_sure"}, ["review"], RADIOLOGIST, "wants to talk with you before the scan."),
        ({"kidney": "yes"}, ["labs", "review"], RADIOLOGIST, "We want to ask about your kidneys"),
    ],
)
def test_it_lands_in_the_right_queue_and_the_time_is_kept(client, told, kinds, role, words):
    visit = visit_with_answers(told, **(contrast() if "kidney" in told else {}))

    tasks = Task.objects.open().filter(appointment=visit)
    assert sorted(tasks.values_list("kind", flat=True)) == kinds
    assert tasks.get(kind="review").for_radiologist is (role is RADIOLOGIST)
    assert Appointment.objects.get(pk=visit.pk).status == "booked"
    said = [message["text"] for message in current_screenings(visit).get().shown["messages"]]
    assert any(words in text for text in said)
    assert not any(REJECTS_OR_CLEARS.search(text) for text in said)
    client.force_login(AssignmentFactory(location=visit.location, role=role).user)
    page = client.get(f"/desk/reviews/{tasks.get(kind='review').pk}/").content.decode()
    assert "Release this visit" in page


@pytest.mark.parametrize("device", ["pacemaker", "aneurysm_clip", "ear_implant", "stimulator", "pump"])
def test_an_active_device_is_called_about_before_a_time_is_chosen(device):
    """The page after it asks for the number and says when we call: tests/portal/test_fit.py."""
    found = assess(MRI, {"fit": [device]}, circumstances())
    assert found.disposition == "callback"
    assert not any(REJECTS_OR_CLEARS.search(reason.message["en"]) for reason in found.reasons)
