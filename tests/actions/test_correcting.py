"""The exam becomes what the order says: place, preparation, questions, blood test, price and messages."""

import datetime as dt
from decimal import Decimal

import pytest

from scheduling.actions.correcting import correct_to_order
from scheduling.actions.undoing import undo_change
from scheduling.exceptions import Clashes, EditConflict, IllegalMove, NotAnOpening
from scheduling.models import Appointment, AuditEvent, Message, Task
from scheduling.queries.screening import sheet_of
from scheduling.rules.actors import Actor
from scheduling.rules.clashes import ClashKind
from scheduling.rules.screening import FormKind
from scheduling.rules.telling import UNDO_WITHIN, Telling
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import ScannerFactory
from tests.factories.orders import order_for
from tests.factories.safety import publish_safety
from tests.factories.scheduling import (
    AppointmentFactory,
    ExamFactory,
    OfferingFactory,
    PreparationFactory,
    SidedExamFactory,
)
from tests.factories.screening import CT, MRI, AnswerSheetFactory, ScreeningFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db

DESK = Actor.staff(7)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def visit():
    machine, exam = bookable(name="MRI 1")
    return AppointmentFactory(
        scanner=machine, exam=exam, starts_at=NINE_FORTY, laterality="left", order_status="have_it"
    )


def offered(visit, *, price=500, has_sides=True, **fields):
    exam = SidedExamFactory(**fields) if has_sides else ExamFactory(**fields)
    OfferingFactory(exam=exam, location=visit.location, price=Decimal(price))
    return exam


def correct(visit, exam, *, laterality="left", scanner=None, at=None, now=NOW, version=None, **more):
    return correct_to_order(
        visit_id=visit.pk,
        exam=exam,
        laterality=laterality,
        scanner_id=(scanner or visit.scanner).pk,
        starts_at=at or visit.starts_at,
        version=visit.version if version is None else version,
        now=now,
        by=DESK,
        **more,
    )


def open_kinds(visit):
    return set(Task.objects.open().filter(appointment=visit).values_list("kind", flat=True))


def test_what_fits_stays_where_it_is(visit):
    longer = offered(visit, minutes=60)
    longer.preparations.add(PreparationFactory(arrive_minutes=45))
    found = correct(visit, longer)
    assert (found.exam, found.starts_at, found.scanner_id) == (longer, NINE_FORTY, visit.scanner_id)
    assert found.ends_at - found.starts_at == 60 * MINUTE
    assert found.starts_at - found.arrive_at == 45 * MINUTE
    assert (found.price_shown, found.order_status) == (Decimal(500), "received")
    assert (found.code, found.ical_sequence) == (visit.code, visit.ical_sequence + 1)


def test_what_is_too_long_names_the_next_visit_and_needs_a_reason(visit):
    follower = AppointmentFactory(scanner=visit.scanner, exam=visit.exam, starts_at=NINE_FORTY + 45 * MINUTE)
    longer = offered(visit, minutes=60)
    with pytest.raises(Clashes) as refused:
        correct(visit, longer)
    (clash,) = refused.value.clashes
    assert (clash.kind, clash.visit_id) == (ClashKind.OVERLAP, follower.pk)
    visit.refresh_from_db()
    assert visit.exam != longer
    found = correct(visit, longer, reason="They agreed to squeeze in")
    assert (found.overbooked, found.overbook_reason) == (True, "They agreed to squeeze in")


def test_a_scanner_of_another_kind_and_no_scanner_that_can(visit):
    ct = offered(visit, modality="CT", has_sides=False)
    with pytest.raises(NotAnOpening):
        correct(visit, ct)
    machine = ScannerFactory(location=visit.location, modality="CT")
    found = correct(visit, ct, scanner=machine)
    assert (found.scanner, found.exam, found.laterality) == (machine, ct, "")


def test_what_the_location_does_not_offer_is_refused(visit):
    with pytest.raises(NotAnOpening):
        correct(visit, SidedExamFactory())


def test_contrast_needs_a_scanner_and_hours_for_it(visit):
    contrast = offered(visit, contrast="with")
    with pytest.raises(NotAnOpening):
        correct(visit, contrast)
    visit.scanner.has_contrast = True
    visit.scanner.save()
    visit.location.opening_hours.filter(kind="contrast").delete()
    with pytest.raises(Clashes) as refused:
        correct(visit, contrast)
    assert [clash.kind for clash in refused.value.clashes] == [ClashKind.NO_CONTRAST]


