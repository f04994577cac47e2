"""Two invented insurers, what they want, and what they have said about the next visits."""

from datetime import datetime, timedelta

from locations.models import Assignment, User
from scheduling.actions.authorizations import decide_again, save_authorization
from scheduling.models import Appointment, PayerRule
from scheduling.rules.actors import Actor
from scheduling.rules.authorizations import State

PLANS = ("Lone Star Health Plan PPO", "Prairie Mutual HMO")
RULES = (
    {"payer": "Lone Star Health Plan", "other_names": "Lone Star", "lead_days": 3},
    {"payer": "Lone Star Health Plan", "modality": "XR", "is_needed": False, "lead_days": 0},
    {"payer": "Prairie Mutual", "is_needed": False, "lead_days": 0},
)
SAID = (State.APPROVED, State.REQUESTED, State.APPROVED, State.DENIED, State.APPROVED, None)
SOON, MOST = timedelta(days=8), 120
BY = Actor.process("demo")


def make_insurers(*, now: datetime) -> None:
    for rule in RULES:
        PayerRule.objects.create(**rule)
    clerk = User.objects.filter(assignments__role=Assignment.Role.FRONT_DESK).order_by("pk").first()
    coming = Appointment.objects.with_place().filter(
        status=Appointment.Status.BOOKED,
        paying=Appointment.Paying.INSURANCE,
        starts_at__range=(now, now + SOON),
    )
    for number, visit in enumerate(coming.order_by("starts_at", "pk")[:MOST]):
        visit.insurance_plan = PLANS[number % len(PLANS)]
        visit.save(update_fields=["insurance_plan"])
        decide_again(appointment=visit, now=now, by=BY)
        said = SAID[number // len(PLANS) % len(SAID)]
        if said and clerk and visit.authorization.state == State.NEEDED:
            _say(visit, said, number, clerk, now)
    # The others have one that wants nothing: they follow the rules by themselves, and make no work.
    others = Appointment.objects.filter(paying=Appointment.Paying.INSURANCE, insurance_plan="")
    others.update(insurance_plan=PLANS[1])


def _say(visit: Appointment, said: State, number: int, clerk: User, now: datetime) -> None:
    is_approved = said is State.APPROVED
    save_authorization(
        visit_id=visit.pk,
        version=0,
        state=said,
        payer=visit.insurance_plan,
        number=f"LS-{48210 + number}" if is_approved else "",
        valid_from=None,
        valid_until=(visit.starts_at + timedelta(days=30)).date() if is_approved else None,
        location=None,
        note="",
        user=clerk,
        now=now,
        by=Actor.staff(clerk.pk),
    )
