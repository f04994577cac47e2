"""Some work that waits for the desk, a part of it overdue."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from locations.models import Location, Scanner
from scheduling.actions.callbacks import REASONS
from scheduling.actions.safety import answer_safety_page
from scheduling.actions.tasks import open_task
from scheduling.actions.tries import count_try
from scheduling.models import Appointment, Task
from scheduling.queries.by_phone import ByPhone
from scheduling.rules.actors import Actor

BY = Actor.process("make_demo")
CALLERS = (
    ("riverside", "Katrín Jónsson", "+15125550171", REASONS[ByPhone.SAFETY]),
    ("camelback", "Luis Ángel Hernández", "+16025550172", REASONS[ByPhone.NO_SCANNER]),
    ("midtown", "Sukarno", "+14045550173", "Asked to be called about the price"),
    ("calle-ocho", "Guadalupe de la Cruz", "+13055550174", "Asked to be called, in Spanish"),
)
ABOUT_VISITS = (
    (Task.Kind.MISSING_ORDER, "The order has not come: call the doctor’s office"),
    (Task.Kind.MATCH_ORDER, "Match the exam to the order: the patient was not sure about contrast"),
    (Task.Kind.ESTIMATE, "Send a written estimate (Good Faith Estimate): the patient uses no insurance"),
    (Task.Kind.NOT_DELIVERED, "The reminder did not arrive: call the patient"),
)
TOLD: tuple[dict[str, Any], ...] = (
    {"device": "yes", "device_which": ["loop_recorder"], "device_model": "Medtronic Reveal LINQ"},
    {"metal_eye": "yes", "metal_eye_what": "A splinter from grinding, about 1998"},
    {"surgery": "yes", "surgery_what": "A stent in the leg", "surgery_when": "Three weeks ago"},
    {"device": "not_sure", "device_which": ["other"]},
)  # by patients of an MRI, on the form of their visit
EVERY = 5  # of a location's next visits, one has something open


def make_tasks(*, now: datetime) -> None:
    locations = {location.slug: location for location in Location.objects.all()}
    for number, (slug, name, phone, reason) in enumerate(CALLERS):
        task = open_task(
            kind=Task.Kind.CALLBACK,
            location=locations[slug],
            reason=reason,
            contact_name=name,
            contact_phone=phone,
            now=now - timedelta(hours=30 * (number % 2)),
            by=BY,
        )
        if number % 2:
            count_try(task_id=task.pk, tries_seen=0, now=now, by=BY)
    for number, location in enumerate(locations.values()):
        _answer(location, TOLD[number % len(TOLD)], now)
        _about_visits(location, now)


def _answer(location: Location, told: dict[str, Any], now: datetime) -> None:
    """What a technologist has to look at. Some of it is left out, as patients do."""
    coming = Appointment.objects.filter(
        scanner__location=location,
        scanner__modality=Scanner.Modality.MR,
        status=Appointment.Status.BOOKED,
        starts_at__gt=now + timedelta(days=1),
    )
    visit = coming.order_by("starts_at", "pk").first()
    if visit is not None:
        clear = dict.fromkeys(("device", "metal_eye", "metal_body", "surgery"), "no")
        answer_safety_page(
            visit_id=visit.pk,
            answers={**clear, **told},
            language=visit.language,
            now=now,
            by=Actor.patient(f"visit {visit.pk}"),
        )


def _about_visits(location: Location, now: datetime) -> None:
    coming = Appointment.objects.filter(
        scanner__location=location, status=Appointment.Status.BOOKED, starts_at__gt=now + timedelta(days=1)
    ).order_by("starts_at", "pk")
    for (kind, reason), visit in zip(ABOUT_VISITS, islice(coming, 0, None, EVERY), strict=False):
        if kind == Task.Kind.ESTIMATE:
            Appointment.objects.filter(pk=visit.pk).update(paying=visit.Paying.SELF)
        open_task(kind=kind, location=location, appointment=visit, reason=reason, now=now, by=BY)
