from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from scheduling.queries.permissions import may_open_admin


class StaffAdminSite(admin.AdminSite):
    """Django's admin behind the desk's sign-in: one door, one limit on tries, one idle time."""

    site_header = settings.NEUTRAL_NAME
    site_title = settings.NEUTRAL_NAME
    index_title = _("Administration")
    site_url = reverse_lazy("frontdesk:tasks")  # type: ignore[assignment]  # resolved when shown

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Second factors and sessions have pages of their own; here they could be edited past every rule."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        ours = [model for model in models if not model.__module__.startswith("allauth.")]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return may_open_admin(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Reached from any admin page without permission."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("next", reverse("admin:index"))
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(wanted, reverse(settings.LOGIN_URL))

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ours also ends other sessions, and the audit has it."""
        return redirect("account_change_password")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("frontdesk:sign-out", preserve_request=True)
