"""What answers before a time ask of scanners: in holds, in bookings, in moves, and when they change."""

import datetime as dt

import pytest

from scheduling.actions.answers import answer_screening
from scheduling.actions.booking import confirm_booking
from scheduling.actions.drafts import change_exam
from scheduling.actions.holds import place_hold
from scheduling.actions.moving import move_visit
from scheduling.exceptions import BookingNotOffered, NotAnOpening
from scheduling.models import Appointment, Draft
from scheduling.queries.access import hold_of_draft
from scheduling.queries.by_phone import ByPhone, by_phone
from scheduling.queries.drafts import digest_of
from scheduling.queries.wishes import needs_of_draft, wish_of
from scheduling.rules.needs import Needs
from scheduling.rules.screening import FormKind, Stage
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ScannerFactory
from tests.factories.safety import FIT_FORM, publish_safety
from tests.factories.scheduling import AppointmentFactory, ExamFactory, OfferingFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
SAFETY = FormKind.SAFETY
TIGHT = {"fit": ["tight"]}
HEAVY = {"fit": ["weight"], "weight": 400, "girth": 58}


@pytest.fixture
def narrow():
    """A center with a narrow scanner for 350 pounds."""
    publish_safety(FIT_FORM)
    return bookable(bore_cm=60, weight_limit_lb=350)


def wide_at(machine, **limits):
    return ScannerFactory(
        location=machine.location, **{"bore_cm": 70, "weight_limit_lb": 550, "girth_limit_in": 60, **limits}
    )


def answer(draft, answers, now=NOW):
    answer_screening(
        draft_id=draft.pk,
        kind=SAFETY,
        answers=answers,
        until=Stage.BEFORE_TIME,
        language="en",
        now=now,
        by=PATIENT,
    )
    return Draft.objects.get(pk=draft.pk)


def hold(draft, starts_at=NINE_FORTY):
    return place_hold(
        draft_id=draft.pk, location_id=draft.location_id, starts_at=starts_at, now=NOW, by=PATIENT
    )


def test_a_draft_without_answers_asks_for_nothing_special(narrow):
    assert needs_of_draft(ready_draft(*narrow)) == Needs()


def test_a_time_is_held_on_a_scanner_that_does_and_is_longer(narrow):
    machine, exam = narrow
    wide = wide_at(machine)
    draft = answer(ready_draft(machine, exam, starts_at=None), {**HEAVY, "fit": ["tight", "weight"]})

    held = hold(draft)

    assert held.scanner == wide
    assert held.ends_at - held.starts_at == 55 * MINUTE
    assert (held.weight_lb, held.girth_in, held.wide_bore, held.extra_minutes) == (400, 58, True, 15)


def test_the_time_shown_for_a_special_wish_is_the_time_that_is_held(narrow):
    machine, exam = narrow
    draft = answer(ready_draft(machine, exam, starts_at=None), TIGHT)

    with pytest.raises(BookingNotOffered):
        hold(draft)
    assert by_phone(draft, now=NOW) is ByPhone.NO_SCANNER


def test_a_held_time_is_taken_again_on_a_scanner_that_does(narrow):
    machine, exam = narrow
    wide = wide_at(machine)
    draft = ready_draft(machine, exam)
    before = hold(draft)
    assert before.scanner == machine

    answer(draft, TIGHT, now=NOW + MINUTE)

    after = hold_of_draft(draft, now=NOW + MINUTE)
    before.refresh_from_db()
    assert before.status == "expired"
    assert (after.scanner, after.starts_at, after.wide_bore) == (wide, NINE_FORTY, True)
    assert after.ends_at == NINE_FORTY + 55 * MINUTE


def test_answers_that_ask_for_the_same_renew_the_held_time(narrow):
    draft = ready_draft(*narrow)
    held = hold(draft)

    answer(draft, {"fit": ["none"]}, now=NOW + 5 * MINUTE)

    held.refresh_from_db()
    assert (held.status, held.held_until) == ("held", NOW + 15 * MINUTE)


def test_a_time_that_does_not_fit_any_more_is_let_go_and_the_center_stays(narrow):
    machine, exam = narrow
    wide = wide_at(machine)
    AppointmentFactory(scanner=wide, exam=exam, starts_at=NINE_FORTY)
    draft = ready_draft(machine, exam)
    hold(draft)

    draft = answer(draft, TIGHT)

    assert (draft.location, draft.starts_at) == (machine.location, None)
    assert hold_of_draft(draft, now=NOW) is None


