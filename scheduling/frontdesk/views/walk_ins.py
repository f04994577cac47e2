"""Walk-ins: the queue of a location, what is typed about one of them, and the room that takes them in."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from scheduling.actions import walk_ins
from scheduling.exceptions import BookingError, DraftIncomplete, HasVisit, IllegalMove
from scheduling.frontdesk import walk_in_page
from scheduling.frontdesk.booking_forms import ShorthandForm, WalkInExamForm
from scheduling.frontdesk.booking_saving import Saved
from scheduling.frontdesk.carried import carried
from scheduling.frontdesk.places import remember_place
from scheduling.frontdesk.undo import offer_undo
from scheduling.frontdesk.views.booking import BookExam, Booking
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.frontdesk.walk_in_forms import StepForm, TakeInForm
from scheduling.models import WalkIn
from scheduling.queries.access import may_run_the_day_at, visit_of_draft, walk_in_for_staff
from scheduling.queries.board import board_version
from scheduling.queries.drafts import Step, missing_steps
from scheduling.queries.phone import ExamFound, exams_among
from scheduling.queries.walk_ins import ended_today, walk_in_exams, walk_in_of
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

STEPS: dict[str, Callable[..., WalkIn]] = {
    "call": walk_ins.call,
    "back": walk_ins.put_back,
    "left": walk_ins.leave,
}
_WHO = (Step.PATIENT,)  # all that the queue needs to know


class WalkIns(BookExam):
    """`?since=` the version a desk has, as on the board. The exam of the next one is typed here."""

    books = False
    exam_form = WalkInExamForm

    def get(self, request: HttpRequest, center: str) -> HttpResponse:
        since = request.GET.get("since")
        if since is None:
            return self.exam_page(self.exam_form())
        if since == str(board_version(self.location)):
            return HttpResponse(status=204)
        return render(request, "frontdesk/walk_ins_queue.html", self._queue())

    def post(self, request: HttpRequest, center: str) -> HttpResponse:
        if not self.may_book or not self.location.takes_walk_in_xray:
            raise PermissionDenied
        return super().post(request, center)

    def exams(self, typed: str) -> list[ExamFound]:
        return exams_among(walk_in_exams(self.location), typed)

    def begin(self, chosen: ExamFound) -> HttpResponse:
        draft = walk_ins.start_walk_in(
            exam=chosen.exam,
            laterality=chosen.side,
            location=self.location,
            user=self.request.user,
            language="en",
            now=self.now,
        )
        return SeeOther(reverse("frontdesk:walk-in", args=[draft.pk]))

    def exam_page(self, form: ShorthandForm, status: int = 200, **context: Any) -> HttpResponse:
        about = {**self._queue(), "form": form, **context}
        return render(self.request, "frontdesk/walk_ins.html", about, status=status)

    def _queue(self) -> dict[str, Any]:
        version = board_version(self.location)  # read first: what changes meanwhile makes the page old
        return {
            **walk_in_page.queue_context(self.location, now=self.now),
            "ended": ended_today(self.location, now=self.now),
            "version": version,
            "may_book": self.may_book,
            "may_run_the_day": self.may_run_the_day,
        }


class WalkInDraft(Booking):
    """What is asked and typed about somebody who stands at the desk, before and while they wait."""

    is_of_walk_in = True

    @property
    def walk_in(self) -> WalkIn | None:
        return walk_in_of(self.draft)

    @property
    def queue_url(self) -> str:
        assert self.draft.desk is not None
        return reverse("frontdesk:walk-ins", args=[self.draft.desk.slug])

    def get(self, request: StaffRequest, draft_id: UUID) -> HttpResponse:
        visit = visit_of_draft(self.draft)
        if visit is not None:
            return SeeOther(reverse("frontdesk:visit", args=[visit.pk]))
        return self.page(posted=carried(request))

    def _join(self, saved: Saved) -> HttpResponse:
        missing = [step for step in missing_steps(self.draft, now=self.now) if step in _WHO]
        if saved.has_errors or missing:
            return self.page(422, posted=self.request.POST, missing=missing)
        walk_ins.join_queue(
            draft_id=self.draft.pk,
            user=self.request.user,
            is_another="another" in self.request.POST,
            now=self.now,
            by=self.by,
        )
        return SeeOther(self.queue_url)

    def _discard(self) -> HttpResponse:
        if self.walk_in is not None:
            raise IllegalMove
        super()._discard()
        return SeeOther(self.queue_url)

    def _refused(self, refusal: BookingError) -> HttpResponse:
        self.read_again()
        status = 422 if isinstance(refusal, (DraftIncomplete, HasVisit)) else 409
        return self.page(status, posted=self.request.POST, refusal=str(refusal))

    def _side(self, saved: Saved, status: int = 200) -> HttpResponse:
        context = walk_in_page.side_context(self.draft, self.request.user, now=self.now)
        return render(self.request, "frontdesk/walk_in_side.html", context)

    BUTTONS: ClassVar[dict[str, Callable[[Any, Saved], HttpResponse]]] = {
        "keep": _side,
        "set_up": Booking.BUTTONS["set_up"],
        "book": _join,
        "another": _join,
    }

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        context = walk_in_page.typing_context(
            self.draft, self.request.user, walk_in=self.walk_in, now=self.now, **more
        )
        return render(self.request, "frontdesk/walk_in.html", context, status=status)


class OfWalkIn(LoginRequiredMixin, View):
    """For those who run the day."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated:
            remember_place(request, self.walk_in.location)
            if request.method == "POST" and not self.may_run_the_day:
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def walk_in(self) -> WalkIn:
        return walk_in_for_staff(self.request.user, self.kwargs["walk_in_id"])

    @cached_property
    def may_run_the_day(self) -> bool:
        return may_run_the_day_at(self.request.user, self.walk_in.location)

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    def to_queue(self) -> HttpResponse:
        return SeeOther(reverse("frontdesk:walk-ins", args=[self.walk_in.location.slug]))

    def page(self, status: int = 200, **more: Any) -> HttpResponse:
        self.__dict__.pop("walk_in", None)  # after a refusal: as it is now
        context = walk_in_page.room_context(self.walk_in, now=self.now, **more)
        context = {**context, "may_run_the_day": self.may_run_the_day}
        return render(self.request, "frontdesk/walk_in_room.html", context, status=status)


