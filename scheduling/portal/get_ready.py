"""The list “Get ready” on My visit: what the patient can still do before coming, and what is done.

Each subject adds its own items; the order here is the order on the page.
"""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Scanner
from scheduling.models import Appointment, Document, Exam, Task
from scheduling.portal.documents_page import count_words
from scheduling.portal.paying_page import has_details, needs_details
from scheduling.queries.asking_again import asking_of
from scheduling.queries.documents import documents_of
from scheduling.queries.safety import SafetyForm, safety_form
from scheduling.queries.visits import is_before_its_day
from scheduling.queries.worklist import call_first_task
from scheduling.wall_clock import day_words


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyItem:
    """Context of components/ready_list.html. `url` is the page where it is done; with `button`, the
    words of a button, it is posted to instead."""

    title: str
    detail: str = ""
    url: str = ""
    button: str = ""
    is_done: bool = False


def ready_items(visit: Appointment, *, token: str, now: datetime) -> list[ReadyItem]:
    """For a visit that is ahead."""
    return [
        *_later_day(visit, token),
        *_coming(visit, token),
        *_order(visit, token),
        *_device_card(visit, token),
        *_health(visit, token, now),
        *_safety(visit, token, now),
        *_paying(visit, token),
    ]


def _later_day(visit: Appointment, token: str) -> list[ReadyItem]:
    """Asked for by whoever reviewed the answers; the visit stays until another time is saved."""
    if visit.not_before is None or not is_before_its_day(visit):
        return []
    words = _("The first possible day is %(day)s. Your time stays yours until you choose another.")
    return [
        ReadyItem(
            title=_("Choose a later day"),
            detail=words % {"day": day_words(visit.not_before, year=True)},
            url=reverse("portal:move", kwargs={"token": token}),
        )
    ]


def _coming(visit: Appointment, token: str) -> list[ReadyItem]:
    if visit.confirmed_at:
        return [
            ReadyItem(
                title=_("You told us that you will come"),
                detail=_("If that changes, change the time or cancel below."),
                is_done=True,
            )
        ]
    return [
        ReadyItem(
            title=_("Tell us that you will come"),
            detail=_("Then we know that the time still works for you."),
            url=reverse("portal:come", kwargs={"token": token}),
            button=_("I will come"),
        )
    ]


def _order(visit: Appointment, token: str) -> list[ReadyItem]:
    """Nothing where no order is needed, or where we have it."""
    url = reverse("portal:visit-order", kwargs={"token": token})
    count = documents_of(visit, Document.Kind.ORDER).count()
    if count:
        return [ReadyItem(title=_("Your doctor’s order"), detail=count_words(count), url=url, is_done=True)]
    status = Appointment.OrderStatus(visit.order_status)
    if visit.exam.order_required == Exam.OrderRequired.NO or status is Appointment.OrderStatus.RECEIVED:
        return []
    details = {
        Appointment.OrderStatus.HAVE_IT: _("A photo or a PDF. Or bring the paper with you."),
        Appointment.OrderStatus.OFFICE_SENDS: _(
            "Your doctor’s office is sending it. If you have a copy, you can send it too."
        ),
    }
    return [
        ReadyItem(
            title=_("Send us your doctor’s order"),
            detail=details.get(status, _("Ask your doctor’s office for it. Then send a photo or a PDF.")),
            url=url,
        )
    ]


def _device_card(visit: Appointment, token: str) -> list[ReadyItem]:
    """Where a magnet and an answer that a person looks at make it likely that there is one."""
    count = documents_of(visit, Document.Kind.DEVICE_CARD).count()
    task = call_first_task(visit) if visit.exam.modality == Scanner.Modality.MR else None
    if not count and (task is None or task.kind != Task.Kind.REVIEW):
        return []
    return [
        ReadyItem(
            title=_("Device or implant card"),
            detail=count_words(count) if count else _("If you have one, a photo helps us look it up."),
            url=reverse("portal:visit-card", kwargs={"token": token}),
            is_done=bool(count),
        )
    ]


def _health(visit: Appointment, token: str, now: datetime) -> list[ReadyItem]:
    """From the time on when answers say something of the visit."""
    asking = asking_of(visit, now=now)
    if asking is None:
        return []
    return [
        ReadyItem(
            title=_("Questions about your health"),
            detail=_("Answered. If something changes, answer again.")
            if asking.is_answered
            else _("Before you come, please tell us how you are now. It takes two minutes."),
            url=reverse("portal:health", kwargs={"token": token}),
            is_done=asking.is_answered,
        )
    ]


def _safety(visit: Appointment, token: str, now: datetime) -> list[ReadyItem]:
    form = safety_form(visit, now=now)
    if form is None:
        return []
    return [
        ReadyItem(
            title=_("Safety form"),
            detail=_safety_words(form),
            url=reverse("portal:safety-form", kwargs={"token": token}),
            is_done=form.is_sent,
        )
    ]


def _safety_words(form: SafetyForm) -> str:
    if form.is_sent:
        return _("Sent. You can change it until your visit starts.")
    if form.is_again:
        return _("Your visit is near. Has anything changed? Look it over and send it again.")
    if form.is_complete:
        return _("All answered. Look it over and send it.")
    counts = {"answered": form.answered, "all": len(form.pages)}
    words = _("%(answered)s of %(all)s answered.") % counts
    if form.prefers_phone:
        return _("%(words)s We ask you on the phone what you leave out.") % {"words": words}
    return words


def _paying(visit: Appointment, token: str) -> list[ReadyItem]:
    """What the center needs to know for it; nothing for who pays themselves."""
    url = reverse("portal:visit-paying", kwargs={"token": token})
    if has_details(visit):
        return [ReadyItem(title=_("How you pay"), detail=_("We have the details."), url=url, is_done=True)]
    if needs_details(visit):
        is_insurance = visit.paying == visit.Paying.INSURANCE
        title = _("Add your insurance") if is_insurance else _("Add your claim")
        detail = (
            _("The plan and a photo of the card. Or bring the card with you.")
            if is_insurance
            else _("The claim number, the date and who handles it.")
        )
        return [ReadyItem(title=title, detail=detail, url=url)]
    if visit.paying == visit.Paying.SELF:
        return []
    return [ReadyItem(title=_("Tell us how you will pay"), detail=_("It takes one minute."), url=url)]
