import datetime as dt
import re

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, Message
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.locations import AssignmentFactory, ClosureFactory
from tests.factories.scheduling import AppointmentFactory, HoldFactory, PatientFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def machine(time_machine):
    time_machine.move_to(NINE_FORTY, tick=False)
    machine, exam = bookable(name="MRI 1")
    machine.exam = exam
    return machine


@pytest.fixture
def desk(client, machine):
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def url(machine):
    return f"/desk/at/{machine.location.slug}/behind/"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def visit(machine, minutes, **fields):
    who = PatientFactory(given_name=f"At {minutes}")
    starts_at = NINE_FORTY + minutes * MINUTE
    return AppointmentFactory(scanner=machine, exam=machine.exam, patient=who, starts_at=starts_at, **fields)


def shown(page):
    return [(one.visit, one.starts_at) for one, _words in page.context["rows"]]


def posted(page, **data):
    """What the button would send."""
    return {
        "scanner": page.context["form"]["scanner"].value(),
        "minutes": page.context["form"]["minutes"].value(),
        "versions": page.context["versions"],
        "free_at": page.context["free_at"],
        "tell": "message",
        "reason": "",
        **data,
    }


def starts():
    after = Appointment.objects.exclude(status="held").order_by("pk")
    return [(one.starts_at - NINE_FORTY) / MINUTE for one in after]


def test_everybody_who_waits_is_moved_on_together(desk, machine):
    begun = visit(
        machine,
        -30,
        status="in_exam",
        ends_at=NINE_FORTY + 5 * MINUTE,
        occupied_until=NINE_FORTY + 10 * MINUTE,
    )
    here = visit(machine, 15, status="arrived", arrived_at=NINE_FORTY)
    free_at = NINE_FORTY + 30 * MINUTE  # ten minutes are left of the scan, and it takes twenty more
    coming, saved = visit(machine, 60), visit(machine, 240)
    assert "Minutes behind" in body(desk.get(url(machine)))
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "20"})
    assert shown(page) == [(here, free_at), (coming, free_at + 45 * MINUTE)]
    data = posted(page)
    answer = desk.post(url(machine), data)
    assert answer["Location"] == f"/desk/at/{machine.location.slug}/2026-12-01/"
    assert "2 visits were moved on." in body(desk.get(answer["Location"]))
    after = dict(Appointment.objects.values_list("pk", "starts_at"))
    assert after[here.pk] == free_at
    assert after[coming.pk] == free_at + 45 * MINUTE
    assert (after[saved.pk], after[begun.pk]) == (saved.starts_at, begun.starts_at)
    assert not Appointment.objects.filter(overbooked=True).exists()
    told = Message.objects.unsent().filter(kind="moved").values_list("appointment", flat=True)
    assert list(told) == [coming.pk]  # who is here is told by who stands beside them
    assert desk.post(url(machine), data).status_code == 409


def test_free_hours_before_a_visit_take_the_delay_up(desk, machine):
    visit(machine, 5, status="in_exam", arrived_at=NINE_FORTY)
    visit(machine, 300)
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "30"})
    assert shown(page) == []


def test_who_is_here_waits_though_their_time_is_over(desk, machine):
    early = visit(machine, -90, status="arrived", arrived_at=NINE_FORTY - 100 * MINUTE)
    visit(machine, -180)  # late, or not coming: who is not here is not planned into the past
    then = visit(machine, 20)
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "95"})
    assert shown(page) == [(early, NINE_FORTY + 5 * MINUTE), (then, NINE_FORTY + 50 * MINUTE)]


def test_what_changed_meanwhile_is_shown_again(desk, machine):
    visit(machine, 15)
    data = posted(desk.get(url(machine), {"scanner": machine.pk, "minutes": "20"}))
    answer = desk.post(url(machine), {**data, "versions": ""})
    assert answer.status_code == 409
    assert "Something changed since this preview" in body(answer)


