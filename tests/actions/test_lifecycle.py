"""Every action of a booking's life in any order, with the invariants checked after each.

A step that is refused must have changed nothing, and must have had a reason. The world is two centers
with three scanners, open from eight to noon, so that visits meet. `--long` for more and longer lives.
"""

import datetime as dt
import logging
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from locations.models import Closure, OpeningHours, Scanner
from scheduling.actions import booking, canceling, delivery, drafts, holds, moving
from scheduling.exceptions import (
    AlreadyBooked,
    BookingError,
    DraftChanged,
    DraftIncomplete,
    EditConflict,
    IllegalMove,
    NoMoreExtensions,
    NotAnOpening,
    PatientBusy,
    SlotTaken,
    TooLate,
    TooManyTries,
    TooManyVisits,
)
from scheduling.models import Appointment, AuditEvent, Draft, Exam, Message, Task
from scheduling.models.appointments import IDENTIFIERS
from scheduling.queries.drafts import digest_of
from scheduling.queries.openings import find_openings
from scheduling.rules.actors import Actor
from tests.factories.locations import LocationFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory, PatientFactory, SidedExamFactory
from tests.invariants import OCCUPYING, check_everything

pytestmark = pytest.mark.django_db
BEGINS = dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC)  # Monday, 9 am in Austin
AUSTIN = ZoneInfo("America/Chicago")
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
OPENS, CLOSES = 8 * 60, 12 * 60
NOTICE = 120 * MINUTE
COMING_VISITS = 3  # of one patient
PATIENT, DESK = Actor.patient("life"), Actor.staff(7)
NUMBERS = st.integers(0, 10_000)  # which of those that exist, modulo their number
ACTORS = st.sampled_from([PATIENT, DESK])


class World:
    def __init__(self) -> None:
        self.exam: Exam = SidedExamFactory()
        self.scanners: list[Scanner] = []
        for machines in (2, 1):
            location = LocationFactory(horizon_days=5, future_visits_limit=COMING_VISITS)
            OfferingFactory(exam=self.exam, location=location)
            OpeningHours.objects.bulk_create(
                OpeningHours(location=location, kind=kind, weekday=weekday, opens=OPENS, closes=CLOSES)
                for kind in OpeningHours.Kind.values
                for weekday in OpeningHours.Weekday.values
            )
            self.scanners += ScannerFactory.create_batch(machines, location=location)
        self.location_ids = sorted({scanner.location_id for scanner in self.scanners})


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Appointment, Draft, Message, Task, AuditEvent)
    }


