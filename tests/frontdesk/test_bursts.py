"""A burst from one source: seen, chosen, counted, undone without a word to anybody."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from locations.models import Assignment
from scheduling.actions import bursts as actions
from scheduling.actions.booking import confirm_booking
from scheduling.actions.callbacks import Caller, request_call_about_order
from scheduling.actions.delivery import Refused, deliver_due
from scheduling.actions.limits import forget_origins
from scheduling.actions.tasks import close_task, open_task
from scheduling.actions.waitlist import join_for_draft, leave
from scheduling.models import (
    Appointment,
    AuditEvent,
    Draft,
    GoodHours,
    Message,
    Offering,
    Origin,
    Task,
    WaitlistEntry,
)
from scheduling.queries import bursts as queries
from scheduling.queries.drafts import digest_of
from scheduling.queries.openings import Wish, openings_at
from scheduling.rules.actors import Actor
from scheduling.rules.day_parts import DayPart
from scheduling.rules.waitlist import Terms
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory
from tests.factories.screening import publish_preset

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
BOT, FAMILY, LIBRARY = "203.0.113.9", "198.51.100.4", "192.0.2.77"
BURSTS, REVIEW, DONE = "/desk/bursts/", "/desk/bursts/review/", "/desk/bursts/done/"
ROLES = Assignment.Role


@pytest.fixture
def world(time_machine):
    time_machine.move_to(NOW, tick=False)
    return bookable()


def book(world, number: int, *, address: str = BOT, at=None, **answers) -> Appointment:
    """From another browser each time, as another person."""
    at = at or NINE_FORTY + (7 + number // 8) * DAY + number % 8 * HOUR
    names = {"given_name": f"Fake{number}", "email": f"p{number}@example.org", "visitor": f"browser {number}"}
    draft = ready_draft(*world, starts_at=at, **{**names, **answers})
    digest = digest_of(draft.__class__.objects.get(pk=draft.pk))
    now = NOW - 30 * MINUTE + number * MINUTE
    return confirm_booking(draft_id=draft.pk, digest=digest, address=address, now=now, by=PATIENT).visit


def caller(number: int) -> Caller:
    phone = f"512-555-01{number:02}"
    return Caller(
        name=f"Fake{number} Call",
        phone=f"+1{phone.replace('-', '')}",
        phone_as_typed=phone,
        good_hours=GoodHours.ANY,
    )


def ask_by_phone(world, number: int, *, address: str = BOT) -> Task:
    now = NOW - 30 * MINUTE + number * MINUTE
    return request_call_about_order(
        order="Esophagram",
        location=world[0].location,
        caller=caller(number),
        address=address,
        now=now,
        by=PATIENT,
    )


def wait(world, number: int, *, address: str = BOT) -> WaitlistEntry:
    draft = ready_draft(
        *world,
        starts_at=None,
        given_name=f"Fake{number}",
        email=f"p{number}@example.org",
        visitor=f"browser {number}",
    )
    terms = Terms(
        location_ids=frozenset({world[0].location_id}),
        first_day=NOW.date(),
        last_day=NOW.date() + 20 * DAY,
        weekdays=frozenset(range(5)),
        parts=frozenset(DayPart),
        notice=6 * HOUR,
    )
    now = NOW - 30 * MINUTE + number * MINUTE
    return join_for_draft(draft_id=draft.pk, terms=terms, address=address, now=now, by=PATIENT)


@pytest.fixture
def burst(world):
    return [book(world, number) for number in range(4)]


def signed_in(role=ROLES.FRONT_DESK, location=None) -> Client:
    client = Client()
    client.force_login(AssignmentFactory(location=location, role=role).user)
    return client


@pytest.fixture
def desk(world):
    return signed_in(location=world[0].location)


def shown(answer) -> list[tuple[int, list[str]]]:
    return [
        (burst.count, [row.who.partition(" ")[0] for row in rows]) for burst, rows in answer.context["bursts"]
    ]


def test_bookings_are_grouped_by_their_source_the_largest_first(world, desk, burst):
    for number in range(4, 9):
        book(world, number, address=FAMILY)
    for number in range(9, 11):  # two are nothing to look at
        book(world, number, address=LIBRARY)

    page = desk.get(BURSTS)

    assert shown(page) == [
        (5, ["Fake4", "Fake5", "Fake6", "Fake7", "Fake8"]),
        (4, ["Fake0", "Fake1", "Fake2", "Fake3"]),
    ]
    text = " ".join(page.content.decode().split())
    assert "Sent Mon, Nov 30, from 8:34 am to 8:38 am CST" in text
    assert re.search(r"Connection [0-9A-F]{6}: 5 visits", text)


def test_no_address_is_stored_or_shown(desk, burst):
    """Nor anything that could be tried out: the hash is keyed."""
    stored = str(list(Origin.objects.values()))
    page = desk.get(BURSTS).content.decode()

    assert BOT not in stored + page
    assert {len(source.key) for source in Origin.objects.all()} == {64}
    assert str(Origin.objects.first()) == f"{burst[0].origin.key[:8]}: {burst[0]}"


def test_the_web_remembers_where_a_booking_came_from_and_the_desk_is_no_source(client, world):
    session = client.session
    session["visitor"] = "web"
    session.save()
    draft = ready_draft(*world, visitor="web")
    digest = digest_of(draft.__class__.objects.get(pk=draft.pk))
    client.post(reverse("portal:check", args=[draft.pk]), {"digest": digest}, REMOTE_ADDR=BOT)
    by_phone = book(world, 3, address="")

    assert Origin.objects.get().appointment.draft == draft
    assert not hasattr(by_phone, "origin")


def browser(world, **answers) -> tuple[Client, Draft]:
    client = Client(REMOTE_ADDR=BOT)
    session = client.session
    session["visitor"] = "web"
    session.save()
    return client, ready_draft(*world, **{"visitor": "web", **answers})


def test_the_web_remembers_where_calls_and_places_on_the_waitlist_came_from(world):
    """Once each, however often the form is sent."""
    client, draft = browser(world, starts_at=None)
    waits = {
        "first_day": "2026-11-30",
        "last_day": "2026-12-20",
        "weekdays": ["0"],
        "parts": ["morning"],
        "notice": "24",
    }
    calls = {"name": "Ana", "phone": "512-555-0147", "good_hours": "any"}
    order = {**calls, "order": "Esophagram", "center": world[0].location.slug}
    for _ in range(2):
        assert client.post(reverse("portal:waitlist", args=[draft.pk]), waits).status_code == 303
        assert client.post(reverse("portal:call-me"), order).status_code == 303
    Offering.objects.update(minimum_age=60)
    Draft.objects.update(starts_at=NINE_FORTY)
    for _ in range(2):
        assert client.post(reverse("portal:callback", args=[draft.pk]), calls).status_code == 303

    entry, opened = WaitlistEntry.objects.get(), Task.objects.all()
    assert len(opened) == 2
    assert {origin.came for origin in Origin.objects.all()} == {entry, *opened}
    assert len(set(Origin.objects.values_list("key", flat=True))) == 1


def test_the_web_remembers_where_answers_that_ask_for_a_call_came_from(world):
    publish_preset("a")
    client, draft = browser((world[0], ExamFactory(chest_respiratory=True)), order_status="none")
    client.post(reverse("portal:covid-test", args=[draft.pk]), {"why_chest": "yes"})
    assert Origin.objects.get().came == Task.objects.get()


@pytest.mark.parametrize(
    ("hours", "later", "is_listed"),
    [("1", 1, False), ("6", 5, True), ("6", 6, False), ("24", 23, True), ("x", 23, True), ("168", 23, True)],
)
def test_only_the_last_hours_are_looked_at(world, burst, time_machine, hours, later, is_listed):
    time_machine.move_to(NOW + later * HOUR, tick=False)
    desk = signed_in(location=world[0].location)

    assert bool(shown(desk.get(BURSTS, {"hours": hours}))) is is_listed


def test_a_source_is_forgotten_after_seven_days(burst):
    assert forget_origins(now=NOW + 6 * DAY) == 0
    assert forget_origins(now=NOW + 7 * DAY) == 4
    assert Appointment.objects.filter(status="booked").count() == 4


def test_visits_that_cannot_be_undone_any_more_are_not_listed(desk, burst):
    Appointment.objects.filter(pk=burst[0].pk).update(status="arrived")
    assert shown(desk.get(BURSTS)) == [(3, ["Fake1", "Fake2", "Fake3"])]
    Appointment.objects.filter(pk=burst[1].pk).update(
        arrive_at=NOW, starts_at=NOW, ends_at=NOW + 40 * MINUTE, occupied_until=NOW + 45 * MINUTE
    )
    assert shown(desk.get(BURSTS)) == []


def test_nothing_of_other_locations_is_seen_or_canceled(world, burst):
    elsewhere = bookable()
    stranger = signed_in(location=elsewhere[0].location)

    assert shown(stranger.get(BURSTS)) == []
    assert "No bursts" in stranger.get(BURSTS).content.decode()
    answer = stranger.post(BURSTS, {"origin": [visit.origin.pk for visit in burst]})
    assert stranger.get(answer.url).url == BURSTS
    assert stranger.post(BURSTS, {"every": burst[0].origin.key}).url == REVIEW
    assert stranger.post(REVIEW, {"reason": "x"}).url == DONE
    assert stranger.get(DONE).url == BURSTS
    assert Appointment.objects.filter(status="canceled").count() == 0


@pytest.mark.parametrize("role", [ROLES.TECHNOLOGIST, ROLES.RADIOLOGIST, ROLES.AUDITOR])
def test_it_is_for_the_front_desk_and_administrators(world, burst, role):
    other = signed_in(role, world[0].location)

    assert other.get(BURSTS).status_code == 403
    assert other.post(REVIEW, {"reason": "x"}).status_code == 403
    assert 'href="/desk/bursts/"' not in other.get("/desk/tasks/").content.decode()
    administrator = signed_in(ROLES.ADMINISTRATOR)
    assert len(shown(administrator.get(BURSTS))) == 1
    assert 'href="/desk/bursts/"' in administrator.get("/desk/tasks/").content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"origin": ["x"]}, {"origin": ["9" * 30]}, {"origin": ["-1"]}, {"origin": ["\0"]}]
)
def test_nothing_chosen_is_said_beside_the_list(desk, burst, sent):
    page = desk.post(BURSTS, sent)

    assert page.status_code == 422
    assert "Check what to undo, or press the button for all of one connection" in page.content.decode()
    assert len(shown(page)) == 1


def test_the_numbers_are_told_before_and_a_reason_is_asked(desk, world, burst):
    open_task(
        kind=Task.Kind.REVIEW,
        location=world[0].location,
        appointment=burst[0],
        reason="x",
        now=NOW,
        by=PATIENT,
    )
    deliver_due(send=lambda message: None, now=NOW)  # the confirmations have left

    desk.post(BURSTS, {"origin": [visit.origin.pk for visit in burst[:3]]})
    page = " ".join(desk.get(REVIEW).content.decode().split())

    assert "Undo 3 visits?" in page
    assert f"3 visits are canceled: {world[0].location.name}. Their times are free again at once." in page
    unsent = Message.objects.unsent().filter(appointment__in=burst[:3]).count()
    assert f"{unsent} waiting messages are withdrawn. 3 messages have left already." in page
    tasks = Task.objects.open().filter(appointment__in=burst[:3]).count()
    assert tasks > 1
    assert f"{tasks} open tasks about the visits are closed." in page
    assert "This can’t be undone." in page
    refused = desk.post(REVIEW, {"reason": " "})
    assert (refused.status_code, "Write why you undo this" in refused.content.decode()) == (
        422,
        True,
    )
    assert Appointment.objects.filter(status="canceled").count() == 0


def undo(desk, **chosen):
    assert desk.post(BURSTS, chosen).url == REVIEW
    answer = desk.post(REVIEW, {"reason": "a program booked them"})
    assert (answer.status_code, answer.url) == (303, DONE)
    return " ".join(desk.get(DONE).content.decode().split())


def test_all_of_a_source_are_canceled_and_nobody_hears_of_it(desk, world, burst):
    machine, exam = world
    person = book(world, 9, address=FAMILY, given_name="Ruth")
    by_phone_only = book(world, 10, by_email=False, email="", by_call=True, phone="+15125550147")
    waiting = WaitlistEntry.objects.count()
    wish = Wish(exam_id=exam.pk, laterality="left")
    at = {"location_id": machine.location_id, "starts_at": burst[0].starts_at, "now": NOW}
    assert openings_at(wish=wish, **at) == []

    page = undo(desk, every=burst[0].origin.key)

    assert "Undone: 5 visits" in page
    assert "left as" not in page
    gone = [*burst, by_phone_only]
    canceled = Appointment.objects.filter(status="canceled")
    assert set(canceled) == set(gone)
    assert {visit.cancel_reason for visit in canceled} == {"a program booked them"}
    assert Appointment.objects.get(pk=person.pk).status == "booked"
    assert not Task.objects.open().filter(appointment__in=gone).exists()  # nobody is to be called
    assert not Message.objects.unsent().filter(appointment__in=gone).exists()
    sent: list[int] = []
    deliver_due(send=lambda message: sent.append(message.appointment_id), now=NOW)
    assert set(sent) == {person.pk}
    assert openings_at(wish=wish, **at)
    assert WaitlistEntry.objects.count() == waiting


def test_calls_and_places_on_the_waitlist_of_the_burst_go_with_the_visits(world, desk):
    """One of each: three from one connection. What another connection sent stays."""
    visit, call, entry = book(world, 1), ask_by_phone(world, 2), wait(world, 3)
    others = (
        book(world, 4, address=FAMILY),
        ask_by_phone(world, 5, address=FAMILY),
        wait(world, 6, address=""),
    )
    messages = Message.objects.count()

    page = " ".join(desk.get(BURSTS).content.decode().split())
    assert shown(desk.get(BURSTS)) == [(3, ["Fake1", "Fake2", "Fake3"])]
    assert f"Connection {visit.origin.key[:6].upper()}: 1 visit, 1 call and 1 place on the waitlist" in page
    for words in (
        "Call to find the exam that the order asks for",
        "512-555-0102",
        "p3@example.org",
        "Waitlist",
    ):
        assert words in page, words
    desk.post(BURSTS, {"every": visit.origin.key})
    review = " ".join(desk.get(REVIEW).content.decode().split())
    for words in (
        "Undo 1 visit, 1 call and 1 place on the waitlist?",
        "1 call is off the list of tasks.",
        "1 person is off the waitlist.",
    ):
        assert words in review, words

    page = undo(desk, every=visit.origin.key)

    assert "Undone: 1 visit, 1 call and 1 place on the waitlist" in page
    for row in (visit, call, entry, *others):
        row.refresh_from_db()
    assert (visit.status, entry.status, entry.removed_because) == ("canceled", "removed", "program")
    assert (call.outcome, call.closed_by.partition(":")[0]) == ("a program booked them", "staff")
    assert (others[0].status, others[1].closed_at, others[2].is_active) == ("booked", None, True)
    assert Message.objects.count() == messages
    sent: list[object] = []
    deliver_due(send=lambda message: sent.append(message.about), now=NOW)
    assert set(sent) == {others[0], others[2]}
    events = AuditEvent.objects.filter(actor_kind="staff").values_list("event", flat=True)
    assert {"visit.canceled", "task.closed", "waitlist.ended"} <= set(events)


def test_nobody_is_called_about_mail_to_a_place_that_a_program_made_up(world, desk):
    def bounce(message):
        raise Refused("SMTP 550")

    entry = wait(world, 1)
    deliver_due(send=bounce, now=NOW)
    assert Task.objects.open().get().kind == "not_delivered"

    undo(desk, origin=[entry.origin.pk])

    assert not Task.objects.open().exists()


def test_each_cancel_is_in_the_history_by_who_did_it(desk, burst):
    undo(desk, origin=[burst[1].origin.pk])

    event = AuditEvent.objects.get(event="visit.canceled")
    assert (event.actor_kind, event.object_id) == ("staff", str(burst[1].pk))
    assert event.after == {"status": "canceled", "told": False}


def test_what_others_did_in_the_meantime_is_left_and_counted(world, burst):
    origins = [visit.origin.pk for visit in burst]
    Appointment.objects.filter(pk=burst[0].pk).update(status="arrived")
    Appointment.objects.filter(pk=burst[1].pk).update(
        status="canceled", canceled_at=NOW, canceled_by="patient:1"
    )
    origins += [call.origin.pk for call in (ask_by_phone(world, 5), ask_by_phone(world, 6))]
    origins += [entry.origin.pk for entry in (wait(world, 7), wait(world, 8))]
    close_task(task_id=Origin.objects.get(pk=origins[4]).task_id, outcome="called", now=NOW, by=PATIENT)
    leave(entry_id=Origin.objects.get(pk=origins[6]).waitlist_entry_id, now=NOW, by=PATIENT)
    origins.append(origins[-1] + 1)  # forgotten meanwhile

    undone = actions.undo(origin_ids=origins, reason="x", now=NOW, by=Actor.staff(1))

    assert undone.left == 5
    assert [origin.pk for origin in undone.done] == [origins[place] for place in (2, 3, 5, 7)]


def test_who_arrived_after_the_choice_is_left_and_told(desk, burst):
    desk.post(BURSTS, {"origin": [visit.origin.pk for visit in burst]})
    Appointment.objects.filter(pk=burst[0].pk).update(status="arrived")

    page = " ".join(desk.get(desk.post(REVIEW, {"reason": "x"}).url).content.decode().split())

    assert "Undone: 3 visits" in page
    assert "1 was left as it is" in page


def test_many_are_canceled_in_batches_that_are_told(desk, burst, monkeypatch):
    monkeypatch.setattr("scheduling.frontdesk.views.bursts.BATCH", 3)
    desk.post(BURSTS, {"every": burst[0].origin.key})
    assert "3 are undone with each press" in desk.get(REVIEW).content.decode()

    assert desk.post(REVIEW, {"reason": "a program"}).url == REVIEW
    page = desk.get(REVIEW).content.decode()
    assert "Undone so far: 3 visits. Press the button to go on." in page
    assert "Undo 1 visit?" in page
    assert 'value="a program"' in page

    assert desk.post(REVIEW, {"reason": "a program"}).url == DONE
    assert "Undone: 4 visits" in desk.get(DONE).content.decode()
    assert desk.post(REVIEW, {"reason": "a program"}).url == DONE  # pressed twice
    assert desk.get(REVIEW).url == BURSTS


def test_a_long_burst_shows_its_first_and_cancels_all(desk, burst, monkeypatch):
    monkeypatch.setattr(queries, "MOST_SHOWN", 2)

    page = desk.get(BURSTS)

    assert shown(page) == [(4, ["Fake0", "Fake1"])]
    assert "The first 2 of 4 are listed" in page.content.decode()
    assert "Undone: 4 visits" in undo(desk, every=burst[0].origin.key)


def test_the_list_costs_the_same_for_one_source_and_for_three(desk, world, burst, django_assert_num_queries):
    with CaptureQueriesContext(connection) as of_one:
        desk.get(BURSTS)
    for number, address in ((4, FAMILY), (5, FAMILY), (6, FAMILY), (7, LIBRARY), (8, LIBRARY), (9, LIBRARY)):
        book(world, number, address=address)
    with django_assert_num_queries(len(of_one)):
        assert len(shown(desk.get(BURSTS))) == 3


def test_visits_booked_otherwise_have_no_source(desk, world, burst):
    AppointmentFactory(scanner=world[0], exam=world[1], starts_at=NINE_FORTY + 5 * DAY)
    assert shown(desk.get(BURSTS))[0][0] == 4
