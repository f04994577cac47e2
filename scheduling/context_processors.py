from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from scheduling.queries.guidance import shown_pages


def guides(request: HttpRequest) -> dict[str, Any]:
    """The center's own pages, for links to them. Read when shown: a refusal's page may need none."""
    return {"guides": SimpleLazyObject(lambda: list(shown_pages()))}