class WalkInStep(OfWalkIn):
    """Called, gone, or back in the place they had."""

    def get(self, request: StaffRequest, walk_in_id: int) -> HttpResponse:
        return self.to_queue()

    def post(self, request: StaffRequest, walk_in_id: int) -> HttpResponse:
        form = StepForm(request.POST)
        if not form.is_valid():
            return self.page(422, leave_form=form, form_with_errors=form)
        step, given = STEPS[form.cleaned_data["step"]], form.arguments()
        try:
            step(walk_in_id=self.walk_in.pk, **given, now=self.now, by=self.by)
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal))
        return self.to_queue()


class TakeIn(OfWalkIn):
    """The rooms, what speaks against each right now, and a button for it."""

    def get(self, request: StaffRequest, walk_in_id: int) -> HttpResponse:
        return self.page()

    def post(self, request: StaffRequest, walk_in_id: int) -> HttpResponse:
        form = TakeInForm(request.POST, location=self.walk_in.location)
        if not form.is_valid():
            return self.page(422, form=form)
        try:
            visit = walk_ins.take_in(walk_in_id=self.walk_in.pk, **form.arguments(), now=self.now, by=self.by)
        except BookingError as refusal:
            return self._refused(form, refusal)
        words = _("%(who)s is taken in: %(room)s.") % {"who": visit.patient, "room": visit.scanner}
        offer_undo(request, visit, words, now=self.now)
        return self.to_queue()

    def _refused(self, form: TakeInForm, refusal: BookingError) -> HttpResponse:
        words = walk_in_page.why_not(refusal, self.walk_in)
        if walk_in_page.is_lifted_by_a_reason(refusal):
            form.add_error("reason", _("Write why it is done all the same"))
            return self.page(422, form=form, against=words)
        return self.page(409, form=form, refusal=" ".join(words))
