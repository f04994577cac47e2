"""Running behind: whom it touches, then all of them moved on in one step."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.actions.running_behind import run_behind
from scheduling.exceptions import BookingError, Clashes
from scheduling.frontdesk.behind_forms import BehindForm, BehindTellForm
from scheduling.frontdesk.clash_words import words_of
from scheduling.frontdesk.undo import offer_undo
from scheduling.frontdesk.views.at import AtLocation
from scheduling.models import Appointment
from scheduling.queries.running_behind import delayed_on, free_at_on
from scheduling.queries.swapping import waiting_on
from scheduling.rules.telling import Telling
from scheduling.see_other import SeeOther


class Behind(AtLocation):
    books = True

    def get(self, request: HttpRequest, center: str) -> HttpResponse:
        form = BehindForm(request.GET or None, location=self.location)
        return self._page(form, 422 if form.is_bound and not form.is_valid() else 200)

    def post(self, request: HttpRequest, center: str) -> HttpResponse:
        form = BehindTellForm(request.POST, location=self.location)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            return self._told(self._run(form))
        except Clashes:
            form.add_error("reason", _("Write why it is done all the same"))
            return self._page(form, 422)
        except BookingError as refusal:
            return self._page(form, 409, refusal=str(refusal))

    def _run(self, form: BehindTellForm) -> list[Appointment]:
        given = form.cleaned_data
        return run_behind(
            scanner_id=given["scanner"].pk,
            free_at=given["free_at"],
            versions=form.seen(),
            reason=given["reason"],
            tell=Telling(given["tell"]),
            now=self.now,
            by=self.by,
        )

    def _told(self, moved: Sequence[Appointment]) -> HttpResponse:
        count = len(moved)
        said = ngettext("%(count)s visit was moved on.", "%(count)s visits were moved on.", count)
        if moved:
            offer_undo(self.request, moved[0], said % {"count": count}, now=self.now)
        return SeeOther(reverse("frontdesk:board", args=[self.location.slug, self.today]))

    def _page(self, form: BehindForm, status: int = 200, **context: Any) -> HttpResponse:
        waiting = waiting_on(self.location, self.now, now=self.now)
        about = {"form": form, "location": self.location, "waiting": waiting}
        about |= {**self._preview(form), **context}
        return render(self.request, "frontdesk/behind.html", about, status=status)

    def _preview(self, form: BehindForm) -> dict[str, Any]:
        """Nothing before a scanner and its minutes are known. What is to be posted is what is shown."""
        if not form.is_bound or form.errors.keys() & {"scanner", "minutes"}:
            return {"rows": [], "is_shown": False}
        given = form.cleaned_data
        free_at = free_at_on(given["scanner"], given["minutes"], now=self.now)
        delayed = delayed_on(given["scanner"], free_at, now=self.now)
        return {
            "rows": [(one, words_of(one.clashes, self.location)) for one in delayed],
            "against": any(one.clashes for one in delayed),
            "tell_form": form if isinstance(form, BehindTellForm) else BehindTellForm(location=self.location),
            "versions": " ".join(f"{one.visit.pk}:{one.visit.version}" for one in delayed),
            "free_at": free_at.isoformat(),
            "is_shown": True,
        }
