"""A day's visits as plain rows, for a file. No answers, no reasons, no notes."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from locations.models import Location
from scheduling.queries.board import day_board


def rows_of_day(location: Location, day: date, *, now: datetime) -> list[list[str]]:
    """With a head line; times on the location's clock."""
    head = [
        _("Time"),
        _("Scanner"),
        _("Patient"),
        _("Born"),
        _("Exam"),
        _("Side"),
        _("State"),
        _("Phone"),
        _("Interpreter"),
        _("Visit code"),
        _("Accession number"),
    ]
    board = day_board(location, day, now=now)
    return [head] + [
        [
            f"{visit.starts_at.astimezone(location.zone):%H:%M}",
            visit.scanner.name,
            str(visit.patient),
            visit.patient.birth_date.isoformat() if visit.patient else "",
            visit.exam.display_name,
            visit.get_laterality_display() if visit.laterality else "",
            visit.get_status_display(),
            visit.phone_as_typed or (visit.phone.as_national if visit.phone else ""),
            visit.interpreter_language,
            visit.code or "",
            visit.accession or "",
        ]
        for visit in (one.visit for one in board.visits)
    ]