def test_the_side_alone(visit):
    TaskFactory(kind=Task.Kind.MATCH_ORDER, appointment=visit, location=visit.location)
    TaskFactory(kind=Task.Kind.MISSING_ORDER, appointment=visit, location=visit.location)
    found = correct(visit, visit.exam, laterality="right")
    assert (found.laterality, found.starts_at) == ("right", NINE_FORTY)
    assert open_kinds(visit) == set()
    event = AuditEvent.objects.get(event=AuditEvent.Event.EXAM_CORRECTED)
    assert (event.before["laterality"], event.after["laterality"]) == ("left", "right")
    assert correct(found, found.exam, laterality="right", version=0).version == found.version  # pressed twice


def test_two_desks_and_a_visit_that_is_over(visit):
    other = offered(visit)
    correct(visit, other)
    with pytest.raises(EditConflict):
        correct(visit, visit.exam)
    Appointment.objects.filter(pk=visit.pk).update(status="canceled", canceled_at=NOW, canceled_by="staff:1")
    visit.refresh_from_db()
    with pytest.raises(IllegalMove):
        correct(visit, offered(visit))


@pytest.mark.parametrize(
    ("minutes", "tell", "kinds", "task"),
    [
        (0, Telling.MESSAGE, ["corrected"], set()),
        (60, Telling.MESSAGE, ["moved"], set()),
        (0, Telling.CALL, [], {"not_delivered"}),
        (0, Telling.NOBODY, [], set()),
    ],
)
def test_one_message_says_it_after_two_minutes(visit, minutes, tell, kinds, task):
    correct(visit, offered(visit), at=NINE_FORTY + minutes * MINUTE, tell=tell)
    news = Message.objects.unsent().exclude(kind__startswith="reminder")
    assert [message.kind for message in news] == kinds
    assert all(message.due_at == NOW + UNDO_WITHIN for message in news)
    assert open_kinds(visit) == task


def screened(visit, version, answers):
    ScreeningFactory(appointment=visit, version=version, answers=answers, disposition="ok")
    sheet = {"draft": None, "appointment": visit, "kind": "safety", "version": version}
    AnswerSheetFactory(**sheet, answers=answers, answered_at=NOW)


def test_another_kind_of_scan_is_asked_another_form_and_undoing_brings_the_first_back(visit):
    mri = publish_safety(MRI)
    publish_safety(CT, modality="CT")
    screened(visit, mri, {"fit": ["none"]})
    machine = ScannerFactory(location=visit.location, modality="CT")
    ct = offered(visit, modality="CT", has_sides=False, beam_through_pelvis=True)
    found = correct(visit, ct, scanner=machine)
    assert sheet_of(found, FormKind.SAFETY) is None
    assert open_kinds(visit) == {"review"}
    undone = undo_change(visit_id=visit.pk, version=found.version, now=NOW + MINUTE, by=DESK)
    sheet = sheet_of(undone, FormKind.SAFETY)
    assert (sheet.version_id, sheet.answers) == (mri.pk, {"fit": ["none"]})


def test_without_contrast_no_blood_test_is_awaited(visit):
    Appointment.objects.filter(pk=visit.pk).update(exam=offered(visit, contrast="with"))
    visit.refresh_from_db()
    TaskFactory(kind=Task.Kind.LABS, appointment=visit, location=visit.location)
    found = correct(visit, offered(visit))
    assert open_kinds(visit) == set()
    undo_change(visit_id=visit.pk, version=found.version, now=NOW + MINUTE, by=DESK)
    assert open_kinds(visit) == {"labs"}


def test_who_pays_is_owed_another_estimate(visit):
    Appointment.objects.filter(pk=visit.pk).update(paying="self")
    correct(visit, offered(visit))
    assert "estimate" in open_kinds(visit)


def test_undone_it_is_as_it_was_and_nothing_is_sent(visit):
    TaskFactory(kind=Task.Kind.MATCH_ORDER, appointment=visit, location=visit.location)
    was = {name: getattr(visit, name) for name in ("exam_id", "laterality", "order_status", "ends_at")}
    found = correct(visit, offered(visit, minutes=60), laterality="right")
    undone = undo_change(visit_id=visit.pk, version=found.version, now=NOW + MINUTE, by=DESK)
    assert {name: getattr(undone, name) for name in was} == was
    assert open_kinds(visit) == {"match_order"}
    assert not Message.objects.unsent().filter(kind="corrected").exists()


def test_the_order_that_was_here_before_follows(visit):
    """What was typed from its paper was wrong: canceled and booked again, it would be wrong again."""
    order = order_for(visit.scanner, visit.exam, status="booked")
    Appointment.objects.filter(pk=visit.pk).update(order=order)
    ankle = offered(visit, name="Ankle MRI")
    corrected = correct(visit, ankle, laterality="right")
    order.refresh_from_db()
    assert (order.exam, order.laterality, order.status) == (ankle, "right", "booked")
    undo_change(visit_id=visit.pk, version=corrected.version, now=NOW, by=DESK)
    order.refresh_from_db()
    assert (order.exam, order.laterality) == (visit.exam, "left")
