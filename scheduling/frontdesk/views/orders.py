"""Orders of doctors: the inbox of a location, and one order beside its paper."""

from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from scheduling.actions import order_inbox
from scheduling.actions.documents import add_documents, remove_document
from scheduling.actions.order_invitations import invite_to_book
from scheduling.actions.phone import start_draft_of_order
from scheduling.exceptions import BookingError, EditConflict, NotFound, TooManyFiles
from scheduling.forms.documents import DocumentsForm
from scheduling.forms.words import Words
from scheduling.frontdesk import order_page
from scheduling.frontdesk.booking_forms import ShorthandForm
from scheduling.frontdesk.carried import carried
from scheduling.frontdesk.order_forms import CloseForm
from scheduling.frontdesk.places import remember_place
from scheduling.frontdesk.views.booking import BookExam, TypedExam
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.frontdesk.visit_forms import VersionForm
from scheduling.models import Document, Order
from scheduling.queries.access import may_book_at, order_for_staff
from scheduling.queries.documents import MOST
from scheduling.queries.history import changes_of_order
from scheduling.queries.order_giving import visits_for_order
from scheduling.queries.phone import ExamFound, exams_for
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther


class Orders(BookExam):
    """`?part=` of order_page.PARTS. A new one is begun with its exam, or with its paper."""

    books = False
    takes_files: ClassVar[bool] = True

    def post(self, request: HttpRequest, center: str) -> HttpResponse:
        if not self.may_book:
            raise PermissionDenied
        return self._upload() if "upload" in request.POST else self.choose_exam(request)

    def begin(self, chosen: ExamFound) -> HttpResponse:
        return self._receive(Order.CameBy.TYPED, exam=chosen.exam, laterality=chosen.side)

    def _upload(self) -> HttpResponse:
        form = DocumentsForm(self.request.POST, self.request.FILES, most=MOST[Document.Kind.ORDER])
        if not form.is_valid() or not form.good:
            return self.exam_page(self.exam_form(), 422, papers_form=form, form_with_errors=form)
        return self._receive(Order.CameBy.UPLOADED, files=form.good)

    def _receive(self, came_by: Order.CameBy, files: Any = (), **exam: Any) -> HttpResponse:
        order = order_inbox.receive_order(
            order_id=self._key, location=self.location, came_by=came_by, now=self.now, by=self.by, **exam
        )
        if files:
            kind = Document.Kind.ORDER
            add_documents(owner=order, kind=kind, files=files, now=self.now, by=self.by)
        return SeeOther(reverse("frontdesk:order", args=[order.pk]))

    @property
    def _key(self) -> UUID:
        """The form's own."""
        try:
            return UUID(self.request.POST.get("key", ""))
        except ValueError:
            return uuid4()

    def exam_page(self, form: ShorthandForm, status: int = 200, **context: Any) -> HttpResponse:
        about = {
            **order_page.inbox_context(self.location, self.request.GET.get("part", ""), now=self.now),
            "form": form,
            "papers_form": DocumentsForm(most=MOST[Document.Kind.ORDER]),
            "key": uuid4(),
            "may_book": self.may_book,
            **context,
        }
        return render(self.request, "frontdesk/orders.html", about, status=status)


