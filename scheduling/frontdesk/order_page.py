"""What the pages of orders show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Location
from scheduling.forms.documents import DocumentsForm
from scheduling.frontdesk.history_words import lines_of
from scheduling.frontdesk.order_forms import CloseForm, OrderForm
from scheduling.models import Document, Order
from scheduling.queries.documents import MOST, documents_of
from scheduling.queries.history import history_of_order
from scheduling.queries.messages import messages_of
from scheduling.queries.order_giving import TAKES_ORDER, was_given
from scheduling.queries.orders import counts_at, live_visit_of, orders_at, unfinished_draft
from scheduling.rules.opening_hours import local_day

Status = Order.Status
# The parts of the inbox: the value in the address, its words, what it lists.
PARTS = {
    "open": (gettext_lazy("Open"), Order.OPEN),
    "new": (gettext_lazy("To complete"), (Status.NEW,)),
    "ready": (gettext_lazy("Ready to book"), (Status.READY,)),
    "invited": (gettext_lazy("Invited"), (Status.INVITED,)),
    "booked": (gettext_lazy("Booked"), (Status.BOOKED,)),
    "closed": (gettext_lazy("Closed"), (Status.CLOSED,)),
}
CLOSED_SHOWN = 100  # of the closed and booked ones only the latest


@dataclass(frozen=True, slots=True)
class Part:
    value: str
    words: str
    count: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two desks filled in otherwise."""

    label: str
    theirs: str
    mine: str


def inbox_context(location: Location, shown: str, *, now: datetime) -> dict[str, Any]:
    shown = shown if shown in PARTS else "open"
    counts = counts_at(location)
    parts = [
        Part(value, str(words), sum(counts.get(status, 0) for status in statuses), value == shown)
        for value, (words, statuses) in PARTS.items()
    ]
    orders = orders_at(location, *PARTS[shown][1]).prefetch_related("documents")
    return {
        "location": location,
        "parts": parts,
        "shown": shown,
        "orders": orders if shown in ("open", "new", "ready", "invited") else orders[:CLOSED_SHOWN],
        "has_any": any(counts.values()),
        "now": now,
    }


def order_context(
    order: Order,
    *,
    form: OrderForm | None = None,
    close_form: CloseForm | None = None,
    papers_form: DocumentsForm | None = None,
    now: datetime,
    **more: Any,
) -> dict[str, Any]:
    papers = list(documents_of(order, Document.Kind.ORDER))
    visit = live_visit_of(order)
    return {
        "order": order,
        "location": order.location,
        "form": form or order_form(order, now=now),
        "close_form": close_form or CloseForm(),
        "papers": papers,
        "papers_form": papers_form or papers_form_of(order),
        "lacks": what_lacks(order),
        "visit": visit,
        "may_take_back": visit is not None and visit.status in TAKES_ORDER and was_given(order, visit),
        "mails": messages_of(order),
        "begun": unfinished_draft(order) if order.status == Status.INVITED else None,
        "calls": order.tasks.open(),
        "history": lines_of(history_of_order(order), order.zone),
        "now": now,
        **more,
    }


def order_form(order: Order, *data: Mapping[str, Any], now: datetime) -> OrderForm:
    return OrderForm(*data, order=order, today=local_day(now, order.zone))


def papers_form_of(order: Order, *sent: Any) -> DocumentsForm:
    count = documents_of(order, Document.Kind.ORDER).count()
    form = DocumentsForm(*sent, most=max(MOST[Document.Kind.ORDER] - count, 0))
    label = form.fields["files"].label
    form.lay_out(has_some=True)  # the page has a main button of its own
    if not count:
        form.fields["files"].label = label
    form.helper.form_action = reverse("frontdesk:order-files", args=[order.pk])
    return form


def what_lacks(order: Order) -> list[str]:
    """Before it can be booked, in words."""
    lacking = {
        _("exam"): order.exam is None,
        _("side"): order.needs_side,
        _("first name"): not order.given_name,
        _("date of birth"): order.birth_date is None,
        _("phone or email"): not (order.phone or order.email),
    }
    return [words for words, is_lacking in lacking.items() if is_lacking]


def differences(form: OrderForm, order: Order) -> list[Difference]:
    """Between what was typed here and what the order says by now."""
    answers, found = form.answers(), []
    for name, mine in answers.items():
        theirs = getattr(order, name)
        if name in form.fields and theirs != mine:
            label = str(form.fields[name].label)
            found.append(Difference(label, _words(form, name, theirs), _words(form, name, mine)))
    return found


def _words(form: OrderForm, name: str, value: Any) -> str:
    if name == "exam":
        return value.get_contrast_display() if value else ""
    if name == "phone":
        return getattr(value, "as_national", "") or str(value)
    if hasattr(value, "isoformat"):
        return date_format(value, "F j, Y")
    choices = getattr(form.fields[name], "choices", None)
    words = dict(choices).get(value, value) if choices else value
    return str(words)
