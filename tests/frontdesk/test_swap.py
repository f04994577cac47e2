"""Two patients who wait exchange their places."""

import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, AuditEvent, Exam, Message, Task
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory, OfferingFactory, PatientFactory

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


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def exam_of(machine):
    return getattr(machine, "exam", None) or Exam.objects.order_by("pk").first()


def visit(machine, minutes, **fields):
    usual = {"scanner": machine, "exam": exam_of(machine), "starts_at": NINE_FORTY + minutes * MINUTE}
    if "patient" not in fields:
        usual["patient"] = PatientFactory(given_name=f"At {minutes}")
    return AppointmentFactory(**{**usual, **fields})


def url(one):
    return f"/desk/visits/{one.pk}/swap/"


def seen(one, other, **data):
    return {
        "with": other.pk,
        "version": one.version,
        "other_version": other.version,
        "tell": "message",
        "reason": "",
        **data,
    }


def starts(*visits):
    after = {row.pk: row for row in Appointment.objects.filter(pk__in=[one.pk for one in visits])}
    return [((after[one.pk].starts_at - NINE_FORTY) / MINUTE, after[one.pk].scanner.name) for one in visits]


def short_exam(machine):
    exam = ExamFactory(name="Hand MRI", minutes=15)
    OfferingFactory(exam=exam, location=machine.location)
    return exam


def test_from_running_behind_to_the_board_and_back(desk, machine):
    here = visit(machine, 45, status="arrived", arrived_at=NINE_FORTY)
    coming = visit(machine, 90)
    visit(machine, 240, status="done", arrived_at=NINE_FORTY)
    page = desk.get(f"/desk/at/{machine.location.slug}/behind/")
    assert list(page.context["waiting"]) == [here, coming]
    assert f'href="{url(coming)}"' in body(page)
    page = desk.get(url(coming))
    assert page.context["candidates"] == [here]
    assert "Swap with" in body(page)
    page = body(desk.get(url(coming), {"with": here.pk}))
    assert 'now 11:10 am, MRI 1</td><td role="cell">then <strong>10:25 am</strong>, MRI 1</td>' in page
    answer = desk.post(url(coming), seen(coming, here))
    assert answer["Location"] == f"/desk/at/{machine.location.slug}/2026-12-01/#visit-{coming.pk}"
    assert starts(here, coming) == [(90, "MRI 1"), (45, "MRI 1")]
    assert not Appointment.objects.filter(overbooked=True).exists()
    told = Message.objects.unsent().filter(kind="moved").values_list("appointment", flat=True)
    assert list(told) == [coming.pk]  # who is here is told by who stands beside them
    assert "At 90 Núñez and At 45 Núñez have changed places." in body(desk.get(answer["Location"]))
    assert "changed places with another visit" in body(desk.get(f"/desk/visits/{here.pk}/"))
    assert desk.post(url(coming), seen(coming, here)).status_code == 409  # pressed again
    assert starts(here, coming) == [(90, "MRI 1"), (45, "MRI 1")]

    coming.refresh_from_db()
    undone = desk.post(f"/desk/visits/{coming.pk}/undo/", {"version": coming.version})
    assert undone.status_code == 303
    assert starts(here, coming) == [(45, "MRI 1"), (90, "MRI 1")]
    assert not Message.objects.unsent().filter(kind="moved").exists()


def test_an_undo_of_half_a_swap_is_refused_once_the_other_moved_on(desk, machine):
    one, other = visit(machine, 45), visit(machine, 90)
    desk.post(url(one), seen(one, other))
    other.refresh_from_db()
    move = {"scanner": machine.pk, "day": "2026-12-01", "time": "2:00 pm", "tell": "nobody", "reason": ""}
    assert desk.post(f"/desk/visits/{other.pk}/move/", {**move, "version": other.version}).status_code == 303
    one.refresh_from_db()
    assert desk.post(f"/desk/visits/{one.pk}/undo/", {"version": one.version}).status_code == 409
    assert starts(one) == [(90, "MRI 1")]


def test_across_scanners_each_has_its_own_length(desk, machine):
    second = ScannerFactory(location=machine.location, name="MRI 2", turnover_minutes=0)
    short = short_exam(machine)
    one, other = visit(machine, 60), visit(second, 30, exam=short)
    assert desk.post(url(one), seen(one, other, tell="call")).status_code == 303
    assert starts(one, other) == [(30, "MRI 2"), (60, "MRI 1")]
    spans = {row.pk: row.occupied_until - row.starts_at for row in Appointment.objects.all()}
    assert (spans[one.pk], spans[other.pk]) == (40 * MINUTE, 20 * MINUTE)
    assert Task.objects.filter(reason="Call to say the visit has a new time").count() == 2


