"""Patients and the desk do everything at once; afterwards the tables must tell one true story.

Every reply is written down: what was acknowledged must be there, what was refused must not, and no two
visits overlap. Threads call the actions, each on a connection of its own. `--long`: 32 threads, a
minute, ten seeds.
"""

import datetime as dt
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from locations.models import Closure, Location, Scanner
from scheduling.actions import (
    arrivals,
    booking,
    canceling,
    changes,
    closures,
    delivery,
    desk_moves,
    holds,
    moving,
    swapping,
    undoing,
)
from scheduling.actions.fates import Chosen
from scheduling.exceptions import BookingError, PlanChanged
from scheduling.models import Appointment, Draft, Fate, Message
from scheduling.models.appointments import IDENTIFIERS
from scheduling.queries.drafts import digest_of
from scheduling.queries.history import last_undoable, moved_together
from scheduling.queries.openings import Wish, find_openings
from scheduling.rules.actors import Actor
from tests.concurrency.at_the_desk import (
    AtTheDesk,
    FrontDesk,
    check_queue,
    check_records,
    front_desk_of,
)
from tests.factories.journey import bookable, ready_draft
from tests.factories.locations import ScannerFactory
from tests.invariants import check_everything

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
DESK = Actor.staff(7)
TIMES = 12  # few enough that everyone meets someone


@dataclass
class Journal:
    """What the actions answered. One for all threads: list and dict writes are atomic."""

    booked: dict[UUID, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    changed: dict[tuple[int, int], str] = field(default_factory=dict)  # visit and sequence: its status then
    along: list[int] = field(default_factory=list)  # moved with others and not answered, once for each time
    done: list[str] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)
    sent: list[tuple[int, str, int]] = field(default_factory=list)


