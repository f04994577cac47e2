"""Open tasks of a member of staff's locations, with whom to call. Nobody reads answers here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Greatest

from locations.models import Assignment, Location, User
from scheduling.exceptions import NotFound
from scheduling.models import (
    Appointment,
    Authorization,
    Document,
    Draft,
    Exam,
    GoodHours,
    Order,
    Screening,
    Task,
)
from scheduling.models.tasks import TaskQuerySet
from scheduling.queries.authorizations import plan_of, problem_of
from scheduling.queries.documents import documents_by_owner
from scheduling.queries.permissions import role_permissions
from scheduling.queries.tries import TriedCall, good_hours, proposed_tries, tried_calls
from scheduling.rules.authorizations import Problem
from scheduling.rules.business_days import business_days_left
from scheduling.rules.opening_hours import local_day
from scheduling.rules.releases import is_looked_at
from scheduling.rules.screening import Disposition

WORKING = (
    Assignment.Role.FRONT_DESK,
    Assignment.Role.TECHNOLOGIST,
    Assignment.Role.RADIOLOGIST,
    Assignment.Role.ADMINISTRATOR,
)
BOOKING = (Assignment.Role.FRONT_DESK, Assignment.Role.ADMINISTRATOR)
READING = (*WORKING, Assignment.Role.AUDITOR)
CLINICAL = (Assignment.Role.TECHNOLOGIST, Assignment.Role.RADIOLOGIST)
SEES_OUTCOMES = (Assignment.Role.FRONT_DESK, *CLINICAL)
RESTING_LAST = F("rests_until").asc(nulls_first=True)  # of tasks_for
ABOUT_SCREENING = (Task.Kind.REVIEW, Task.Kind.ROOM, Task.Kind.CALLBACK)


@dataclass(frozen=True, slots=True)
class ScreeningFlag:
    """Which rules spoke and what they led to: what the front desk may see, and never an answer."""

    rule_keys: tuple[str, ...]
    outcome: str
    defer_until: date | None
    record_id: int | None  # for whoever may open the answers


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: Task
    name: str
    phone: str  # E.164
    phone_as_typed: str  # with its extension; empty where nobody typed this number
    email: str
    good_hours: str  # in words; empty where any time will do
    no_call: bool  # asked not to be called: a person decides
    booked_by: str
    exam: Exam | None
    side: str
    code: str
    visit_at: datetime | None
    will_come: bool  # as the patient told us
    flags: list[ScreeningFlag]  # of each kind of questions whose answers led to something
    documents: tuple[Document, ...]
    is_overdue: bool
    days_left: int | None  # business days, for what a law has a day for
    missing: tuple[str, ...]  # of a booking that was left half done: fields of its draft
    order: Order | None  # of the doctor: whom to ask
    payer: str
    authorization: Authorization | None
    problem: Problem | None  # with the insurer
    tries: tuple[TriedCall, ...]
    next_try_at: datetime | None  # while it rests until then
    proposed_try: datetime | None  # for whoever works there
    owner_role: Assignment.Role  # who answers for it: a role at the location
    taken_by: User | None
    may_work: bool
    may_decide: bool  # a review or a blood test
    may_finish: bool
    may_book: bool


def task_locations(user: User) -> QuerySet[Location]:
    return user.locations_for(*READING)


def tasks_for(user: User, *, now: datetime) -> TaskQuerySet:
    """Open tasks the user may read, the most urgent first; those that rest until the next try come last."""
    return (
        Task.objects.open()
        .filter(location__in=task_locations(user))
        .select_related("location", "owner", "appointment__patient", "appointment__exam")
        .select_related("appointment__scanner__location", "appointment__authorization", "appointment__order")
        .select_related("draft__exam", "draft__order", "order__exam")
        .alias(rests_until=Case(When(next_try_at__gt=now, then=F("next_try_at"))))
        .order_by(RESTING_LAST, Greatest("due_at", "next_try_at"), "pk")
    )


def task_for(user: User, task_id: int) -> Task:
    """Open or done. Raises NotFound, the same for a missing task and for another location's."""
    task = (
        Task.objects.filter(pk=task_id, location__in=task_locations(user)).select_related("location").first()
    )
    if task is None:
        raise NotFound
    return task


def may_work(user: User, task: Task) -> bool:
    """Whether the user may count tries; an auditor only reads."""
    return user.locations_for(*WORKING).filter(pk=task.location_id).exists()


