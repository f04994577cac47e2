"""Other hours: whom they touch is seen first, then all of it is saved at once."""

import datetime as dt

import pytest

from locations.models import OpeningHours
from scheduling.actions.booking import confirm_booking
from scheduling.actions.changes import apply_plan, look_again, plan_hours
from scheduling.actions.fates import Chosen
from scheduling.actions.holds import place_hold
from scheduling.exceptions import PlanChanged
from scheduling.models import Appointment, AuditEvent, Fate, WaitlistEntry
from scheduling.queries.drafts import digest_of
from scheduling.queries.week import weeks_from
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ScannerFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = pytest.mark.django_db

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
MOVE, WAIT, CANCEL, KEEP = Fate.Choice.MOVE, Fate.Choice.WAIT, Fate.Choice.CANCEL, Fate.Choice.KEEP
TODAY, VISIT_DAY = dt.date(2026, 11, 30), dt.date(2026, 12, 1)  # a Monday; the day of NINE_FORTY
Kind = OpeningHours.Kind
FIVE_PM = NINE_FORTY + 440 * MINUTE
UNTIL_FIVE = (7 * 60, 17 * 60)
ALL_DAY = (7 * 60, 19 * 60)


@pytest.fixture
def machine():
    machine, exam = bookable(name="MRI 1", has_contrast=True)
    machine.exam, machine.user = exam, UserFactory()
    return machine


def visit_at(machine, starts_at, name="Ana", **fields):
    return AppointmentFactory(
        scanner=machine,
        exam=machine.exam,
        laterality="left",
        patient=PatientFactory(given_name=name),
        starts_at=starts_at,
        email=f"{name.lower()}@example.com",
        **fields,
    )


def weeks(*spans, **kinds):
    every = tuple(spans for _ in range(7))
    return {kind: kinds.get(kind.value, every) for kind in Kind}


def plan(machine, wanted, *, first=TODAY, until=None, scanner=False, now=NOW):
    return plan_hours(
        location=machine.location,
        scanner=machine if scanner else None,
        first_day=first,
        until=until,
        weeks=wanted,
        user=machine.user,
        now=now,
        by=Actor.staff(machine.user.pk),
    )


def do(made, choice=None, *, now=NOW):
    chosen = {
        fate.appointment_id: Chosen(Fate.Choice(choice or fate.choice), "agreed with the radiologist")
        for fate in made.fates.all()
    }
    return apply_plan(plan_id=made.pk, chosen=chosen, now=now, by=Actor.staff(made.made_by_id))


def touched(made):
    return {str(fate.appointment.patient.given_name) for fate in made.fates.all()}


def hours(machine, kind=Kind.OPEN, day=VISIT_DAY, scanner=False):
    week = weeks_from(machine.location, machine if scanner else None, day)[kind]
    return week and week[day.weekday()]


def test_exactly_the_three_visits_after_closing_are_touched_and_moved(machine):
    visit_at(machine, NINE_FORTY, "Early")
    visit_at(machine, FIVE_PM - 40 * MINUTE, "Inside")  # ends as the center closes, cleaned after it
    for number, name in enumerate(("One", "Two", "Three")):
        visit_at(machine, FIVE_PM - 40 * MINUTE + (number + 1) * 45 * MINUTE, name)
    made = plan(machine, weeks(UNTIL_FIVE))
    assert touched(made) == {"One", "Two", "Three"}
    assert hours(machine) == (ALL_DAY,)

    do(made)
    assert hours(machine) == (UNTIL_FIVE,)
    moved = Appointment.objects.filter(status="booked").exclude(patient__given_name__in=("Early", "Inside"))
    assert moved.count() == 3
    assert all(visit.ends_at <= FIVE_PM or visit.starts_at > NINE_FORTY + DAY / 2 for visit in moved)
    changed = AuditEvent.objects.get(event=AuditEvent.Event.HOURS_CHANGED)
    assert (changed.after["touched"], changed.after["first_day"]) == (3, "2026-11-30")


