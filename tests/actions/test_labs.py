import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from locations.models import Assignment
from scheduling.actions.labs import plan_test_here, record_result, waive
from scheduling.actions.moving import move_visit
from scheduling.exceptions import ForRadiologist, IllegalMove, OldResult, TooLate
from scheduling.models import Appointment, AuditEvent, LabResult, Task
from scheduling.rules.actors import Actor
from scheduling.rules.labs import DAYS, LOW_BELOW, LabLimits, limits_from
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.screening import CT, MRI
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
START = NINE_FORTY + 6 * DAY  # Monday, December 7
VISIT_ON = dt.date(2026, 12, 7)
OLDEST = VISIT_ON - 30 * DAY


@pytest.fixture
def task():
    machine, exam = bookable(modality="CT")
    exam.modality = "CT"
    exam.save()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=START)
    return TaskFactory(kind=Task.Kind.LABS, appointment=visit, location=visit.location)


def person(task, role=Assignment.Role.TECHNOLOGIST):
    return AssignmentFactory(location=task.location, role=role).user


def record(task, egfr=60, taken_on=OLDEST, *, user=None, at=NOW):
    user = user or person(task)
    return record_result(
        task_id=task.pk,
        egfr=egfr,
        taken_on=taken_on,
        is_on_site=False,
        user=user,
        now=at,
        by=Actor.staff(user.pk),
    )


def begin(visit):
    return Appointment.objects.filter(pk=visit.pk).update(status="in_exam")


def open_kinds(visit):
    return sorted(visit.tasks.open().values_list("kind", flat=True))


def test_the_scan_waits_for_a_result(task):
    with pytest.raises(IntegrityError), transaction.atomic():
        begin(task.appointment)
    made = record(task)
    assert begin(task.appointment) == 1
    assert (made.egfr, made.taken_on) == (60, OLDEST)
    event = AuditEvent.objects.get(event="lab.recorded")
    assert "60" not in str(event.after)
    with pytest.raises(IllegalMove):
        record(task)


@pytest.mark.parametrize(
    ("taken_on", "counts"),
    [(OLDEST, True), (OLDEST - DAY, False), (VISIT_ON, True), (VISIT_ON + DAY, False)],
)
def test_how_old_a_result_may_be(task, taken_on, counts):
    if counts:
        record(task, taken_on=taken_on)
    else:
        with pytest.raises(OldResult):
            record(task, taken_on=taken_on)
    assert LabResult.objects.exists() is counts


@pytest.mark.parametrize(("egfr", "is_low"), [(29, True), (30, False)])
def test_a_low_value_is_for_a_radiologist(task, egfr, is_low):
    record(task, egfr=egfr)
    assert open_kinds(task.appointment) == (["review"] if is_low else [])
    assert Task.objects.open().filter(for_radiologist=True).exists() is is_low


def test_only_a_radiologist_does_without_a_test(task):
    technologist, radiologist = person(task), person(task, Assignment.Role.RADIOLOGIST)

    def do_without(user):
        return waive(task_id=task.pk, because="Group II agent", user=user, now=NOW, by=Actor.staff(user.pk))

    with pytest.raises(ForRadiologist):
        do_without(technologist)
    assert do_without(radiologist).is_waiver
    assert begin(task.appointment) == 1


def test_tested_at_the_center_the_task_waits_for_the_patient(task):
    by = Actor.staff(1)
    for _ in range(2):
        plan_test_here(task_id=task.pk, now=NOW, by=by)
    task.refresh_from_db()
    assert (task.closed_at, task.due_at) == (None, task.appointment.arrive_at)
    assert AuditEvent.objects.filter(event="lab.planned").count() == 1


@pytest.mark.parametrize(("days", "expected"), [(1, []), (2, ["labs"])])
def test_a_move_leaves_an_old_result_behind(task, days, expected):
    record(task, taken_on=OLDEST + DAY)
    visit = task.appointment
    move_visit(
        visit_id=visit.pk,
        version=0,
        location_id=visit.location.pk,
        starts_at=START + days * DAY,
        now=NOW,
        by=Actor.staff(1),
    )
    assert open_kinds(visit) == expected


def test_a_visit_that_is_over_has_no_result(task):
    Appointment.objects.update(status="no_show")
    with pytest.raises(TooLate):
        record(task)


def test_what_is_recorded_stays(task):
    made = record(task)
    for change in (made.delete, lambda: LabResult.objects.update(egfr=90)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        LabResult.objects.create(appointment=task.appointment, recorded_by=made.recorded_by, recorded_at=NOW)
    assert error.value.__cause__.diag.constraint_name == "labresult_value_or_waiver"


def test_the_numbers_are_the_centers():
    assert limits_from({}) == LabLimits(DAYS, LOW_BELOW)
    assert limits_from({"labs_days": 90, "egfr_low_below": 45}) == LabLimits(90, 45)
    for version in (MRI, CT):
        assert limits_from(version.parameters) == LabLimits(30, 30)
