import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.actions.safety import answer_safety_page
from scheduling.models import Appointment, Screening, SecondScreen, Task
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY
from tests.factories.locations import AssignmentFactory, LocationFactory, ScannerFactory
from tests.factories.safety import publish_safety, visit_with_answers
from tests.factories.scheduling import AppointmentFactory, ExamFactory
from tests.factories.screening import MRI

pytestmark = pytest.mark.django_db
START = NINE_FORTY + dt.timedelta(days=7)
CHECK_IN = START - dt.timedelta(minutes=20)
NOTHING = {
    "fit": ["none"],
    **dict.fromkeys(("device", "metal_eye", "metal_body", "surgery", "pregnant"), "no"),
    **dict.fromkeys(("vessel", "joint", "capsule", "patch", "glucose"), "no"),
    "wear": ["none"],
    "stays": "nobody",
}
LIST = "/desk/before-the-scan/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(CHECK_IN, tick=False)
    return time_machine


@pytest.fixture
def visit():
    return visit_with_answers(starts_at=START)


@pytest.fixture
def desk(client, visit):
    user = AssignmentFactory(location=visit.location, role=Assignment.Role.TECHNOLOGIST).user
    client.force_login(user)
    return client


def url(visit, query=""):
    return f"/desk/visits/{visit.pk}/safety/{query}"


def filled(visit, **values):
    return {"seen_record": visit.screenings.order_by("pk").last().pk, **NOTHING, **values}


def test_it_is_asked_signed_and_listed(desk, visit):
    page = desk.get(url(visit)).content.decode()
    assert "Sign as Sam Rivera, technologist" in page
    assert "the magnet is always on" in page
    assert "checked" not in page  # nothing is chosen for whoever asks
    assert "Before: <strong>No" in page

    answer = desk.post(url(visit), filled(visit))

    assert (answer.status_code, answer["Location"]) == (
        303,
        f"{LIST}?location={visit.location.pk}&day=2026-12-08",
    )
    listed = desk.get(answer["Location"]).content.decode()
    assert "Signed at 9:20\xa0am" in listed
    assert "Nothing reported, nothing left" in listed
    signed = desk.get(url(visit)).content.decode()
    assert "Sam Rivera, technologist" in signed
    assert "Answered on the phone or at the center on" in signed


def test_what_is_new_leads_to_its_review(desk, visit):
    answer = desk.post(url(visit), filled(visit, metal_eye="yes"))
    assert answer.status_code == 422  # more is asked then
    assert "What happened to your eye?" in answer.content.decode()
    assert not SecondScreen.objects.exists()

    answer = desk.post(url(visit), filled(visit, metal_eye="yes", metal_eye_what="Grinding"))

    review = Task.objects.get(kind="review", appointment=visit)
    assert answer["Location"] == f"/desk/reviews/{review.pk}/"
    assert "A review has to be decided before the scan." in desk.get(answer["Location"]).content.decode()
    listed = desk.get(LIST, {"day": "2026-12-08"}).content.decode()
    assert "Open the review" in listed
    assert "nothing left" not in listed


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"device": ""}, "Answer Yes, No or Not sure: Other device or implant"),
        ({"fit": ["none", "pacemaker"]}, "Choose what applies, or “None of these”, not both"),
        ({"stays": ""}, "Choose who stays in the scan room"),
        ({"stays": "no_flags"}, "Enter the name of who stays"),
        ({"stays": "no_flags", "stays_name": "x" * 201}, "Use 200 letters or less"),
    ],
)
def test_what_is_missing_is_said_beside_it(desk, visit, values, words):
    answer = desk.post(url(visit), filled(visit, **values))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SecondScreen.objects.exists()


def test_what_the_patient_answers_meanwhile_is_compared_and_nothing_is_lost(desk, visit):
    typed = filled(visit, stays="no_flags", stays_name="Ben Osei")
    told = {"metal_eye": "yes"}
    by = Actor.patient("visit 1")
    answer_safety_page(visit_id=visit.pk, answers=told, language="en", now=CHECK_IN, by=by)

    answer = desk.post(url(visit), typed)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed while you asked" in page
    assert "Ben Osei" in page
    assert "Before: <strong>Yes" in page
    again = {**typed, "seen_record": Screening.objects.get(appointment=visit, superseded_by=None).pk}
    assert f'name="seen_record" value="{again["seen_record"]}"' in page
    assert desk.post(url(visit), again).status_code == 303


