"""What is said about paying, in words. A price is always “self-pay”, never what somebody will pay."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from scheduling.models import Appointment, Document, Draft
from scheduling.models.paying import HowPaid
from scheduling.queries.documents import Owner, documents_of
from scheduling.queries.estimates import due_day_of_draft, open_estimate
from scheduling.templatetags.words import money
from scheduling.wall_clock import day_words, local

CARD_KINDS = (Document.Kind.INSURANCE_FRONT, Document.Kind.INSURANCE_BACK)
_Paying = HowPaid.Paying


def paying_words(owner: Owner) -> str:
    """One line for each thing that is known."""
    ways = {
        _Paying.INSURANCE: _("Insurance"),
        _Paying.SELF: _("You pay yourself"),
        _Paying.ACCIDENT: _("Workers’ compensation or an accident"),
        _Paying.LATER: _("You’ll say later"),
    }
    lines = [ways[_Paying(owner.paying)]] if owner.paying else []
    return "\n".join([*lines, *_details(owner)])


def has_details(owner: Owner) -> bool:
    """Whether the center knows more than the way of paying."""
    return bool(_details(owner))


def _details(owner: Owner) -> list[str]:
    if owner.paying == _Paying.INSURANCE:
        cards = documents_of(owner, *CARD_KINDS).count()
        shown = [
            owner.insurance_plan,
            owner.member_id and _("Member ID: %(number)s") % {"number": owner.member_id},
            _("Photo of the card") if cards else "",
        ]
    elif owner.paying == _Paying.ACCIDENT:
        shown = [
            owner.claim_number and _("Claim number: %(number)s") % {"number": owner.claim_number},
            day_words(owner.injured_on, year=True) if owner.injured_on else "",
            owner.accident_insurer,
        ]
    else:
        shown = []
    return [line for line in shown if line]


def needs_details(owner: Owner) -> bool:
    """Of insurance or an accident the center needs to know more."""
    return owner.paying in (_Paying.INSURANCE, _Paying.ACCIDENT) and not has_details(owner)


def estimate_of_draft(draft: Draft, *, now: datetime) -> str:
    """What is promised if the visit is booked now; empty where nothing is."""
    return _promise(due_day_of_draft(draft, now=now)) if draft.gets_estimate else ""


def estimate_of_visit(visit: Appointment, *, now: datetime) -> str:
    """While it is still to be sent. A missed day is not promised again."""
    task = open_estimate(visit) if visit.gets_estimate else None
    if task is None:
        return ""
    day, today = local(task.due_at, visit.zone).date(), local(now, visit.zone).date()
    return _promise(day if today < day and task.due_at < visit.arrive_at else None)


def _promise(day: date | None) -> str:
    if day is None:
        return _("We will send you a written estimate as soon as we can, before your visit.")
    return _("We will send you a written estimate by %(day)s.") % {"day": day_words(day)}


def price_of_visit(visit: Appointment) -> str:
    """For who pays themselves only: a plan decides what the others pay."""
    if visit.paying != _Paying.SELF or visit.price_shown is None:
        return ""
    return _("Self-pay price: %(amount)s") % {"amount": money(visit.price_shown)}
