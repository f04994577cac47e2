import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.actions.arrivals import mark_arrived
from scheduling.actions.visits import note_view
from scheduling.models import AuditEvent, VisitNote
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, UserFactory
from tests.factories.messages import MessageFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NINE_FORTY - 20 * MINUTE, tick=False)


@pytest.fixture
def visit():
    machine, _exam = bookable(modality="CT", name="CT 1")
    return AppointmentFactory(
        scanner=machine,
        exam=ExamFactory(name="Head CT", modality="CT"),
        starts_at=NINE_FORTY,
        phone="+15125550147",
    )


@pytest.fixture
def desk(client, visit):
    user = UserFactory(first_name="Dana", last_name="Ng")
    AssignmentFactory(user=user, location=visit.location, role=Assignment.Role.FRONT_DESK)
    client.force_login(user)
    return client


def url(visit, more=""):
    return f"/desk/visits/{visit.pk}/{more}"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def step(desk, visit, name, **data):
    visit.refresh_from_db()
    return desk.post(url(visit, "step/"), {"step": name, "version": visit.version, **data})


def test_the_page_tells_who_comes_when_and_what_is_open(desk, visit):
    TaskFactory(kind="missing_order", appointment=visit, location=visit.location)
    MessageFactory(appointment=visit)
    earlier = AppointmentFactory(
        patient=visit.patient, scanner=visit.scanner, exam=visit.exam, starts_at=NOW - dt.timedelta(days=90)
    )
    foreign = AppointmentFactory(patient=visit.patient, starts_at=NOW - dt.timedelta(days=50))
    page = body(desk.get(url(visit)))
    for words in ("Ana Núñez", "Head CT", "9:40 am", "CT 1", "May 17, 1980", "Order missing", "No open flag"):
        assert words in page
    assert url(earlier) in page
    assert url(foreign) not in page  # of a location where Dana does not work
    assert "<title>Visit - Alliance</title>" in page


def test_looking_is_in_the_history(desk, visit):
    desk.get(url(visit))
    assert "<strong>Viewed</strong>, Dana Ng" in body(desk.get(url(visit)))


def test_a_visit_goes_through_its_day(desk, visit):
    for name, words in (
        ("arrived", "Marked as arrived."),
        ("start", "The exam has begun."),
        ("end", "The exam is over."),
    ):
        answer = step(desk, visit, name)
        assert (answer.status_code, answer["Location"]) == (303, url(visit))
        assert words in body(desk.get(url(visit)))
    assert "Scanned" in body(desk.get(url(visit)))
    assert "Taken back." in body(desk.get(step(desk, visit, "back")["Location"]))
    visit.refresh_from_db()
    assert visit.status == "in_exam"


def test_a_visit_of_a_later_day_offers_no_steps(desk, visit, time_machine):
    time_machine.move_to(NINE_FORTY - dt.timedelta(days=1), tick=False)
    assert 'name="step"' not in body(desk.get(url(visit)))
    answer = step(desk, visit, "arrived")
    assert answer.status_code == 409
    assert "This visit is on a later day." in body(answer)
    visit.refresh_from_db()
    assert (visit.status, visit.version) == ("booked", 0)


def test_missed_is_offered_after_the_grace_only(desk, visit, time_machine):
    assert "Did not come" not in body(desk.get(url(visit)))
    assert step(desk, visit, "missed").status_code == 409
    time_machine.move_to(NINE_FORTY - 6 * MINUTE, tick=False)
    desk.get(url(visit))
    time_machine.move_to(NINE_FORTY + 9 * MINUTE, tick=False)
    assert "Did not come" not in body(desk.get(url(visit)))
    time_machine.move_to(NINE_FORTY + 10 * MINUTE, tick=False)
    assert "Did not come" in body(desk.get(url(visit)))
    assert step(desk, visit, "missed").status_code == 303
    assert "Came after all" in body(desk.get(url(visit)))


