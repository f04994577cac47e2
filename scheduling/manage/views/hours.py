"""Hours of locations and scanners. Saving leads to the plan, which shows whom the change touches."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Location, Scanner, User
from scheduling.actions.changes import plan_hours
from scheduling.exceptions import NotFound
from scheduling.manage.forms.hours import CopyForm, WeekForm, copied
from scheduling.manage.views.catalogue_base import OfferingsView, StaffRequest
from scheduling.models import ChangePlan
from scheduling.queries.catalogue_rows import location_for, offering_locations, scanner_for
from scheduling.queries.week import changes_after, followed_from, weeks_from
from scheduling.rules.opening_hours import local_day
from scheduling.see_other import SeeOther


class Locations(OfferingsView):
    template_name = "manage/locations.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        return self.page(locations=offering_locations(request.user).prefetch_related("scanners"))

    def may_open(self, user: User) -> bool:
        return offering_locations(user).exists()


class WeekPage(OfferingsView):
    template_name = "manage/week.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "copy" in request.POST:
            return self._page(self._form(initial=copied(request.POST).dict()), copying=CopyForm(request.POST))
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        if form.wanted() == weeks_from(self.location, self.scanner, form.cleaned_data["first_day"]):
            form.add_error(None, _("These are the hours that stand already"))
            return self._page(form, 422)
        return SeeOther(reverse("frontdesk:closure-plan", args=[self._plan(form).pk]))

    @cached_property
    def location(self) -> Location:
        return location_for(self.request.user, self.kwargs["center"])

    @cached_property
    def scanner(self) -> Scanner | None:
        if "scanner_id" not in self.kwargs:
            return None
        scanner = scanner_for(self.request.user, self.kwargs["scanner_id"])
        if scanner.location != self.location:
            raise NotFound
        return scanner

    def _form(self, data: Any = None, **options: Any) -> WeekForm:
        today = local_day(self.now, self.location.zone)
        weeks = weeks_from(self.location, self.scanner, today)
        followed = followed_from(self.location, self.scanner, today)
        return WeekForm(data, weeks=weeks, followed=followed, scanner=self.scanner, today=today, **options)

    def _plan(self, form: WeekForm) -> ChangePlan:
        return plan_hours(
            location=self.location,
            scanner=self.scanner,
            first_day=form.cleaned_data["first_day"],
            until=form.until,
            weeks=form.wanted(),
            user=self.request.user,
            now=self.now,
            by=self.by,
        )

    def _page(self, form: WeekForm, status: int = 200, copying: CopyForm | None = None) -> HttpResponse:
        return self.page(
            status,
            form=form,
            copying=copying or CopyForm(),
            location=self.location,
            scanner=self.scanner,
            scanners=self.location.scanners.filter(is_active=True),
            later=changes_after(self.location, self.scanner, form.today),
        )
