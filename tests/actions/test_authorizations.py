"""An insurer's authorization follows the visit: booked, paid, moved, corrected, closed."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from scheduling.actions.authorizations import REASONS, follow_rules, save_authorization
from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.correcting import correct_to_order
from scheduling.actions.desk_moves import place_visit
from scheduling.actions.paying import save_paying
from scheduling.actions.undoing import undo_change
from scheduling.exceptions import Clashes, EditConflict, IllegalMove
from scheduling.models import Appointment, AuditEvent, Authorization, PayerRule, Task
from scheduling.queries.authorizations import unsettled_at, visits_to_decide
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from scheduling.rules.authorizations import Problem, State
from scheduling.rules.clashes import ClashKind
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import OpenLocationFactory, ScannerFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory, SidedExamFactory

pytestmark = pytest.mark.django_db

DESK = Actor.staff(7)
DAY = dt.timedelta(days=1)


@pytest.fixture
def blue():
    return PayerRule.objects.create(payer="Blue Cross", other_names="BCBS\n", lead_days=3)


@pytest.fixture
def visit(blue):
    machine, exam = bookable(name="MRI 1")
    return AppointmentFactory(
        scanner=machine,
        exam=exam,
        starts_at=NINE_FORTY + 14 * DAY,
        laterality="left",
        paying="insurance",
        insurance_plan="BCBS of Texas",
    )


def write(visit, state=State.APPROVED, *, version=0, now=NOW, **given):
    usual = {
        "payer": "Blue Cross",
        "number": "A-1" if state is State.APPROVED else "",
        "valid_from": None,
        "valid_until": None,
        "location": None,
        "note": "",
    }
    return save_authorization(
        visit_id=visit.pk,
        version=version,
        state=state,
        user=UserFactory(),
        now=now,
        by=DESK,
        **{**usual, **given},
    )


def open_task(visit):
    return Task.objects.open().filter(appointment=visit, kind=Task.Kind.AUTHORIZATION).first()


def booked(**answers):
    machine, exam = bookable()
    draft = ready_draft(machine, exam, **answers)
    return confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT).visit


@pytest.mark.parametrize(
    ("answers", "state", "problem"),
    [
        ({"paying": "insurance", "insurance_plan": "bcbs"}, "needed", Problem.NEEDED),
        ({"paying": "insurance", "insurance_plan": "Unheard of"}, "unknown", Problem.UNKNOWN),
        ({"paying": "accident", "accident_insurer": "Blue Cross"}, "needed", Problem.NEEDED),
        ({"paying": "self"}, "not_needed", None),
        ({"paying": "later"}, "unknown", None),
    ],
)
def test_a_booking_asks_for_what_its_insurer_wants(blue, answers, state, problem):
    visit = booked(**answers)
    assert visit.authorization.state == state
    task = open_task(visit)
    assert (task and task.reason) == (problem and REASONS[problem])


def test_a_center_without_rules_is_asked_nothing():
    assert open_task(booked(paying="insurance", insurance_plan="BCBS")) is None


def test_asking_is_due_in_business_days_before_the_visit(visit):
    save_paying(visit_id=visit.pk, answers={"insurance_plan": "Blue Cross"}, now=NOW, by=PATIENT)
    task = open_task(visit)
    # Tuesday, December 15: two business days for a move, three for the insurer; an hour after the doors open.
    assert task.due_at == dt.datetime(2026, 12, 8, 14, tzinfo=dt.UTC)


def test_what_the_insurer_said_settles_it_or_keeps_it_open(visit):
    write(visit, State.REQUESTED)
    assert open_task(visit).reason == REASONS[Problem.REQUESTED]
    write(visit, State.DENIED, version=1)
    assert open_task(visit).reason == REASONS[Problem.DENIED]
    found = write(visit, State.APPROVED, version=2)
    assert (open_task(visit), found.exam, found.version) == (None, visit.exam, 3)
    events = AuditEvent.objects.filter(event=AuditEvent.Event.AUTHORIZATION_CHANGED).order_by("pk")
    assert [event.after["authorization"] for event in events] == ["requested", "denied", "approved"]


def test_two_desks_and_a_visit_that_is_over(visit):
    write(visit, State.REQUESTED)
    with pytest.raises(EditConflict):
        write(visit, State.DENIED)
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=DESK)
    assert open_task(visit) is None
    with pytest.raises(IllegalMove):
        write(visit, State.DENIED, version=1)


def pay(visit, **answers):
    save_paying(visit_id=visit.pk, answers=answers, now=NOW, by=PATIENT)


def test_what_a_person_wrote_stays_and_is_about_the_plan_of_then(visit):
    write(visit)
    pay(visit, insurance_plan="Blue Cross, Texas")
    assert open_task(visit) is None
    pay(visit, insurance_plan="Aetna")
    assert Authorization.objects.get().state == "approved"
    assert open_task(visit).reason == REASONS[Problem.OTHER_PLAN]
    write(visit, version=1, payer="Aetna")
    assert open_task(visit) is None


def test_who_pays_needs_nobodys_leave(visit):
    write(visit, State.DENIED)
    pay(visit, paying="self")
    assert open_task(visit) is None


def test_the_same_again_is_written_once(visit):
    first = write(visit)
    assert write(visit).version == first.version
    assert AuditEvent.objects.filter(event=AuditEvent.Event.AUTHORIZATION_CHANGED).count() == 1


def test_an_insurer_may_still_say_something_after_the_scan(visit):
    write(visit, State.REQUESTED)
    over = {"status": "done", "arrived_at": NOW, "exam_started_at": NOW, "exam_ended_at": NOW}
    Appointment.objects.filter(pk=visit.pk).update(**over)
    write(visit, version=1)
    assert open_task(visit) is None


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (State.NEEDED, dt.datetime(2026, 12, 8, 14, tzinfo=dt.UTC)),
        (State.REQUESTED, dt.datetime(2026, 12, 11, 14, tzinfo=dt.UTC)),  # the insurer has its time
        (State.DENIED, NOW + dt.timedelta(hours=1)),
    ],
)
def test_each_answer_is_work_by_its_own_day(visit, state, due):
    write(visit, state)
    assert open_task(visit).due_at == due


def test_corrected_to_the_order_it_is_asked_for_again_and_undone_it_is_not(visit):
    other = SidedExamFactory()
    OfferingFactory(exam=other, location=visit.location)
    for state, problem in ((State.NOT_NEEDED, Problem.NEEDED), (State.APPROVED, Problem.OTHER_EXAM)):
        found = write(visit, state, version=Authorization.objects.filter(appointment=visit).count())
        visit.refresh_from_db()
        corrected = correct_to_order(
            visit_id=visit.pk,
            exam=other,
            laterality="left",
            scanner_id=visit.scanner_id,
            starts_at=visit.starts_at,
            version=visit.version,
            now=NOW,
            by=DESK,
        )
        assert open_task(visit).reason == REASONS[problem]
        undo_change(visit_id=visit.pk, version=corrected.version, now=NOW, by=DESK)
        assert open_task(visit) is None
        assert Authorization.objects.get().state == found.state


def test_a_rule_that_is_written_later_is_followed_by_the_visits_to_come(visit, blue):
    paid = AppointmentFactory(scanner=visit.scanner, exam=visit.exam, starts_at=NINE_FORTY, paying="self")
    blue.delete()
    assert not follow_rules(now=NOW)
    assert not Authorization.objects.exists()
    aetna = PayerRule.objects.create(payer="Aetna", changed_at=NOW)
    follow_rules(now=NOW)
    assert open_task(visit).reason == REASONS[Problem.UNKNOWN]
    later = NOW + dt.timedelta(minutes=1)
    PayerRule.objects.create(payer="BCBS", is_needed=False, changed_at=later)
    for _ in range(2):
        follow_rules(now=later)
        assert open_task(visit) is None
    PayerRule.objects.filter(payer="BCBS").update(is_needed=True, changed_at=later + DAY)
    follow_rules(now=later + dt.timedelta(minutes=1))  # a clock that is ahead holds nothing up
    assert open_task(visit).reason == REASONS[Problem.NEEDED]
    PayerRule.objects.filter(pk=aetna.pk).delete()
    PayerRule.objects.all().delete()
    follow_rules(now=later)
    assert open_task(visit) is None
    assert not visits_to_decide(now=later).exists()
    assert not Authorization.objects.filter(appointment=paid).exists()


def move(visit, *, scanner=None, days=0, reason=""):
    visit.refresh_from_db()
    return place_visit(
        visit_id=visit.pk,
        scanner_id=(scanner or visit.scanner).pk,
        starts_at=visit.starts_at + days * DAY,
        version=visit.version,
        reason=reason,
        now=NOW,
        by=DESK,
    )


def test_a_move_out_of_what_was_approved_warns_and_opens_the_work_again(visit):
    write(visit, location=visit.location, valid_until=visit.starts_at.date())
    elsewhere = ScannerFactory(location=OpenLocationFactory())
    OfferingFactory(exam=visit.exam, location=elsewhere.location)
    for scanner, days, problem in ((elsewhere, 0, Problem.OTHER_LOCATION), (None, 1, Problem.ENDED)):
        with pytest.raises(Clashes) as refused:
            move(visit, scanner=scanner, days=days)
        (clash,) = refused.value.clashes
        assert (clash.kind, clash.approval.place) == (ClashKind.NOT_AUTHORIZED, visit.location.name)
        moved = move(visit, scanner=scanner, days=days, reason="They called the insurer")
        assert (open_task(visit).reason, moved.overbooked) == (REASONS[problem], False)
        undo_change(visit_id=visit.pk, version=moved.version, now=NOW, by=DESK)
        assert open_task(visit) is None


def test_the_list_has_what_is_open_and_says_what_is_to_move(visit):
    near = AppointmentFactory(
        scanner=visit.scanner,
        exam=visit.exam,
        starts_at=NINE_FORTY + DAY,  # Wednesday; today is Monday
        paying="insurance",
        insurance_plan="BCBS",
    )
    for one in (visit, near):
        write(one, State.REQUESTED)
    found = unsettled_at(visit.location, now=NOW)
    assert [(one.visit, one.is_to_move) for one in found] == [(near, True), (visit, False)]
    assert unsettled_at(OpenLocationFactory(), now=NOW) == []


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "approved", "number": ""}, "authorization_approved_has_number"),
        ({"state": "maybe"}, "authorization_state_known"),
        (
            {"valid_from": dt.date(2026, 12, 2), "valid_until": dt.date(2026, 12, 1)},
            "authorization_days_in_order",
        ),
    ],
)
def test_the_database_refuses_what_makes_no_sense(visit, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Authorization.objects.create(appointment=visit, changed_at=NOW, **fields)


def test_the_database_keeps_one_rule_of_a_kind(blue):
    with pytest.raises(IntegrityError, match="payer_rule_once"), transaction.atomic():
        PayerRule.objects.create(payer="Blue Cross")
    with pytest.raises(IntegrityError, match="payer_rule_lead_in_range"), transaction.atomic():
        PayerRule.objects.create(payer="Aetna", lead_days=61)
    with pytest.raises(IntegrityError, match="payer_rule_names_need_an_insurer"), transaction.atomic():
        PayerRule.objects.create(payer="", other_names="Aetna")
    assert Appointment.objects.count() == 0
