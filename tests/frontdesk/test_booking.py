"""A booking by phone through plain forms: no script is needed."""

import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.actions.holds import place_hold
from scheduling.models import Appointment, Draft, Task
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, bookable, ready_draft
from tests.factories.locations import AssignmentFactory, OpenLocationFactory, ScannerFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import AppointmentFactory, ExamFactory, OfferingFactory, PatientFactory
from tests.factories.screening import publish_preset
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
CALLER = {
    "phone": "512 555 0147 ext. 3",
    "given_name": "Bo",
    "family_name": "Ng",
    "birth_date": "3/14/52",
    "order_status": "have_it",
    "language": "en",
}
WELL = {
    f"respiratory-{key}": value
    for key, value in {
        "emerg": "no",
        "sympt": "none",
        "pos": "no",
        "isol": "no",
        "expo": "no",
        "compan": "no",
    }.items()
}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def machine():
    machine, exam = bookable(name="MRI 1")
    machine.exam = exam
    return machine


@pytest.fixture
def desk(client, machine):
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def new(machine):
    return f"/desk/at/{machine.location.slug}/new/"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def begin(desk, machine, query=""):
    answer = desk.post(new(machine) + query, {"q": "k mri l"})
    assert answer.status_code == 303, body(answer)
    return answer["Location"]


def first_time(page):
    return page.context["times"][0]


def hold(desk, url, **data):
    opening = first_time(desk.get(url))
    return desk.post(url, {**data, "time": f"{opening.location_id}|{opening.starts_at.isoformat()}"})


def test_from_the_exam_to_the_read_back(desk, machine):
    url = begin(desk, machine)
    page = body(desk.get(url))
    assert "<title>New booking - Alliance</title>" in page
    assert page.count('name="time"') == 6
    assert hold(desk, url)["Location"] == url
    assert "held until" in body(desk.get(url))
    booked = desk.post(url, {**CALLER, "book": "1"})
    assert (booked.status_code, booked["Location"]) == (303, url)
    page = body(desk.get(url))
    assert "Booked: Bo Ng" in page
    assert "Knee MRI, left on Monday, November 30 at" in page
    assert "this call is the confirmation" in page
    visit = Appointment.objects.get(status="booked")
    assert (visit.source, visit.patient.birth_date, visit.by_call, visit.by_email) == (
        "phone",
        dt.date(1952, 3, 14),
        True,
        False,
    )
    assert visit.phone_as_typed == "512 555 0147 ext. 3"
    assert visit.spoken_code in page


