"""The questions about illness are asked again before a visit; whatever is answered, the visit stays."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from locations.models import Location
from scheduling.actions.moving import move_visit
from scheduling.actions.questionnaires import publish, save_version
from scheduling.models import Appointment, AuditEvent, Screening, Task
from scheduling.queries.access import visit_token
from scheduling.queries.asking_again import is_to_come
from scheduling.queries.questionnaires import spec_of
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory
from tests.factories.screening import REVIEWED_ON, AnswerSheetFactory, ScreeningFactory, publish_preset

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
START = NINE_FORTY + 21 * DAY  # three weeks after it was booked
OPEN = START - 71 * HOUR
CLEAR = {"sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}
WELL = {"emerg": "no", **CLEAR}
POSITIVE = {**CLEAR, "pos": "yes", "pos_which": "covid", "pos_date": "2026-12-18"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(OPEN, tick=False)
    with translation.override("en"):
        yield time_machine


@pytest.fixture
def visit(client):
    """Booked three weeks ago with nothing to report, and opened in this browser."""
    version = publish_preset("a")
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=START, phone="+15125550147")
    AnswerSheetFactory(
        draft=None, appointment=visit, version=version, answers=WELL, answered_at=BOOKED_AT, language="en"
    )
    ScreeningFactory(appointment=visit, version=version, answers=WELL, answered_at=BOOKED_AT)
    opened(client, visit, OPEN)
    return visit


def opened(client, visit, at):
    client.cookies.clear()  # of another day
    session = client.session
    session["open_visits"] = {str(visit.pk): at.isoformat()}
    session.save()


def url(visit, page="health", **more):
    return reverse(f"portal:{page}", kwargs={"token": visit_token(visit), **more})


def send(client, visit, step, answers):
    response = client.post(url(visit, "health-questions", step=step), answers)
    assert response.status_code == 303, response.content.decode()
    return response.url


def page(client, visit, name="health-outcome"):
    response = client.get(url(visit, name))
    assert response.status_code == 200, response.get("Location")
    return response.content.decode()


def current(visit):
    return Screening.objects.get(appointment=visit, superseded_by=None)


def fresh(visit):
    return Appointment.objects.with_place().prefetch_related("sheets").get(pk=visit.pk)


def test_old_answers_are_asked_for_again_and_nothing_is_filled_in(client, visit):
    assert "Before you come, please tell us how you are now" in page(client, visit, "visit")

    first = client.get(url(visit))
    assert first.url == url(visit, "health-questions", step=1)
    html = client.get(first.url).content.decode()
    assert "checked" not in html
    assert send(client, visit, 1, {"emerg": "no"}) == url(visit, "health-questions", step=2)
    assert "checked" not in client.get(url(visit, "health-questions", step=2)).content.decode()
    assert client.get(url(visit)).url == url(visit, "health-questions", step=2)  # goes on where it was left
    assert Screening.objects.count() == 1

    assert send(client, visit, 2, CLEAR) == url(visit, "health-outcome")

    record = current(visit)
    assert (record.answers, record.answered_at, record.disposition) == (WELL, OPEN, "ok")
    assert record.supersedes.answered_at == BOOKED_AT
    assert "Thank you. See you soon" in page(client, visit)
    assert "Answered. If something changes, answer again." in page(client, visit, "visit")
    assert not Task.objects.exists()


def test_a_positive_test_offers_another_day_and_keeps_the_time(client, visit):
    send(client, visit, 1, {"emerg": "no"})
    send(client, visit, 2, POSITIVE)
    assert send(client, visit, 3, {"pos_ill": "no", "immuno": "no"}) == url(visit, "health-outcome")

    html = page(client, visit)
    assert "Your first day can be Tuesday, December 29." in html
    assert "stays yours until you choose another." in html
    assert url(visit, "move") in html
    assert fresh(visit).status == "booked"
    assert fresh(visit).starts_at == START
    assert [task.kind for task in Task.objects.open()] == ["review"]
    assert AuditEvent.objects.filter(event="screening.answered").count() == 1


def test_emergency_signs_show_911_keep_the_visit_and_tell_the_desk_at_once(client, visit):
    assert send(client, visit, 1, {"emerg": "yes"}) == url(visit, "health-outcome")

    html = page(client, visit)
    assert "<h1>Call 911 now</h1>" in html
    assert "Choose another day" not in html
    assert fresh(visit).status == "booked"
    assert AuditEvent.objects.filter(event="screening.emergency").count() == 1
    task = Task.objects.get()
    assert task.reason.startswith("Urgent") or "911" in task.reason or "emergency" in task.reason.lower()

    assert client.post(url(visit, "health-outcome")).url == url(visit, "health-questions", step=2)
    send(client, visit, 2, CLEAR)
    assert "Thank you. Your time is kept" in page(client, visit)
    assert Task.objects.get().closed_at is None  # a milder word takes no call away


def test_an_answer_that_lacks_is_said_beside_its_question(client, visit):
    answer = client.post(url(visit, "health-questions", step=2), {**CLEAR, "pos": ""})
    assert answer.status_code == 422
    assert "<title>Error:" in answer.content.decode()


def test_before_the_window_it_says_when_it_opens(client, visit, clock):
    clock.move_to(START - 73 * HOUR, tick=False)
    opened(client, visit, START - 73 * HOUR)

    assert "from Saturday, December 19, 9:40\xa0am on" in page(client, visit, "health")
    assert "how you are now" not in page(client, visit, "visit")
    assert client.post(url(visit, "health-questions", step=1), {"emerg": "no"}).url == url(visit, "visit")


def test_a_center_may_ask_later(client, visit):
    Location.objects.update(screening_hours=24)
    assert "from Monday, December 21, 9:40\xa0am on" in page(client, visit, "health")


@pytest.mark.parametrize("fields", [{"screening_on": False}, {"is_active": True}])
def test_nothing_is_asked_where_the_form_is_off(client, visit, fields):
    Location.objects.update(**fields)
    is_on = "screening_on" not in fields
    assert client.get(url(visit)).url == (
        url(visit, "health-questions", step=1) if is_on else url(visit, "visit")
    )


def test_from_the_start_on_nothing_is_asked(client, visit, clock):
    clock.move_to(START, tick=False)
    opened(client, visit, START)
    assert client.get(url(visit)).url == url(visit, "visit")
    assert client.post(url(visit, "health-questions", step=1), {"emerg": "yes"}).url == url(visit, "visit")
    assert Screening.objects.count() == 1


def test_who_was_asked_while_booking_within_the_window_is_not_asked_again(client, visit):
    visit.sheets.update(answered_at=OPEN + HOUR)
    assert not is_to_come(fresh(visit), now=OPEN + 2 * HOUR)
    assert "Thank you. See you soon" in page(client, visit)


def test_a_move_to_a_later_day_asks_again(client, visit, clock):
    send(client, visit, 1, {"emerg": "no"})
    send(client, visit, 2, CLEAR)
    assert not is_to_come(fresh(visit), now=OPEN)

    move_visit(
        visit_id=visit.pk,
        location_id=visit.location.pk,
        starts_at=START + 7 * DAY,
        version=fresh(visit).version,
        now=OPEN,
        by=Actor.patient("x"),
    )

    assert is_to_come(fresh(visit), now=OPEN)
    clock.move_to(START + 7 * DAY - 71 * HOUR, tick=False)
    opened(client, visit, START + 7 * DAY - 71 * HOUR)
    assert client.get(url(visit)).url == url(visit, "health-questions", step=1)


def test_the_version_in_force_now_is_asked_and_the_old_answers_keep_their_words(client, visit):
    old = current(visit)
    spec = spec_of(old.version)
    about = {"approved_by": "Dr. Osei", "reviewed_on": REVIEWED_ON}
    newer = save_version(
        questionnaire=old.version.questionnaire,
        spec=type(spec)(
            **{
                **{name: getattr(spec, name) for name in spec.__dataclass_fields__},
                "parameters": {**spec.parameters, "lookback_days": 7},
            }
        ),
        about=about,
    )
    publish(version=newer, starts=OPEN - HOUR, now=OPEN - HOUR, by=Actor.process("test"))

    send(client, visit, 1, {"emerg": "no"})
    assert "In the last 7 days" in client.get(url(visit, "health-questions", step=2)).content.decode()
    send(client, visit, 2, CLEAR)

    assert current(visit).version == newer
    old.refresh_from_db()
    assert old.version.parameters["lookback_days"] == 10


def test_sent_twice_is_one_record(client, visit):
    for _ in range(2):
        send(client, visit, 1, {"emerg": "no"})
        send(client, visit, 2, CLEAR)
    assert Screening.objects.count() == 2


@pytest.mark.parametrize("step", [0, 4])
def test_there_are_three_steps(client, visit, step):
    assert client.get(f"{url(visit)}{step}/").status_code == 404
