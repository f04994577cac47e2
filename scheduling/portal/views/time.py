"""Choosing a time, and the hold that starts with it."""

from datetime import datetime
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from locations.models import Location
from scheduling.actions.holds import extend_hold
from scheduling.exceptions import (
    BookingError,
    BookingNotOffered,
    NoMoreExtensions,
    NotAnOpening,
    NotBefore,
    NotFound,
    NoTimeChosen,
    SlotTaken,
)
from scheduling.portal.time_page import time_of_value
from scheduling.portal.time_search import draft_times_context
from scheduling.portal.views.base import DraftView, is_slug, see_other
from scheduling.portal.visitor import place_of
from scheduling.queries.by_phone import NO_TIME, by_phone
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.drafts import Step


class ChooseTime(DraftView):
    step = Step.TIME
    template_name = "portal/time.html"
    has_ticket = False

    def get(self, request: HttpRequest) -> HttpResponse:
        location = self._center(request.GET.get("center", ""))
        if by_phone(self.draft, now=self.now) in NO_TIME:
            return self.forward()
        if location is None:
            return see_other("portal:where", draft_id=self.draft.pk)
        return self._times(location)

    def post(self, request: HttpRequest) -> HttpResponse:
        location = self._center(request.GET.get("center", ""))
        if location is None:
            raise NotFound
        chosen = request.POST.get("opening", "")
        starts_at = time_of_value(chosen, now=self.now)
        if starts_at is None:
            return self._times(location, status=422, refusal=NotAnOpening() if chosen else NoTimeChosen())
        try:
            self.hold_time(location, starts_at)
        except (SlotTaken, NotAnOpening, NotBefore) as refusal:
            return self._times(location, status=409, refusal=refusal, around=starts_at)
        except BookingNotOffered:
            return self.forward()
        self.read_again()
        return self.forward()

    def _center(self, slug: str) -> Location | None:
        """The center in the address, else the one chosen before; only one that has the exam."""
        offering = locations_offering(self.draft.exam)
        if slug:
            return offering.filter(slug=slug).first() if is_slug(slug) else None
        return offering.filter(pk=self.draft.location_id).first() if self.draft.location_id else None

    def _times(
        self,
        location: Location,
        *,
        status: int = 200,
        refusal: BookingError | None = None,
        around: datetime | None = None,
    ) -> HttpResponse:
        context = draft_times_context(
            self.draft,
            location,
            now=self.now,
            typed_place=place_of(self.request),
            query=self.request.GET.dict(),
            around=around,
            refusal=refusal,
        )
        return self.page(status, **context)


class KeepHolding(DraftView):
    """“Keep holding”: back to the page it was pressed on. With scripts that page stays as it is."""

    template_name = "portal/no_more_extensions.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        back = self._page(request.POST.get("page", ""))
        try:
            hold = extend_hold(draft_id=self.draft.pk, now=self.now, by=self.by)
        except NoMoreExtensions as refusal:
            return self.page(409, refusal=refusal, back=back)
        lost = None if hold else self.take_again()
        if lost:
            return self.lost_the_time(lost)
        return see_other(back) if back else self.next_page()

    def _page(self, address: str) -> str:
        """An address of ours about this draft, or nothing: a form can be made to say any."""
        try:
            found = resolve(urlsplit(address).path)
        except (Resolver404, ValueError):
            return ""
        is_ours = found.namespace == "portal" and found.kwargs.get("draft_id") == self.draft.pk
        return address if is_ours and address.startswith("/book/") else ""
