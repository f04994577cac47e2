"""What the patient does with a booked visit: says yes to it, cancels it, takes that back, books again.
Each is a pressed button; moving has a module of its own (views/move.py)."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from scheduling.actions.canceling import cancel_visit, take_back
from scheduling.actions.drafts import start_draft_again
from scheduling.actions.holds import place_hold
from scheduling.actions.limits import count_attempt, count_live_hold
from scheduling.actions.visits import confirm_coming
from scheduling.exceptions import (
    BookingNotOffered,
    CallToChange,
    EditConflict,
    IllegalMove,
    NotAnOpening,
    NotFound,
    OrderGone,
    PleaseCall,
    SlotTaken,
    TooLate,
    TooManyTries,
)
from scheduling.models import Appointment, Draft
from scheduling.portal.again import near_times
from scheduling.portal.forms import CancelForm, ComeForm
from scheduling.portal.limits import DRAFTS, HOLDS, LIVE_HOLDS
from scheduling.portal.time_page import time_of_value
from scheduling.portal.views.base import see_other
from scheduling.portal.views.visit_base import OpenVisitView
from scheduling.portal.visitor import BEGUN_AGAIN, actor_of_draft, address_of, visitor_of
from scheduling.queries.access import draft_of_visitor, visit_of_draft
from scheduling.queries.drafts import Step, missing_steps


class Come(OpenVisitView):
    """“I will come”."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ComeForm(request.POST)
        try:
            if not form.is_valid():
                raise EditConflict
            sequence = form.cleaned_data["sequence"]
            confirm_coming(visit_id=self.visit.pk, sequence=sequence, now=self.now, by=self.by)
        except (EditConflict, IllegalMove, TooLate) as refusal:
            return self.refused(refusal)
        return self.back_to_visit()


class Cancel(OpenVisitView):
    """Asked on a page of its own; only its button cancels."""

    template_name = "portal/cancel.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=CancelForm()) if self.visit.is_ahead(self.now) else self.back_to_visit()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CancelForm(request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        reason = form.cleaned_data["reason"]
        try:
            cancel_visit(visit_id=self.visit.pk, reason=reason, now=self.now, by=self.by)
        except (IllegalMove, TooLate) as refusal:
            return self.refused(refusal, form=form)
        return self.back_to_visit()


class TakeBack(OpenVisitView):
    """“Take it back”: a button of a visit that the patient canceled."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            take_back(visit_id=self.visit.pk, now=self.now, by=self.by)
        except SlotTaken as refusal:
            return self.refused(refusal, near=near_times(self.visit, now=self.now))
        except PleaseCall:
            return self.refused(CallToChange())
        except (IllegalMove, OrderGone, TooLate) as refusal:
            return self.refused(refusal)
        return self.back_to_visit()


class Again(OpenVisitView):
    """A new booking with everything that is known already; an `opening` is held at once."""

    def post(self, request: HttpRequest) -> HttpResponse:
        draft = self._begun() or self._begin()
        starts_at = time_of_value(request.POST.get("opening", ""), now=self.now)
        if starts_at and draft.location_id:
            self._hold(draft, starts_at)
            draft.refresh_from_db()
        if draft.order_status == Appointment.OrderStatus.NONE:
            return see_other("portal:change-exam", draft_id=draft.pk)
        missing = missing_steps(draft, now=self.now)
        return see_other(f"portal:{missing[0] if missing else Step.CHECK}", draft_id=draft.pk)

    def _begun(self) -> Draft | None:
        """Pressed before in this browser, and not booked yet: what was answered since is kept."""
        begun = self.request.session.get(BEGUN_AGAIN, {}).get(str(self.visit.pk))
        if begun is None:
            return None
        with suppress(NotFound):
            draft = draft_of_visitor(UUID(begun), visitor_of(self.request))
            return None if visit_of_draft(draft) else draft
        return None

    def _begin(self) -> Draft:
        count_attempt(source=address_of(self.request), now=self.now, **DRAFTS)
        visitor, language = visitor_of(self.request, create=True), get_language() or "en"
        draft = start_draft_again(visit=self.visit, visitor=visitor, language=language, now=self.now)
        begun = self.request.session.get(BEGUN_AGAIN, {})
        self.request.session[BEGUN_AGAIN] = {**begun, str(self.visit.pk): str(draft.pk)}
        return draft

    def _hold(self, draft: Draft, starts_at: datetime) -> None:
        """If it is gone again, or may not be held now, the time page says what is left."""
        source, place = address_of(self.request), draft.location_id
        assert place is not None
        with suppress(SlotTaken, NotAnOpening, BookingNotOffered, TooManyTries):
            count_attempt(source=source, now=self.now, **HOLDS)
            with transaction.atomic():
                count_live_hold(draft=draft, location_id=place, source=source, now=self.now, **LIVE_HOLDS)
                by = actor_of_draft(draft.pk)
                place_hold(draft_id=draft.pk, location_id=place, starts_at=starts_at, now=self.now, by=by)
