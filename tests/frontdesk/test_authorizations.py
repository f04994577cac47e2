import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.actions.authorizations import decide_again
from scheduling.models import Appointment, AuditEvent, Authorization, PayerRule, Task
from scheduling.rules.actors import Actor
from scheduling.rules.authorizations import Approval
from scheduling.templatetags.authorizations import approval_words
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, OpenLocationFactory
from tests.factories.scheduling import AppointmentFactory

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def visit():
    PayerRule.objects.create(payer="Blue Cross")
    machine, exam = bookable(name="MRI 1")
    return AppointmentFactory(
        scanner=machine,
        exam=exam,
        starts_at=NINE_FORTY,
        laterality="left",
        paying="insurance",
        insurance_plan="Blue Cross PPO",
        phone="+15125550147",
    )


@pytest.fixture
def desk(client, visit):
    client.force_login(AssignmentFactory(location=visit.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def send(desk, visit, **data):
    usual = {"state": "approved", "payer": "Blue Cross", "number": "A-1", "version": 0}
    return desk.post(f"/desk/visits/{visit.pk}/authorization/", {**usual, **data})


def listed(desk, visit):
    return body(desk.get(f"/desk/at/{visit.location.slug}/authorizations/"))


def test_from_the_list_over_the_word_of_the_insurer_to_nothing_open(desk, visit):
    assert "Every authorization is settled" in listed(desk, visit)
    send(desk, visit, state="requested", number="")
    page = listed(desk, visit)
    assert "Two business days or less" in page
    assert "The insurer has not answered yet" in page
    assert f'href="/desk/visits/{visit.pk}/move/"' in page
    board = body(desk.get(f"/desk/at/{visit.location.slug}/2026-12-01/"))
    assert "Authorization: no answer yet" in board
    assert 'href="tel:+1-512-555-0147"' in page
    assert "As of Mon, Nov 30, 9:00 am" in page
    assert "Print this page" in page
    assert "The insurer has not answered yet: ask after" in body(desk.get("/desk/tasks/authorizations/"))
    task = Task.objects.get(kind=Task.Kind.AUTHORIZATION)
    assert desk.post(f"/desk/tasks/{task.pk}/done/", {"outcome": "Called"}).status_code == 403
    assert f'href="/desk/visits/{visit.pk}/authorization/"' in body(desk.get("/desk/tasks/authorizations/"))
    answer = send(desk, visit, version=1, valid_until="2026-12-31", location=visit.location.pk)
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/visits/{visit.pk}/")
    page = body(desk.get(f"/desk/visits/{visit.pk}/"))
    assert "Approved, A-1" in page
    assert "Valid until Dec 31, 2026" in page
    assert "Authorization changed" in page
    assert "from asked for to approved" in page
    assert "A-1" not in str(AuditEvent.objects.values_list("before", "after"))
    assert "Every authorization is settled" in listed(desk, visit)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"state": ""}, "Choose what the insurer said"),
        ({"number": ""}, "Enter the number that the insurer gave"),
        ({"valid_from": "soon"}, "Enter a day, such as 2026-12-31"),
        ({"valid_from": "2026-12-02", "valid_until": "2026-12-01"}, "Enter a day on or after the first one"),
    ],
)
def test_faults_stand_beside_their_fields(desk, visit, data, words):
    answer = send(desk, visit, **data)
    assert answer.status_code == 422
    assert words in body(answer)
    assert not Authorization.objects.exists()


def test_another_desk_was_faster_and_what_was_typed_stays(desk, visit):
    send(desk, visit, state="requested", number="")
    answer = send(desk, visit, number="B-2")
    page = body(answer)
    assert answer.status_code == 409
    assert "Somebody else has written meanwhile: asked for." in page
    assert 'value="B-2"' in page
    assert send(desk, visit, number="B-2", version=1).status_code == 303


