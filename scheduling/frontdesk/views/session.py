from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from scheduling.actions import staff
from scheduling.exceptions import TooManyTries
from scheduling.frontdesk import demo
from scheduling.frontdesk.account_forms import SignInForm
from scheduling.frontdesk.lockout import too_many
from scheduling.frontdesk.middleware import is_staff_page, seconds_left
from scheduling.frontdesk.places import place_of
from scheduling.frontdesk.second_factor import mark_verified
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.see_other import SeeOther


class Desk(LoginRequiredMixin, View):
    """The short address that staff type: today, at the location they work at."""

    http_method_names = ["get"]

    def get(self, request: StaffRequest) -> HttpResponse:
        place = place_of(request, request.user)
        return redirect("frontdesk:today", place.slug) if place else redirect("frontdesk:tasks")


class Answers:
    """allauth's answers to a POST as ours are: 303 to a page, 422 for a form with errors."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if request.method == "POST":
            answer.status_code = {200: 422, 302: 303}.get(answer.status_code, answer.status_code)
        return answer


class SignIn(Answers, LoginView):
    """The one door for the desk and the admin. Who has a second factor goes on to the next page."""

    template_name = "account/login.html"
    http_method_names = ["get", "head", "post"]

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        staff.sign_in_failed(email=form.cleaned_data.get("login", ""), now=timezone.now())
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = {"demo_accounts": demo.accounts(), "demo_password": demo.PASSWORD}
        return super().get_context_data(**kwargs, **about)


class SecondFactor(Answers, AuthenticateView):
    """The code of an app, a recovery code or a passkey, after the password."""

    template_name = "mfa/authenticate.html"
    http_method_names = ["get", "post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            staff.count_code(user=self.stage.login.user, now=timezone.now())
        except TooManyTries as refusal:
            return too_many(request, refusal)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        mark_verified(self.request)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        code = demo.code_now(self.stage.login.user, now=timezone.now())
        return {**super().get_context_data(**kwargs), "demo_code": code}


class SignedIn(LoginRequiredMixin, View):
    """For the warning on a page that stands open: the seconds left. A POST says that somebody is there."""

    http_method_names = ("get", "post")

    def get(self, request: StaffRequest) -> HttpResponse:
        return HttpResponse(seconds_left(request, now=timezone.now()), content_type="text/plain")

    post = get


class SignOut(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return SeeOther(reverse("account_login"))


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for 403, in the frame the person was in: staff are not shown the patients' pages."""
    template = "frontdesk/not_open.html" if is_staff_page(request) else "403.html"
    return render(request, template, status=403)