def test_pressed_twice_it_is_one_visit(desk, machine):
    url = begin(desk, machine)
    hold(desk, url)
    for _press in range(2):
        assert desk.post(url, {**CALLER, "book": "1"}).status_code == 303
    assert Appointment.objects.filter(status="booked").count() == 1


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(desk, machine):
    url = begin(desk, machine)
    answer = desk.post(url, {"given_name": "Bo", "book": "1"})
    assert answer.status_code == 422
    page = body(answer)
    for words in (
        "Choose a time first",
        "Enter the date of birth, such as 3/14/1952",
        "Enter a phone number or an email",
    ):
        assert words in page
    assert 'value="Bo"' in body(desk.get(url))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"birth_date": "14/3/1952"}, "with the month first"),
        ({"birth_date": "12/1/2026"}, "with the month first"),
        ({"phone": "555"}, "too short"),
        ({"email": "a@b"}, "Enter an email like"),
        ({"given_name": "\x00"}, "Enter the first name"),
        ({"order_status": "maybe"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_stays_as_it_was_typed(desk, machine, data, words):
    url = begin(desk, machine)
    hold(desk, url)
    answer = desk.post(url, {**CALLER, **data, "book": "1"})
    assert answer.status_code == 422
    assert words in body(answer)
    assert not Appointment.objects.filter(status="booked").exists()


def test_a_time_can_be_chosen_before_or_after_the_name_and_both_are_kept(desk, machine):
    url = begin(desk, machine)
    hold(desk, url, **CALLER)
    page = body(desk.get(url))
    assert 'value="03/14/1952"' in page
    assert "Born March 14, 1952" in page
    wrong = hold(desk, url, **{**CALLER, "birth_date": "3/14"})
    assert wrong.status_code == 422
    assert 'value="3/14"' in body(wrong)


def test_several_exams_are_to_choose_from(desk, machine):
    contrast = ExamFactory(name="Knee MRI with contrast", contrast="with", has_sides=True)
    OfferingFactory(exam=contrast, location=machine.location)
    answer = desk.post(new(machine), {"q": "k mri l"})
    assert answer.status_code == 422
    page = body(answer)
    assert "Choose one of these" in page
    assert "Knee MRI with contrast, left" in page
    chosen = desk.post(new(machine), {"q": "k mri l", "exam": f"{contrast.pk}|left"})
    assert chosen.status_code == 303
    assert Draft.objects.get().exam == contrast


@pytest.mark.parametrize("typed", ["", "zz", "k mri"])
def test_an_exam_has_to_be_meant(desk, machine, typed):
    assert desk.post(new(machine), {"q": typed}).status_code == 422


@pytest.mark.parametrize("chosen", ["0|left", "x", "|", "{pk}|", "{pk}|up"])
def test_nothing_else_can_be_chosen(desk, machine, chosen):
    answer = desk.post(new(machine), {"q": "k mri", "exam": chosen.format(pk=machine.exam.pk)})
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_exams_while_typing(desk, machine):
    found = desk.post(new(machine), {"q": "kn", "find": "1"})
    assert found.status_code == 200
    assert b"<html" not in found.content
    assert b"Knee MRI" in found.content
    assert b"No exam here" in desk.post(new(machine), {"q": "zz", "find": "1"}).content


def test_a_free_time_from_the_board_is_held_with_the_exam(desk, machine):
    query = f"?scanner={machine.pk}&at=2026-12-01T15:40:00%2B00:00"
    assert "Tue, Dec 1, 9:40 am" in body(desk.get(new(machine) + query))
    begin(desk, machine, query)
    assert Appointment.objects.get(status="held").starts_at == NINE_FORTY


def test_a_chosen_time_that_cannot_be_held_is_said(desk, machine):
    query = f"?scanner={machine.pk}&at=2026-12-01T15:40:00%2B00:00"
    ben = PatientFactory(given_name="Ben")
    AppointmentFactory(scanner=machine, exam=machine.exam, starts_at=NINE_FORTY, patient=ben)
    page = body(desk.get(begin(desk, machine, query)))
    assert "Tue, Dec 1, 9:40 am on MRI 1 is not held. Ben Núñez is on it, 9:40 am to 10:25 am." in page
    over = f"?scanner={machine.pk}&at=2026-11-30T14:40:00%2B00:00"
    assert "is not held. It is over, or this scanner" in body(desk.get(begin(desk, machine, over)))


@pytest.mark.parametrize(
    "query", ["?scanner=x&at=y", "?scanner=999999&at=2026-12-01T15:40:00%2B00:00", "?at=2026-12-01T15:40:00"]
)
def test_nonsense_in_the_address_holds_nothing(desk, machine, query):
    assert desk.get(new(machine) + query).status_code == 200
    begin(desk, machine, query)
    assert not Appointment.objects.exists()


def test_a_known_patient_is_offered_by_phone_and_filled_in(desk, machine):
    ana = PatientFactory(phone="+15125550147", email="ana@example.com")
    AppointmentFactory(
        scanner=machine, exam=machine.exam, patient=ana, starts_at=NINE_FORTY - dt.timedelta(days=90)
    )
    url = begin(desk, machine)
    hold(desk, url)
    side = desk.post(url, {"phone": "512-555-0147", "keep": "1"})
    assert (side.status_code, b"<html" in side.content) == (200, False)
    assert "Ana Núñez, May 17, 1980" in body(side)
    assert desk.post(url, {"phone": "512-555-0147", "fill": str(ana.pk)}).status_code == 303
    booked = desk.post(
        url,
        {
            "phone": "512-555-0147",
            "given_name": "Ana",
            "family_name": "Núñez",
            "birth_date": "5/17/1980",
            "book": "1",
        },
    )
    assert booked.status_code == 303
    assert Appointment.objects.get(source="phone", status="booked").patient == ana
    assert desk.post(begin(desk, machine), {"phone": "512-555-0147", "fill": "0"}).status_code == 409


def test_the_same_rules_about_safety_and_illness(desk, machine):
    publish_safety()
    publish_preset("a", starts=NOW - dt.timedelta(days=1))
    url = begin(desk, machine)
    hold(desk, url)
    answer = desk.post(url, {**CALLER, "book": "1"})
    assert answer.status_code == 422
    page = body(answer)
    assert "Ask the safety questions that are still open" in page
    assert "Ask the questions about illness that are still open" in page
    parts = {part.prefix: part for part in answer.context["parts"]}
    assert list(parts) == ["safety", "respiratory"]
    safe = {
        f"safety-{key}": "none" if field.widget.__class__.__name__ == "CheckboxSelectMultiple" else "no"
        for key, field in parts["safety"].fields.items()
    }
    booked = desk.post(url, {**CALLER, **WELL, **safe, "book": "1"})
    assert booked.status_code == 303, booked.context["form"].errors


def test_a_pacemaker_stops_it_and_goes_on_the_list(desk, machine):
    publish_safety()
    url = begin(desk, machine)
    hold(desk, url)
    desk.post(url, {**CALLER, "safety-fit": "pacemaker", "keep": "1"})
    assert not Appointment.objects.filter(status="held").exists()
    page = body(desk.get(url))
    assert "Because of" in page
    answer = desk.post(url, {**CALLER, "book": "1"})
    assert answer.status_code == 422
    assert Task.objects.open().filter(kind="callback").exists()


def test_a_chest_scan_is_asked_about(desk, machine):
    publish_preset("a", starts=NOW - dt.timedelta(days=1))
    chest = ExamFactory(name="Chest CT", modality="CT", chest_respiratory=True)
    OfferingFactory(exam=chest, location=machine.location)
    ScannerFactory(location=machine.location, modality="CT")
    url = desk.post(new(machine), {"q": "ch ct"})["Location"]
    page = body(desk.get(url))
    assert "A chest scan is not a COVID-19 test." in page
    hold(desk, url)
    desk.post(url, {**CALLER, **WELL, "chest-why_chest": "yes", "keep": "1"})
    assert Draft.objects.get(exam=chest).why_chest == "yes"
    assert desk.get(url).context["advice"]


def test_on_top_of_a_visit_with_a_reason(desk, machine):
    AppointmentFactory(
        scanner=machine, exam=machine.exam, starts_at=NINE_FORTY, patient=PatientFactory(given_name="Ben")
    )
    url = begin(desk, machine)
    other = {"other-scanner": machine.pk, "other-day": "2026-12-01", "other-time": "9:50", "other": "1"}
    refused = desk.post(url, other)
    assert refused.status_code == 422
    assert "Ben Núñez is on it, 9:40 am to 10:25 am." in body(refused)
    assert desk.post(url, {**other, "other-reason": "Urgent"}).status_code == 303
    desk.post(url, {**CALLER, "book": "1"})
    visit = Appointment.objects.get(source="phone", status="booked")
    assert (visit.overbooked, visit.overbook_reason) == (True, "Urgent")
    empty = desk.post(begin(desk, machine), {"other": "1"})
    assert empty.status_code == 422
    assert "Choose a scanner" in body(empty)


def test_finishing_later_leads_to_the_list_and_back(desk, machine):
    url = begin(desk, machine)
    assert desk.post(url, {"given_name": "Bo", "later": "1"}).status_code == 422
    answer = desk.post(url, {"given_name": "Bo", "phone": "512 555 0147", "later": "1"})
    assert answer["Location"] == "/desk/tasks/"
    page = body(desk.get("/desk/tasks/"))
    assert "A booking by phone was begun" in page
    assert f'href="{url}"' in page


def test_throwing_it_away(desk, machine):
    url = begin(desk, machine)
    hold(desk, url)
    assert desk.post(url, {"discard": "1"})["Location"] == f"/desk/at/{machine.location.slug}/"
    assert desk.get(url).status_code == 404
    assert not Appointment.objects.filter(status="held").exists()


def test_another_visit_of_the_patient_is_named_and_overruled_with_a_reason(desk, machine):
    machine.location.future_visits_limit = 1
    machine.location.save()
    ana = PatientFactory(phone="+15125550147")
    AppointmentFactory(scanner=machine, exam=machine.exam, patient=ana, starts_at=NINE_FORTY)
    url = begin(desk, machine)
    hold(desk, url)
    who = {
        "phone": "512 555 0147",
        "given_name": "Ana",
        "family_name": "Núñez",
        "birth_date": "5/17/1980",
        "book": "1",
    }
    refused = desk.post(url, who)
    assert refused.status_code == 409
    page = body(refused)
    assert "as many coming visits as the center allows" in page
    assert 'name="override_reason"' in page
    assert desk.post(url, {**who, "override_reason": "Both knees"}).status_code == 303
    assert Appointment.objects.get(source="phone", status="booked").limit_reason == "Both knees"


def test_a_minor_needs_a_guardian(desk, machine):
    url = begin(desk, machine)
    hold(desk, url)
    child = {**CALLER, "birth_date": "3/14/2015"}
    answer = desk.post(url, {**child, "book": "1"})
    assert answer.status_code == 422
    assert "Enter the name of the parent or guardian" in body(answer)
    assert desk.post(url, {**child, "guardian_name": "Ana Ng", "book": "1"}).status_code == 303


def test_somebody_else_is_on_the_phone_in_spanish(desk, machine):
    url = begin(desk, machine)
    hold(desk, url)
    other = {
        "for_other": "on",
        "booker_name": "Rosa Ng",
        "booker_relation": "daughter",
        "language": "es",
        "interpreter_language": "Spanish",
    }
    assert desk.post(url, {**CALLER, **other, "book": "1"}).status_code == 303
    visit = Appointment.objects.get(status="booked")
    assert (visit.booker_name, visit.booker_relation, visit.language, visit.interpreter_language) == (
        "Rosa Ng",
        "daughter",
        "es",
        "Spanish",
    )


def test_times_of_another_center(desk, machine):
    place = OpenLocationFactory(name="Zilker", slug="zilker")
    ScannerFactory(location=place)
    OfferingFactory(exam=machine.exam, location=place)
    AssignmentFactory(user=Assignment.objects.get(location=machine.location).user, location=place)
    url = begin(desk, machine)
    assert first_time(desk.get(url)).location_id == machine.location.pk
    assert first_time(desk.get(f"{url}?place=zilker")).location_id == place.pk


@pytest.fixture
def elsewhere(machine):
    """A scanner with the same exam, where the desk's user does not book."""
    other = ScannerFactory(location=OpenLocationFactory(name="Zilker", slug="zilker"))
    OfferingFactory(exam=machine.exam, location=other.location)
    return other


def test_a_time_of_a_center_where_one_does_not_book_is_refused(desk, machine, elsewhere):
    url = begin(desk, machine)
    answer = desk.post(url, {**CALLER, "time": f"{elsewhere.location_id}|{NINE_FORTY.isoformat()}"})
    assert answer.status_code == 409
    assert "That time cannot be booked" in body(answer)
    assert desk.post(url, {**CALLER, "book": "1"}).status_code == 422
    assert not Appointment.objects.exists()
    assert Draft.objects.get().location is None


def test_a_role_that_only_reads_there_does_not_book_there(desk, machine, elsewhere):
    user = Assignment.objects.get(location=machine.location).user
    AssignmentFactory(user=user, location=elsewhere.location, role=Assignment.Role.AUDITOR)
    url = begin(desk, machine)
    time = f"{elsewhere.location_id}|{NINE_FORTY.isoformat()}"
    assert desk.post(url, {**CALLER, "time": time}).status_code == 409
    assert not Appointment.objects.exists()


def test_what_a_colleague_held_at_another_center_is_not_booked_from_here(desk, machine, elsewhere):
    url = begin(desk, machine)
    place_hold(
        draft_id=Draft.objects.get().pk,
        location_id=elsewhere.location_id,
        starts_at=NINE_FORTY,
        now=NOW,
        by=Actor.staff(1),
    )
    answer = desk.post(url, {**CALLER, "book": "1"})
    assert answer.status_code == 409
    assert not Appointment.objects.filter(status="booked").exists()
    assert first_time(answer).location_id == machine.location.pk  # and times from here are offered


@pytest.mark.parametrize(
    "time",
    [
        "x",
        "1",
        "1|x",
        "x|2026-12-01T15:40:00+00:00",
        "1|2026-12-01T15:40:00",
        f"{'9' * 5000}|2026-12-01T15:40:00+00:00",
    ],
)
def test_a_time_that_was_never_offered(desk, machine, time):
    url = begin(desk, machine)
    assert desk.post(url, {"time": time}).status_code == 409


def test_a_lost_race_keeps_all(desk, machine):
    url = begin(desk, machine)
    opening = first_time(desk.get(url))
    AppointmentFactory(scanner=machine, exam=machine.exam, starts_at=opening.starts_at)
    answer = desk.post(url, {**CALLER, "time": f"{opening.location_id}|{opening.starts_at.isoformat()}"})
    assert answer.status_code == 409
    assert "Someone just took that time" in body(answer)
    assert 'value="Bo"' in body(desk.get(url))


def test_from_the_call_to_the_visit_that_waits_for_its_review(desk, machine):
    publish_safety()
    url = begin(desk, machine)
    desk.post(url, {**CALLER, "safety-fit": "pacemaker", "keep": "1"})
    assert "Agreed to be booked?" in body(desk.get(url))
    opening = {"time": f"{machine.location.pk}|{NINE_FORTY.isoformat()}"}
    assert desk.post(url, opening).status_code == 409
    empty = desk.post(url, {"set_up": "1"})
    assert empty.status_code == 422
    assert "Write who agreed, and why" in body(empty)
    assert desk.post(url, {"set_up": "1", "set_up_reason": "Dr. Osei: conditional device"}).status_code == 303
    assert "Agreed: Dr. Osei: conditional device" in body(desk.get(url))
    assert desk.post(url, opening).status_code == 303


def test_what_a_patient_began_is_taken_over_from_the_task(desk, machine):
    draft = ready_draft(machine, machine.exam, starts_at=None, phone="+15125550147")
    task = TaskFactory(kind="callback", draft=draft, location=machine.location)
    assert "Book it for them" in body(desk.get("/desk/tasks/"))
    answer = desk.post(f"/desk/tasks/{task.pk}/book/")
    assert answer["Location"] == f"/desk/bookings/{draft.pk}/"
    assert 'value="Ana"' in body(desk.get(answer["Location"]))
    assert "Go on with the booking" in body(desk.get("/desk/tasks/"))
    Task.objects.filter(pk=task.pk).update(closed_at=NOW, closed_by="x")
    assert desk.post(f"/desk/tasks/{task.pk}/book/")["Location"] == "/desk/tasks/"


def test_how_to_reach_them_is_asked_and_a_known_patient_brings_it_along(desk, machine):
    known = PatientFactory(email="bo@example.com", no_email=True, language="es", interpreter_language="Hmong")
    AppointmentFactory(patient=known, scanner=machine, exam=machine.exam, starts_at=NINE_FORTY)
    url = begin(desk, machine)
    desk.post(url, {**CALLER, "email": "bo@example.com", "reach": "email"})
    draft = Draft.objects.get()
    assert (draft.by_email, draft.by_call) == (True, False)
    assert desk.get(url).context["form"]["reach"].value() == "email"
    desk.post(url, {"phone": CALLER["phone"], "fill": known.pk})
    draft.refresh_from_db()
    assert (draft.email, draft.by_email, draft.by_call) == ("bo@example.com", False, True)
    assert (draft.language, draft.interpreter_language) == ("es", "Hmong")


def test_another_exam_keeps_the_caller_the_time_and_the_draft(desk, machine):
    OfferingFactory(location=machine.location, exam=ExamFactory(name="Brain MRI"))
    url = begin(desk, machine)
    hold(desk, url, given_name="Bo", phone="512 555 0147")
    held = Draft.objects.get().starts_at
    page = body(desk.get(url))
    assert f'href="{url}exam/"' in page
    answer = desk.post(f"{url}exam/", {"q": "k mri r"})
    assert (answer.status_code, answer["Location"]) == (303, url)
    draft = Draft.objects.get()
    assert (draft.laterality, draft.given_name, draft.starts_at) == ("right", "Bo", held)
    assert Appointment.objects.filter(status="held").count() == 1


def test_another_exam_that_the_center_does_not_know_says_so(desk, machine):
    url = begin(desk, machine)
    answer = desk.post(f"{url}exam/", {"q": "zz"})
    assert answer.status_code == 422
    assert "No exam here begins like that" in body(answer)
    assert "Another exam" in body(answer)


def seen_on(page):
    return page.context["seen"]


def test_two_desks_on_one_booking_keep_what_each_typed(desk, machine):
    url = begin(desk, machine)
    seen = seen_on(desk.get(url))  # both have it open
    both = {"seen": seen, "language": "en", "order_status": "have_it"}
    desk.post(url, {**both, "email": "bo@example.com"})
    assert desk.post(url, {**both, "email": "", "given_name": "Bo"}).status_code == 303
    draft = Draft.objects.get()
    assert (draft.email, draft.given_name) == ("bo@example.com", "Bo")


def test_a_desk_that_changes_another_field_leaves_a_colleagues(desk, machine):
    url = begin(desk, machine)
    desk.post(url, CALLER)
    page = desk.get(url)
    untouched = {**{field.name: field.value() or "" for field in page.context["form"]}, "seen": seen_on(page)}
    untouched.pop("for_other")
    desk.post(url, {**CALLER, "email": "bo@example.com"})
    assert desk.post(url, {**untouched, "family_name": "Nguyen"}).status_code == 303
    draft = Draft.objects.get()
    assert (draft.email, draft.family_name, draft.by_email) == ("bo@example.com", "Nguyen", True)


def test_where_both_changed_the_same_both_are_shown_and_sending_again_decides(desk, machine):
    url = begin(desk, machine)
    seen = seen_on(desk.get(url))
    desk.post(url, {**CALLER, "email": "bo@example.com"})
    mine = {**CALLER, "email": "ng@example.com"}
    kept = desk.post(url, {**mine, "seen": seen, "keep": "1"})
    assert kept.status_code == 409
    assert "Email: bo@example.com" in body(kept)
    answer = desk.post(url, {**mine, "seen": seen})
    assert answer.status_code == 409
    assert "A colleague wrote “bo@example.com” meanwhile" in body(answer)
    assert 'value="ng@example.com"' in body(answer)
    assert Draft.objects.get().email == "bo@example.com"
    assert desk.post(url, {**mine, "seen": seen_on(answer)}).status_code == 303
    assert Draft.objects.get().email == "ng@example.com"


def test_one_page_that_stays_open_may_change_its_own_words_again(desk, machine):
    url = begin(desk, machine)
    seen = seen_on(desk.get(url))
    first = desk.post(url, {**CALLER, "seen": seen, "keep": "1"})
    seen = first.context["seen"]
    again = {**CALLER, "birth_date": "031553", "phone": "512-555-0148", "seen": seen, "keep": "1"}
    second = desk.post(url, again)
    assert (first.status_code, second.status_code) == (200, 200)
    draft = Draft.objects.get()
    assert (draft.birth_date, str(draft.phone)) == (dt.date(1953, 3, 15), "+15125550148")


def test_a_field_that_was_changed_by_hand_is_as_none(desk, machine):
    url = begin(desk, machine)
    for seen in ("[1]", "{", '{"email": 3}', '{"email": ["a"]}'):
        assert desk.post(url, {**CALLER, "seen": seen}).status_code == 303
