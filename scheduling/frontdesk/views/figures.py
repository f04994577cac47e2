"""Figures for the manager of a location, and the same as a file."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from locations.models import Location, Scanner
from scheduling.csv_response import csv_response
from scheduling.frontdesk.figures_page import MEASURES, charts_of, rows_of, share_of
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries.figures import MOST_WEEKS, Week, figure_locations, third_next_available, weeks_of

USUAL_WEEKS = 8
CHOICES = (4, 8, 13, 26)


class FiguresView(LoginRequiredMixin, View):
    http_method_names = ("get",)
    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated and not figure_locations(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def location(self) -> Location:
        places = figure_locations(self.request.user)
        chosen = places.filter(slug=self.request.GET.get("location", "")).first() or places.first()
        assert chosen is not None
        return chosen

    @property
    def count(self) -> int:
        typed = self.request.GET.get("weeks", "")
        return min(max(int(typed), 1), MOST_WEEKS) if typed.isdecimal() and len(typed) < 4 else USUAL_WEEKS

    def weeks(self, location: Location) -> list[Week]:
        return weeks_of(location, weeks=self.count, now=self.now)


class Figures(FiguresView):
    def get(self, request: StaffRequest) -> HttpResponse:
        location = self.location
        weeks = self.weeks(location)
        waits = third_next_available(location, now=self.now)
        context = {
            "location": location,
            "locations": figure_locations(request.user),
            "weeks": weeks,
            "count": self.count,
            "choices": CHOICES,
            "charts": charts_of(weeks),
            "table": [_line(week, modality) for week in weeks for modality in week.by_modality],
            "measures": MEASURES,
            "waits": [(Scanner.Modality(key).label, days) for key, days in waits.items()],
        }
        return render(request, "frontdesk/figures.html", context)


class FiguresFile(FiguresView):
    def get(self, request: StaffRequest) -> HttpResponse:
        location = self.location
        return csv_response(rows_of(self.weeks(location)), name=f"{location.slug}-figures")


def _line(week: Week, modality: str) -> dict[str, Any]:
    counts = week.by_modality[modality]
    return {
        "first": week.first,
        "modality": Scanner.Modality(modality).label,
        "shares": [share_of(measure, counts) for measure in MEASURES],
    }