def may_finish(user: User, task: Task) -> bool:
    """By whoever works there. A review and a blood test are decided on pages of their own, and what an
    insurer says is written down with the visit."""
    return not (is_decided_elsewhere(task) or is_settled_with_visit(task)) and may_work(user, task)


def is_decided_elsewhere(task: Task) -> bool:
    return task.appointment_id is not None and task.kind in (Task.Kind.REVIEW, Task.Kind.LABS)


def is_settled_with_visit(task: Task) -> bool:
    """Done as such it would be off the list of visits to move, and still open."""
    return task.kind == Task.Kind.AUTHORIZATION and task.appointment_id is not None


def owner_role(task: Task) -> Assignment.Role:
    """Whose work it is until a person takes it."""
    if task.for_radiologist:
        return Assignment.Role.RADIOLOGIST
    return Assignment.Role.TECHNOLOGIST if is_decided_elsewhere(task) else Assignment.Role.FRONT_DESK


def _taken_by(task: Task, now: datetime) -> User | None:
    """Who looks at a review has it for a while; any other task until it is given back."""
    is_review = task.kind == Task.Kind.REVIEW and task.appointment_id is not None
    return task.owner if not is_review or is_looked_at(task.owned_at, now=now) else None


@dataclass(frozen=True, slots=True)
class Late:
    count: int
    since: Task  # what is due longest


def late_tasks(tasks: TaskQuerySet, *, now: datetime) -> Late | None:
    """Reviews and calls past their time; None where there are none."""
    late = tasks.to_do(now).filter(kind__in=(Task.Kind.REVIEW, Task.Kind.CALLBACK), due_at__lt=now)
    first = late.first()
    return Late(late.count(), first) if first else None


def neighbor_of(task: Task, tasks: QuerySet[Task]) -> int | None:
    """Of the list as it stands: the one after it, else the one before. Work goes on there when it is done."""
    keys = list(tasks.values_list("pk", flat=True))
    if task.pk not in keys:
        return None
    place = keys.index(task.pk)
    return next(iter([*keys[place + 1 : place + 2], *keys[max(place - 1, 0) : place]]), None)


def task_rows(user: User, tasks: Iterable[Task], *, now: datetime) -> list[TaskRow]:
    shown, roles = list(tasks), _roles_of(user)
    flags = _flags_of(user, [task for task in shown if _has(roles, task, SEES_OUTCOMES)], roles)
    working = [task for task in shown if _has(roles, task, WORKING)]
    columns = ("appointment_id", "draft_id", "order_id")
    papers = documents_by_owner(*(_ids(working, column) for column in columns))
    tries, proposed = tried_calls(shown), proposed_tries(working, now=now)
    return [
        _row(
            task,
            flags=flags.get(task.pk, []),
            documents=papers.get(_owner_key(task), []) if task in working else [],
            tries=tries.get(str(task.pk), []),
            proposed_try=proposed.get(task.pk),
            may_work=task in working,
            may_decide=is_decided_elsewhere(task) and _has(roles, task, CLINICAL),
            may_finish=not (is_decided_elsewhere(task) or is_settled_with_visit(task))
            and _has(roles, task, WORKING),
            may_book=_has(roles, task, BOOKING),
            now=now,
        )
        for task in shown
    ]


def _owner_key(task: Task) -> object:
    return task.appointment_id or task.draft_id or task.order_id


Roles = set[tuple[int | None, str]]  # at a location, or at every one


def _roles_of(user: User) -> Roles:
    return set(user.assignments.values_list("location_id", "role")) if user.is_active else set()


def _has(roles: Roles, task: Task, wanted: Iterable[str]) -> bool:
    return any((place, role) in roles for place in (None, task.location_id) for role in wanted)


def _flags_of(user: User, tasks: list[Task], roles: Roles) -> dict[int, list[ScreeningFlag]]:
    asked = [task for task in tasks if task.kind in ABOUT_SCREENING]
    visits, drafts = _ids(asked, "appointment_id"), _ids(asked, "draft_id")
    current = (
        Screening.objects.filter(Q(appointment__in=visits) | Q(draft__in=drafts), superseded_by=None)
        .exclude(disposition=Disposition.OK)
        .defer("shown", "answers")
    )
    by_visit: dict[object, list[Screening]] = defaultdict(list)
    for one in current.order_by("pk"):
        by_visit[one.appointment_id or one.draft_id].append(one)
    opens_records = "scheduling.view_screening" in role_permissions(user)
    return {
        task.pk: [
            _flag(one, may_open=opens_records and _has(roles, task, CLINICAL))
            for one in by_visit[task.appointment_id or task.draft_id]
        ]
        for task in asked
    }


