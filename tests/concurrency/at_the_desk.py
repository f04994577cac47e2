"""What only the desk does, for the history of everybody at once (test_history): one hand's random steps."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from locations.models import Scanner, User
from scheduling.actions import correcting, merging, phone, running_behind, walk_ins
from scheduling.exceptions import PlanChanged
from scheduling.models import Appointment, Exam, Patient, PatientMerge, WalkIn
from scheduling.queries.merging import seen_of
from scheduling.queries.running_behind import delayed_on, free_at_on
from scheduling.rules.actors import Actor
from scheduling.rules.telling import Telling
from tests.factories.journey import ready_draft
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import OfferingFactory, SidedExamFactory
from tests.factories.walk_ins import waiting, xray_center

NAME = "P0"  # some callers are one person who is on record twice


@dataclass
class FrontDesk:
    """What the desk has in front of it. One for all hands."""

    exams: list[Exam]  # what an order may say
    begun: list[UUID]  # bookings by phone
    walk_ins: list[int]
    rooms: list[int]
    user: User

    @property
    def by(self) -> Actor:
        return Actor.staff(self.user.pk)


def front_desk_of(machine: Scanner, exam: Exam, times: list[dt.datetime]) -> FrontDesk:
    user = AssignmentFactory(location=machine.location).user
    other = SidedExamFactory(minutes=30, minutes_both_sides=50)
    OfferingFactory(exam=other, location=machine.location)
    begun = [
        ready_draft(
            machine,
            exam,
            starts_at=at,
            given_name=NAME,
            phone=f"+1512555{n:04}",
            visitor=f"desk-{user.pk}-{n}",
            source=Appointment.Source.PHONE,
            desk=machine.location,
            started_by=user,
        ).pk
        for n, at in enumerate(times)
    ]
    room = xray_center()
    rooms = [room.pk, ScannerFactory(location=room.location, modality="XR", name="X-ray 2").pk]
    queue = [waiting(room, times[0], f"W{n}").pk for n in range(8)]
    return FrontDesk([exam, other], begun, queue, rooms, user)


class AtTheDesk:
    """Mixed into the hand of test_history: uses its `chance`, `times`, `scanners`, `journal` and clock."""

    desk: FrontDesk

    def hold_by_phone(self) -> None:
        phone.hold_on_scanner(
            draft_id=self.chance.choice(self.desk.begun),
            scanner_id=self.chance.choice(self.scanners),
            starts_at=self.chance.choice(self.times),
            reason=self.chance.choice(["", "urgent"]),
            now=self.now(),
            by=self.desk.by,
        )

    def finish_later(self) -> None:
        draft_id = self.chance.choice(self.desk.begun)
        phone.finish_later(draft_id=draft_id, now=self.now(), by=self.desk.by)

    def run_behind(self) -> None:
        """As if it were the day."""
        scanner = Scanner.objects.select_related("location").get(pk=self.chance.choice(self.scanners))
        now = self.chance.choice(self.times)
        free_at = free_at_on(scanner, self.chance.choice([10, 25]), now=now)
        delayed = delayed_on(scanner, free_at, now=now)
        if not delayed:
            raise PlanChanged  # nobody is late: not counted as done
        moved = running_behind.run_behind(
            scanner_id=scanner.pk,
            free_at=free_at,
            versions={one.visit.pk: one.visit.version for one in delayed},
            reason=self.chance.choice(["", "urgent"]),
            tell=Telling.MESSAGE,
            now=now,
            by=self.desk.by,
        )
        for visit in moved:
            self.note(visit)

    def correct(self) -> None:
        visit_id = self.a_visit()
        if visit_id:
            visit = Appointment.objects.get(pk=visit_id)
            is_there = self.chance.random() < 0.7
            corrected = correcting.correct_to_order(
                visit_id=visit_id,
                exam=self.chance.choice(self.desk.exams),
                laterality=self.chance.choice(["left", "right"]),
                scanner_id=visit.scanner_id,
                starts_at=visit.starts_at if is_there else self.chance.choice(self.times),
                version=visit.version,
                reason=self.chance.choice(["", "urgent"]),
                now=self.now(),
                by=self.desk.by,
            )
            self.note(corrected)

    def merge(self) -> None:
        records = list(Patient.objects.filter(given_name=NAME, merged_into=None).order_by("pk"))
        if len(records) > 1:
            kept, merged = self.chance.sample(records, 2)
            merging.merge_patients(
                kept_id=kept.pk,
                merged_id=merged.pk,
                choices={},
                seen=seen_of(kept, merged),
                reason="one person",
                user=self.desk.user,
                now=self.now(),
                by=self.desk.by,
            )

    def separate(self) -> None:
        merges = list(PatientMerge.objects.filter(separated_at=None).values_list("pk", flat=True))
        if merges:
            user, by = self.desk.user, self.desk.by
            merge_id = self.chance.choice(merges)
            merging.separate_patients(merge_id=merge_id, user=user, now=self.now(), by=by)

    def take_in(self) -> None:
        walk_in = self.a_walk_in()
        walk_ins.take_in(
            walk_in_id=walk_in.pk,
            scanner_id=self.chance.choice(self.desk.rooms),
            version=walk_in.version,
            reason=self.chance.choice(["", "urgent"]),
            now=self.chance.choice(self.times),
            by=self.desk.by,
        )

    def put_back(self) -> None:
        walk_in = self.a_walk_in()
        if walk_in.visit is None:
            version, by = walk_in.version, self.desk.by
            walk_ins.put_back(walk_in_id=walk_in.pk, version=version, now=self.now(), by=by)
        else:
            version, by = walk_in.visit.version, self.desk.by
            walk_ins.take_back_in(visit_id=walk_in.visit.pk, version=version, now=self.now(), by=by)

    def leave(self) -> None:
        walk_in = self.a_walk_in()
        walk_ins.leave(
            walk_in_id=walk_in.pk,
            version=walk_in.version,
            because=WalkIn.LeftBecause.TIRED,
            now=self.now(),
            by=self.desk.by,
        )

    def a_walk_in(self) -> WalkIn:
        pk = self.chance.choice(self.desk.walk_ins)
        return WalkIn.objects.select_related("visit").get(pk=pk)


def check_queue(desk: FrontDesk) -> None:
    """Who was taken in is on a room's calendar, and nobody else is."""
    for walk_in in WalkIn.objects.filter(pk__in=desk.walk_ins).select_related("visit"):
        is_in = walk_in.visit is not None and walk_in.visit.status == "arrived"
        assert is_in == (walk_in.status == WalkIn.Status.TAKEN_IN), walk_in.pk
        live = Appointment.objects.filter(draft=walk_in.draft).exclude(status__in=["canceled", "expired"])
        assert live.count() == is_in, walk_in.pk


def check_records() -> None:
    """Visits are of records that lead nowhere else; every merge that stands says so on its record."""
    assert not Appointment.objects.filter(patient__merged_into__isnull=False).exists()
    standing = PatientMerge.objects.filter(separated_at=None)
    assert sorted(standing.values_list("merged_id", "kept_id")) == sorted(
        Patient.objects.exclude(merged_into=None).values_list("pk", "merged_into_id")
    )
