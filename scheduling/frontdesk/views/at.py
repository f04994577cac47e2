"""Pages about one location's day. Which location the user works at stays with the session."""

from datetime import date
from functools import cached_property

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views import View

from locations.models import Location
from scheduling.frontdesk.places import remember_place
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries.access import desk_location, may_book_at, may_run_the_day_at
from scheduling.rules.actors import Actor
from scheduling.rules.opening_hours import local_day


class AtLocation(LoginRequiredMixin, View):
    request: StaffRequest
    books = False  # for those only who book by phone

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated:
            remember_place(request, self.location)
            if self.books and not self.may_book:
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def location(self) -> Location:
        return desk_location(self.request.user, self.kwargs["center"])

    @property
    def today(self) -> date:
        return local_day(self.now, self.location.zone)

    @property
    def day(self) -> date:
        return self.kwargs.get("day") or self.today

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    @cached_property
    def may_book(self) -> bool:
        return may_book_at(self.request.user, self.location)

    @cached_property
    def may_run_the_day(self) -> bool:
        return may_run_the_day_at(self.request.user, self.location)
