"""How full a week is, and how the day goes everywhere."""

from datetime import date, timedelta

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from scheduling.frontdesk.views.at import AtLocation
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries.access import desk_locations
from scheduling.queries.board import board_version
from scheduling.queries.overview import DAYS, places_today, week_of


class Week(AtLocation):
    http_method_names = ("get",)

    def get(self, request: HttpRequest, center: str, day: date) -> HttpResponse:
        context = {
            "weeks": week_of(self.location, day, now=self.now),
            "location": self.location,
            "locations": desk_locations(self.request.user),
            "day": day,
            "today": self.today,
            "before": day - timedelta(days=DAYS),
            "after": day + timedelta(days=DAYS),
            "here": "frontdesk:week",
            "may_book": self.may_book,
        }
        return render(request, "frontdesk/week.html", context)


class Everywhere(LoginRequiredMixin, View):
    """Today at every location where the user works. `?since=` the version a desk has, as on the board."""

    http_method_names = ("get",)

    def get(self, request: StaffRequest) -> HttpResponse:
        since = request.GET.get("since")
        version = board_version(*desk_locations(request.user))  # read first, as on the board
        if since == str(version):
            return HttpResponse(status=204)
        template = "everywhere" if since is None else "everywhere_table"
        context = {"places": places_today(request.user, now=timezone.now()), "version": version}
        return render(request, f"frontdesk/{template}.html", context)