def test_a_center_whose_scanners_cannot_do_it_is_let_go(narrow):
    machine, exam = narrow
    OfferingFactory(exam=exam, location=ScannerFactory(bore_cm=70).location)
    draft = ready_draft(machine, exam)
    hold(draft)

    draft = answer(draft, TIGHT)

    assert (draft.location, draft.starts_at, by_phone(draft, now=NOW)) == (None, None, None)
    assert hold_of_draft(draft, now=NOW) is None


def test_who_has_to_be_called_first_holds_no_time(narrow):
    draft = ready_draft(*narrow)
    hold(draft)

    draft = answer(draft, {"fit": ["pacemaker"]})

    assert hold_of_draft(draft, now=NOW) is None
    assert (draft.starts_at, by_phone(draft, now=NOW)) == (None, ByPhone.SAFETY)
    with pytest.raises(BookingNotOffered):
        hold(draft)
    assert Appointment.objects.filter(status="held").count() == 0


def test_700_pounds_are_a_call_and_not_an_error(narrow):
    machine, exam = narrow
    wide_at(machine)
    draft = answer(ready_draft(machine, exam), {"fit": ["weight"], "weight": 700})

    assert by_phone(draft, now=NOW) is ByPhone.NO_SCANNER


def test_an_exam_that_no_center_has_is_no_matter_of_size():
    publish_safety(FIT_FORM)
    draft = answer(ready_draft(ScannerFactory(), ExamFactory(has_sides=True)), HEAVY)

    assert by_phone(draft, now=NOW) is None


def test_the_visit_keeps_what_its_time_was_chosen_for_and_a_move_asks_for_it_again(narrow):
    machine, exam = narrow
    wide = wide_at(machine)
    draft = answer(ready_draft(machine, exam, starts_at=None), TIGHT)
    hold(draft)
    draft.refresh_from_db()
    visit = confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT).visit

    later = visit.starts_at + 60 * MINUTE
    moved = move_visit(
        visit_id=visit.pk,
        location_id=machine.location_id,
        starts_at=later,
        version=visit.version,
        now=NOW,
        by=PATIENT,
    )

    assert (moved.scanner, moved.ends_at - moved.starts_at) == (wide, 55 * MINUTE)
    wide.is_active = False
    wide.save()
    with pytest.raises(NotAnOpening):
        move_visit(
            visit_id=visit.pk,
            location_id=machine.location_id,
            starts_at=later + 60 * MINUTE,
            version=moved.version,
            now=NOW,
            by=PATIENT,
        )


def test_another_exam_keeps_what_was_answered_about_the_same_kind_of_scan(narrow):
    machine, exam = narrow
    wide_at(machine)
    other = ExamFactory(has_sides=True)
    OfferingFactory(exam=other, location=machine.location)
    draft = answer(ready_draft(machine, exam), TIGHT)

    change_exam(draft_id=draft.pk, answers={"exam": other}, now=NOW, by=PATIENT)

    draft = Draft.objects.get(pk=draft.pk)
    assert (wish_of(draft).exam_id, wish_of(draft).wide_bore) == (other.pk, True)


def test_the_limit_that_is_asked_about_is_the_smallest_of_scanners_in_use(narrow):
    machine, exam = narrow
    wide_at(machine)
    ScannerFactory(modality="CT", weight_limit_lb=200)
    ScannerFactory(weight_limit_lb=250, is_active=False)
    ScannerFactory(weight_limit_lb=250, location__is_active=False)
    draft = answer(ready_draft(machine, exam), {"fit": ["weight"], "weight": 351})

    assert draft.sheets.get().limits == {"ask_weight_over_lb": 350}
    assert needs_of_draft(draft).weight_lb == 351
    ScannerFactory(weight_limit_lb=300)
    assert needs_of_draft(answer(draft, {"weight": 320})).weight_lb == 320


def test_answers_are_judged_by_the_limits_they_were_asked_with(narrow):
    machine, exam = narrow
    wide_at(machine)
    draft = answer(ready_draft(machine, exam), {"fit": ["weight"], "weight": 320})
    assert needs_of_draft(draft).weight_lb is None

    ScannerFactory(weight_limit_lb=300)

    assert needs_of_draft(draft).weight_lb is None
