"""One's own second factors. allauth's pages in our frame; nobody is left without a factor."""

from typing import Any, ClassVar

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.forms import DeactivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from scheduling.actions import staff
from scheduling.exceptions import TooManyTries
from scheduling.frontdesk.lockout import too_many
from scheduling.frontdesk.second_factor import is_verified, mark_verified, take_wanted
from scheduling.frontdesk.views.session import Answers
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.models import AuditEvent
from scheduling.rules.actors import Actor

Event, Kind = AuditEvent.Event, Authenticator.Type


class Own(LoginRequiredMixin, Answers):
    """About whoever is signed in."""

    request: StaffRequest
    http_method_names: ClassVar[list[str]] = ["get", "post"]

    def note(self, event: AuditEvent.Event, kind: str, said: str) -> None:
        user = self.request.user
        staff.factor_changed(user=user, event=event, kind=kind, now=timezone.now(), by=Actor.staff(user.pk))
        messages.success(self.request, said, extra_tags="focus")


class Account(Own, IndexView):
    template_name = "mfa/index.html"
    http_method_names = ["get"]


class Adding(Own):
    """The first factor opens the desk to this session."""

    kind: ClassVar[str]

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        is_first = not is_verified(self.request)
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        mark_verified(self.request)
        self.note(Event.FACTOR_ADDED, self.kind, _("Your second factor is set up."))
        if is_first:
            record_authentication(self.request, self.request.user, method="mfa", reauthenticated=True)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "is_first": not is_verified(self.request)}


class AddApp(Adding, ActivateTOTPView):
    template_name = "mfa/totp/activate_form.html"
    kind = Kind.TOTP

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "secret": context["form"].secret}


class AddPasskey(Adding, AddWebAuthnView):
    template_name = "mfa/webauthn/add_form.html"
    kind = Kind.WEBAUTHN


class Removing(Own):
    """Under the lock of the account: two factors are not removed at the same moment."""

    kind: ClassVar[str]
    success_url = reverse_lazy("mfa_index")

    @transaction.atomic
    def post(self, request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        staff.lock(user=request.user)
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        if answer.status_code == 302:
            self.note(Event.FACTOR_REMOVED, self.kind, _("It is removed, and opens nothing any more."))
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The last one is no mistake of whoever reads it: no error, but what to do first."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "is_last": bool(context["form"].errors), "form": None}


class RemoveApp(Removing, DeactivateTOTPView):
    template_name = "mfa/totp/deactivate_form.html"
    kind = Kind.TOTP


class RemovePasskey(Removing, RemoveWebAuthnView):
    template_name = "mfa/webauthn/authenticator_confirm_delete.html"
    kind = Kind.WEBAUTHN
    form_class = DeactivateTOTPForm  # asks whether another factor is left, of whatever kind

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "authenticator": self.object}


class Codes(Own, ViewRecoveryCodesView):
    """Shown once."""

    template_name = "mfa/recovery_codes/index.html"
    http_method_names = ["get"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "wanted": take_wanted(self.request)}


class NewCodes(Own, GenerateRecoveryCodesView):
    template_name = "mfa/recovery_codes/generate.html"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        self.note(Event.CODES_MADE, Kind.RECOVERY_CODES, _("These are your new codes."))
        return answer


class Again(Own):
    """Before a factor is changed, five minutes at most."""

    def post(self, request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            staff.count_code(user=request.user, now=timezone.now())
        except TooManyTries as refusal:
            return too_many(request, refusal)
        return super().post(request, *args, **kwargs)  # type: ignore[misc]


class CodeAgain(Again, CodeAgainView):
    template_name = "mfa/reauthenticate.html"


class PasskeyAgain(Again, ReauthenticateWebAuthnView):
    template_name = "mfa/webauthn/reauthenticate.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **kwargs}


class PasswordAgain(Own, ReauthenticateView):
    """Only while there is no second factor."""

    template_name = "account/reauthenticate.html"
