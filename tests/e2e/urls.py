"""The real site map, and the system pages that no test could bring about on purpose."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from scheduling.exceptions import EditConflict


def system_page(request: HttpRequest, name: str) -> HttpResponse:
    context = {
        "refusal": EditConflict(),
        "is_unsaved": "unsaved" in request.GET,
        "wait": "10 minutes",
    }
    return render(request, f"{name}.html", context, status=int(name[:3]))


urlpatterns = [
    path("system/<slug:name>/", system_page),
    path("", include("alliance.urls")),
]
