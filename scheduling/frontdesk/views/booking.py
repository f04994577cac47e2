"""A booking by phone: the exam first, then everything else on one page, in any order."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from scheduling.actions.drafts import follow_order
from scheduling.actions.phone import agree_to_book, finish_later, start_phone_draft, take_over, throw_away
from scheduling.exceptions import (
    AlreadyBooked,
    BookingError,
    Clashes,
    DraftIncomplete,
    OrderChanged,
    PleaseCall,
    TooYoung,
)
from scheduling.frontdesk import booking_page, booking_saving
from scheduling.frontdesk.booking_forms import SetUpForm, ShorthandForm
from scheduling.frontdesk.booking_saving import ChosenTime, Saved
from scheduling.frontdesk.carried import carried
from scheduling.frontdesk.clash_words import words_of
from scheduling.frontdesk.move_forms import OtherTimeForm
from scheduling.frontdesk.places import remember_place
from scheduling.frontdesk.views.at import AtLocation
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.models import Appointment, Draft
from scheduling.queries.access import may_book_at, visit_of_draft
from scheduling.queries.drafts import missing_steps
from scheduling.queries.phone import ExamFound, exams_for, phone_draft, scanners_for
from scheduling.queries.worklist import task_for
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

_PAGE_OF = {False: "frontdesk:booking", True: "frontdesk:walk-in"}


class TypedExam(View):
    """An exam that is typed in a few letters, and chosen from what they mean."""

    exam_form: type[ShorthandForm] = ShorthandForm

    def choose_exam(self, request: HttpRequest) -> HttpResponse:
        form = self.exam_form(request.POST)
        is_valid = form.is_valid()
        found = self.exams(form.cleaned_data["q"]) if is_valid else []
        if "find" in request.POST:
            return render(request, "frontdesk/exams_found.html", {"found": found, "typed": is_valid})
        chosen = booking_page.chosen_exam(request.POST.get("exam", ""), found)
        if chosen is not None:
            return self.begin(chosen)
        if is_valid:
            form.add_error("q", _("Choose one of these") if found else _("No exam here begins like that"))
        return self.exam_page(form, 422, found=found)

    def exams(self, typed: str) -> list[ExamFound]:
        raise NotImplementedError

    def begin(self, chosen: ExamFound) -> HttpResponse:
        raise NotImplementedError

    def exam_page(self, form: ShorthandForm, status: int = 200, **context: Any) -> HttpResponse:
        raise NotImplementedError


class BookExam(AtLocation, TypedExam):
    """Which exam. `?scanner=&at=` is a free time that was chosen on the board, and is held with it."""

    books = True

    def get(self, request: HttpRequest, center: str) -> HttpResponse:
        return self.exam_page(self.exam_form())

    def post(self, request: HttpRequest, center: str) -> HttpResponse:
        return self.choose_exam(request)

    def exams(self, typed: str) -> list[ExamFound]:
        return exams_for(typed, self.location)

    def begin(self, chosen: ExamFound) -> HttpResponse:
        draft = start_phone_draft(
            exam=chosen.exam,
            laterality=chosen.side,
            order_status=Appointment.OrderStatus.HAVE_IT,
            location=self.location,
            user=self.request.user,
            language="en",
            now=self.now,
        )
        self.hold_chosen(draft)
        return SeeOther(reverse("frontdesk:booking", args=[draft.pk]))

    def hold_chosen(self, draft: Draft) -> None:
        if self.chosen_time is None:
            return
        try:
            booking_saving.hold_chosen(draft, self.chosen_time, now=self.now, by=self.by)
        except BookingError as refusal:
            said = booking_page.not_held_words(refusal, self.chosen_time)
            messages.warning(self.request, said, extra_tags=FOCUS)

    @cached_property
    def chosen_time(self) -> ChosenTime | None:
        return booking_saving.chosen_time(self.request.GET, self.request.user)

    def exam_page(self, form: ShorthandForm, status: int = 200, **context: Any) -> HttpResponse:
        context = {"form": form, "location": self.location, "at": self.chosen_time, **context}
        return render(self.request, "frontdesk/book_exam.html", context, status=status)


class BookingExam(LoginRequiredMixin, TypedExam):
    """Another exam or side for the same caller: who they are, what they said and their time stay."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated and self.is_settled:
            return SeeOther(self.url)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def draft(self) -> Draft:
        return phone_draft(self.request.user, self.kwargs["draft_id"])

    @property
    def is_settled(self) -> bool:
        """An order says which exam it is, and the queue of walk-ins has its own."""
        return bool(self.draft.order_id or self.draft.is_walk_in or visit_of_draft(self.draft))

    @property
    def url(self) -> str:
        return reverse(_PAGE_OF[self.draft.is_walk_in], args=[self.draft.pk])

    def get(self, request: StaffRequest, draft_id: UUID) -> HttpResponse:
        return self.exam_page(self.exam_form())

    def post(self, request: StaffRequest, draft_id: UUID) -> HttpResponse:
        return self.choose_exam(request)

    def exams(self, typed: str) -> list[ExamFound]:
        assert self.draft.desk is not None
        return exams_for(typed, self.draft.desk)

    def begin(self, chosen: ExamFound) -> HttpResponse:
        had_time = self.draft.starts_at is not None
        try:
            changed = booking_saving.choose_exam(
                self.draft, chosen, now=timezone.now(), by=Actor.staff(self.request.user.pk)
            )
        except BookingError as refusal:
            messages.warning(self.request, str(refusal), extra_tags=FOCUS)
            return SeeOther(self.url)
        if had_time and changed.starts_at is None:
            words = _("The time that was held does not fit this exam. Choose another one.")
            messages.warning(self.request, words, extra_tags=FOCUS)
        return SeeOther(self.url)

    def exam_page(self, form: ShorthandForm, status: int = 200, **context: Any) -> HttpResponse:
        context = {"form": form, "draft": self.draft, "location": self.draft.desk, **context}
        return render(self.request, "frontdesk/book_exam.html", context, status=status)


