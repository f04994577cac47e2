"""What the screens about exams and offerings have in common: who may open them."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from locations.models import User
from scheduling.forms.words import Words
from scheduling.queries.catalogue_rows import may_write_catalogue, offering_locations
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther


class StaffRequest(HttpRequest):
    user: User


class OfferingsView(LoginRequiredMixin, View):
    """For administrators, about their own locations."""

    request: StaffRequest
    template_name: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        if isinstance(request.user, User) and not self.may_open(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_open(self, user: User) -> bool:
        return offering_locations(user).exists() or may_write_catalogue(user)

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    def page(self, status: int = 200, *, template: str = "", **context: Any) -> HttpResponse:
        about = {"writes_catalogue": may_write_catalogue(self.request.user)}
        return render(self.request, template or self.template_name, {**about, **context}, status=status)

    def done(self, said: Words, url: str) -> HttpResponse:
        """To a page that says what was done, and puts the focus there."""
        messages.success(self.request, str(said), extra_tags="focus")
        return SeeOther(url)


class CatalogueView(OfferingsView):
    """For administrators of all locations: exams and preparations are the same everywhere."""

    def may_open(self, user: User) -> bool:
        return may_write_catalogue(user)