def _ids(tasks: Iterable[Task], column: str) -> set[object]:
    return {getattr(task, column) for task in tasks} - {None}


def _flag(screening: Screening, *, may_open: bool) -> ScreeningFlag:
    return ScreeningFlag(
        rule_keys=tuple(screening.rule_keys),
        outcome=screening.get_disposition_display(),
        defer_until=screening.defer_until,
        record_id=screening.pk if may_open else None,
    )


def _row(
    task: Task,
    *,
    flags: list[ScreeningFlag],
    documents: Iterable[Document],
    tries: Iterable[TriedCall],
    proposed_try: datetime | None,
    may_work: bool,
    may_decide: bool,
    may_finish: bool,
    may_book: bool,
    now: datetime,
) -> TaskRow:
    visit, draft = task.appointment, task.draft
    about = visit or draft
    known, found = about or task.order, _authorization(task)
    phone = str(task.contact_phone or (known.phone if known else ""))
    return TaskRow(
        task=task,
        name=task.contact_name or _patient_name(task),
        phone=phone,
        phone_as_typed=known.phone_as_typed if known and str(known.phone) == phone else task.phone_as_typed,
        email=known.email if known else "",
        good_hours=_good_hours(task),
        no_call=bool(visit and visit.patient and visit.patient.no_call),
        booked_by=_booked_by(about, unless=task.contact_name) if about else "",
        exam=known.exam if known else None,
        side=known.get_laterality_display() if known and known.laterality else "",
        code=visit.spoken_code if visit and visit.code else "",
        visit_at=about.starts_at if about else None,
        will_come=visit is not None and visit.confirmed_at is not None,
        flags=flags,
        documents=tuple(documents),
        is_overdue=task.due_at < now and not task.rests(now),
        days_left=_days_left(task, now),
        missing=_missing(draft) if draft and task.kind == Task.Kind.MISSING_DETAILS else (),
        order=task.order or (about.order if about else None),
        payer=(found.payer if found else "") or (plan_of(visit) if visit else ""),
        authorization=found,
        problem=problem_of(visit, found) if visit else None,
        tries=tuple(tries),
        next_try_at=task.next_try_at if task.rests(now) else None,
        proposed_try=proposed_try,
        owner_role=owner_role(task),
        taken_by=_taken_by(task, now),
        may_work=may_work,
        may_decide=may_decide,
        may_finish=may_finish,
        may_book=may_book,
    )


def _authorization(task: Task) -> Authorization | None:
    is_asked = task.kind == Task.Kind.AUTHORIZATION
    return getattr(task.appointment, "authorization", None) if is_asked else None


def _days_left(task: Task, now: datetime) -> int | None:
    if task.kind != Task.Kind.ESTIMATE:
        return None
    zone = task.location.zone
    return business_days_left(local_day(now, zone), local_day(task.due_at, zone))


_DETAILS = ("exam_id", "starts_at", "given_name", "birth_date", "phone")


def _missing(draft: Draft) -> tuple[str, ...]:
    return tuple(field.removesuffix("_id") for field in _DETAILS if not getattr(draft, field))


def _good_hours(task: Task) -> str:
    said = good_hours(task)
    return "" if said == GoodHours.ANY else str(said.label)


def _patient_name(task: Task) -> str:
    visit, known = task.appointment, task.draft or task.order
    if visit:
        return visit.patient.full_name if visit.patient else ""
    return f"{known.given_name} {known.family_name}".strip() if known else ""


def _booked_by(about: Appointment | Draft, *, unless: str) -> str:
    """Who answers the phone, where somebody else booked for the patient."""
    if about.booker_name == unless:
        return ""
    return f"{about.booker_name}, {about.booker_relation}".strip(", ")


def call_first_task(visit: Appointment) -> Task | None:
    """What a person wants to talk over with the patient before the visit; its time is kept."""
    kinds = [Task.Kind.REVIEW]
    if visit.contrast_answer == Appointment.ContrastAnswer.NOT_SURE:  # else matching is no matter for a call
        kinds.append(Task.Kind.MATCH_ORDER)
    return visit.tasks.open().filter(kind__in=kinds).order_by("due_at").first()
