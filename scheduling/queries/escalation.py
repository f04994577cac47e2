"""Reviews and calls that nobody settled in time: who answers for them, and when the patient hears of it."""

from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet

from locations.models import Assignment, Location, User
from scheduling.models import Appointment, Message, Task
from scheduling.queries.hours import due_in_staffed_hours

WAITED_FOR = (Task.Kind.REVIEW, Task.Kind.CALLBACK)  # somebody was told that a person calls
TELL_PATIENT_AFTER = timedelta(hours=4)  # staffed hours past due
NEAR = timedelta(hours=24)  # before the visit the patient hears of it at once
ONE_MAIL_IN = timedelta(hours=1)


def overdue(*, now: datetime) -> QuerySet[Task]:
    """Not escalated yet; what is due longest first. What was tried rests until the next try: the patient is
    called again then, and only from then on does somebody wait in vain."""
    return Task.objects.to_do(now).filter(kind__in=WAITED_FOR, due_at__lte=now, escalated_at=None)


def escalated_at(location: Location) -> QuerySet[Task]:
    """Open, whatever was done about them since; what is due longest first."""
    return Task.objects.open().filter(location=location, escalated_at__isnull=False).order_by("due_at", "pk")


def managers_of(location: Location) -> QuerySet[User]:
    """The administrators of the location; where it has none, those of all."""
    role = Q(assignments__role=Assignment.Role.ADMINISTRATOR)
    active = User.objects.filter(is_active=True)
    own = active.filter(role, assignments__location=location).distinct()
    return own if own.exists() else active.filter(role, assignments__location=None).distinct()


def locations_to_tell_of(*, now: datetime) -> list[Location]:
    """Something became overdue since their managers were last written to, and not within the last hour."""
    waiting = Task.objects.open().filter(escalated_at__isnull=False)
    newest = dict(waiting.values_list("location").annotate(Max("escalated_at")).order_by())
    mails = Message.objects.filter(kind=Message.Kind.OVERDUE, location__in=newest)
    told = dict(mails.values_list("location").annotate(Max("created_at")).order_by())
    return [
        location
        for location in Location.objects.filter(pk__in=newest).order_by("pk")
        if location.pk not in told
        or (told[location.pk] < newest[location.pk] and told[location.pk] <= now - ONE_MAIL_IN)
    ]


def reviews_to_explain(*, now: datetime) -> list[Task]:
    """Escalated ones whose patients have not heard that it takes longer, and should."""
    waiting = (
        Task.objects.open()
        .filter(
            kind=Task.Kind.REVIEW,
            escalated_at__isnull=False,
            patient_told_at=None,
            appointment__status=Appointment.Status.BOOKED,
            appointment__starts_at__gt=now,
        )
        .select_related("location", "appointment")
        .order_by("due_at", "pk")
    )
    return [task for task in waiting if _is_to_explain(task, now)]


def _is_to_explain(task: Task, now: datetime) -> bool:
    assert task.appointment is not None
    if task.appointment.starts_at - now <= NEAR:
        return True
    return due_in_staffed_hours(task.location, now=task.due_at, within=TELL_PATIENT_AFTER) <= now