@pytest.mark.parametrize(
    "data", [{"minutes": "0"}, {"minutes": "x"}, {"minutes": "999"}, {"minutes": "5", "scanner": "0"}]
)
def test_faults_are_said(desk, machine, data):
    data = {"scanner": machine.pk, **data}
    assert desk.get(url(machine), data).status_code == 422
    assert desk.post(url(machine), {**data, "tell": "call"}).status_code == 422


def test_nobody_waits(desk, machine):
    page = body(desk.get(url(machine), {"scanner": machine.pk, "minutes": "20"}))
    assert "Nobody starts later" in page


def test_what_is_shown_is_done_though_minutes_pass(desk, machine, time_machine):
    visit(machine, 15)
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "20"})
    time_machine.move_to(NINE_FORTY + 3 * MINUTE, tick=False)
    assert desk.post(url(machine), posted(page)).status_code == 303
    assert starts() == [20]


def test_what_was_not_on_the_page_is_refused(desk, machine):
    visit(machine, 15)
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "20"})
    assert desk.post(url(machine), posted(page, free_at="soon")).status_code == 422
    yesterday = (NINE_FORTY - 1440 * MINUTE).isoformat()
    assert desk.post(url(machine), posted(page, free_at=yesterday)).status_code == 409
    assert starts() == [15]


def test_each_row_says_what_speaks_against_it_and_a_reason_is_needed(desk, machine):
    visit(machine, 15)
    later = visit(machine, 105)
    HoldFactory(
        scanner=machine,
        exam=machine.exam,
        starts_at=NINE_FORTY + 60 * MINUTE,
        held_until=NINE_FORTY + 8 * MINUTE,
    )
    ClosureFactory(
        location=machine.location,
        scanner=machine,
        starts_at=NINE_FORTY + 155 * MINUTE,
        ends_at=NINE_FORTY + 200 * MINUTE,
    )
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "80"})
    assert [len(words) for _one, words in page.context["rows"]] == [1, 1]
    assert "Somebody is just booking 10:40 am to 11:25 am." in body(page)
    assert "Closed: " in body(page)
    refused = desk.post(url(machine), posted(page))
    assert refused.status_code == 422
    assert "Write why it is done all the same" in body(refused)
    assert desk.post(url(machine), posted(page, reason="She faints")).status_code == 303
    after = {one.pk: one for one in Appointment.objects.exclude(status="held")}
    assert sorted((one.overbooked, one.overbook_reason) for one in after.values()) == [
        (False, "She faints"),
        (True, "She faints"),
    ]
    assert not after[later.pk].overbooked


def test_a_reason_is_asked_for_only_where_something_speaks_against_it(desk, machine):
    visit(machine, 15)
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "20"})
    assert 'name="reason"' not in body(page)


def test_all_are_undone_together(desk, machine):
    visit(machine, 5, status="arrived", arrived_at=NINE_FORTY)
    visit(machine, 50)
    visit(machine, 95)
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "20"})
    board = desk.post(url(machine), posted(page))["Location"]
    assert starts() == [20, 65, 110]
    shown_there = body(desk.get(board))
    assert "3 visits were moved on." in shown_there
    where, version = re.search(
        r'action="(/desk/visits/\d+/undo/)".*?name="version" value="(\d+)"', shown_there
    ).groups()
    assert desk.post(where, {"version": version}).status_code == 303
    assert starts() == [5, 50, 95]
    assert not Message.objects.unsent().filter(kind="moved").exists()


def test_none_goes_back_alone_once_another_moved_on(desk, machine):
    visit(machine, 5)
    then = visit(machine, 50)
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "20"})
    desk.post(url(machine), posted(page))
    then.refresh_from_db()
    move = {"scanner": machine.pk, "day": "2026-12-01", "time": "2:00 pm", "tell": "nobody", "reason": ""}
    assert desk.post(f"/desk/visits/{then.pk}/move/", {**move, "version": then.version}).status_code == 303
    first = Appointment.objects.order_by("pk")[0]
    assert desk.post(f"/desk/visits/{first.pk}/undo/", {"version": first.version}).status_code == 409
    assert starts() == [20, 260]
