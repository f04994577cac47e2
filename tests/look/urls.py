"""A site map of specimen pages only: the addresses that base.html links to, and one page per specimen."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tests.look import specimens


def nowhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


portal = ([path("visit/", nowhere, name="find-visit")], "portal")

urlpatterns = [
    path("", include(portal)),
    path("specimen/<slug:name>/", specimens.show),
]
