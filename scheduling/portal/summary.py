"""The answers as rows of a summary: on the check page with links to change them, on the visit
page without."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.dateformat import format as in_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from scheduling.models import Appointment, Document, Draft, Exam, Order
from scheduling.portal.paying_page import needs_details, paying_words
from scheduling.queries.catalogue import first_of_family
from scheduling.queries.documents import documents_of
from scheduling.queries.drafts import Step
from scheduling.wall_clock import day_words, time_words


@dataclass(frozen=True, slots=True)
class Row:
    """Context of components/summary_list.html; `what` is read out after the link's word (“Change”)."""

    label: str
    value: str
    url: str = ""
    what: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    heading: str
    rows: list[Row]


def summary_of(draft: Draft, *, has_fit: bool, has_screening: bool, safety: str) -> list[Group]:
    """`safety` says how the safety questions are answered; empty where none are asked."""
    return [
        Group(_("The scan"), _scan_rows(draft, has_fit=has_fit)),
        Group(_("Where and when"), _visit_rows(draft)),
        Group(_("The patient"), _patient_rows(draft, has_screening=has_screening, safety=safety)),
        Group(_("Paying"), [_paying_row(draft)]),
    ]


def exam_words(booking: Draft | Appointment) -> str:
    """The exam and the side; without contrast while nobody knows what the order says about it."""
    exam = booking.exam
    unsure = booking.contrast_answer == Appointment.ContrastAnswer.NOT_SURE
    name = first_of_family(exam).display_name if unsure else exam.display_name
    side = _side_words(booking.laterality)
    return f"{name}, {side}" if side else name


def ordered_rows(order: Order) -> list[Row]:
    """Of an order that nobody has booked from yet."""
    assert order.exam is not None
    side = _side_words(order.laterality)
    what = f"{order.exam.display_name}, {side}" if side else order.exam.display_name
    who = "\n".join(filter(None, (order.clinician, order.practice)))
    rows = [Row(_("Exam"), what)]
    return [*rows, Row(_("Ordered by"), who)] if who else rows


def _side_words(laterality: str) -> str:
    sides = {
        Appointment.Laterality.LEFT: pgettext("side", "left"),
        Appointment.Laterality.RIGHT: pgettext("side", "right"),
        Appointment.Laterality.BOTH: pgettext("side", "both sides"),
    }
    return sides.get(Appointment.Laterality(laterality), "")


def order_words(exam: Exam, order_status: str) -> str:
    """To the patient, who knows where the order is; staff read the model's own labels."""
    words = {
        Appointment.OrderStatus.HAVE_IT: _("You have it"),
        Appointment.OrderStatus.OFFICE_SENDS: _("The doctor’s office is sending it"),
        Appointment.OrderStatus.NONE: _("Not needed for this exam")
        if exam.order_required == Exam.OrderRequired.NO
        else _("Not yet"),
        Appointment.OrderStatus.RECEIVED: _("We have it"),
    }
    return words[Appointment.OrderStatus(order_status)]


def contact_words(ways: Draft | Appointment, phone: str) -> str:
    """One line per way that was chosen."""
    lines = []
    if ways.by_email:
        lines.append(_("Email to %(email)s") % {"email": ways.email})
    if ways.by_text:
        lines.append(_("Text to %(phone)s") % {"phone": phone})
    if ways.by_call:
        lines.append(_("Call %(phone)s") % {"phone": phone})
    return "\n".join(lines)


