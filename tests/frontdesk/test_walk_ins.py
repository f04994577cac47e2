"""The queue of X-ray walk-ins, through plain forms: no script is needed."""

import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, AuditEvent, Draft, Message, Task, WalkIn
from scheduling.rules.walk_ins import Wait
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.factories.screening import XRAY, publish_preset
from tests.factories.walk_ins import waiting, xray_center, xray_of

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC)  # 10 am in Austin
MINUTE = dt.timedelta(minutes=1)
PERSON = {
    "given_name": "Bo",
    "family_name": "Ng",
    "birth_date": "3/14/52",
    "order_status": "received",
    "language": "en",
}
NUNEZ = {"family_name": "Nunez", "birth_date": "5/17/1980"}
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
    return time_machine


@pytest.fixture
def room():
    return xray_center()


@pytest.fixture
def desk(client, room):
    client.force_login(AssignmentFactory(location=room.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def sign_in_again(desk, room):
    """After a while without a sign of life."""
    desk.force_login(AssignmentFactory(location=room.location, role=Assignment.Role.FRONT_DESK).user)


def url(room):
    return f"/desk/at/{room.location.slug}/walk-ins/"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def begin(desk, room, typed="xr knee r"):
    answer = desk.post(url(room), {"q": typed})
    assert answer.status_code == 303, body(answer)
    return answer["Location"]


def enter(desk, walk_in, room, **data):
    data = {"version": walk_in.version, "scanner": room.pk, **data}
    return desk.post(f"/desk/walk-ins/{walk_in.pk}/room/", data)


def step(desk, walk_in, name, **data):
    return desk.post(f"/desk/walk-ins/{walk_in.pk}/step/", {"version": walk_in.version, "step": name, **data})


def waits(desk, room):
    queue = desk.get(url(room)).context["queue"]
    return [row.wait for row in queue.rows], queue.wait


def booked(room, minutes, **fields):
    who = PatientFactory(given_name=f"At {minutes}")
    return AppointmentFactory(
        scanner=room,
        exam=room.exam,
        patient=who,
        starts_at=NOW + minutes * MINUTE,
        laterality="left",
        **fields,
    )


# ---------------------------------------------------------------- from the door to the room


def test_from_the_door_to_the_room(desk, room, clock):
    page = body(desk.get(url(room)))
    assert "Nobody waits" in page
    assert "Whoever comes now waits <strong>within 5 minutes</strong>." in page
    typing = begin(desk, room)
    page = body(desk.get(typing))
    assert "<title>Walk-in - Alliance</title>" in page
    assert "Knee X-ray, right" in page
    assert "Say that it takes <strong>within 5 minutes</strong>." in page
    assert "Somebody else is on the phone" not in page
    for _press in range(2):
        assert desk.post(typing, {**PERSON, "book": "1"})["Location"] == url(room)
    walk_in = WalkIn.objects.get()
    clock.move_to(NOW + 7 * MINUTE, tick=False)
    page = body(desk.get(url(room)))
    assert "7 minutes ago" in page
    assert "Bo Ng" in page
    assert "Nothing open" in page
    assert "free for it" in body(desk.get(f"/desk/walk-ins/{walk_in.pk}/room/"))
    assert enter(desk, walk_in, room)["Location"] == url(room)
    visit = Appointment.objects.get(status="arrived")
    assert (visit.source, visit.scanner, visit.starts_at) == ("walk_in", room, NOW + 7 * MINUTE)
    assert (visit.laterality, visit.patient.birth_date) == ("right", dt.date(1952, 3, 14))
    assert (visit.overbooked, visit.arrived_at) == (False, NOW + 7 * MINUTE)
    assert visit.code
    assert not Message.objects.exists()  # they are here
    assert not Task.objects.exists()
    page = body(desk.get(url(room)))
    assert "Bo Ng is taken in: X-ray 1." in page
    assert "Nobody waits" in page
    assert "1 was taken in or left today" in page
    history = body(desk.get(f"/desk/visits/{visit.pk}/"))
    assert "Came without a time" in history
    assert "Walk-in taken in" in history
    assert desk.get(typing)["Location"] == f"/desk/visits/{visit.pk}/"
    assert enter(desk, walk_in, room).status_code == 303  # pressed again
    assert Appointment.objects.count() == 1


def test_taking_in_is_undone_for_two_minutes_and_done_again(desk, room, clock):
    publish_preset("a")
    typing = begin(desk, room)
    desk.post(typing, {**PERSON, **WELL, "book": "1"})
    walk_in = WalkIn.objects.get()
    enter(desk, walk_in, room)
    visit = Appointment.objects.get(status="arrived")
    undone = desk.post(f"/desk/visits/{visit.pk}/undo/", {"version": visit.version})
    assert undone["Location"] == url(room)
    walk_in.refresh_from_db()
    visit.refresh_from_db()
    assert (walk_in.status, walk_in.ended_at, visit.status) == ("waiting", None, "canceled")
    assert not Message.objects.exists()
    row = desk.get(url(room)).context["queue"].rows[0]
    assert row.is_settled
    clock.move_to(NOW + 4 * MINUTE, tick=False)
    enter(desk, walk_in, room)
    again = Appointment.objects.get(status="arrived")
    assert (again.pk, again.code, again.starts_at) == (visit.pk, visit.code, NOW + 4 * MINUTE)
    assert again.screenings.count() == 1
    clock.move_to(NOW + 9 * MINUTE, tick=False)
    late = desk.post(f"/desk/visits/{visit.pk}/undo/", {"version": again.version})
    assert late.status_code == 409


def test_a_scan_that_began_is_not_undone(desk, room):
    walk_in = waiting(room, NOW)
    enter(desk, walk_in, room)
    visit = Appointment.objects.get(status="arrived")
    desk.post(f"/desk/visits/{visit.pk}/step/", {"version": visit.version, "step": "start"})
    assert desk.post(f"/desk/visits/{visit.pk}/undo/", {"version": visit.version}).status_code == 409
    walk_in.refresh_from_db()
    assert walk_in.status == "taken_in"


# ---------------------------------------------------------------- what speaks against a room


def test_over_a_visit_it_needs_a_reason(desk, room):
    booked(room, 5)
    walk_in = waiting(room, NOW)
    page = body(desk.get(f"/desk/walk-ins/{walk_in.pk}/room/"))
    assert "At 5 Núñez is on it, 10:05 am to 10:20 am." in page
    refused = enter(desk, walk_in, room)
    assert refused.status_code == 422
    assert "Write why it is done all the same" in body(refused)
    assert WalkIn.objects.get().status == "waiting"
    assert enter(desk, walk_in, room, reason="quick, between two").status_code == 303
    visit = Appointment.objects.get(status="arrived")
    assert (visit.overbooked, visit.overbook_reason) == (True, "quick, between two")


def test_a_scan_that_was_over_early_is_no_clash(desk, room):
    times = {"exam_started_at": NOW - 5 * MINUTE, "exam_ended_at": NOW - MINUTE}
    booked(room, -5, status="done", arrived_at=NOW - 9 * MINUTE, **times)
    assert enter(desk, waiting(room, NOW), room).status_code == 303
    assert Appointment.objects.get(status="arrived").overbooked


@pytest.mark.parametrize("order", ["none", "office_sends"])
def test_without_the_order_it_needs_a_reason(desk, room, order):
    walk_in = waiting(room, NOW, order_status=order)
    assert "Order missing" in body(desk.get(url(room)))
    refused = enter(desk, walk_in, room)
    assert refused.status_code == 422
    assert "The doctor’s order is not here." in body(refused)
    assert enter(desk, walk_in, room, reason="Dr. Wu said it on the phone").status_code == 303


def test_with_open_questions_nobody_is_taken_in(desk, room):
    publish_preset("a")
    typing = begin(desk, room)
    desk.post(typing, {**PERSON, "book": "1"})
    assert "Questions to ask" in body(desk.get(url(room)))
    refused = enter(desk, WalkIn.objects.get(), room)
    assert refused.status_code == 409
    assert "Some questions are still open. Ask them first." in body(refused)
    desk.post(typing, {**PERSON, **WELL, "book": "1"})
    assert enter(desk, WalkIn.objects.get(), room).status_code == 303


def test_what_can_wait_is_no_error_while_somebody_is_added(desk, room):
    publish_preset("a")
    answer = desk.post(begin(desk, room), {"respiratory-pos": "no", "book": "1"})
    assert answer.status_code == 422
    assert "Choose yes or no" not in body(answer)
    assert answer.context["parts"][0]["pos"].value() == "no"


def test_illness_is_asked_even_where_the_center_asks_it_only_near_a_visit(desk, room):
    publish_preset("a")
    room.location.asks_screening_at_booking = False
    room.location.save()
    assert "respiratory-emerg" in body(desk.get(begin(desk, room)))


def test_a_chest_x_ray_without_an_order_is_not_taken_in(desk, room):
    publish_preset("a")
    xray_of(room, name="Chest X-ray", chest_respiratory=True, has_sides=False, minutes_both_sides=None)
    typing = begin(desk, room, "xr chest")
    assert "A chest scan is not a COVID-19 test." in body(desk.get(typing))
    answers = {**PERSON, **WELL, "chest-why_chest": "yes", "order_status": "none"}
    desk.post(typing, {**answers, "book": "1"})
    assert "Somebody has to decide first" in body(desk.get(url(room)))
    refused = enter(desk, WalkIn.objects.get(), room, reason="they insist")
    assert refused.status_code == 409
    assert not Appointment.objects.exists()


FEVER = {
    "respiratory-sympt": ["fever"],
    "respiratory-sympt_date": "2026-11-29",
    "respiratory-fever_24h": "yes",
    "respiratory-better": "worse",
    "respiratory-immuno": "no",
}
TEST = {
    "respiratory-pos": "yes",
    "respiratory-pos_which": "covid",
    "respiratory-pos_date": "2026-11-29",
    "respiratory-pos_ill": "no",
    "respiratory-immuno": "no",
}


def test_a_fever_is_taken_in_and_the_scan_waits_for_its_review(desk, room):
    publish_preset("a")
    typing = begin(desk, room)
    for button in ("keep", "book"):  # some questions open by others
        desk.post(typing, {**PERSON, **WELL, **FEVER, button: "1"})
    assert desk.get(typing).context["advice"]
    assert enter(desk, WalkIn.objects.get(), room).status_code == 303
    visit = Appointment.objects.get(status="arrived")
    start = {"version": visit.version, "step": "start"}
    assert desk.post(f"/desk/visits/{visit.pk}/step/", start).status_code == 409


def test_a_positive_test_of_two_days_ago_is_not_taken_in_today(desk, room):
    publish_preset("a")
    typing = begin(desk, room)
    for button in ("keep", "book"):  # some questions open by others
        desk.post(typing, {**PERSON, **WELL, **TEST, button: "1"})
    assert "Please come on a later day" in body(desk.get(typing))
    assert "Somebody has to decide first" in body(desk.get(url(room)))
    refused = enter(desk, WalkIn.objects.get(), room)
    assert refused.status_code == 409
    assert "The answers ask for somebody who decides first." in body(refused)


def test_what_is_private_is_left_to_the_technologist(desk, room):
    publish_safety(XRAY, modality="XR")
    xray_of(room, name="Hip X-ray", beam_through_pelvis=True)
    typing = begin(desk, room, "xr hip l")
    answers = {**PERSON, "birth_date": "3/14/1996", "safety-fit": "none"}
    desk.post(typing, answers)
    page = body(desk.get(typing))
    assert "A question is left to the technologist, in private." in page
    assert "pregnan" not in page.lower()
    desk.post(typing, {**answers, "book": "1"})
    assert "To be asked in private" in body(desk.get(url(room)))
    enter(desk, WalkIn.objects.get(), room)
    visit = Appointment.objects.get(status="arrived")
    assert visit.tasks.get(kind="review").reason == "Ask the patient in private before the X-ray"
    start = desk.post(f"/desk/visits/{visit.pk}/step/", {"version": visit.version, "step": "start"})
    assert start.status_code == 409  # before somebody has


# ---------------------------------------------------------------- the queue


def test_waits_are_told_in_order_of_arrival(desk, room):
    booked(room, -3, status="in_exam", arrived_at=NOW - 9 * MINUTE, exam_started_at=NOW - 3 * MINUTE)
    for number, name in enumerate(("Ana", "Bo")):
        waiting(room, NOW - (20 - number) * MINUTE, name)
    found = waits(desk, room)
    assert found == ([Wait(10, 20), Wait(25, 45)], Wait(40, 65))
    page = body(desk.get(url(room)))
    assert page.index("Ana Núñez") < page.index("Bo Núñez")
    assert "about 25 to 45 minutes" in page
    ScannerFactory(location=room.location, modality="XR", name="X-ray 2")
    assert waits(desk, room) == ([Wait(0, 0), Wait(10, 20)], Wait(15, 25))


def test_near_closing_it_says_so(desk, room, clock):
    waiting(room, NOW)
    closes = dt.datetime(2026, 12, 2, 1, tzinfo=dt.UTC)  # 7 pm in Austin
    clock.move_to(closes - 30 * MINUTE, tick=False)
    sign_in_again(desk, room)
    page = body(desk.get(url(room)))
    assert "Whoever comes now may not be seen before closing at 7:00 pm." in page
    clock.move_to(closes - 12 * MINUTE, tick=False)
    sign_in_again(desk, room)
    page = body(desk.get(url(room)))
    assert "Whoever comes now will not be seen before closing at 7:00 pm." in page
    assert "at least 0 minutes, and maybe not before closing" in page
    clock.move_to(closes + 60 * MINUTE, tick=False)
    sign_in_again(desk, room)
    page = body(desk.get(url(room)))
    assert "No X-ray room is open now." in page
    assert "not before closing" in page
    clock.move_to(closes + 20 * 60 * MINUTE, tick=False)
    sign_in_again(desk, room)
    assert "Still here? Not from today." in body(desk.get(url(room)))


def test_called_not_there_left_and_back(desk, room):
    walk_in = waiting(room, NOW - 5 * MINUTE)
    for name, status in (("call", "called"), ("back", "waiting"), ("call", "called")):
        assert step(desk, walk_in, name)["Location"] == url(room)
        walk_in.refresh_from_db()
        assert walk_in.status == status
    assert step(desk, walk_in, "left").status_code == 422
    assert step(desk, walk_in, "left", because="not_there").status_code == 303
    walk_in.refresh_from_db()
    page = body(desk.get(url(room)))
    assert "was called and not there" in page
    assert "Left at 10:00 am" in body(desk.get(f"/desk/walk-ins/{walk_in.pk}/room/"))
    step(desk, walk_in, "back")
    walk_in.refresh_from_db()
    assert (walk_in.status, walk_in.came_at) == ("waiting", NOW - 5 * MINUTE)
    told = (
        AuditEvent.objects.filter(event__startswith="walkin.").order_by("pk").values_list("event", flat=True)
    )
    assert [event.removeprefix("walkin.") for event in told] == [
        "called",
        "put_back",
        "called",
        "left",
        "put_back",
    ]


def test_a_slower_desk_is_told(desk, room):
    walk_in = waiting(room, NOW)
    step(desk, walk_in, "call")
    for answer in (step(desk, walk_in, "left", because="tired"), enter(desk, walk_in, room)):
        assert answer.status_code == 409
        assert "Someone else changed this a moment ago" in body(answer)
    assert WalkIn.objects.get().status == "called"


# ---------------------------------------------------------------- adding


def test_a_name_and_a_birth_date_are_needed_and_nothing_is_lost(desk, room):
    typing = begin(desk, room)
    answer = desk.post(typing, {"given_name": "Bo", "book": "1"})
    assert answer.status_code == 422
    page = body(answer)
    assert "Enter the date of birth, such as 3/14/1952" in page
    assert 'value="Bo"' in page
    assert not WalkIn.objects.exists()
    assert desk.post(typing, {"discard": "1"})["Location"] == url(room)
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("typed", "status"), [("mri", 422), ("", 422), ("x" * 99, 422), ("xr knee", 422), ("xr knee l", 303)]
)
def test_only_x_rays_that_need_no_preparation(desk, room, typed, status):
    exam = xray_of(room, name="Swallow study", has_sides=False, minutes_both_sides=None, contrast="with")
    assert desk.post(url(room), {"q": typed}).status_code == status
    assert desk.post(url(room), {"q": "swallow", "exam": f"{exam.pk}|"}).status_code == 422


def test_who_is_known_by_phone_is_one_press(desk, room):
    who = PatientFactory()
    AppointmentFactory(scanner=room, exam=room.exam, patient=who, starts_at=NOW - 30 * 1440 * MINUTE)
    typing = begin(desk, room)
    desk.post(typing, {"phone": "512 555 0147"})
    page = desk.get(typing)
    assert [one.pk for one in page.context["known"]] == [who.pk]
    desk.post(typing, {"phone": "512 555 0147", "fill": who.pk})
    desk.post(typing, {**PERSON, **NUNEZ, "given_name": "Ana", "phone": "512 555 0147", "book": "1"})
    enter(desk, WalkIn.objects.get(), room)
    assert Appointment.objects.get(status="arrived").patient == who


def test_a_coming_visit_is_brought_forward_instead(desk, room):
    visit = booked(room, 3 * 1440)
    typing = begin(desk, room)
    same = {
        **PERSON,
        "given_name": visit.patient.given_name,
        "family_name": "Nunez",
        "birth_date": "5/17/1980",
    }
    answer = desk.post(typing, {**same, "book": "1"})
    assert answer.status_code == 422
    page = body(answer)
    assert "There is a coming visit for this exam." in page
    assert "Fri, Dec 4, 10:00 am" in page
    move = f"/desk/visits/{visit.pk}/move/"
    assert f'href="{move}?here={room.location.slug}"' in page
    form = desk.get(move, {"here": room.location.slug}).context["form"]
    assert (form["day"].value(), form["time"].value()) == (NOW.date(), "10:00 am")
    data = {name: form[name].value() for name in ("scanner", "day", "time", "tell", "version")}
    assert data["tell"] == "nobody"
    assert desk.post(move, data).status_code == 303
    visit.refresh_from_db()
    assert visit.starts_at == NOW
    assert not Message.objects.filter(kind="moved").exists()
    assert not WalkIn.objects.exists()
    assert desk.get(move, {"here": "nowhere"}).status_code == 200


def test_another_exam_of_the_same_kind_is_added_all_the_same(desk, room):
    visit = booked(room, 3 * 1440)
    typing = begin(desk, room)
    same = {
        **PERSON,
        "given_name": visit.patient.given_name,
        "family_name": "Nunez",
        "birth_date": "5/17/1980",
    }
    assert desk.post(typing, {**same, "another": "1"})["Location"] == url(room)
    assert WalkIn.objects.count() == 1


# ---------------------------------------------------------------- around it


def test_the_board_says_how_many_wait(desk, room):
    waiting(room, NOW)
    page = body(desk.get(f"/desk/at/{room.location.slug}/2026-12-01/"))
    assert "1 X-ray walk-in waits" in page
    assert "walk-in waits" not in body(desk.get(f"/desk/at/{room.location.slug}/2026-12-02/"))


def test_the_sheet_on_paper_lists_who_waits(desk, room):
    waiting(room, NOW, order_status="none", phone_as_typed="512 555 0147")
    paper = f"/desk/at/{room.location.slug}/2026-12-01/print/"
    page = body(desk.get(paper))
    assert '10:00 am</td><th scope="row">Ana Núñez</th><td>05/17/1980</td><td>Knee X-ray, left</td>' in page
    assert "Order missing" in page
    assert "512 555 0147" in page
    page = body(desk.get(paper, {"initials": "", "no-phones": ""}))
    assert "Núñez" not in page
    assert "A. N.</th><td>1980</td>" in page
    assert "Ana" not in body(desk.get(f"/desk/at/{room.location.slug}/2026-12-02/print/"))


def test_the_queue_is_asked_for_again(desk, room):
    step(desk, waiting(room, NOW), "call")
    version = desk.get(url(room)).context["version"]
    assert desk.get(url(room), {"since": version}).status_code == 204
    fresh = desk.get(url(room), {"since": "0"})
    assert fresh.status_code == 200
    assert "<html" not in body(fresh)


def test_where_nobody_is_taken_without_a_time(desk, room):
    room.location.takes_walk_in_xray = False
    room.location.save()
    assert "No walk-ins here" in body(desk.get(url(room)))
    assert desk.post(url(room), {"q": "xr knee l"}).status_code == 403


def test_a_technologist_takes_in_but_does_not_type(client, room):
    role = Assignment.Role.TECHNOLOGIST
    client.force_login(AssignmentFactory(location=room.location, role=role).user)
    walk_in = waiting(room, NOW)
    assert "Somebody came" not in body(client.get(url(room)))
    assert client.post(url(room), {"q": "xr knee l"}).status_code == 403
    assert client.get(f"/desk/walk-ins/{walk_in.draft_id}/").status_code == 404
    assert enter(client, walk_in, room).status_code == 303
    visit = Appointment.objects.get(status="arrived")
    undo = f"/desk/visits/{visit.pk}/undo/"
    assert undo in body(client.get(url(room)))
    assert client.post(undo, {"version": visit.version})["Location"] == url(room)


def test_a_walk_in_is_opened_from_a_task_on_its_own_page(desk, room):
    draft_id = waiting(room, NOW).draft_id
    assert desk.get(f"/desk/bookings/{draft_id}/")["Location"] == f"/desk/walk-ins/{draft_id}/"
    assert desk.post(f"/desk/walk-ins/{draft_id}/", {"discard": "1"}).status_code == 409
