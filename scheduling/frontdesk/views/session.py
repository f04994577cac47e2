from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from scheduling.actions import staff
from scheduling.exceptions import TooManyTries
from scheduling.frontdesk.forms import SignInForm
from scheduling.frontdesk.middleware import LAST_SEEN, is_staff_page
from scheduling.frontdesk.places import place_of
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.rules.addresses import source_of
from scheduling.see_other import SeeOther


class Desk(LoginRequiredMixin, View):
    """The short address that staff type: today, at the location they work at."""

    http_method_names = ["get"]

    def get(self, request: StaffRequest) -> HttpResponse:
        place = place_of(request, request.user)
        return redirect("frontdesk:today", place.slug) if place else redirect("frontdesk:tasks")


class SignIn(LoginView):
    """The one door for the desk and the admin."""

    template_name = "frontdesk/sign_in.html"
    authentication_form = SignInForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            staff.count_sign_in(
                email=request.POST.get("username", ""),
                address=source_of(request.META["REMOTE_ADDR"]),
                now=timezone.now(),
            )
        except TooManyTries as refusal:
            return _too_many(request, refusal)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        user = form.get_user()
        login(self.request, user)
        self.request.session[LAST_SEEN] = timezone.now().timestamp()
        staff.signed_in(user=user, address=source_of(self.request.META["REMOTE_ADDR"]), now=timezone.now())
        return SeeOther(self.get_success_url())

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        staff.sign_in_failed(email=form.cleaned_data.get("username", ""), now=timezone.now())
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _too_many(request: HttpRequest, refusal: TooManyTries) -> HttpResponse:
    response = render(request, "frontdesk/too_many_tries.html", {"refusal": refusal}, status=429)
    response["Retry-After"] = str(refusal.seconds)
    return response


class SignOut(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return SeeOther(reverse("frontdesk:sign-in"))


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for 403, in the frame the person was in: staff are not shown the patients' pages."""
    template = "frontdesk/not_open.html" if is_staff_page(request) else "403.html"
    return render(request, template, status=403)