def _scan_rows(draft: Draft, *, has_fit: bool) -> list[Row]:
    change = reverse("portal:change-exam", kwargs={"draft_id": draft.pk})
    if draft.order_id:
        rows = [Row(_("Exam"), exam_words(draft) + "\n" + _("As your doctor ordered"))]
    else:
        rows = [Row(_("Exam"), exam_words(draft), change, _("the exam"))]
    if draft.contrast_answer == Appointment.ContrastAnswer.NOT_SURE:
        rows.append(Row(_("Contrast"), _("Not sure. We check the order."), change, _("the contrast")))
    order = order_words(draft.exam, draft.order_status)
    rows.append(Row(_("Doctor’s order"), order, "" if draft.order_id else change, _("the order")))
    if draft.order_status == Appointment.OrderStatus.HAVE_IT:
        rows.append(_order_files_row(draft))
    rows.append(Row(_("Reason"), draft.reason, change, _("the reason")))
    if draft.interpreter_language or draft.order_id:  # who was invited saw no page that asks
        action = "" if draft.interpreter_language else _("Add")
        rows.append(Row(_("Interpreter"), draft.interpreter_language, change, _("the interpreter"), action))
    if has_fit:
        rows.append(Row(_("What applies to you"), _("Answered"), _url(draft, Step.FIT), _("what applies")))
    return rows


def _order_files_row(draft: Draft) -> Row:
    url = reverse("portal:draft-order", kwargs={"draft_id": draft.pk})
    names = [document.original_name for document in documents_of(draft, Document.Kind.ORDER)]
    if names:
        return Row(_("Copy of the order"), "\n".join(names), url, _("the copy of the order"))
    later = _("None yet. Add a photo or PDF now or later.")
    return Row(_("Copy of the order"), later, url, _("a photo or PDF of the order"), _("Add"))


def _visit_rows(draft: Draft) -> list[Row]:
    assert draft.location is not None
    assert draft.starts_at is not None
    zone = draft.location.zone
    where, when = _url(draft, Step.WHERE), _url(draft, Step.TIME)
    center = f"{draft.location.name}\n{draft.location.address}, {draft.location.city}, {draft.location.state}"
    time = f"{day_words(draft.starts_at, zone, year=True)}\n{time_words(draft.starts_at, zone)}"
    return [
        Row(_("Center"), center, where, _("the center")),
        Row(_("Date and time"), time, when, _("the date and time")),
    ]


def _patient_rows(draft: Draft, *, has_screening: bool, safety: str) -> list[Row]:
    who, contact = _url(draft, Step.PATIENT), _url(draft, Step.CONTACT)
    born = day_of_birth(draft)
    rows = [
        Row(_("Name"), f"{draft.given_name} {draft.family_name}".strip(), who, _("the name")),
        Row(_("Date of birth"), born, who, _("the date of birth")),
    ]
    if draft.booker_name:
        booker = f"{draft.booker_name} ({draft.booker_relation})"
        rows.append(Row(_("Booked by"), booker, who, _("who books")))
    if draft.guardian_name:
        rows.append(Row(_("Parent or guardian"), draft.guardian_name, who, _("the parent or guardian")))
    rows.append(
        Row(_("How we reach you"), contact_words(draft, draft.phone_as_typed), contact, _("how we reach you"))
    )
    if safety:
        rows.append(Row(_("Safety questions"), safety, _url(draft, Step.SAFETY), _("the safety answers")))
    if has_screening:
        rows.append(
            Row(_("Health questions"), _("Answered"), _url(draft, Step.COVID), _("the health answers"))
        )
    return rows


def _paying_row(draft: Draft) -> Row:
    url = reverse("portal:draft-paying", kwargs={"draft_id": draft.pk})
    said = paying_words(draft)
    if needs_details(draft):
        later = _("Add the details now or later.")
        return Row(_("How you pay"), f"{said}\n{later}", url, _("the details of how you pay"), _("Add"))
    return Row(_("How you pay"), said, url, _("how you pay"), "" if said else _("Add"))


def day_of_birth(draft: Draft) -> str:
    assert draft.birth_date is not None
    return in_format(draft.birth_date, pgettext("date of birth", "F j, Y"))


def _url(draft: Draft, step: Step) -> str:
    return reverse(f"portal:{step}", kwargs={"draft_id": draft.pk})
