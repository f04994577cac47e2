"""The day of a location at a glance."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from scheduling.frontdesk.board_page import rows_of
from scheduling.frontdesk.views.at import AtLocation
from scheduling.queries.access import desk_locations
from scheduling.queries.board import board_version, day_board
from scheduling.see_other import SeeOther


class Today(AtLocation):
    """Short addresses that need no day: today at the location."""

    page = "board"

    def get(self, request: HttpRequest, center: str) -> HttpResponse:
        return SeeOther(reverse(f"frontdesk:{self.page}", args=[center, self.today]))


class DayBoard(AtLocation):
    """`?since=` the version a desk has: nothing when it is still that, else only the table."""

    def get(self, request: HttpRequest, center: str, day: date) -> HttpResponse:
        since = request.GET.get("since")
        if since is not None and since == str(board_version(self.location)):
            return HttpResponse(status=204)
        template = "frontdesk/board_table.html" if since is not None else "frontdesk/board.html"
        return render(request, template, self._context())

    def _context(self) -> dict[str, Any]:
        board = day_board(self.location, self.day, now=self.now)
        return {
            "board": board,
            "rows": rows_of(board, now=self.now),
            "location": self.location,
            "here": "frontdesk:board",
            "locations": desk_locations(self.request.user),
            "day": self.day,
            "today": self.today,
            "before": self.day - timedelta(days=1),
            "after": self.day + timedelta(days=1),
            "now": self.now,
            "may_book": self.may_book,
            "may_run_the_day": self.may_run_the_day,
        }
