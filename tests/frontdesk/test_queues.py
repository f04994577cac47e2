"""Each queue shows what its work needs; what was tried rests until its next try."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import Assignment
from scheduling.frontdesk.queue_columns import COLUMNS
from scheduling.models import Appointment, AuditEvent, Authorization, Order, Task
from scheduling.queries.queues import KINDS, Queue
from tests.factories.locations import AssignmentFactory, OpenLocationFactory, ScannerFactory, UserFactory
from tests.factories.orders import OrderFactory
from tests.factories.scheduling import AppointmentFactory, FullDraftFactory
from tests.factories.screening import ScreeningFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 30, 18, tzinfo=dt.UTC)  # Monday in Austin, open until 7 pm
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TASKS = "/desk/tasks/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def austin():
    return OpenLocationFactory(name="Austin")


@pytest.fixture
def desk(client, austin):
    dana = UserFactory(first_name="Dana", last_name="Osei")
    AssignmentFactory(user=dana, location=austin, role=Assignment.Role.FRONT_DESK)
    client.force_login(dana)
    return client


def page(client, queue):
    return client.get(f"{TASKS}{queue}/")


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())).strip()


def cell(response, name):
    pattern = rf'<(?:td|th) role="\w+"[^>]* class="task-{name}[^"]*"[^>]*>(.*?)</t[dh]>'
    (found,) = re.findall(pattern, response.content.decode(), re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found)).strip()


def shown(response):
    return [row.task for row in response.context["rows"]]


def visit_at(austin, at=NOON + 2 * DAY, **fields):
    return AppointmentFactory(scanner=ScannerFactory(location=austin), starts_at=at, **fields)


def of_visit(kind, austin, **fields):
    visit = fields.pop("visit", None) or visit_at(austin)
    return TaskFactory(kind=kind, location=austin, appointment=visit, contact_name="", **fields)


def press(client, task, result, *, queue="callbacks", tries=0, **typed):
    data = {"tries": tries, "result": result, **typed}
    return client.post(f"{TASKS}{task.pk}/tried/?queue={queue}", data)


# ---- columns


@pytest.mark.parametrize("queue", Queue)
def test_a_queue_is_a_table_with_a_caption_and_the_columns_of_its_work(desk, austin, queue):
    of_visit(KINDS[queue][0], austin)
    response = page(desk, queue)
    html = response.content.decode()
    labels = [str(column.label) for column in COLUMNS[queue]]
    assert re.findall(r'<th role="columnheader" scope="col">(.*?)</th>', html) == labels
    assert re.findall(r'data-label="(.*?)"', html) == labels
    assert "<caption>" in html
    assert html.count('role="rowheader"') == 1


@pytest.mark.parametrize("queue", Queue)
def test_the_number_of_queries_of_a_queue_does_not_grow(desk, austin, queue):
    def count():
        with CaptureQueriesContext(connection) as found:
            page(desk, queue)
        return len(found)

    def one_more():
        visit = visit_at(austin, order=OrderFactory(location=austin))
        Authorization.objects.create(appointment=visit, changed_at=NOON)
        task = of_visit(KINDS[queue][0], austin, visit=visit)
        press(desk, task, "left_message", queue=queue)

    one_more()
    page(desk, queue)
    first = count()
    one_more()
    one_more()
    assert count() == first


def test_flagged_answers_come_by_the_scan_and_then_by_how_serious_they_are(client, austin):
    at = NOON + DAY
    later = of_visit(Task.Kind.REVIEW, austin, visit=visit_at(austin, at + HOUR), due_at=NOON)
    milder, worse = (
        of_visit(Task.Kind.REVIEW, austin, visit=visit_at(austin, at), due_at=NOON + 2 * HOUR)
        for _ in range(2)
    )
    ScreeningFactory(appointment=milder.appointment, disposition="review", rule_keys=["symptoms"])
    ScreeningFactory(appointment=worse.appointment, disposition="callback", rule_keys=["heart_device"])
    ScreeningFactory(appointment=worse.appointment, disposition="ok")
    user = AssignmentFactory(location=austin, role=Assignment.Role.TECHNOLOGIST).user
    client.force_login(user)
    response = page(client, "flags")
    assert shown(response) == [worse, milder, later]
    assert "Signs of illness" in words(response)
    assert f'href="/desk/reviews/{worse.pk}/"' in response.content.decode()
    assert '<a href="/desk/tasks/flags/" aria-current="page">Flagged</a>' in response.content.decode()


def test_a_callback_says_when_a_call_suits(desk, austin):
    TaskFactory(location=austin, good_hours="evening", phone_as_typed="512 555 0147 x3")
    response = page(desk, "callbacks")
    assert cell(response, "hours") == "Evening, after 5 pm"
    assert "512 555 0147 x3" in cell(response, "who")
    assert "Good time to call" not in cell(response, "who")


def test_a_missing_order_names_the_doctor_to_ask(desk, austin):
    order = OrderFactory(location=austin, status=Order.Status.NEW)
    of_visit(Task.Kind.MISSING_ORDER, austin, visit=visit_at(austin, order=order))
    doctor = cell(page(desk, "orders"), "doctor")
    assert doctor == "Dr. Gudrun Osei Hill Country Family Practice Phone 512-555-0199 x4"
    Appointment.objects.update(order=None)
    assert cell(page(desk, "orders"), "doctor") == "Not known: ask the patient"


def test_an_authorization_names_the_insurer_and_what_is_open(desk, austin):
    visit = visit_at(austin, paying="insurance", insurance_plan="Gold PPO")
    Authorization.objects.create(
        appointment=visit, payer="Blue Sky Health", by_rules="needed", plan="Gold PPO", changed_at=NOON
    )
    of_visit(Task.Kind.AUTHORIZATION, austin, visit=visit, reason="Ask the insurer")
    response = page(desk, "authorizations")
    assert cell(response, "payer") == "Blue Sky Health"
    assert "Ask the insurer" in cell(response, "problem")
    assert f'href="/desk/visits/{visit.pk}/authorization/"' in response.content.decode()


def test_an_estimate_shows_the_day_of_the_law_even_while_it_rests(desk, austin):
    task = of_visit(Task.Kind.ESTIMATE, austin, due_at=NOON + DAY)
    press(desk, task, "left_message", queue="estimates")
    legal = cell(page(desk, "estimates"), "legal")
    assert legal.startswith("Tue, Dec 1, 12:00 pm CST 1 business day after today Next try today,")


# ---- tries


def test_who_is_tried_again_later_sinks_says_when_and_rises(desk, austin, time_machine):
    first, second = (TaskFactory(location=austin, due_at=NOON + n * HOUR) for n in (1, 2))
    assert shown(page(desk, "callbacks")) == [first, second]
    answer = press(desk, first, "left_message", next_try="2026-12-01T09:00")
    assert answer["Location"] == f"{TASKS}callbacks/#task-{second.pk}"  # work goes on

    response = desk.get(answer["Location"])
    assert shown(response) == [second, first]
    said = words(response)
    assert "Written down: left a message. Next try Tuesday, 9:00 am." in said
    assert said.count("Next try Tuesday, 9:00 am") == 2
    assert "The most urgent first; 1 waits for its next try, at the end" in said
    assert "Calls asked for 1" in said  # of the queue, and in the bar
    assert 'Tasks <span class="nav-count">1</span>' in response.content.decode()

    time_machine.move_to(NOON + 21 * HOUR, tick=False)  # Tuesday, 9:00 am
    desk.logout()
    desk.force_login(response.context["user"])
    response = page(desk, "callbacks")
    assert [row.next_try_at for row in response.context["rows"]] == [None, None]
    assert "Calls asked for 2 2 late" in words(response)
    assert 'Tasks <span class="nav-count">2</span>' in response.content.decode()


def test_the_next_try_is_proposed_on_the_clock_of_the_location(desk, austin):
    TaskFactory(location=austin)
    html = page(desk, "callbacks").content.decode()
    assert 'name="next_try" value="2026-11-30T14:00"' in html
    assert "Next try (CST)" in html
    for label in ("No answer", "Left a message", "Reached, call again", "Reached, done", "Wrong number"):
        assert f">{label}<" in html


def test_a_page_that_was_open_for_long_does_not_stand_in_the_way(desk, austin, time_machine):
    task = TaskFactory(location=austin)
    time_machine.move_to(NOON + 3 * HOUR, tick=False)
    old = "2026-11-30T14:00"
    press(desk, task, "no_answer", next_try=old, proposed=old)
    task.refresh_from_db()
    assert task.next_try_at == NOON + 5 * HOUR


@pytest.mark.parametrize(
    ("next_try", "error"),
    [
        ("2026-11-30T11:00", "That time is over. Choose a later one"),
        ("2027-03-01T09:00", "Choose a day within the next 60 days"),
        ("soon", "Choose a day and a time"),
    ],
)
def test_a_time_that_cannot_be_is_said_and_nothing_typed_is_lost(desk, austin, next_try, error):
    task = TaskFactory(location=austin)
    answer = press(desk, task, "call_again", next_try=next_try, outcome="Her son says")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: Calls asked for" in html
    assert html.count(error) == 2  # in the summary and beside the field
    assert f'href="#next-try-{task.pk}"' in html
    assert f'value="{next_try}"' in html
    assert 'value="Her son says"' in html
    task.refresh_from_db()
    assert (task.tries, task.next_try_at) == (0, None)


def test_what_came_of_a_call_may_be_too_long(desk, austin):
    task = TaskFactory(location=austin)
    answer = press(desk, task, "done", outcome="x" * 201)
    assert answer.status_code == 422
    assert answer.content.decode().count("Use at most 200 letters") == 2


def test_reached_and_done_closes_it_and_leads_to_the_next(desk, austin):
    first, second = (TaskFactory(location=austin, due_at=NOON + n * HOUR) for n in (1, 2))
    answer = press(desk, first, "done", next_try="over", outcome="Booked for Friday")
    assert answer["Location"] == f"{TASKS}callbacks/#task-{second.pk}"
    first.refresh_from_db()
    assert (first.tries, first.outcome) == (1, "Booked for Friday")
    assert "Written down: reached, done." in words(desk.get(answer["Location"]))


@pytest.mark.parametrize("kind", [Task.Kind.REVIEW, Task.Kind.LABS, Task.Kind.AUTHORIZATION])
def test_a_call_does_not_finish_what_is_decided_elsewhere(desk, austin, kind):
    task = of_visit(kind, austin)
    assert "Reached, done" not in desk.get(TASKS).content.decode()
    assert press(desk, task, "done").status_code == 403
    task.refresh_from_db()
    assert (task.tries, task.closed_at) == (0, None)


def test_a_wrong_number_stays_where_it_is(desk, austin):
    first, second = (TaskFactory(location=austin, due_at=NOON + n * HOUR) for n in (1, 2))
    answer = press(desk, first, "wrong_number")
    assert answer["Location"] == f"{TASKS}callbacks/#task-{first.pk}"
    assert shown(page(desk, "callbacks")) == [first, second]


def test_the_history_of_the_visit_says_what_came_of_a_call(desk, austin):
    task = of_visit(Task.Kind.NOT_DELIVERED, austin)
    press(desk, task, "left_message", queue="unreached")
    history = words(desk.get(f"/desk/visits/{task.appointment_id}/"))
    assert "Call tried , Dana Osei left a message" in history


def test_a_draft_that_rests_is_no_longer_late(desk, austin):
    task = TaskFactory(
        location=austin,
        kind=Task.Kind.MISSING_DETAILS,
        contact_name="",
        draft=FullDraftFactory(location=austin),
        due_at=NOON - HOUR,
    )
    assert "Overdue" in words(page(desk, "details"))
    press(desk, task, "no_answer", queue="details")
    response = page(desk, "details")
    assert "Overdue" not in words(response)
    assert "Next try today, 2:00 pm" in cell(response, "due")


# ---- on paper


def test_a_list_on_paper_has_phones_tries_and_a_box(desk, austin):
    TaskFactory(
        location=austin, contact_name="Luz Núñez", phone_as_typed="512 555 0147 x3", good_hours="evening"
    )
    task = TaskFactory(location=austin)
    press(desk, task, "left_message", next_try="2026-12-01T09:00")
    assert (
        'href="/desk/tasks/callbacks/print/">Print this list'
        in desk.get(f"{TASKS}callbacks/").content.decode()
    )

    paper = desk.get(f"{TASKS}callbacks/print/")
    said = words(paper)
    assert "Calls asked for, Austin, Mon, Nov 30" in said
    for text in ("512 555 0147 x3 Evening, after 5 pm", "Next try Tuesday, 9:00", "12:00 pm: left a message"):
        assert text in said
    assert said.count("☐") == 2
    assert "Printed 12:00 pm by Dana Osei. Shred after use." in said
    event = AuditEvent.objects.get(event=AuditEvent.Event.EXPORTED)
    assert event.after == {"what": "queue: callbacks", "day": "2026-11-30"}
    assert "<title>List to print - Alliance" in paper.content.decode()


@pytest.mark.parametrize("queue", Queue)
def test_every_queue_can_be_printed_with_its_own_words(desk, austin, queue):
    order = OrderFactory(location=austin)
    of_visit(KINDS[queue][0], austin, visit=visit_at(austin, order=order), reason="Ask for it")
    said = words(desk.get(f"{TASKS}{queue}/print/"))
    assert "Ask for it" in said
    assert ("512-555-0199 x4" in said) is (queue == "orders")


def test_each_location_has_a_paper_of_its_own_and_only_mine_are_there(client, austin):
    tempe = OpenLocationFactory(name="Tempe", time_zone="America/Phoenix")
    user = AssignmentFactory(location=austin, role=Assignment.Role.FRONT_DESK).user
    AssignmentFactory(user=user, location=tempe, role=Assignment.Role.FRONT_DESK)
    for place in (tempe, austin):
        TaskFactory(location=place, due_at=NOON)
    TaskFactory(contact_name="Somebody Else")
    client.force_login(user)
    papers = client.get(f"{TASKS}callbacks/print/")
    said = words(papers)
    assert papers.content.decode().count('<section class="paper"') == 2
    assert said.index("Calls asked for, Austin") < said.index("Calls asked for, Tempe")
    assert "Printed 11:00 am" in said
    assert "Somebody Else" not in said
    assert AuditEvent.objects.filter(event=AuditEvent.Event.EXPORTED).count() == 2
    one = client.get(f"{TASKS}callbacks/print/", {"location": tempe.pk})
    assert one.content.decode().count('<section class="paper"') == 1


def test_an_empty_list_is_said_and_is_no_export(desk):
    assert "No blood test is awaited." in words(desk.get(f"{TASKS}labs/print/"))
    assert not AuditEvent.objects.exists()
    assert Task.objects.count() == 0