def test_the_longer_one_in_front_pushes_the_other_and_a_clash_needs_a_reason(desk, machine):
    short = short_exam(machine)
    one, other = visit(machine, 10, exam=short), visit(machine, 30)
    visit(machine, 75)
    page = body(desk.get(url(one), {"with": other.pk}))
    assert "<strong>10:35 am</strong>" in page  # 45 minutes after the other begins
    assert "Something speaks against it" not in page
    Exam.objects.filter(pk=short.pk).update(minutes=20)
    assert "At 75 Núñez is on it, 10:55 am to 11:40 am." in body(desk.get(url(one), {"with": other.pk}))
    refused = desk.post(url(one), seen(one, other))
    assert refused.status_code == 422
    assert "Write why it is done all the same" in body(refused)
    assert starts(one, other) == [(10, "MRI 1"), (30, "MRI 1")]
    assert desk.post(url(one), seen(one, other, reason="She faints")).status_code == 303
    after = Appointment.objects.get(pk=one.pk)
    assert (after.overbooked, after.overbook_reason) == (True, "She faints")
    assert not Appointment.objects.get(pk=other.pk).overbooked


def test_two_visits_of_one_patient_change_places(desk, machine):
    who = PatientFactory()
    one, other = (visit(machine, at, patient=who) for at in (45, 90))
    assert desk.post(url(one), seen(one, other)).status_code == 303
    assert starts(one, other) == [(90, "MRI 1"), (45, "MRI 1")]
    assert not Appointment.objects.exclude(overlap_reason="").exists()


def test_who_waits_since_before_now_gives_the_time_that_is_now(desk, machine):
    late = visit(machine, -60, status="arrived", arrived_at=NINE_FORTY - 70 * MINUTE)
    coming = visit(machine, 60, status="arrived", arrived_at=NINE_FORTY)
    page = desk.get(url(late), {"with": coming.pk})
    assert "tell" not in page.context["form"].fields  # both are here
    data = seen(late, coming)
    del data["tell"]
    assert desk.post(url(late), data).status_code == 303
    assert starts(late, coming) == [(60, "MRI 1"), (0, "MRI 1")]
    assert not Message.objects.unsent().filter(kind="moved").exists()


def test_a_slower_desk_sees_how_it_is_now_and_loses_nothing(desk, machine):
    one, other = visit(machine, 45), visit(machine, 90)
    data = seen(one, other, reason="typed already")
    Appointment.objects.filter(pk=other.pk).update(version=other.version + 1)
    answer = desk.post(url(one), data)
    assert answer.status_code == 409
    assert "Someone else changed this a moment ago" in body(answer)
    form = answer.context["form"]
    assert (form["reason"].value(), form["other_version"].value()) == ("typed already", other.version + 1)
    assert starts(one, other) == [(45, "MRI 1"), (90, "MRI 1")]


def test_only_who_waits_that_day_on_a_scanner_that_can_do_it(desk, machine):
    one = visit(machine, 45)
    visit(machine, 45 + 1440)
    visit(machine, 240, status="canceled", canceled_at=NINE_FORTY, canceled_by="x")
    visit(ScannerFactory(location=machine.location, modality="CT", name="CT 1"), 90)
    visit(bookable(name="Elsewhere")[0], 90)
    assert desk.get(url(one)).context["candidates"] == []
    assert "Nobody else waits" in body(desk.get(url(one)))
    foreign = Appointment.objects.exclude(pk=one.pk).first()
    assert desk.post(url(one), seen(one, foreign)).status_code == 422
    assert desk.get(url(one), {"with": "x"}).status_code == 200


def test_a_visit_that_is_over_is_not_swapped(desk, machine):
    one = visit(machine, 45, status="done", arrived_at=NINE_FORTY)
    other = visit(machine, 90)
    assert "can’t be moved from here any more" in body(desk.get(url(one), {"with": other.pk}))
    assert desk.post(url(one), seen(one, other)).status_code == 422


def test_both_changes_are_in_the_history(desk, machine):
    one, other = visit(machine, 45), visit(machine, 90)
    desk.post(url(one), seen(one, other, reason="She is in pain"))
    moves = AuditEvent.objects.filter(event="visit.moved").order_by("object_id")
    assert {(int(row.object_id), row.after["swapped_with"], row.after["reason"]) for row in moves} == {
        (one.pk, other.pk, "She is in pain"),
        (other.pk, one.pk, "She is in pain"),
    }
