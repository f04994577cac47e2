"""The day as lists: arrivals for the desk, a worklist for technologists, a sheet on paper for everybody."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from scheduling.actions.visits import note_export
from scheduling.csv_response import csv_response
from scheduling.frontdesk.day_lists import arrivals_of, worklist_of
from scheduling.frontdesk.views.at import AtLocation
from scheduling.queries.access import desk_locations
from scheduling.queries.board import board_version, day_board
from scheduling.queries.day_rows import rows_of_day
from scheduling.queries.walk_ins import waiting_rows


class DayPage(AtLocation):
    """`?since=` the version a desk has, as on the board, where there is a `live` part to ask for again."""

    http_method_names = ("get",)
    page = ""
    live = ""  # its template

    def get(self, request: HttpRequest, center: str, day: date) -> HttpResponse:
        since = request.GET.get("since") if self.live else None
        if since is not None and since == str(board_version(self.location)):
            return HttpResponse(status=204)
        board = day_board(self.location, day, now=self.now)
        whole = f"frontdesk/{self.page.replace('-', '_')}.html"
        template = whole if since is None else self.live
        return render(request, template, {**self._about(), "board": board, **self.more(board)})

    def _about(self) -> dict[str, Any]:
        return {
            "location": self.location,
            "locations": desk_locations(self.request.user),
            "day": self.day,
            "today": self.today,
            "before": self.day - timedelta(days=1),
            "after": self.day + timedelta(days=1),
            "now": self.now,
            "page": self.page,
            "here": f"frontdesk:{self.page}",
            "may_book": self.may_book,
            "may_run_the_day": self.may_run_the_day,
        }

    def more(self, board: Any) -> dict[str, Any]:
        return {}


class Arrivals(DayPage):
    page = "arrivals"
    live = "frontdesk/arrivals_list.html"

    def more(self, board: Any) -> dict[str, Any]:
        return {"parts": arrivals_of(board, now=self.now)}


class Worklist(DayPage):
    page = "worklist"
    live = "frontdesk/worklist_list.html"

    def more(self, board: Any) -> dict[str, Any]:
        return {"parts": worklist_of(board, now=self.now)}


class DaySheet(DayPage):
    """For the printer, before the day starts: an outage does not stop it. Technologists write on theirs when
    a scan began and ended, and who signed."""

    page = "day-sheet"

    def more(self, board: Any) -> dict[str, Any]:
        note_export(location=self.location, what="day sheet", day=self.day, now=self.now, by=self.by)
        asked = self.request.GET
        return {
            "initials": "initials" in asked,
            "no_phones": "no-phones" in asked,
            "to_write": "to-write" in asked,
            "walk_ins": waiting_rows(self.location, now=self.now) if self.day == self.today else [],
        }


class DayExport(AtLocation):
    """The day as CSV, for those who book there."""

    books = True
    http_method_names = ("get",)

    def get(self, request: HttpRequest, center: str, day: date) -> HttpResponse:
        note_export(location=self.location, what="day as CSV", day=day, now=self.now, by=self.by)
        rows = rows_of_day(self.location, day, now=self.now)
        return csv_response(rows, name=f"{self.location.slug}-{day.isoformat()}")
