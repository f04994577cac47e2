import datetime as dt

import pytest

from scheduling.queries.machines import Wish
from scheduling.queries.placing import place_on
from scheduling.rules.clashes import ClashKind
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import ClosureFactory, OpeningHoursFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory, HoldFactory, OfferingFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
HOUR = 60 * MINUTE


def kinds(machine, exam, starts_at=NINE_FORTY, *, now=NOW, ignore=(), not_before=None, **wish):
    place = place_on(
        scanner=machine,
        wish=Wish(exam_id=exam.pk, **wish),
        starts_at=starts_at,
        ignore=ignore,
        not_before=not_before,
        now=now,
    )
    return [clash.kind for clash in place.clashes]


def test_a_free_time_has_nothing_against_it():
    machine, exam = bookable()
    place = place_on(scanner=machine, wish=Wish(exam_id=exam.pk), starts_at=NINE_FORTY, now=NOW)
    assert place.clashes == ()
    assert place.opening.ends_at == NINE_FORTY + 40 * MINUTE
    assert place.opening.occupied_until == NINE_FORTY + 45 * MINUTE


@pytest.mark.parametrize(
    ("minutes", "clashes"), [(-45, []), (-44, ["overlap"]), (0, ["overlap"]), (44, ["overlap"]), (45, [])]
)
def test_a_visit_clashes_as_long_as_it_takes_with_its_turnover(minutes, clashes):
    machine, exam = bookable()
    AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)
    assert kinds(machine, exam, NINE_FORTY + minutes * MINUTE) == clashes


def test_the_visit_itself_does_not_count():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY)
    assert kinds(machine, exam, NINE_FORTY + 10 * MINUTE, ignore={visit.pk}) == []


def test_somebody_is_just_booking_it_until_the_hold_is_over():
    machine, exam = bookable()
    HoldFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY, held_until=NOW + MINUTE)
    assert kinds(machine, exam) == [ClashKind.HOLD]
    assert kinds(machine, exam, now=NOW + MINUTE) == []


def test_closures_of_the_place_and_of_the_scanner():
    machine, exam = bookable()
    other = ScannerFactory(location=machine.location)
    ClosureFactory(location=machine.location, scanner=other, starts_at=NINE_FORTY, ends_at=NINE_FORTY + HOUR)
    assert kinds(machine, exam) == []
    ClosureFactory(
        location=machine.location, scanner=machine, starts_at=NINE_FORTY, ends_at=NINE_FORTY + HOUR
    )
    ClosureFactory(location=machine.location, starts_at=NINE_FORTY + 44 * MINUTE, ends_at=NINE_FORTY + HOUR)
    assert kinds(machine, exam) == [ClashKind.CLOSURE, ClashKind.CLOSURE]


def test_outside_the_hours():
    machine, exam = bookable()
    evening = NINE_FORTY + 9 * HOUR  # 18:40, and the doors close at 19:00
    assert kinds(machine, exam, evening) == [ClashKind.CLOSED]
    assert kinds(machine, exam, evening - 20 * MINUTE) == []


def test_turnover_that_has_to_end_before_closing():
    machine, exam = bookable()
    machine.location.turnover_inside_hours = True
    machine.location.save()
    assert kinds(machine, exam, NINE_FORTY + 8 * HOUR + 40 * MINUTE) == [ClashKind.CLOSED]


def test_contrast_without_a_physician():
    machine, _exam = bookable(has_contrast=True)
    exam = ExamFactory(contrast="with")
    OfferingFactory(exam=exam, location=machine.location)
    machine.location.opening_hours.filter(kind="contrast").update(opens=10 * 60)
    assert kinds(machine, exam) == [ClashKind.NO_CONTRAST]
    assert kinds(machine, exam, NINE_FORTY + HOUR) == []


def test_who_may_not_fit():
    machine, exam = bookable(weight_limit_lb=350)
    assert kinds(machine, exam, weight_lb=400) == [ClashKind.LIMITS]
    assert kinds(machine, exam, weight_lb=350) == []


def test_before_the_day_a_reviewer_allows():
    machine, exam = bookable()
    assert kinds(machine, exam, not_before=dt.date(2026, 12, 2)) == [ClashKind.EARLY]
    assert kinds(machine, exam, not_before=dt.date(2026, 12, 1)) == []


@pytest.mark.parametrize("fault", ["kind", "contrast", "not offered"])
def test_a_scanner_that_cannot_do_it_is_no_place(fault):
    machine, exam = bookable()
    if fault == "kind":
        machine = ScannerFactory(location=machine.location, modality="CT")
    elif fault == "contrast":
        exam = ExamFactory(contrast="with")
        OfferingFactory(exam=exam, location=machine.location)
    else:
        machine = ScannerFactory()
    assert place_on(scanner=machine, wish=Wish(exam_id=exam.pk), starts_at=NINE_FORTY, now=NOW) is None


def test_a_scanner_with_hours_of_its_own():
    machine, exam = bookable()
    OpeningHoursFactory(
        location=machine.location, scanner=machine, kind="open", weekday=1, opens=12 * 60, closes=14 * 60
    )
    assert kinds(machine, exam) == [ClashKind.CLOSED]