class OrderView(LoginRequiredMixin, View):
    """About one order; only who books there changes it."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated:
            remember_place(request, self.order.location)
            if request.method == "POST" and not self.may_book:
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def order(self) -> Order:
        return order_for_staff(self.request.user, self.kwargs["order_id"])

    @cached_property
    def may_book(self) -> bool:
        return may_book_at(self.request.user, self.order.location)

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    @property
    def url(self) -> str:
        return reverse("frontdesk:order", args=[self.order.pk])

    def get(self, request: StaffRequest, order_id: UUID) -> HttpResponse:
        """Where someone lands who had to sign in again in between."""
        return SeeOther(self.url)

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        if "refusal" in context:  # as it is now
            self.__dict__.pop("order", None)
        about = order_page.order_context(self.order, now=self.now, **context)
        about["may_book"] = self.may_book
        about["candidates"] = visits_for_order(self.order, self.request.user, now=self.now)
        return render(self.request, "frontdesk/order.html", about, status=status)

    def conflict(self, **context: Any) -> HttpResponse:
        """Somebody was faster: what they did, what was wanted here, and a button for it all the same."""
        self.__dict__.pop("order", None)
        sent = [(name, value) for name, values in self.request.POST.lists() for value in values]
        about = {
            "order": self.order,
            "location": self.order.location,
            "latest": changes_of_order(self.order)[:3],
            "sent": [(name, value) for name, value in sent if name not in ("csrfmiddlewaretoken", "version")],
            **context,
        }
        return render(self.request, "frontdesk/order_conflict.html", about, status=409)

    def save(self, version: int, fields: dict[str, Any]) -> Order:
        """Raises EditConflict and other BookingError."""
        return order_inbox.save_order(
            order_id=self.order.pk, version=version, fields=fields, now=self.now, by=self.by
        )

    def said(self, words: str) -> HttpResponse:
        messages.success(self.request, words, extra_tags=FOCUS)
        return SeeOther(self.url)


class OrderPage(OrderView):
    def get(self, request: StaffRequest, order_id: UUID) -> HttpResponse:
        order_inbox.note_view(order=self.order, now=self.now, by=self.by)
        typed = carried(request)
        if typed is None:
            return self.page()
        return self.page(form=order_page.order_form(self.order, typed, now=self.now))

    def post(self, request: StaffRequest, order_id: UUID) -> HttpResponse:
        form = order_page.order_form(self.order, request.POST, now=self.now)
        if not form.is_valid():
            return self.page(422, form=form)
        try:
            order = self.save(form.cleaned_data["version"], form.answers())
        except EditConflict:
            return self.conflict(differences=order_page.differences(form, self._now()))
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal))
        lacks = order_page.what_lacks(order)
        return self.said(
            _("Saved. Still missing: %(what)s.") % {"what": ", ".join(lacks)} if lacks else _("Saved.")
        )

    def _now(self) -> Order:
        self.__dict__.pop("order", None)
        return self.order


class OrderExam(OrderView, TypedExam):
    """Another exam than the one that was chosen, or the first."""

    def get(self, request: StaffRequest, order_id: UUID) -> HttpResponse:
        return self.exam_page(self.exam_form())

    def post(self, request: StaffRequest, order_id: UUID) -> HttpResponse:
        return self.choose_exam(request)

    def exams(self, typed: str) -> list[ExamFound]:
        return exams_for(typed, self.order.location)

    def begin(self, chosen: ExamFound) -> HttpResponse:
        version = VersionForm(self.request.POST)
        seen = version.cleaned_data["version"] if version.is_valid() else -1
        try:
            self.save(seen, {"exam": chosen.exam, "laterality": chosen.side})
        except EditConflict:
            return self.conflict(wanted=chosen.exam.display_name)
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal))
        return SeeOther(self.url)

    def exam_page(self, form: ShorthandForm, status: int = 200, **context: Any) -> HttpResponse:
        context = {"order": self.order, "location": self.order.location, "form": form, **context}
        return render(self.request, "frontdesk/order_exam.html", context, status=status)


class OrderFiles(OrderView):
    """More pages of its paper, or one taken away."""

    takes_files: ClassVar[bool] = True

    def post(self, request: StaffRequest, order_id: UUID) -> HttpResponse:
        if "remove" in request.POST:
            return self._remove(request.POST["remove"])
        form = order_page.papers_form_of(self.order, request.POST, request.FILES)
        is_valid = form.is_valid()
        try:
            if form.good:
                kind = Document.Kind.ORDER
                add_documents(owner=self.order, kind=kind, files=form.good, now=self.now, by=self.by)
        except TooManyFiles as refusal:
            form.add_error("files", str(refusal))
            return self.page(409, papers_form=form, form_with_errors=form)
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal))
        return self.said(_("Added.")) if is_valid else self.page(422, papers_form=form, form_with_errors=form)

    def _remove(self, document_id: str) -> HttpResponse:
        """What is gone already is not here afterwards either."""
        try:
            remove_document(owner=self.order, document_id=UUID(document_id), now=self.now, by=self.by)
        except (NotFound, ValueError):
            pass
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal))
        return self.said(_("Taken away."))


class StepOfOrder(OrderView):
    """A button of an order's page: what is refused is said there."""

    form_class: type[forms.Form] = VersionForm
    name = ""  # of the form in the page's context
    wanted: Words = ""

    def post(self, request: StaffRequest, order_id: UUID) -> HttpResponse:
        form = self.form_class(request.POST)
        kept = {self.name: form} if self.name else {}
        if not form.is_valid():
            return self.page(422, form_with_errors=form, **kept)
        try:
            return self.act(form)
        except EditConflict:
            return self.conflict(wanted=self.wanted)
        except NotFound:
            raise
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal), **kept)

    def act(self, form: forms.Form) -> HttpResponse:
        raise NotImplementedError


class InviteOrder(StepOfOrder):
    wanted = gettext_lazy("Send the invitation")

    def act(self, form: forms.Form) -> HttpResponse:
        order = invite_to_book(order_id=self.order.pk, now=self.now, by=self.by, **form.cleaned_data)
        if order.by_email:
            return self.said(_("The invitation leaves by email in 2 minutes."))
        return self.said(_("There is no email: a task says to call."))


class CloseOrder(StepOfOrder):
    form_class = CloseForm
    name = "close_form"
    wanted = gettext_lazy("Close the order")

    def act(self, form: forms.Form) -> HttpResponse:
        order_inbox.close_order(order_id=self.order.pk, now=self.now, by=self.by, **form.cleaned_data)
        return self.said(_("Closed."))


class ReopenOrder(StepOfOrder):
    wanted = gettext_lazy("Open the order again")

    def act(self, form: forms.Form) -> HttpResponse:
        order_inbox.reopen_order(order_id=self.order.pk, now=self.now, by=self.by, **form.cleaned_data)
        return self.said(_("Open again."))


class BookOrder(OrderView):
    """By phone, now: with all that the order says."""

    def post(self, request: StaffRequest, order_id: UUID) -> HttpResponse:
        try:
            draft = start_draft_of_order(order_id=self.order.pk, user=request.user, now=self.now)
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal))
        return SeeOther(reverse("frontdesk:booking", args=[draft.pk]))
