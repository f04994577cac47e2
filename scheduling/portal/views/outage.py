"""The page for a fault of ours. It asks neither the database nor the session: they may be what is down."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string


def went_wrong(request: HttpRequest) -> HttpResponse:
    context = {"is_unsaved": request.method == "POST", "is_booking": request.path.startswith("/book/")}
    return HttpResponseServerError(render_to_string("500.html", context))
