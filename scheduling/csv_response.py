"""Files for spreadsheets: accents stay, and nothing that a patient typed runs as a formula."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from scheduling.rules.spreadsheets import write_table


def csv_response(rows: Iterable[Sequence[object]], *, name: str) -> HttpResponse:
    """UTF-8 with a mark at the start, without which Excel takes it for another alphabet."""
    text = write_table([str(cell) for cell in row] for row in rows)
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
