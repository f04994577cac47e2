"""A visit is corrected to what its order says."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.actions.correcting import correct_to_order
from scheduling.actions.desk_moves import MOVABLE
from scheduling.exceptions import BookingError, Clashes, EditConflict, NotFound
from scheduling.frontdesk.clash_words import words_of
from scheduling.frontdesk.correct_form import CorrectForm
from scheduling.frontdesk.views.changes import ChangeView, asked_place
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.models import Appointment
from scheduling.queries.access import order_for_staff
from scheduling.queries.catalogue import exams_at
from scheduling.queries.scanners import nearest_places, scanners_at
from scheduling.queries.wishes import wish_if_corrected
from scheduling.rules.telling import Telling
from scheduling.see_other import SeeOther

TYPED = ("exam", "laterality", "scanner", "day", "time", "tell", "reason")


class Correct(ChangeView):
    """`?exam=&laterality=` to see times for another exam, `&scanner=&at=` for one of them; one form.
    `?order=` whose page is next."""

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        asked = {name: request.GET[name] for name in ("exam", "laterality") if request.GET.get(name)}
        return self._page(self._form(initial={**asked, **asked_place(request, self.visit)}))

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            visit = self._correct(form)
        except Clashes as refusal:
            return self._needs_reason(form, words_of(refusal.clashes, self.visit.location))
        except EditConflict:
            return self.conflict(_("Correct to the order"), **self._typed())
        except BookingError as refusal:
            self.read_again()
            return self._page(form, 409, refusal=str(refusal))
        return self._next(visit)

    def _next(self, visit: Appointment) -> HttpResponse:
        """To the order that it was corrected to, where that waits to be given to it; else to the board."""
        board = self.to_board(visit, _("Corrected to the order: %(who)s.") % {"who": visit.patient})
        try:
            order = order_for_staff(self.request.user, UUID(self.request.GET.get("order", "")))
        except (ValueError, NotFound):
            return board
        return SeeOther(reverse("frontdesk:order", args=[order.pk]))

    def _correct(self, form: CorrectForm) -> Appointment:
        given = form.cleaned_data
        return correct_to_order(
            visit_id=self.visit.pk,
            exam=given["exam"],
            laterality=given["laterality"],
            scanner_id=given["scanner"].pk,
            starts_at=form.starts_at,
            version=given["version"],
            reason=given["reason"],
            tell=Telling(given["tell"]),
            now=self.now,
            by=self.by,
        )

    def _typed(self) -> dict[str, str]:
        return {name: self.request.POST.get(name, "") for name in TYPED}

    def _needs_reason(self, form: CorrectForm, clashes: list[str]) -> HttpResponse:
        form.add_error("reason", _("Write why it has to be this time, or choose another"))
        return self._page(form, 422, clashes=clashes)

    def _form(self, *data: Any, **more: Any) -> CorrectForm:
        place = self.visit.location
        return CorrectForm(
            *data,
            visit=self.visit,
            scanners=scanners_at(place),
            exams=exams_at(place),
            at=self.visit.starts_at,
            **more,
        )

    def _page(self, form: CorrectForm, status: int = 200, **context: Any) -> HttpResponse:
        exam, side = form.chosen()
        wish = wish_if_corrected(self.visit, exam or self.visit.exam, side)
        context = {
            "visit": self.visit,
            "location": self.visit.location,
            "form": form,
            "exam": exam,
            "side": side,
            "nearest": nearest_places(self.visit, wish, now=self.now),
            "is_movable": self.visit.status in MOVABLE and self.may_book,
            **context,
        }
        return render(self.request, "frontdesk/correct.html", context, status=status)