def test_what_may_not_begin_is_said_on_the_page(desk, visit):
    step(desk, visit, "arrived")
    TaskFactory(kind="review", appointment=visit, location=visit.location)
    answer = step(desk, visit, "start")
    assert answer.status_code == 409
    assert "A review is open." in body(answer)


def test_a_desk_that_was_slower_sees_what_happened_and_can_do_its_own(desk, visit):
    old = visit.version
    mark_arrived(
        visit_id=visit.pk,
        version=old,
        now=NINE_FORTY,
        by=Actor.staff(UserFactory(first_name="Sam", last_name="Ode").pk),
    )
    answer = desk.post(url(visit, "step/"), {"step": "start", "version": old})
    assert answer.status_code == 409
    page = body(answer)
    assert "Arrived, Sam Ode" in page
    assert "Exam begins" in page
    assert f'name="version" value="{old + 1}"' in page
    assert desk.post(url(visit, "step/"), {"step": "start", "version": old + 1}).status_code == 303


def test_looks_push_no_change_out_of_sight(desk, visit):
    old = visit.version
    mark_arrived(visit_id=visit.pk, version=old, now=NINE_FORTY - 25 * MINUTE, by=Actor.staff(1))
    for _look in range(105):
        note_view(visit=visit, now=NINE_FORTY - 21 * MINUTE, by=Actor.staff(1))
    sheet = desk.post(url(visit, "step/"), {"step": "start", "version": old})
    assert sheet.status_code == 409
    assert [row.event for row in sheet.context["latest"]] == ["visit.arrived"]
    history = [line.what for line in desk.get(url(visit)).context["history"]]
    assert history.count("viewed") == 100
    assert history[-1] == "arrived"


def test_an_unknown_step_is_none(desk, visit):
    assert step(desk, visit, "vanish").status_code == 422
    assert desk.post(url(visit, "step/"), {"step": "arrived", "version": "x"}).status_code == 422


def test_a_note_is_kept_and_never_sent(desk, visit):
    answer = desk.post(url(visit, "note/"), {"text": "Walks with a cane <b>"})
    assert answer.status_code == 303
    assert VisitNote.objects.get().text == "Walks with a cane <b>"
    page = body(desk.get(url(visit)))
    assert "Walks with a cane &lt;b&gt;" in page
    assert AuditEvent.objects.filter(event="visit.noted").count() == 1
    empty = desk.post(url(visit, "note/"), {"text": " "})
    assert empty.status_code == 422
    assert "Write the note first" in body(empty)


@pytest.mark.parametrize("role", [Assignment.Role.RADIOLOGIST, Assignment.Role.AUDITOR])
def test_who_only_reads_is_offered_no_step(client, visit, role):
    client.force_login(AssignmentFactory(location=visit.location, role=role).user)
    page = body(client.get(url(visit)))
    assert 'name="step"' not in page
    assert "Note for the team" not in page


def test_the_history_of_a_move_says_from_where_to_where(desk, visit):
    AuditEvent.objects.create(
        at=NOW,
        event="visit.moved",
        actor_kind="patient",
        actor_name="x",
        object_kind="appointment",
        object_id=str(visit.pk),
        before={"starts_at": (NINE_FORTY - dt.timedelta(days=1)).isoformat(), "scanner": visit.scanner_id},
        after={"starts_at": NINE_FORTY.isoformat(), "scanner": visit.scanner_id},
    )
    page = body(desk.get(url(visit)))
    assert (
        "<strong>Moved</strong>, the patient<br>from Mon, Nov 30, 9:40 am, CT 1 to Tue, Dec 1, 9:40 am, CT 1"
        in page
    )


def test_that_a_caller_was_checked_is_in_the_history(desk, visit):
    assert desk.post(url(visit, "caller/"), {"by_what": "eyes"}).status_code == 422
    assert desk.post(url(visit, "caller/"), {"by_what": "code"})["Location"] == url(visit)
    page = body(desk.get(url(visit)))
    assert "<strong>Caller’s identity checked</strong>, Dana Ng<br>visit code" in page