def test_in_spanish_the_record_is_in_spanish(desk, visit):
    assert "Léale" not in desk.get(url(visit)).content.decode()
    page = desk.get(url(visit, "?language=es")).content.decode()
    assert "el imán está siempre encendido" in page
    assert "¿Está embarazada" in page
    assert desk.post(url(visit, "?language=es"), filled(visit)).status_code == 303
    screen = SecondScreen.objects.get()
    assert (screen.screening.language, "encendido" in screen.script) == ("es", True)


def test_before_the_day_and_for_other_scans_answers_are_only_kept(desk, visit, clock):
    clock.move_to(START - dt.timedelta(days=2), tick=False)
    assert "Save the answers" in desk.get(url(visit)).content.decode()
    answer = desk.post(url(visit), filled(visit, companion="no"))
    assert answer.status_code == 303
    assert not SecondScreen.objects.exists()
    assert Screening.objects.get(appointment=visit, superseded_by=None).answered_by == "staff"


def test_signed_again_only_when_asked_for(desk, visit):
    desk.post(url(visit), filled(visit))
    assert "Sign as" not in desk.get(url(visit)).content.decode()
    assert "Sign as" in desk.get(url(visit, "?again")).content.decode()


def test_without_a_questionnaire_it_says_who_can_help(desk):
    scanner = ScannerFactory(location=Appointment.objects.get().location, modality="CT")
    visit = AppointmentFactory(scanner=scanner, exam=ExamFactory(modality="CT"))
    page = desk.get(url(visit)).content.decode()
    assert "No safety questionnaire is in force here" in page
    assert desk.post(url(visit), {}).status_code == 409


@pytest.mark.parametrize("status", ["in_exam", "done", "no_show"])
def test_over_is_over(desk, visit, status):
    typed = filled(visit)
    desk.post(url(visit), typed)
    Appointment.objects.filter(pk=visit.pk).update(status=status)
    assert "Signed" in desk.get(url(visit, "?again")).content.decode()
    assert desk.post(url(visit), typed).status_code == 409
    assert SecondScreen.objects.count() == 1


@pytest.mark.parametrize("role", [Assignment.Role.FRONT_DESK, Assignment.Role.ADMINISTRATOR])
def test_others_ask_nothing(client, visit, role):
    client.force_login(AssignmentFactory(location=visit.location, role=role).user)
    assert client.get(url(visit)).status_code == 403
    assert client.post(url(visit), filled(visit)).status_code == 403
    assert client.get(LIST).status_code == 403


def test_visits_of_other_locations_are_missing(client, visit):
    client.force_login(AssignmentFactory(role=Assignment.Role.TECHNOLOGIST).user)
    assert client.get(url(visit)).status_code == 404
    assert client.get(LIST, {"location": visit.location.pk}).status_code == 404
    assert client.get(LIST, {"location": "x"}).status_code == 404


def test_the_day_is_the_locations(client, clock):
    """11:30 pm in Austin is the next day in UTC."""
    late = dt.datetime(2026, 12, 9, 5, 30, tzinfo=dt.UTC)
    publish_safety(MRI)
    visit = AppointmentFactory(starts_at=late)
    AppointmentFactory(starts_at=late, scanner=ScannerFactory(location=LocationFactory()))
    clock.move_to(late - dt.timedelta(hours=1), tick=False)
    client.force_login(AssignmentFactory(location=visit.location, role=Assignment.Role.TECHNOLOGIST).user)

    today = client.get(LIST).content.decode()

    assert "Today, Tue, Dec 8" in today
    assert "1 visit\n" in today or "1 visit<" in today
    for nonsense in ("soon", "2026-13-01", "0001-01-01", "9999-12-31"):
        assert client.get(LIST, {"day": nonsense}).status_code == 200


def test_the_list_asks_a_fixed_number_of_questions(desk, visit, django_assert_max_num_queries):
    for hour in range(1, 6):
        visit_with_answers(starts_at=START + dt.timedelta(hours=hour), scanner=visit.scanner, exam=visit.exam)
    with django_assert_max_num_queries(20):
        assert "6 visits" in desk.get(LIST).content.decode()