class TakeOver(LoginRequiredMixin, View):
    """From a task to call back: what the patient began online goes on at the desk."""

    http_method_names = ("post",)

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        task = task_for(request.user, task_id)
        if not may_book_at(request.user, task.location):
            raise PermissionDenied
        now, by = timezone.now(), Actor.staff(request.user.pk)
        try:
            draft = take_over(task_id=task.pk, user=request.user, now=now, by=by)
        except BookingError as refusal:
            messages.warning(request, str(refusal), extra_tags=FOCUS)
            return SeeOther(reverse("frontdesk:tasks"))
        return SeeOther(reverse("frontdesk:booking", args=[draft.pk]))


class Booking(LoginRequiredMixin, View):
    """Every POST keeps what is valid; the button says what else."""

    request: StaffRequest
    is_of_walk_in = False

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        self.posted: QueryDict = request.POST
        if request.user.is_authenticated and self.draft.desk:
            remember_place(request, self.draft.desk)
            if self.draft.is_walk_in != self.is_of_walk_in:  # a task leads here, whatever it is about
                return SeeOther(reverse(_PAGE_OF[self.draft.is_walk_in], args=[self.draft.pk]))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def draft(self) -> Draft:
        return phone_draft(self.request.user, self.kwargs["draft_id"])

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    @property
    def url(self) -> str:
        return reverse(_PAGE_OF[self.is_of_walk_in], args=[self.draft.pk])

    def get(self, request: StaffRequest, draft_id: UUID) -> HttpResponse:
        visit = visit_of_draft(self.draft)
        if visit is not None:
            return render(request, "frontdesk/booked.html", booking_page.booked_context(visit))
        return self.page(posted=(typed := carried(request)), is_kept=typed is None)

    def post(self, request: StaffRequest, draft_id: UUID) -> HttpResponse:
        try:
            return self._post()
        except AlreadyBooked:
            return SeeOther(self.url)
        except BookingError as refusal:
            return self._refused(refusal)

    def _post(self) -> HttpResponse:
        if "discard" in self.posted:
            return self._discard()
        saved = booking_saving.save(self.draft, self.posted, self.request.user, now=self.now, by=self.by)
        self.posted = posted = saved.posted
        self.read_again()
        if saved.conflicts:
            return self._other_words(saved)
        for button, act in self.BUTTONS.items():
            if button in posted:
                return act(self, saved)
        booking_saving.act(self.draft, posted, self.request.user, now=self.now, by=self.by)
        return self.page(422, posted=posted) if saved.has_errors else SeeOther(self.url)

    def _other_words(self, saved: Saved) -> HttpResponse:
        """A colleague changed the same meanwhile: both are shown; pressing again keeps what is typed here."""
        if "keep" in self.posted:
            return self._side(saved, 409)
        return self.page(409, posted=self.posted, conflicts=saved.conflicts)

    def _later(self, saved: Saved) -> HttpResponse:
        finish_later(draft_id=self.draft.pk, now=self.now, by=self.by)
        return SeeOther(reverse("frontdesk:tasks"))

    def _book(self, saved: Saved) -> HttpResponse:
        missing = missing_steps(self.draft, now=self.now)
        if saved.has_errors or missing:
            return self.page(422, posted=self.posted, missing=missing)
        booking_saving.book(
            self.draft,
            self.request.user,
            override_reason=saved.override_reason,
            now=self.now,
            by=self.by,
        )
        return SeeOther(self.url)

    def _set_up(self, saved: Saved) -> HttpResponse:
        """Somebody agreed that it can be booked although the answers ask for a call first."""
        form = SetUpForm(self.request.POST)
        if not form.is_valid():
            return self.page(422, posted=self.posted, set_up_form=form)
        agree_to_book(
            draft_id=self.draft.pk, reason=form.cleaned_data["set_up_reason"], now=self.now, by=self.by
        )
        return SeeOther(self.url)

    def _other_time(self, saved: Saved) -> HttpResponse:
        """Any scanner and time, with a reason where something speaks against it."""
        form = OtherTimeForm(self.request.POST, scanners=scanners_for(self.draft, self.request.user))
        if not form.is_valid():
            return self.page(422, posted=self.posted, other_form=form)
        try:
            booking_saving.hold_other(self.draft, form, now=self.now, by=self.by)
        except Clashes as refusal:
            words = words_of(refusal.clashes, form.cleaned_data["scanner"].location)
            form.add_error("reason", _("Write why it has to be this time"))
            return self.page(422, posted=self.posted, other_form=form, clashes=words)
        return SeeOther(self.url)

    def _discard(self) -> HttpResponse:
        desk = self.draft.desk
        assert desk is not None
        throw_away(draft_id=self.draft.pk, now=self.now, by=self.by)
        return SeeOther(reverse("frontdesk:today", args=[desk.slug]))

    def _refused(self, refusal: BookingError) -> HttpResponse:
        if isinstance(refusal, OrderChanged):
            follow_order(draft_id=self.draft.pk, now=self.now, by=self.by)
        self.read_again()
        asks_reason = isinstance(refusal, (PleaseCall, TooYoung))
        words = booking_page.refusal_words(refusal, self.draft)
        status = 422 if isinstance(refusal, DraftIncomplete) else 409
        return self.page(status, posted=self.posted, refusal=words, asks_reason=asks_reason)

    def _side(self, saved: Saved, status: int = 200) -> HttpResponse:
        """For the script: who is known by that phone, and what is read back."""
        context = booking_page.side_context(self.draft, self.request.user, now=self.now)
        context |= {
            "seen": saved.seen,
            "others": booking_page.labels_of(self.draft, saved.conflicts, self.now),
        }
        return render(self.request, "frontdesk/booking_side.html", context, status=status)

    BUTTONS: ClassVar[dict[str, Callable[["Booking", Saved], HttpResponse]]] = {
        "keep": _side,
        "later": _later,
        "set_up": _set_up,
        "book": _book,
        "other": _other_time,
    }

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        context = booking_page.page_context(
            self.draft, self.request.user, place=self.request.GET.get("place", ""), now=self.now, **more
        )
        return render(self.request, "frontdesk/booking.html", context, status=status)

    def read_again(self) -> None:
        self.__dict__.pop("draft", None)
