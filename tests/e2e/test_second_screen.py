"""The technologist's morning: the second screen brings something up, it is decided, the scan may begin."""

import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, Release, SecondScreen
from tests.e2e.walk import ByKeyboard, ByMouse
from tests.e2e.world import NOW
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.safety import visit_with_answers

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
NOTHING = ("device", "metal_body", "surgery", "pregnant", "vessel", "joint", "capsule", "patch", "glucose")


@pytest.mark.parametrize("walk", [ByMouse, ByKeyboard])
def test_asked_signed_reviewed_released(guide, walk):
    desk = guide(width=1280)
    center = desk.world.center
    visit = visit_with_answers(
        starts_at=NOW + dt.timedelta(hours=2),
        scanner=ScannerFactory(location=center),
        exam=desk.world.knee,
    )
    user = AssignmentFactory(location=center, role=Assignment.Role.TECHNOLOGIST).user
    desk.be(user=user)
    desk.open("/desk/before-the-scan/")
    page, hands = desk.page, walk(desk.page)

    hands.follow("Ask and sign")
    hands.tick("fit", "none")
    for name in NOTHING[:1]:
        hands.choose(name, "no")
    hands.choose("metal_eye", "yes")
    for name in NOTHING[1:]:
        hands.choose(name, "no")
    hands.tick("wear", "none")
    hands.choose("stays", "nobody")
    hands.press(f"Sign as {user}, technologist")
    page.get_by_text("There is a problem").wait_for()
    page.locator("[name=metal_eye_what]").fill("Grinding, twenty years ago")
    page.get_by_role("button", name="Sign as").click()

    page.get_by_text("Signed. A review has to be decided before the scan.").wait_for()
    page.get_by_label("What you found out").fill("Orbit X-ray today: no metal")
    page.get_by_role("button", name="Release this visit").click()
    page.get_by_text("Released.").wait_for()
    assert Release.objects.get().appointment == visit
    assert SecondScreen.objects.get().signed_by == user
    assert Appointment.objects.filter(pk=visit.pk).update(status="in_exam") == 1