class Life(RuleBasedStateMachine):
    world: World
    reached: Counter[str]

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.savepoint()
        self.now = BEGINS
        self.identifiers: dict[int, tuple[Any, ...]] = {}
        self.sequences: dict[int, int] = {}
        self.events: list[tuple[int, str]] = []
        self.delivered: set[tuple[int, str, int]] = set()
        for visitor, name in enumerate(["Ana", "Ben", "Ana"]):
            self.new_draft(name, str(visitor), email=True)

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.savepoint_rollback(self.savepoint)

    # --- what there is to choose from

    def a_draft(self, number: int) -> Draft:
        found = list(Draft.objects.order_by("created_at", "pk"))
        return found[number % len(found)]

    def a_holder(self, number: int) -> Draft:
        """A draft with a live hold, if there is one."""
        holding = Draft.objects.filter(appointments__status="held", appointments__held_until__gt=self.now)
        found = list(holding.order_by("created_at", "pk"))
        return found[number % len(found)] if found else self.a_draft(number)

    def a_visit(self, number: int) -> Appointment:
        found = list(Appointment.objects.exclude(status__in=["held", "expired"]).order_by("pk"))
        return found[number % len(found)]

    def a_time(self, days: int, minutes: int) -> dt.datetime:
        """Minutes after opening, on the local wall clock."""
        day = (self.now.astimezone(AUSTIN) + days * DAY).date()
        return dt.datetime.combine(day, dt.time(8), tzinfo=AUSTIN).astimezone(dt.UTC) + minutes * MINUTE

    def has_draft(self) -> bool:
        return Draft.objects.exists()

    def has_visit(self) -> bool:
        return Appointment.objects.exclude(status__in=["held", "expired"]).exists()

    def attempt(self, action: Callable[[], Any], *refusals: type[BookingError]) -> Any:
        """The action's answer, or the refusal that it raised; a refusal has changed nothing."""
        before = everything()
        try:
            answer = action()
        except refusals as refusal:
            answer = refusal
        name = sys._getframe(1).f_code.co_name
        if isinstance(answer, BookingError):
            assert everything() == before, f"{answer!r} left something behind"
            name = type(answer).__name__
        self.reached[name] += 1
        return answer

    # --- what stands in the way, judged without the code under test

    def blockers(self, scanner_id: int, start: dt.datetime, end: dt.datetime, *, but: int) -> list[str]:
        found = [
            f"{row.status} {row.pk}"
            for row in Appointment.objects.filter(
                scanner_id=scanner_id, status__in=OCCUPYING, starts_at__lt=end, occupied_until__gt=start
            ).exclude(pk=but)
            if row.held_until is None or row.held_until > self.now
        ]
        scan_ends = end - 5 * MINUTE
        closures = Closure.objects.filter(
            location__scanners=scanner_id, starts_at__lt=scan_ends, ends_at__gt=start
        )
        found += [f"closure {row.pk}" for row in closures if row.scanner_id in (None, scanner_id)]
        return found

    def check_place(self, row: Appointment, *, notice: dt.timedelta = NOTICE) -> None:
        """The row stands where a page could have offered it."""
        wall, ends = row.starts_at.astimezone(AUSTIN), row.ends_at.astimezone(AUSTIN)
        assert wall.hour * 60 + wall.minute >= OPENS
        assert ends.hour * 60 + ends.minute <= CLOSES
        assert (wall.date(), wall.minute % 5, wall.second) == (ends.date(), 0, 0)
        assert row.ends_at - row.starts_at == (75 if row.laterality == "both" else 40) * MINUTE
        assert row.occupied_until - row.ends_at == 5 * MINUTE
        assert self.now + notice <= row.starts_at
        assert self.blockers(row.scanner_id, row.starts_at, row.occupied_until, but=row.pk) == []

    # --- the patient

    @rule(name=st.sampled_from(["Ana", "Ben", "Cleo"]), visitor=st.sampled_from("12345"), email=st.booleans())
    def start_draft(self, name: str, visitor: str, email: bool) -> None:
        self.new_draft(name, visitor, email)

    def new_draft(self, name: str, visitor: str, email: bool) -> Draft:
        exam_answers = {"exam": self.world.exam, "laterality": "left", "order_status": "have_it"}
        draft = drafts.start_draft(visitor=visitor, language="en", answers=exam_answers, now=self.now)
        answers = {
            "given_name": name,
            "birth_date": dt.date(1980, 5, 17),
            "by_email": email,
            "by_call": not email,
            "email": f"{name.lower()}@example.com" if email else "",
            "phone": "+15125550147",
        }
        return drafts.save_answers(draft_id=draft.pk, answers=answers, now=self.now)

    @precondition(has_draft)
    @rule(number=NUMBERS, which=NUMBERS, place=st.integers(0, 1))
    def hold_an_offered_time(self, number: int, which: int, place: int) -> None:
        """What the page offers can be had."""
        self.hold_one_of_the_offered(self.a_draft(number), which, self.world.location_ids[place])

    def hold_one_of_the_offered(self, draft: Draft, which: int, location_id: int) -> None:
        today = self.now.astimezone(AUSTIN).date()
        offered = find_openings(
            wish=holds.wish_of(draft),
            location_id=location_id,
            first=today,
            last=today + 2 * DAY,
            now=self.now,
        )
        if offered:
            self.hold(draft, location_id, offered[which % len(offered)].starts_at, AlreadyBooked)

    @precondition(has_draft)
    @rule(
        number=NUMBERS,
        place=st.integers(0, 1),
        days=st.integers(-1, 6),
        minutes=st.integers(-12, 60).map(lambda n: n * 5),
    )
    def hold_a_raw_time(self, number: int, place: int, days: int, minutes: int) -> None:
        draft, location_id = self.a_draft(number), self.world.location_ids[place]
        self.hold(draft, location_id, self.a_time(days, minutes), AlreadyBooked, NotAnOpening, SlotTaken)

    @precondition(has_draft)
    @rule(number=NUMBERS, minutes=st.integers(1, 200).filter(lambda n: n % 5))
    def hold_off_the_grid(self, number: int, minutes: int) -> None:
        draft, place = self.a_draft(number), self.world.location_ids[0]
        refusal = self.attempt(
            lambda: self.place(draft, place, self.a_time(1, minutes)), AlreadyBooked, NotAnOpening
        )
        assert isinstance(refusal, BookingError)

    def hold(self, draft: Draft, place: int, starts_at: dt.datetime, *refusals: type[BookingError]) -> None:
        was_visit = draft.appointments.exclude(status__in=["held", "expired"]).exists()
        held = self.attempt(lambda: self.place(draft, place, starts_at), *refusals)
        assert isinstance(held, AlreadyBooked) == was_visit
        if isinstance(held, SlotTaken):
            machines = [one.pk for one in self.world.scanners if one.location_id == place]
            long = (80 if draft.laterality == "both" else 45) * MINUTE
            assert all(self.blockers(pk, starts_at, starts_at + long, but=0) for pk in machines)
        elif isinstance(held, Appointment):
            # an own hold that is live already keeps its notice from when it began
            self.check_place(held, notice=held.starts_at - self.now if held.created_at < self.now else NOTICE)
            of_visitor = Appointment.objects.filter(draft__visitor=draft.visitor, status="held")
            assert [hold.pk for hold in of_visitor] == [held.pk]

    def place(self, draft: Draft, location_id: int, starts_at: dt.datetime) -> Appointment:
        return holds.place_hold(
            draft_id=draft.pk, location_id=location_id, starts_at=starts_at, now=self.now, by=PATIENT
        )

    @precondition(has_draft)
    @rule(number=NUMBERS)
    def extend(self, number: int) -> None:
        draft = self.a_holder(number)
        held = self.attempt(
            lambda: holds.extend_hold(draft_id=draft.pk, now=self.now, by=PATIENT), NoMoreExtensions
        )
        if isinstance(held, Appointment):
            assert held.held_until == self.now + 10 * MINUTE
        elif held is None:
            assert not draft.appointments.filter(status="held", held_until__gt=self.now).exists()

    @precondition(has_draft)
    @rule(number=NUMBERS)
    def renew(self, number: int) -> None:
        held = holds.renew_hold(draft_id=self.a_holder(number).pk, now=self.now)
        assert held is None or held.held_until <= held.created_at + 110 * MINUTE

    @precondition(has_draft)
    @rule(number=NUMBERS, side=st.sampled_from(["left", "right", "both"]))
    def change_side(self, number: int, side: str) -> None:
        draft = self.a_holder(number)
        self.attempt(
            lambda: drafts.change_exam(
                draft_id=draft.pk, answers={"laterality": side}, now=self.now, by=PATIENT
            ),
            AlreadyBooked,
        )
        assert (
            not draft.appointments.filter(status="held", held_until__gt=self.now)
            .exclude(laterality=side)
            .exists()
        )

    @precondition(has_draft)
    @rule(number=NUMBERS, times=st.integers(1, 2))
    def confirm(self, number: int, times: int) -> None:
        self.finish(self.a_holder(number), times)

    def finish(self, draft: Draft, times: int) -> None:
        digest = draft.booked_digest or digest_of(draft)
        first = self.attempt(
            lambda: self.book(draft, digest),
            DraftIncomplete,
            NotAnOpening,
            SlotTaken,
            PatientBusy,
            TooManyVisits,
        )
        if isinstance(first, BookingError):
            assert self.may_refuse(draft, first)
            return
        if first.is_new:
            assert first.visit.starts_at == draft.starts_at
        for _ in range(times - 1):
            again = self.book(draft, digest)
            assert (again.visit.pk, again.is_new) == (first.visit.pk, False)

    def book(self, draft: Draft, digest: str) -> booking.Confirmation:
        return booking.confirm_booking(draft_id=draft.pk, digest=digest, now=self.now, by=PATIENT)

    def may_refuse(self, draft: Draft, refusal: BookingError) -> bool:
        """A live hold on a time that still stands is always booked, unless the patient is elsewhere then."""
        live = draft.appointments.filter(status="held", held_until__gt=self.now).first()
        if isinstance(refusal, TooManyVisits):
            theirs = Appointment.objects.filter(patient__given_name=draft.given_name)
            return theirs.filter(status="booked", starts_at__gt=self.now).count() >= COMING_VISITS
        if isinstance(refusal, PatientBusy):
            busy = Appointment.objects.filter(patient__given_name=draft.given_name, overlap_reason="")
            ends_at = draft.starts_at + (75 if draft.laterality == "both" else 40) * MINUTE
            return busy.filter(status="booked", starts_at__lt=ends_at, ends_at__gt=draft.starts_at).exists()
        if live is None:
            return True
        return bool(self.blockers(live.scanner_id, live.starts_at, live.occupied_until, but=live.pk))

    @precondition(has_draft)
    @rule(number=NUMBERS)
    def confirm_what_was_shown_before(self, number: int) -> None:
        draft = self.a_draft(number)
        refusal = self.attempt(lambda: self.book(draft, "0" * 64), DraftChanged, AlreadyBooked)
        assert isinstance(refusal, AlreadyBooked if draft.booked_digest else DraftChanged)

    @precondition(has_draft)
    @rule(number=NUMBERS)
    def clear(self, number: int) -> None:
        draft_id = self.a_draft(number).pk
        self.attempt(lambda: drafts.clear_draft(draft_id=draft_id, now=self.now, by=PATIENT), AlreadyBooked)

    @rule(which=NUMBERS, name=st.sampled_from(["Dee", "Eve"]), email=st.booleans())
    def book_an_offered_time(self, which: int, name: str, email: bool) -> None:
        """The straight way, so that there are visits to meet."""
        draft = self.new_draft(name, "straight", email)
        self.hold_one_of_the_offered(draft, which, self.world.location_ids[0])
        draft.refresh_from_db()
        self.finish(draft, times=1)

    # --- patient or desk

    @precondition(has_visit)
    @rule(number=NUMBERS, by=ACTORS)
    def cancel(self, number: int, by: Actor) -> None:
        visit = self.a_visit(number)
        answer = self.attempt(
            lambda: canceling.cancel_visit(visit_id=visit.pk, reason="", now=self.now, by=by), TooLate
        )
        if isinstance(answer, TooLate):
            assert by is PATIENT
            assert self.now >= visit.starts_at
        else:
            assert answer.status == "canceled"

    @precondition(has_visit)
    @rule(
        number=NUMBERS,
        place=st.integers(0, 1),
        days=st.integers(0, 3),
        minutes=st.integers(0, 44).map(lambda n: n * 5),
        stale=st.booleans(),
        by=ACTORS,
    )
    def move(self, number: int, place: int, days: int, minutes: int, stale: bool, by: Actor) -> None:
        visit, starts_at = self.a_visit(number), self.a_time(days, minutes)
        answer = self.attempt(
            lambda: moving.move_visit(
                visit_id=visit.pk,
                location_id=self.world.location_ids[place],
                starts_at=starts_at,
                version=visit.version - stale,
                now=self.now,
                by=by,
            ),
            EditConflict,
            IllegalMove,
            TooLate,
            NotAnOpening,
            SlotTaken,
            PatientBusy,
            TooManyTries,
        )
        is_there = visit.starts_at == starts_at and visit.location.pk == self.world.location_ids[place]
        if visit.status == "booked" and is_there:
            assert answer.ical_sequence == visit.ical_sequence
            return
        assert isinstance(answer, EditConflict) == stale
        if isinstance(answer, Appointment):
            assert (answer.pk, answer.starts_at) == (visit.pk, starts_at)
            self.check_place(answer)

    @precondition(has_visit)
    @rule(number=NUMBERS)
    def take_back(self, number: int) -> None:
        visit = self.a_visit(number)
        answer = self.attempt(
            lambda: canceling.take_back(visit_id=visit.pk, now=self.now, by=PATIENT),
            IllegalMove,
            TooLate,
            SlotTaken,
            PatientBusy,
            TooManyVisits,
            TooManyTries,
        )
        if visit.status == "booked":
            assert answer.ical_sequence == visit.ical_sequence
            return
        assert isinstance(answer, IllegalMove) == visit.canceled_by.startswith("staff")
        if isinstance(answer, TooLate):
            assert self.now >= visit.starts_at
        elif isinstance(answer, SlotTaken):
            machines = [one.pk for one in self.world.scanners if one.location_id == visit.scanner.location_id]
            ends = visit.ends_at.astimezone(AUSTIN)
            assert ends.hour * 60 + ends.minute > CLOSES or all(
                self.blockers(pk, visit.starts_at, visit.occupied_until, but=visit.pk) for pk in machines
            )
        elif isinstance(answer, Appointment):
            assert (answer.pk, answer.starts_at, answer.status) == (visit.pk, visit.starts_at, "booked")
            self.check_place(answer, notice=MINUTE)

    # --- the desk, the clock and the processes

    @rule(which=st.integers(0, 2), whole=st.booleans(), days=st.integers(0, 3), hour=st.integers(0, 3))
    def close(self, which: int, whole: bool, days: int, hour: int) -> None:
        """Also over times that are held or booked: those stay and are the desk's to call."""
        scanner, starts_at = self.world.scanners[which], self.a_time(days, hour * 60)
        Closure.objects.create(
            location_id=scanner.location_id,
            scanner=None if whole else scanner,
            kind=Closure.Kind.HOLIDAY,
            starts_at=starts_at,
            ends_at=starts_at + 60 * MINUTE,
        )

    @rule(which=st.integers(0, 2), days=st.integers(0, 3), minutes=st.integers(0, 40).map(lambda n: n * 5))
    def overbook(self, which: int, days: int, minutes: int) -> None:
        AppointmentFactory(
            scanner=self.world.scanners[which],
            exam=self.world.exam,
            patient=PatientFactory(given_name=f"Desk {Appointment.objects.count()}"),
            starts_at=self.a_time(days, minutes),
            overbooked=True,
            overbook_reason="Stroke work-up",
            by_email=False,
            created_at=self.now,
        )

    @rule(minutes=st.sampled_from([1, 4, 9, 11, 60, 180, 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule()
    def sweep_dead_holds(self) -> None:
        dead = Appointment.objects.filter(status="held", held_until__lte=self.now).count()
        assert holds.expire_dead_holds(now=self.now) == dead
        assert not Appointment.objects.filter(status="held", held_until__lte=self.now).exists()

    @rule(days=st.integers(0, 2))
    def purge_drafts(self, days: int) -> None:
        kept = Appointment.objects.exclude(status="expired").values_list("pk", flat=True)
        before = set(kept)
        drafts.purge_old_drafts(days=days, now=self.now)
        assert set(kept) == before

    @rule(outcome=st.sampled_from(["taken", "taken", "later", "refused", "broken"]))
    def deliver(self, outcome: str) -> None:
        def send(message: Message) -> None:
            visit = Appointment.objects.get(pk=message.appointment_id)
            assert message.ical_sequence == visit.ical_sequence
            assert visit.status == ("canceled" if message.kind == "canceled" else "booked")
            if message.kind != "canceled":
                assert self.now < visit.starts_at
            if outcome == "later":
                raise delivery.TryLater("busy")
            if outcome == "refused":
                raise delivery.Refused("no such person")
            if outcome == "broken":
                raise ValueError(outcome)
            key = (visit.pk, message.kind, message.ical_sequence)
            assert key not in self.delivered
            self.delivered.add(key)

        delivery.deliver_due(send=send, now=self.now)
        assert not Message.objects.filter(status="pending", due_at__lte=self.now).exists()

    # --- always

    @invariant()
    def everything_holds(self) -> None:
        check_everything()

    @invariant()
    def what_was_given_stays(self) -> None:
        for row in Appointment.objects.exclude(status__in=["held", "expired"]):
            given = tuple(getattr(row, name) for name in IDENTIFIERS)
            assert self.identifiers.setdefault(row.pk, given) == given
            assert self.sequences.get(row.pk, 0) <= row.ical_sequence
            self.sequences[row.pk] = row.ical_sequence
        assert self.identifiers.keys() <= set(Appointment.objects.values_list("pk", flat=True))
        events = list(AuditEvent.objects.order_by("pk").values_list("pk", "event"))
        assert events[: len(self.events)] == self.events
        self.events = events


def test_any_order_of_steps_keeps_every_invariant(is_long: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="scheduling")  # broken messages are logged, and meant to be

    class LifeHere(Life):
        world = World()
        reached: Counter[str] = Counter()

    lives, steps = (150, 50) if is_long else (15, 30)
    run_state_machine_as_test(LifeHere, settings=settings(max_examples=lives, stateful_step_count=steps))
    print(f"lives {lives}: {dict(LifeHere.reached)}")