@dataclass
class Person(AtTheDesk):
    """One thread's hand: does one random thing at a time."""

    chance: random.Random
    drafts: list[UUID]
    location_id: int
    times: list[dt.datetime]
    journal: Journal
    scanners: list[int]
    desk: FrontDesk

    def do_something(self) -> None:
        by_patients = [self.hold, self.book, self.book, self.cancel, self.take_back, self.move]
        comes = [*[self.arrive] * 3, *[self.step_back] * 4]
        at_the_desk = [self.place, self.place, self.swap, self.swap, self.undo, *comes, self.close]
        by_phone = [self.hold_by_phone, self.hold_by_phone, self.finish_later]
        at_the_desk += [*by_phone, self.run_behind, self.run_behind, self.correct, self.merge, self.separate]
        at_the_desk += [self.take_in, self.put_back, self.leave]
        step = self.chance.choice([*by_patients, *at_the_desk, self.deliver])
        try:
            step()
        except BookingError as refusal:
            self.journal.done.append(type(refusal).__name__)
        else:
            self.journal.done.append(step.__name__)

    def now(self) -> dt.datetime:
        """Holds end while this goes on: some clocks are eleven minutes ahead."""
        return timezone.now() + dt.timedelta(minutes=self.chance.choice([0, 0, 0, 11]))

    def hold(self) -> None:
        holds.place_hold(
            draft_id=self.chance.choice(self.drafts),
            location_id=self.location_id,
            starts_at=self.chance.choice(self.times),
            now=self.now(),
            by=Actor.patient("any"),
        )

    def book(self) -> None:
        draft = Draft.objects.get(pk=self.chance.choice(self.drafts))
        answer = booking.confirm_booking(
            draft_id=draft.pk,
            digest=draft.booked_digest or digest_of(draft),
            now=self.now(),
            by=Actor.patient("any"),
        )
        told = (answer.visit.pk, tuple(getattr(answer.visit, name) for name in IDENTIFIERS))
        assert self.journal.booked.setdefault(draft.pk, told) == told

    def cancel(self) -> None:
        visit_id = self.a_visit()
        if visit_id:
            by = self.chance.choice([DESK, Actor.patient("any")])
            self.note(canceling.cancel_visit(visit_id=visit_id, reason="", now=self.now(), by=by))

    def take_back(self) -> None:
        visit_id = self.a_visit()
        if visit_id:
            self.note(canceling.take_back(visit_id=visit_id, now=self.now(), by=Actor.patient("any")))

    def move(self) -> None:
        visit_id = self.a_visit()
        if visit_id:
            moved = moving.move_visit(
                visit_id=visit_id,
                location_id=self.location_id,
                starts_at=self.chance.choice(self.times),
                version=Appointment.objects.get(pk=visit_id).version,
                now=self.now(),
                by=DESK,
            )
            self.note(moved)

    def place(self) -> None:
        """Anywhere, on top of others with a reason."""
        visit_id = self.a_visit()
        if visit_id:
            placed = desk_moves.place_visit(
                visit_id=visit_id,
                scanner_id=self.chance.choice(self.scanners),
                starts_at=self.chance.choice(self.times)
                + dt.timedelta(minutes=self.chance.choice([0, 0, 5])),
                version=Appointment.objects.get(pk=visit_id).version,
                reason=self.chance.choice(["", "", "urgent"]),
                now=self.now(),
                by=DESK,
            )
            self.note(placed)

    def swap(self) -> None:
        one, other = self.a_visit(), self.a_visit()
        if one and other:
            rows = Appointment.objects.in_bulk({one, other})
            swapped = swapping.swap_visits(
                visit_id=one,
                other_id=other,
                versions={pk: row.version for pk, row in rows.items()},
                reason=self.chance.choice(["", "urgent"]),
                now=self.now(),
                by=DESK,
            )
            for visit in swapped:
                self.note(visit)

    def undo(self) -> None:
        visit_id = self.a_visit()
        if visit_id:
            visit, now = Appointment.objects.get(pk=visit_id), self.now()
            change = last_undoable(visit, now=now)
            self.note(undoing.undo_change(visit_id=visit_id, version=visit.version, now=now, by=DESK))
            if change is not None:
                self.journal.along += moved_together(change)

    def arrive(self) -> None:
        visit_id = self.a_visit()
        if visit_id:
            visit = Appointment.objects.get(pk=visit_id)
            arrivals.mark_arrived(visit_id=visit_id, version=visit.version, now=visit.arrive_at, by=DESK)

    def step_back(self) -> None:
        visit_id = self.a_visit()
        if visit_id:
            version = Appointment.objects.get(pk=visit_id).version
            arrivals.take_step_back(visit_id=visit_id, version=version, now=self.now(), by=DESK)

    def close(self) -> None:
        """An hour of one scanner, with all who are on it moved; open again at once, for the others."""
        at, by = self.chance.choice(self.times), self.desk.by
        plan = changes.plan_closure(
            location=Location.objects.get(pk=self.location_id),
            scanner=Scanner.objects.get(pk=self.chance.choice(self.scanners)),
            kind=Closure.Kind.DOWNTIME,
            starts_at=at,
            ends_at=at + dt.timedelta(hours=1),
            reason="",
            user=self.desk.user,
            now=self.now(),
            by=by,
        )
        fates = list(plan.fates.filter(hold__isnull=False))
        chosen = {fate.appointment_id: Chosen(Fate.Choice.MOVE) for fate in fates}
        try:
            done = changes.apply_plan(plan_id=plan.pk, chosen=chosen, now=timezone.now(), by=by)
        except PlanChanged:
            changes.discard_plan(plan_id=plan.pk, now=timezone.now(), by=by)
            raise
        self.journal.along += [fate.appointment_id for fate in fates]
        closures.reopen(closure_id=done.closure_id, now=timezone.now(), by=by)

    def note(self, visit: Appointment) -> None:
        """What is done already is answered with what was done. Who is here has a booked time, too."""
        status = "booked" if visit.status == "arrived" else visit.status
        told = self.journal.changed.setdefault((visit.pk, visit.ical_sequence), status)
        assert told == status

    def deliver(self) -> None:
        def send(message: Message) -> None:
            self.journal.sent.append((message.appointment_id, message.kind, message.ical_sequence))

        # Workers agree on the time: a clock ahead of another by more than the lease takes over its claims.
        delivery.deliver_due(send=send, now=timezone.now() + dt.timedelta(minutes=11))

    def a_visit(self) -> int | None:
        told = list(self.journal.booked.values())
        return self.chance.choice(told)[0] if told else None


