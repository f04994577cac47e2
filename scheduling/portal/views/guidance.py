"""What is good to know: pages that the center writes itself."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduling.queries.guidance import shown_page


@require_safe
def guidance(request: HttpRequest, slug: str) -> HttpResponse:
    found = shown_page(slug)
    if found is None:
        raise Http404
    return render(request, "portal/guidance.html", {"guide": found})
