"""Who waits for a time, for the people who call them. Until offers are made by the system, they make them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from scheduling.actions.waitlist import remove
from scheduling.exceptions import NotWaiting
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.frontdesk.waitlist_forms import REASONS, LocationFilter, RemoveForm
from scheduling.frontdesk.waitlist_rows import waiting_rows
from scheduling.queries.access import entry_for_staff, waitlist_for_staff, waitlist_locations
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

ENTRIES_A_PAGE = 25


class WaitlistView(LoginRequiredMixin, View):
    """For the front desk and administrators, about their own locations."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not waitlist_locations(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        request, chosen = self.request, LocationFilter(self.request.GET, user=self.request.user)
        entries = waitlist_for_staff(request.user)
        if chosen.chosen:
            entries = entries.filter(locations=chosen.chosen)
        page = Paginator(entries, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "filter": chosen,
            "page": page,
            "rows": waiting_rows(page.object_list),
            "reasons": REASONS,
            "query": request.GET.urlencode(),
        }
        return render(request, "frontdesk/waitlist.html", context, status=status)


class WaitingList(WaitlistView):
    def get(self, request: StaffRequest) -> HttpResponse:
        return self.page()


class Remove(WaitlistView):
    def get(self, request: StaffRequest, entry_id: int) -> HttpResponse:
        """Where someone lands who had to sign in again in between."""
        return SeeOther(self._back())

    def post(self, request: StaffRequest, entry_id: int) -> HttpResponse:
        entry, form = entry_for_staff(request.user, entry_id), RemoveForm(request.POST)
        if not form.is_valid():
            return self.page(422, unsaved={"entry_id": entry.pk, "errors": form.errors["because"]})
        because, by = form.cleaned_data["because"], Actor.staff(request.user.pk)
        try:
            remove(entry_id=entry.pk, because=because, now=timezone.now(), by=by)
        except NotWaiting:
            return self.page(409, had_ended=True)
        messages.success(request, _("Taken off the waitlist."), extra_tags=FOCUS)
        return SeeOther(self._back())

    def _back(self) -> str:
        query = self.request.GET.urlencode()
        return reverse("frontdesk:waitlist") + (f"?{query}" if query else "")
