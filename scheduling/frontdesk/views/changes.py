"""A visit moves or is canceled by the desk, and that is undone."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Scanner
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.desk_moves import MOVABLE, place_visit
from scheduling.actions.undoing import undo_change
from scheduling.exceptions import BookingError, Clashes, EditConflict
from scheduling.frontdesk.approval_page import approval_context
from scheduling.frontdesk.clash_words import words_of
from scheduling.frontdesk.moments import moment_in, number_in
from scheduling.frontdesk.move_forms import CancelForm, MoveForm
from scheduling.frontdesk.undo import forget_undo, offer_undo
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.frontdesk.views.visit import VisitView
from scheduling.frontdesk.visit_forms import VersionForm
from scheduling.models import Appointment
from scheduling.queries.scanners import scanners_for_move, soonest_places
from scheduling.rules.opening_hours import local_day
from scheduling.rules.telling import Telling
from scheduling.see_other import SeeOther
from scheduling.wall_clock import local, short_day_words, time_words


class ChangeView(VisitView):
    """For those who book by phone."""

    @property
    def may_post(self) -> bool:
        return self.may_book

    def to_board(self, visit: Appointment, words: str) -> HttpResponse:
        """With the visit in sight, and a bar to undo it."""
        offer_undo(self.request, visit, words, now=self.now)
        day = local_day(visit.starts_at, visit.zone)
        board = reverse("frontdesk:board", args=[visit.location.slug, day])
        return SeeOther(f"{board}#visit-{visit.pk}")


class Move(ChangeView):
    """`?scanner=&at=` what was dragged to; `?here=` the center where the patient stands, for whom it is
    brought forward. The form is the same."""

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        return self._page(self._form(initial=self._asked()))

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            visit = self._place(form)
        except Clashes as refusal:
            location = form.cleaned_data["scanner"].location
            return self._needs_reason(form, words_of(refusal.clashes, location))
        except EditConflict:
            return self._slower(form)
        except BookingError as refusal:
            self.read_again()
            return self._page(form, 409, refusal=str(refusal))
        return self.to_board(visit, _moved_words(self.visit, visit))

    def _place(self, form: MoveForm) -> Appointment:
        given = form.cleaned_data
        return place_visit(
            visit_id=self.visit.pk,
            scanner_id=given["scanner"].pk,
            starts_at=form.starts_at,
            version=given["version"],
            reason=given["reason"],
            tell=Telling(given["tell"]),
            now=self.now,
            by=self.by,
        )

    def _needs_reason(self, form: MoveForm, clashes: list[str]) -> HttpResponse:
        form.add_error("reason", _("Write why it has to be this time"))
        return self._page(form, 422, clashes=clashes)

    def _slower(self, form: MoveForm) -> HttpResponse:
        at = time_words(form.starts_at, form.cleaned_data["scanner"].location.zone)
        wanted = _("Move to %(time)s") % {"time": at}
        data = {
            name: self.request.POST.get(name, "") for name in ("scanner", "day", "time", "tell", "reason")
        }
        return self.conflict(wanted, **data)

    def _form(self, *data: Any, **more: Any) -> MoveForm:
        scanners = scanners_for_move(self.visit, self.request.user)
        return MoveForm(*data, visit=self.visit, scanners=scanners, at=self.visit.starts_at, **more)

    def _asked(self) -> dict[str, Any]:
        query = self.request.GET
        place = query.get("here")
        if place is None:
            return asked_place(self.request, self.visit)
        there = scanners_for_move(self.visit, self.request.user).filter(location__slug=place).first()
        if there is None:
            return {}
        return {**_place_fields(self.now, there), "tell": Telling.NOBODY}

    def _approval(self, form: MoveForm) -> dict[str, Any]:
        at = moment_in(self.request.GET.get("at", "")) or self.visit.starts_at
        return approval_context(self.visit, form.scanner or self.visit.scanner, at)

    def _page(self, form: MoveForm, status: int = 200, **context: Any) -> HttpResponse:
        context = {
            "visit": self.visit,
            "location": self.visit.location,
            "form": form,
            "soonest": soonest_places(self.visit, now=self.now),
            "is_movable": self.visit.status in MOVABLE and self.may_book,
            **({} if form.is_bound else self._approval(form)),
            **context,
        }
        return render(self.request, "frontdesk/move.html", context, status=status)


class Cancel(ChangeView):
    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        return self._page(CancelForm(visit=self.visit))

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form = CancelForm(request.POST, visit=self.visit)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            visit = cancel_visit(visit_id=self.visit.pk, **form.cleaned_data, now=self.now, by=self.by)
        except EditConflict:
            data = {name: request.POST.get(name, "") for name in ("asked_by", "reason")}
            return self.conflict(_("Cancel the visit"), **data)
        except BookingError as refusal:
            self.read_again()
            return self._page(form, 409, refusal=str(refusal))
        return self.to_board(visit, _("Canceled: %(who)s.") % {"who": visit.patient})

    def _page(self, form: CancelForm, status: int = 200, **context: Any) -> HttpResponse:
        is_possible = self.visit.may_become(Appointment.Status.CANCELED) and self.may_book
        about = {"visit": self.visit, "location": self.visit.location, "is_possible": is_possible}
        context = {**about, "form": form, **context}
        return render(self.request, "frontdesk/cancel.html", context, status=status)


class Undo(ChangeView):
    """Whoever took a walk-in in may undo that, too."""

    @property
    def may_post(self) -> bool:
        is_walk_in = self.visit.source == Appointment.Source.WALK_IN
        return self.may_book or (self.may_run_the_day and is_walk_in)

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form = VersionForm(request.POST)
        if not form.is_valid():
            return self.page(422)
        try:
            visit = undo_change(
                visit_id=self.visit.pk, version=form.cleaned_data["version"], now=self.now, by=self.by
            )
        except BookingError as refusal:
            self.read_again()
            return self.page(409, refusal=str(refusal))
        forget_undo(request)
        messages.success(request, _("Undone. No message was sent."), extra_tags=FOCUS)
        return SeeOther(_where_it_is(visit))


def asked_place(request: StaffRequest, visit: Appointment) -> dict[str, Any]:
    """`?scanner=&at=` of an address, as the fields of a form."""
    at, scanner_id = moment_in(request.GET.get("at", "")), number_in(request.GET.get("scanner", ""))
    if at is None or scanner_id is None:
        return {}
    scanner = scanners_for_move(visit, request.user).filter(pk=scanner_id).first()
    return _place_fields(at, scanner) if scanner else {}


def _place_fields(at: datetime, scanner: Scanner) -> dict[str, Any]:
    """On the clock of the scanner's location, by which the form is read."""
    here = local(at, scanner.location.zone)
    half = "am" if here.hour < 12 else "pm"
    return {"scanner": scanner.pk, "day": here.date(), "time": f"{here:%-I:%M} {half}"}


def _where_it_is(visit: Appointment) -> str:
    """On the board; who is back in the queue is there."""
    if visit.source == Appointment.Source.WALK_IN and visit.status == Appointment.Status.CANCELED:
        return reverse("frontdesk:walk-ins", args=[visit.location.slug])
    day = local_day(visit.starts_at, visit.zone)
    return f"{reverse('frontdesk:board', args=[visit.location.slug, day])}#visit-{visit.pk}"


def _moved_words(before: Appointment, after: Appointment) -> str:
    was, now = (_when(visit) for visit in (before, after))
    return _("Moved %(who)s from %(before)s to %(after)s.") % {
        "who": after.patient,
        "before": was,
        "after": now,
    }


def _when(visit: Appointment) -> str:
    day = short_day_words(local_day(visit.starts_at, visit.zone))
    return f"{day}, {time_words(visit.starts_at, visit.zone)}, {visit.scanner.name}"