def work(person: Person, until: float) -> None:
    try:
        while time.monotonic() < until:
            person.do_something()
    except BaseException as fault:
        person.journal.faults.append(fault)
    finally:
        connection.close()


def crowd(seed: int, threads: int) -> list[Person]:
    machine, exam = bookable()
    ScannerFactory(location=machine.location)
    now = timezone.now()
    found = find_openings(
        wish=Wish(exam_id=exam.pk, laterality="left"),
        location_id=machine.location_id,
        first=now.date() + dt.timedelta(days=5),
        last=now.date() + dt.timedelta(days=5),
        now=now,
        avoid_stranding=False,
    )
    times = [one.starts_at for one in found[:: len(found) // TIMES]]
    drafts = [
        ready_draft(machine, exam, starts_at=times[n % len(times)], given_name=f"P{n}", visitor=f"v{n}").pk
        for n in range(threads * 6)
    ]
    journal, desk = Journal(), front_desk_of(machine, exam, times)
    scanners = list(machine.location.scanners.values_list("pk", flat=True))
    return [
        Person(
            random.Random(seed * 1000 + n),
            [*drafts, *desk.begun],
            machine.location_id,
            times,
            journal,
            scanners,
            desk,
        )
        for n in range(threads)
    ]


@pytest.fixture
def trials(is_long):
    """Seeds, threads, seconds."""
    return (range(10), 32, 60.0) if is_long else (range(1), 8, 18.0)


def test_what_was_acknowledged_is_what_is_in_the_tables(trials):
    seeds, threads, seconds = trials
    for seed in seeds:
        people = crowd(seed, threads)
        until = time.monotonic() + seconds
        running = [threading.Thread(target=work, args=(person, until)) for person in people]
        for one in running:
            one.start()
        for one in running:
            one.join()
        print(f"history {seed}: {dict(Counter(people[0].journal.done))}")
        check_story(people[0])


def check_story(someone: Person) -> None:
    journal = someone.journal
    assert journal.faults == []
    check_everything()
    check_queue(someone.desk)
    check_records()
    here = Appointment.objects.filter(scanner__location=someone.location_id)
    visits_now = {row.draft_id: row for row in here.exclude(status__in=["held", "expired"])}
    assert visits_now.keys() == journal.booked.keys()
    for draft_id, (pk, identifiers) in journal.booked.items():
        row = visits_now[draft_id]
        assert (row.pk, tuple(getattr(row, name) for name in IDENTIFIERS)) == (pk, identifiers)
        told = {sequence: status for (visit, sequence), status in journal.changed.items() if visit == pk}
        # A closure moves many at once, and an undone swap two, and does not say to which sequence each; who
        # finds one there may.
        untold = set(range(1, row.ical_sequence + 1)) - told.keys()
        assert told.keys() - {0} <= set(range(1, row.ical_sequence + 1))
        assert len(untold) <= journal.along.count(pk)
        status = "booked" if row.status == "arrived" else row.status
        assert status == told.get(row.ical_sequence, "booked")
        confirmations = row.messages.filter(kind="confirmation")
        assert confirmations.exists()
        # An undo announces again what its change had withdrawn before it left.
        assert confirmations.exclude(status="withdrawn").count() <= 1
    assert max(Counter(journal.sent).values()) == 1
    done = Counter(journal.done)
    wanted = (
        "hold",
        "book",
        "cancel",
        "take_back",
        "move",
        "place",
        "swap",
        "undo",
        "arrive",
        "step_back",
        "hold_by_phone",
        "finish_later",
        "run_behind",
        "correct",
        "merge",
        "separate",
        "take_in",
        "put_back",
        "leave",
        "SlotTaken",
    )
    assert [name for name in wanted if not done[name]] == [], "nobody met anybody"
