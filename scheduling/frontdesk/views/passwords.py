"""Choosing a password: invited, having forgotten it, or signed in."""

from functools import cached_property
from typing import Any, ClassVar

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from scheduling.actions import staff_links, staff_sessions
from scheduling.actions.limits import count_attempt
from scheduling.exceptions import NotFound, TooManyTries
from scheduling.frontdesk.lockout import address_of, too_many
from scheduling.frontdesk.password_forms import ChangePasswordForm, ForgotForm, JoinForm, NewPasswordForm
from scheduling.frontdesk.views.session import Answers
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.models import StaffLink
from scheduling.queries.staff_links import link_of_token
from scheduling.see_other import SeeOther


class LinkView(View):
    """Opened from a mail: looking changes nothing. One that opens nothing any more says no more than that."""

    http_method_names = ("get", "head", "post")
    kind: ClassVar[StaffLink.Kind]
    template_name: ClassVar[str]
    form_class: ClassVar[type[NewPasswordForm]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotFound:
            return render(request, "account/link_gone.html", status=404)

    @cached_property
    def link(self) -> StaffLink:
        return link_of_token(self.kwargs["token"], self.kind, now=self.now)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.page(self.form_class(user=self.link.user))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = self.form_class(request.POST, user=self.link.user)
        return self.save(form) if form.is_valid() else self.page(form, 422)

    def page(self, form: NewPasswordForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "email": self.link.user.email}
        return render(self.request, self.template_name, context, status=status)

    def save(self, form: NewPasswordForm) -> HttpResponse:
        raise NotImplementedError


class Join(Answers, LinkView):
    """Signed in with it at once, so that nothing stands between the password and the second factor."""

    kind = StaffLink.Kind.JOIN
    template_name = "account/join.html"
    form_class = JoinForm

    def save(self, form: NewPasswordForm) -> HttpResponse:
        given = {name: form.cleaned_data[name] for name in ("first_name", "last_name", "password")}
        user = staff_links.join(token=self.kwargs["token"], **given, now=self.now)
        user.backend = "django.contrib.auth.backends.ModelBackend"
        login = Login(user=user, redirect_url=reverse(settings.LOGIN_REDIRECT_URL))
        answer: HttpResponse = perform_login(self.request, login)
        return answer


class NewPassword(LinkView):
    kind = StaffLink.Kind.PASSWORD
    template_name = "account/new_password.html"
    form_class = NewPasswordForm

    def save(self, form: NewPasswordForm) -> HttpResponse:
        password = form.cleaned_data["password"]
        staff_links.choose_password(token=self.kwargs["token"], password=password, now=self.now)
        messages.success(
            self.request, _("Your password is changed. Sign in with the new one."), extra_tags=FOCUS
        )
        return SeeOther(reverse("account_login"))


class Forgot(View):
    """Everybody gets the same answer, as fast: the worker looks the email up."""

    http_method_names = ("get", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "account/forgot.html", {"form": ForgotForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form, now = ForgotForm(request.POST), timezone.now()
        if not form.is_valid():
            return render(request, "account/forgot.html", {"form": form}, status=422)
        try:
            count_attempt(source=address_of(request), now=now, **staff_links.ASKING)
        except TooManyTries as refusal:
            return too_many(request, refusal)
        staff_links.ask_for_password(email=form.cleaned_data["email"], now=now)
        return SeeOther(reverse("account_forgot_sent"))


class ForgotSent(View):
    http_method_names = ("get",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "account/forgot_sent.html")


class ChangePassword(LoginRequiredMixin, View):
    """This session goes on, under a new key; all others end."""

    http_method_names = ("get", "post")

    def get(self, request: StaffRequest) -> HttpResponse:
        return self.page(ChangePasswordForm(user=request.user, request=request))

    def post(self, request: StaffRequest) -> HttpResponse:
        form = ChangePasswordForm(request.POST, user=request.user, request=request)
        if not form.is_valid():
            return self.page(form, 422)
        now, key = timezone.now(), str(request.session.session_key)
        password = form.cleaned_data["password"]
        user = staff_links.change_password(user=request.user, password=password, session_key=key, now=now)
        update_session_auth_hash(request, user)
        staff_sessions.follow_new_key(user=user, old=key, new=str(request.session.session_key))
        messages.success(request, _("Your password is changed. Other sessions have ended."), extra_tags=FOCUS)
        return SeeOther(reverse("mfa_index"))

    def page(self, form: ChangePasswordForm, status: int = 200) -> HttpResponse:
        return render(self.request, "account/change_password.html", {"form": form}, status=status)
