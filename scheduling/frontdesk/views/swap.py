"""Two patients who wait exchange their places: with whom, where each would come, then in one step."""

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from scheduling.actions.desk_moves import MOVABLE
from scheduling.actions.swapping import swap_visits
from scheduling.exceptions import BookingError, Clashes, EditConflict
from scheduling.frontdesk.clash_words import words_of
from scheduling.frontdesk.swap_forms import SwapForm
from scheduling.frontdesk.views.changes import ChangeView
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.models import Appointment
from scheduling.queries.swapping import swap_of, swappable_with


class Swap(ChangeView):
    """`?with=` the other visit, one of those that are listed."""

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        return self._page(self._form() if self.other else None)

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form = self._form(request.POST) if self.other else None
        if form is None or not form.is_valid():
            return self._page(form, 422, is_missing=form is None)
        try:
            visit = self._swap(form)
        except Clashes:
            form.add_error("reason", _("Write why it is done all the same"))
            return self._page(form, 422)
        except BookingError as refusal:
            self.read_again()
            shown = form if isinstance(refusal, EditConflict) else None
            return self._page(self._as_it_is_now(shown), 409, refusal=str(refusal))
        return self.to_board(visit, self._words())

    @cached_property
    def candidates(self) -> list[Appointment]:
        return swappable_with(self.visit, now=self.now) if self.visit.status in MOVABLE else []

    @property
    def other(self) -> Appointment | None:
        asked = self.request.GET.get("with") or self.request.POST.get("with", "")
        return next((one for one in self.candidates if str(one.pk) == asked), None)

    def read_again(self) -> None:
        super().read_again()
        self.__dict__.pop("candidates", None)

    def _swap(self, form: SwapForm) -> Appointment:
        assert self.other is not None
        given = form.cleaned_data
        visit, _other = swap_visits(
            visit_id=self.visit.pk,
            other_id=self.other.pk,
            versions={self.visit.pk: given["version"], self.other.pk: given["other_version"]},
            reason=given["reason"],
            tell=form.telling,
            now=self.now,
            by=self.by,
        )
        return visit

    def _form(self, *data: Any) -> SwapForm:
        assert self.other is not None
        return SwapForm(*data, visit=self.visit, other=self.other)

    def _as_it_is_now(self, form: SwapForm | None) -> SwapForm | None:
        """What was typed, with the versions of what is shown now."""
        if form is None or self.other is None:
            return None
        data = {**self.request.POST.dict(), "version": self.visit.version}
        return self._form({**data, "other_version": self.other.version})

    def _words(self) -> str:
        assert self.other is not None
        return _("%(one)s and %(other)s have changed places.") % {
            "one": self.visit.patient,
            "other": self.other.patient,
        }

    def _page(self, form: SwapForm | None, status: int = 200, **context: Any) -> HttpResponse:
        about = {
            "visit": self.visit,
            "location": self.visit.location,
            "candidates": self.candidates,
            "form": form,
            "is_possible": self.visit.status in MOVABLE and self.may_book,
            **self._preview(),
            **context,
        }
        return render(self.request, "frontdesk/swap.html", about, status=status)

    def _preview(self) -> dict[str, Any]:
        other = self.other
        swap = swap_of(self.visit, other, now=self.now) if other else None
        if other is None:
            return {"other": None, "swap": None}
        against = words_of(swap.clashes, self.visit.location) if swap else []
        rows = (
            [
                (self.visit, swap.mine.opening.starts_at, other.scanner),
                (other, swap.theirs.opening.starts_at, self.visit.scanner),
            ]
            if swap
            else []
        )
        return {"other": other, "swap": swap, "rows": rows, "against": against}
