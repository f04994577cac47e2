from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF failure view (settings.CSRF_FAILURE_VIEW)."""
    return render(request, "locations/form_expired.html", status=403)
