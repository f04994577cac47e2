"""The last look, and the one button that books."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from scheduling.actions.booking import Confirmation, confirm_booking
from scheduling.actions.drafts import follow_order
from scheduling.actions.limits import count_attempt
from scheduling.exceptions import (
    AlreadyBooked,
    BookingNotOffered,
    DraftChanged,
    DraftIncomplete,
    ExamNotOffered,
    NotAnOpening,
    OrderChanged,
    OrderForAnother,
    OrderGone,
    PleaseCall,
    SlotTaken,
)
from scheduling.forms.outcome_words import ENDS_BOOKING
from scheduling.models import Appointment
from scheduling.portal.check_page import check_context
from scheduling.portal.limits import BOOKINGS
from scheduling.portal.verification import STAYS_OPEN, mark_verified
from scheduling.portal.views.base import DraftView, see_other
from scheduling.portal.visitor import address_of
from scheduling.portal.where_page import where_context
from scheduling.queries.access import visit_of_draft, visit_token
from scheduling.queries.by_phone import by_phone
from scheduling.queries.drafts import Step, missing_steps
from scheduling.queries.screening import outcome_of_draft


class Check(DraftView):
    step = Step.CHECK
    template_name = "portal/check.html"

    def already_booked(self, visit: Appointment, status: int | None = None) -> HttpResponse:
        """A repeated confirmation is the same booking; anything else says that it is booked."""
        if self.request.method == "POST" and status is None:
            return self.post(self.request)
        return super().already_booked(visit, status)

    def get(self, request: HttpRequest) -> HttpResponse:
        if missing_steps(self.draft, now=self.now) or by_phone(self.draft, now=self.now):
            return self.forward()
        outcome = outcome_of_draft(self.draft, now=self.now)
        if outcome and outcome.disposition in ENDS_BOOKING:
            return see_other("portal:covid-outcome", draft_id=self.draft.pk)
        return self._summary()

    def post(self, request: HttpRequest) -> HttpResponse:
        count_attempt(source=address_of(request), now=self.now, **BOOKINGS)
        try:
            booking = self._confirm()
        except (SlotTaken, NotAnOpening) as refusal:
            return self.lost_the_time(refusal)
        except OrderChanged as refusal:
            return self._as_ordered_now(refusal)
        except (DraftChanged, PleaseCall, OrderForAnother, OrderGone) as refusal:
            return self._summary(409, refusal=refusal)
        except (AlreadyBooked, DraftIncomplete, BookingNotOffered) as refusal:
            return self._turned_away(refusal)
        return self._to_visit(booking.visit)

    def _confirm(self) -> Confirmation:
        return confirm_booking(
            draft_id=self.draft.pk,
            digest=self.request.POST.get("digest", ""),
            address=address_of(self.request),
            now=self.now,
            by=self.by,
        )

    def _to_visit(self, visit: Appointment) -> HttpResponse:
        """Opened for who has just given every answer; a repeat much later asks for the birth date."""
        if visit.booked_at and self.now - visit.booked_at < STAYS_OPEN:
            mark_verified(self.request, visit, now=self.now)
        return see_other("portal:booked", token=visit_token(visit))

    def _turned_away(self, refusal: AlreadyBooked | DraftIncomplete | BookingNotOffered) -> HttpResponse:
        match refusal:
            case ExamNotOffered():
                context = {"draft": self.draft, "refusal": refusal, **where_context(self.draft, now=self.now)}
                return render(self.request, "portal/where.html", context, status=409)
            case BookingNotOffered() if not by_phone(self.draft, now=self.now):
                return see_other("portal:covid", draft_id=self.draft.pk)
            case BookingNotOffered() | DraftIncomplete():
                return self.forward()
        visit = visit_of_draft(self.draft)
        return self.already_booked(visit, 422) if visit else self.forward()

    def _as_ordered_now(self, refusal: OrderChanged) -> HttpResponse:
        follow_order(draft_id=self.draft.pk, now=self.now, by=self.by)
        self.read_again()
        return self._summary(409, refusal=refusal)

    def _summary(self, status: int = 200, **context: Any) -> HttpResponse:
        if missing_steps(self.draft, now=self.now):
            return self.forward()
        return self.page(status, **check_context(self.draft, now=self.now), **context)
