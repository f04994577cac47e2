"""Moving a visit: the same page of times, then old beside new, then one button. Until that is pressed
nothing is changed, and nothing is held: the old time stays the patient's."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import urlencode

from locations.models import Location
from scheduling.actions.moving import move_visit
from scheduling.exceptions import (
    BookingError,
    BookingNotOffered,
    CallToChange,
    EditConflict,
    IllegalMove,
    NotAnOpening,
    NotFound,
    PleaseCall,
    SameTime,
    SlotTaken,
    TooLate,
)
from scheduling.portal.forms import MoveForm
from scheduling.portal.moving import centers_for_move, change_of, search_of_visit
from scheduling.portal.time_page import time_of_value, value_of
from scheduling.portal.time_search import times_context
from scheduling.portal.views.base import is_slug, see_other
from scheduling.portal.views.visit_base import OpenVisitView
from scheduling.portal.visit_page import VisitPage
from scheduling.queries.catalogue import locations_offering


class MoveView(OpenVisitView):
    """Too close to the visit, My visit says to call."""

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        may_change = VisitPage(self.visit, now=self.now).may_change
        if request.method != "POST" and self.is_open and not may_change:
            return self.back_to_visit()
        return super().answer(request, **kwargs)

    def center(self, slug: str) -> Location:
        """The visit's own, unless the address names another that has the exam."""
        if not slug or slug == self.visit.location.slug:
            return self.visit.location
        found = locations_offering(self.visit.exam).filter(slug=slug).first() if is_slug(slug) else None
        if found is None:
            raise NotFound
        return found

    def is_now(self, location: Location, starts_at: datetime) -> bool:
        return (starts_at, location) == (self.visit.starts_at, self.visit.location)

    def times(
        self,
        location: Location,
        *,
        status: int = 200,
        refusal: BookingError | None = None,
        around: datetime | None = None,
    ) -> HttpResponse:
        search, query = search_of_visit(self.visit, self.token, now=self.now), self.request.GET.dict()
        context = times_context(search, location, now=self.now, query=query, around=around, refusal=refusal)
        return self.page(status, "portal/move.html", **context)


class Move(MoveView):
    """Choosing another time."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.times(self.center(request.GET.get("center", "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        location = self.center(request.GET.get("center", ""))
        starts_at = time_of_value(request.POST.get("opening", ""), now=self.now)
        if starts_at is None:
            return self.times(location, status=422, refusal=NotAnOpening())
        if self.is_now(location, starts_at):
            return self.times(location, status=422, refusal=SameTime(), around=starts_at)
        check = see_other("portal:move-check", token=self.token)
        check["Location"] += "?" + urlencode({"center": location.slug, "time": value_of(starts_at)})
        return check


class MoveWhere(MoveView):
    """Another center."""

    template_name = "portal/move_where.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(rows=centers_for_move(self.visit, self.token, now=self.now))


class MoveCheck(MoveView):
    """Old beside new, and the button."""

    template_name = "portal/move_check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        location = self.center(request.GET.get("center", ""))
        starts_at = time_of_value(request.GET.get("time", ""), now=self.now)
        if starts_at is None:
            return self.times(location, status=422, refusal=NotAnOpening())
        if self.is_now(location, starts_at):
            return self.back_to_visit()
        try:
            change = change_of(self.visit, location, starts_at, now=self.now)
        except (SlotTaken, NotAnOpening) as refusal:
            return self.times(location, status=409, refusal=refusal, around=starts_at)
        return self.page(change=change)

    def post(self, request: HttpRequest) -> HttpResponse:
        location, form = self.center(request.GET.get("center", "")), MoveForm(request.POST)
        starts_at = time_of_value(request.GET.get("time", ""), now=self.now)
        if starts_at is None or not form.is_valid():
            return self.times(location, status=422, refusal=NotAnOpening())
        try:
            self._move(location, starts_at, form.cleaned_data["version"])
        except PleaseCall:
            return self.times(location, status=409, refusal=CallToChange())
        except (SlotTaken, NotAnOpening, BookingNotOffered, EditConflict) as refusal:
            return self.times(location, status=409, refusal=refusal, around=starts_at)
        except (IllegalMove, TooLate) as refusal:
            return self.refused(refusal, template="portal/visit.html")
        return self.back_to_visit()

    def _move(self, location: Location, starts_at: datetime, version: int) -> None:
        move_visit(
            visit_id=self.visit.pk,
            location_id=location.pk,
            starts_at=starts_at,
            version=version,
            now=self.now,
            by=self.by,
        )
