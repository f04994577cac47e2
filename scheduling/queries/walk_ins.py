"""The queue of people who came for an X-ray without a time: who waits, for how long, and how long whoever
comes now would."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from locations.models import Location, Scanner, User
from scheduling.models import Appointment, Draft, Exam, Offering, WalkIn
from scheduling.queries.by_phone import has_no_time
from scheduling.queries.drafts import missing_steps
from scheduling.queries.machines import Machine, Wish, machines_for
from scheduling.queries.scanner_time import read_timetable, scanner_times
from scheduling.queries.screening import answers_of, circumstances_of, outcome_of_draft, version_of
from scheduling.queries.wishes import wish_of, wish_of_visit
from scheduling.queries.worklist import BOOKING
from scheduling.rules.intervals import Interval, intersect
from scheduling.rules.names import fold_name
from scheduling.rules.needs import ASK_IN_PRIVATE
from scheduling.rules.opening_hours import MINUTE, local_day, whole_days
from scheduling.rules.screening import Disposition, FormKind, assess
from scheduling.rules.walk_ins import Visit, Wait, waits

Status = Appointment.Status
ORDER_IS_HERE = (Appointment.OrderStatus.HAVE_IT, Appointment.OrderStatus.RECEIVED)
NOT_OVER = (Status.HELD, Status.BOOKED, Status.ARRIVED, Status.IN_EXAM)
Lengths = Mapping[int, timedelta]  # by room


@dataclass(frozen=True, slots=True)
class Waiting:
    walk_in: WalkIn
    draft: Draft
    wait: Wait | None  # None for who is there since an earlier day
    is_asked: bool  # all that has to be asked before a room
    needs_call: bool  # the answers ask for somebody who decides first
    lacks_order: bool
    in_private: bool  # a question that the technologist asks, alone with the patient

    @property
    def is_settled(self) -> bool:
        opens = self.needs_call or self.lacks_order or self.in_private or self.draft.interpreter_language
        return self.is_asked and not opens


@dataclass(frozen=True, slots=True)
class Queue:
    rows: Sequence[Waiting]
    wait: Wait | None  # of whom comes now; None while no room is open
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Rooms:
    hours: Mapping[int, Sequence[Interval]]  # from now on, turnover included
    visits: Mapping[int, Sequence[Visit]]
    usual: Lengths
    closes_at: datetime | None
    is_open: bool


def walk_in_exams(location: Location) -> QuerySet[Exam]:
    """Plain X-rays that nobody has to prepare for."""
    return Exam.objects.filter(
        modality=Scanner.Modality.XR,
        contrast=Exam.Contrast.NONE,
        is_active=True,
        offerings__location=location,
        offerings__is_active=True,
    ).exclude(preparations__lead_minutes__gt=0)


def waiting_at(location: Location) -> list[WalkIn]:
    """In order of arrival."""
    found = WalkIn.objects.waiting().filter(location=location).select_related("visit")
    found = found.select_related("draft__exam", "draft__location")
    return list(found.prefetch_related("draft__sheets").order_by("came_at", "pk"))


def waiting_rows(location: Location, *, now: datetime) -> list[Waiting]:
    """For paper: without a wait, which is another a minute later."""
    return [row_of(one, now=now) for one in waiting_at(location)]


def count_waiting(location: Location) -> int:
    return WalkIn.objects.waiting().filter(location=location).count()


def ended_today(location: Location, *, now: datetime) -> QuerySet[WalkIn]:
    """Who was taken in or left, the latest first; the desk may put them back."""
    day = _today(location, now)
    ended = WalkIn.objects.filter(location=location, ended_at__gte=day.start, ended_at__lt=day.end)
    ended = ended.select_related("draft__exam", "visit__patient", "visit__scanner")
    return ended.order_by("-ended_at", "-pk")


def wish_of_walk_in(walk_in: WalkIn) -> Wish:
    if walk_in.visit is not None:
        return wish_of_visit(walk_in.visit)
    assert walk_in.draft is not None
    return wish_of(walk_in.draft)


def walk_in_of(draft: Draft) -> WalkIn | None:
    """Its place in the queue, once it was added."""
    return WalkIn.objects.filter(draft=draft).first()


def queue_at(location: Location, *, now: datetime) -> Queue:
    rooms, walk_ins = _rooms_of(location, now), waiting_at(location)
    today = local_day(now, location.zone)
    fresh = [one for one in walk_ins if local_day(one.came_at, location.zone) == today]
    found = dict(zip((one.pk for one in fresh), _waits(rooms, fresh, location, now), strict=False))
    rows = [row_of(one, found.get(one.pk), now=now) for one in walk_ins]
    return Queue(rows, _wait_of_who_comes_now(rooms, fresh, location, now), rooms.closes_at)


def wait_now(location: Location, *, now: datetime) -> Wait | None:
    """For whom comes now. None while no X-ray room is open, or nobody is taken without a time."""
    if not location.takes_walk_in_xray:
        return None
    rooms, today = _rooms_of(location, now), local_day(now, location.zone)
    fresh = [one for one in waiting_at(location) if local_day(one.came_at, location.zone) == today]
    return _wait_of_who_comes_now(rooms, fresh, location, now)


def rooms_at(location: Location) -> QuerySet[Scanner]:
    return location.scanners.filter(modality=Scanner.Modality.XR, is_active=True).order_by("name", "pk")


def asks_in_private(draft: Draft, *, now: datetime) -> bool:
    """Whether the answers leave a question to the technologist."""
    version = version_of(draft, FormKind.SAFETY, now=now)
    if version is None:
        return False
    where = circumstances_of(draft, FormKind.SAFETY, now=now)
    outcome = assess(version, answers_of(draft, FormKind.SAFETY), where)
    return any(effect.name == ASK_IN_PRIVATE for effect in outcome.effects)


def lacks_order(draft: Draft) -> bool:
    is_needed = draft.exam.order_required == Exam.OrderRequired.YES
    return is_needed and draft.order_status not in ORDER_IS_HERE


def coming_visits_of(draft: Draft, user: User, *, now: datetime) -> list[Appointment]:
    """For the same exam, by somebody of the same name and date of birth, where the user books: the one to
    bring forward. The desk has the person in front of it, so no phone or email has to match."""
    if not draft.given_name or draft.birth_date is None:
        return []
    assert draft.desk is not None
    visits = Appointment.objects.with_place().filter(
        starts_at__gte=_today(draft.desk, now).start,
        patient__folded_name=fold_name(draft.given_name, draft.family_name),
        patient__birth_date=draft.birth_date,
        exam__family=draft.exam.family,
        status__in=(Status.BOOKED, Status.ARRIVED),
        scanner__location__in=user.locations_for(*BOOKING),
    )
    return list(visits.exclude(source=Appointment.Source.WALK_IN).order_by("starts_at", "pk"))


def row_of(walk_in: WalkIn, wait: Wait | None = None, *, now: datetime) -> Waiting:
    """Who was in a room before has a visit, with all that was asked and what came of it."""
    draft, is_new = walk_in.draft, walk_in.visit_id is None
    assert draft is not None
    return Waiting(
        walk_in=walk_in,
        draft=draft,
        wait=wait,
        is_asked=not (is_new and missing_steps(draft, now=now)),
        needs_call=is_new and _is_put_off(draft, now),
        lacks_order=lacks_order(draft),
        in_private=is_new and asks_in_private(draft, now=now),
    )


def _is_put_off(draft: Draft, now: datetime) -> bool:
    """Whether the answers keep them from a room today."""
    outcome = outcome_of_draft(draft, now=now)
    stops = outcome is not None and outcome.disposition in (Disposition.DEFER, Disposition.EMERGENCY)
    return stops or has_no_time(draft, now=now)


def _waits(rooms: _Rooms, walk_ins: Sequence[WalkIn], location: Location, now: datetime) -> list[Wait]:
    """Of these, and of one more who comes now."""
    queue = [*_lengths_of(walk_ins, location), rooms.usual]
    return waits(hours=rooms.hours, visits=rooms.visits, queue=queue, now=now)


def _wait_of_who_comes_now(
    rooms: _Rooms, walk_ins: Sequence[WalkIn], location: Location, now: datetime
) -> Wait | None:
    return _waits(rooms, walk_ins, location, now)[-1] if rooms.is_open else None


def _lengths_of(walk_ins: Sequence[WalkIn], location: Location) -> list[Lengths]:
    """Each exam is asked for once."""
    wishes = [wish_of_walk_in(one) for one in walk_ins]
    known = {wish: _lengths(machines_for(wish, [location.pk])) for wish in dict.fromkeys(wishes)}
    return [known[wish] for wish in wishes]


def _lengths(machines: Collection[Machine]) -> Lengths:
    return {one.scanner_id: one.need.taken * MINUTE for one in machines}


def _rooms_of(location: Location, now: datetime) -> _Rooms:
    exam = _usual_exam(location)
    wish = Wish(exam_id=exam.pk, laterality="left" if exam.has_sides else "") if exam else None
    machines = machines_for(wish, [location.pk]) if wish else []
    ahead = Interval(now, _today(location, now).end)
    timetable = read_timetable([location.pk], ahead)
    times = scanner_times(machines, timetable, window=ahead, now=now, with_visits=False)
    hours = {one.scanner_id: intersect(times[one.scanner_id].free, [ahead]) for one in machines}
    spans = [span for each in times.values() for span in each.open if span.end > now]
    closing = [span.end for span in spans if span.start < ahead.end]
    return _Rooms(
        hours=hours,
        visits=_visits_on([one.scanner_id for one in machines], location, now),
        usual=_lengths(machines),
        closes_at=max(closing, default=None),
        is_open=any(one.contains(now) for each in hours.values() for one in each),
    )


def _usual_exam(location: Location) -> Exam | None:
    """Of middling length among those that walk-ins have here: what is said to whom comes now is about it."""
    minutes = Offering.objects.filter(location=location, exam__in=walk_in_exams(location), is_active=True)
    rising = list(
        minutes.annotate(lasts=Coalesce("minutes", F("exam__minutes")))
        .select_related("exam")
        .order_by("lasts", "pk")
    )
    return rising[len(rising) // 2].exam if rising else None


def _visits_on(rooms: Collection[int], location: Location, now: datetime) -> Mapping[int, Sequence[Visit]]:
    day = _today(location, now)
    rows = Appointment.objects.occupying(now).filter(
        scanner__in=rooms, status__in=NOT_OVER, starts_at__lt=day.end, starts_at__gte=day.start
    )
    found: dict[int, list[Visit]] = defaultdict(list)
    columns = ("scanner_id", "starts_at", "occupied_until", "status", "exam_started_at")
    for scanner_id, start, end, status, began_at in rows.values_list(*columns):
        is_here = status in (Status.ARRIVED, Status.IN_EXAM)
        found[scanner_id].append(Visit(span=Interval(start, end), is_here=is_here, began_at=began_at))
    return found


def _today(location: Location, now: datetime) -> Interval:
    today = local_day(now, location.zone)
    return whole_days(today, today, location.zone)
