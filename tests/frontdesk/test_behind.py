import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, Message
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

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
    shown = [(one.visit, one.starts_at) for one in page.context["delayed"]]
    assert shown == [(here, free_at), (coming, free_at + 45 * MINUTE)]
    seen = page.context["tell_form"]["versions"].value()
    data = {"scanner": machine.pk, "minutes": "20", "versions": seen, "tell": "message"}
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
    assert page.context["delayed"] == []


def test_who_is_here_waits_though_their_time_is_over(desk, machine):
    early = visit(machine, -90, status="arrived", arrived_at=NINE_FORTY - 100 * MINUTE)
    visit(machine, -180)  # late, or not coming: who is not here is not planned into the past
    then = visit(machine, 20)
    page = desk.get(url(machine), {"scanner": machine.pk, "minutes": "95"})
    shown = [(one.visit, one.starts_at) for one in page.context["delayed"]]
    assert shown == [(early, NINE_FORTY + 5 * MINUTE), (then, NINE_FORTY + 50 * MINUTE)]


def test_what_changed_meanwhile_is_shown_again(desk, machine):
    visit(machine, 15)
    answer = desk.post(url(machine), {"scanner": machine.pk, "minutes": "20", "versions": "", "tell": "call"})
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