def test_a_move_that_was_not_approved_names_it(desk, visit):
    place = visit.location
    send(desk, visit, valid_from="2026-11-20", valid_until="2026-12-01", location=place.pk)
    words = f"The authorization of Blue Cross is for {place}, November 20 to December 1."
    form = f"/desk/visits/{visit.pk}/move/"
    assert f'<p class="hint">{words}</p>' in body(desk.get(form))
    dragged = f"{form}?scanner={visit.scanner_id}&at=2026-12-02T15:40:00Z"
    assert f'panel-amber"><strong>{words}' in body(desk.get(dragged))
    data = {
        "scanner": visit.scanner_id,
        "day": "2026-12-02",
        "time": "9:40 am",
        "tell": "message",
        "version": 0,
    }
    answer = desk.post(f"/desk/visits/{visit.pk}/move/", data)
    assert answer.status_code == 422
    assert words in body(answer)
    assert desk.post(f"/desk/visits/{visit.pk}/move/", {**data, "reason": "Called"}).status_code == 303
    assert Task.objects.open().filter(kind=Task.Kind.AUTHORIZATION).count() == 1


@pytest.mark.parametrize(
    ("written", "changed", "mark"),
    [
        ({"state": ""}, {"insurance_plan": ""}, "needed?"),
        ({"state": "needed", "number": ""}, {}, "not asked for"),
        ({"state": "requested", "number": ""}, {}, "no answer yet"),
        ({"state": "denied", "number": ""}, {}, "denied"),
        ({"valid_until": "2026-11-30"}, {}, "ends before the visit"),
        ({"valid_from": "2026-12-02"}, {}, "begins after the visit"),
        ({}, {"insurance_plan": "Aetna"}, "other insurer"),
    ],
)
def test_board_and_visit_say_which_problem_it_is(desk, visit, written, changed, mark):
    send(desk, visit, **written)
    Appointment.objects.filter(pk=visit.pk).update(**{"insurance_plan": "Blue Cross PPO", **changed})
    if changed:
        decide_again(appointment=Appointment.objects.get(pk=visit.pk), now=NOW, by=Actor.staff(1))
    assert f"Authorization: {mark}" in body(desk.get(f"/desk/at/{visit.location.slug}/2026-12-01/"))
    assert f"Authorization: {mark}" in body(desk.get(f"/desk/visits/{visit.pk}/"))


def test_an_approval_for_another_location_says_so(desk, visit):
    send(desk, visit, location=OpenLocationFactory().pk)
    assert "Authorization: other location" in body(desk.get(f"/desk/at/{visit.location.slug}/2026-12-01/"))


DECEMBER = {"valid_from": dt.date(2026, 12, 1), "valid_until": dt.date(2026, 12, 14)}


@pytest.mark.parametrize(
    ("approval", "words"),
    [
        (
            Approval(1, 2, **DECEMBER, payer="BlueCo", place="Riverside"),
            "The authorization of BlueCo is for Riverside, December 1 to December 14.",
        ),
        (Approval(1, 2, None, None, place="Riverside"), "The insurer’s authorization is for Riverside."),
        (Approval(1, None, **DECEMBER), "The insurer’s authorization is for December 1 to December 14."),
        (
            Approval(1, None, None, dt.date(2026, 12, 14), payer="BlueCo"),
            "The authorization of BlueCo is valid until December 14, 2026.",
        ),
        (
            Approval(1, 2, dt.date(2026, 12, 1), None, place="Riverside"),
            "The insurer’s authorization is for Riverside, from December 1, 2026.",
        ),
        (
            Approval(1, None, dt.date(2026, 12, 20), dt.date(2027, 1, 10)),
            "The insurer’s authorization is for December 20, 2026 to January 10, 2027.",
        ),
    ],
)
def test_an_approval_is_said_with_its_place_and_days(approval, words):
    assert approval_words(approval) == words


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_however_long_it_is(desk, visit, count, django_assert_num_queries):
    for number in range(count):
        other = AppointmentFactory(
            scanner=visit.scanner,
            exam=visit.exam,
            starts_at=NINE_FORTY + (number + 1) * DAY,
            paying="insurance",
            insurance_plan="Blue Cross",
        )
        send(desk, other, state="requested", number="")
    listed(desk, visit)
    with django_assert_num_queries(LIST_QUERIES):
        listed(desk, visit)


LIST_QUERIES = 16


def test_other_locations_see_nothing_of_it(client, visit):
    role = {"location": OpenLocationFactory(), "role": Assignment.Role.FRONT_DESK}
    client.force_login(AssignmentFactory(**role).user)
    assert client.get(f"/desk/at/{visit.location.slug}/authorizations/").status_code == 404
    assert send(client, visit).status_code == 404