def test_a_closed_day_with_eleven_visits_keeps_waits_and_cancels(machine):
    for number in range(11):
        visit_at(machine, NINE_FORTY - 160 * MINUTE + number * 45 * MINUTE, f"P{number}")
    visit_at(machine, NINE_FORTY + DAY, "Next day")
    week = tuple(() if weekday == VISIT_DAY.weekday() else (ALL_DAY,) for weekday in range(7))
    made = plan(machine, dict.fromkeys(Kind, week))
    assert touched(made) == {f"P{number}" for number in range(11)}

    fates = list(made.fates.order_by("was_at"))
    choices = [MOVE] * 5 + [WAIT] * 3 + [CANCEL] * 2 + [KEEP]
    chosen = {
        fate.appointment_id: Chosen(choice, "no other day is possible")
        for fate, choice in zip(fates, choices, strict=True)
    }
    apply_plan(plan_id=made.pk, chosen=chosen, now=NOW, by=Actor.staff(machine.user.pk))
    booked = Appointment.objects.filter(status="booked", starts_at__date=VISIT_DAY)
    assert [visit.overbook_reason for visit in booked] == ["no other day is possible"]
    assert Appointment.objects.filter(status="canceled").count() == 5
    assert WaitlistEntry.objects.count() == 3
    assert Appointment.objects.filter(status="booked").count() == 7


def test_who_books_in_between_is_caught_and_seen_when_looked_at_again(machine):
    made = plan(machine, weeks(UNTIL_FIVE))
    assert touched(made) == set()
    draft = ready_draft(machine, machine.exam, starts_at=FIVE_PM + 20 * MINUTE)
    place_hold(
        draft_id=draft.pk, location_id=machine.location_id, starts_at=draft.starts_at, now=NOW, by=PATIENT
    )
    draft.refresh_from_db()
    confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT)
    with pytest.raises(PlanChanged):
        do(made)
    assert hours(machine) == (ALL_DAY,)
    again = look_again(plan_id=made.pk, now=NOW, by=Actor.staff(machine.user.pk))
    assert again.fates.count() == 1
    do(again)
    assert hours(machine) == (UNTIL_FIVE,)


def test_what_lay_outside_before_is_not_touched(machine):
    visit_at(machine, FIVE_PM + 180 * MINUTE, "Late")  # put there on purpose
    assert touched(plan(machine, weeks(UNTIL_FIVE))) == set()


def test_contrast_and_doors_count_too(machine):
    visit_at(machine, NINE_FORTY, "Plain")
    visit_at(machine, NINE_FORTY + 45 * MINUTE, "Unsure", contrast_answer="not_sure")
    no_physician = weeks(ALL_DAY, contrast=tuple(() for _ in range(7)))
    assert touched(plan(machine, no_physician)) == {"Unsure"}
    doors_later = weeks(ALL_DAY, doors=tuple(((590, 1140),) for _ in range(7)))
    assert touched(plan(machine, doors_later)) == {"Plain"}


def test_a_change_for_some_days_leaves_the_days_after_as_they_were(machine):
    visit_at(machine, FIVE_PM, "That day")
    visit_at(machine, FIVE_PM + 7 * DAY, "A week later")
    made = plan(machine, weeks(UNTIL_FIVE), first=VISIT_DAY, until=VISIT_DAY + DAY)
    assert touched(made) == {"That day"}
    do(made)
    days = (VISIT_DAY - DAY, VISIT_DAY, VISIT_DAY + DAY, VISIT_DAY + 7 * DAY)
    assert [hours(machine, day=day)[0] for day in days] == [ALL_DAY, UNTIL_FIVE, ALL_DAY, ALL_DAY]


def test_a_scanner_gets_hours_of_its_own_and_follows_its_location_again(machine):
    other = ScannerFactory(location=machine.location, name="MRI 2")
    other.exam = machine.exam
    visit_at(machine, FIVE_PM, "Own")
    visit_at(other, FIVE_PM, "Other")
    wanted = {**dict.fromkeys(Kind, None), Kind.OPEN: tuple((UNTIL_FIVE,) for _ in range(7))}
    made = plan(machine, wanted, first=VISIT_DAY, scanner=True)
    assert touched(made) == {"Own"}
    do(made)
    assert hours(machine, scanner=True) == (UNTIL_FIVE,)
    assert hours(machine, day=VISIT_DAY - DAY, scanner=True) == (ALL_DAY,)
    assert hours(machine) == (ALL_DAY,)

    do(plan(machine, dict.fromkeys(Kind), scanner=True))
    assert hours(machine, scanner=True) is None


def test_what_stands_already_is_not_written_again(machine):
    before = set(OpeningHours.objects.values_list("pk", flat=True))
    week = tuple((UNTIL_FIVE if weekday == 4 else ALL_DAY,) for weekday in range(7))
    do(plan(machine, {**weeks(ALL_DAY), Kind.OPEN: week}))
    after = OpeningHours.objects.filter(location=machine.location)
    assert len(before & set(after.values_list("pk", flat=True))) == 3 * 7 - 1
    assert after.filter(kind="open", weekday=4).count() == 2  # until yesterday, and from today on
