"""Whether insurers approve visits: one visit's authorization, and the list of those to settle or to move."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from scheduling.actions.authorizations import save_authorization
from scheduling.exceptions import BookingError, EditConflict
from scheduling.frontdesk.authorization_forms import AuthorizationForm
from scheduling.frontdesk.views.at import AtLocation
from scheduling.frontdesk.views.changes import ChangeView
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.models import Authorization
from scheduling.queries.authorizations import authorization_of, problem_of, unsettled_at


class Authorized(ChangeView):
    @cached_property
    def found(self) -> Authorization | None:
        return authorization_of(self.visit)

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            save_authorization(
                visit_id=self.visit.pk, user=request.user, now=self.now, by=self.by, **form.cleaned_data
            )
        except EditConflict:
            return self._slower()
        except BookingError as refusal:
            self.read_again()
            return self._page(form, 409, refusal=str(refusal))
        return self.said(_("The authorization is saved."))

    def _slower(self) -> HttpResponse:
        """What was typed stays; pressing again saves it over what somebody else wrote."""
        self.__dict__.pop("found", None)
        typed = self.request.POST.copy()
        typed["version"] = str(self.found.version if self.found else 0)
        now = self.found.get_state_display() if self.found else _("nothing")
        refusal = _(
            "Somebody else has written meanwhile: %(what)s. Yours is below and not saved; "
            "saving again replaces theirs."
        )
        return self._page(self._form(typed), 409, refusal=refusal % {"what": now})

    def _form(self, *data: QueryDict) -> AuthorizationForm:
        plan = self.visit.insurance_plan or self.visit.accident_insurer
        return AuthorizationForm(*data, found=self.found, plan=plan)

    def _page(self, form: AuthorizationForm, status: int = 200, **context: Any) -> HttpResponse:
        context = {
            "visit": self.visit,
            "location": self.visit.location,
            "form": form,
            "found": self.found,
            "problem": problem_of(self.visit, self.found),
            "may_book": self.may_book,
            **context,
        }
        return render(self.request, "frontdesk/authorization.html", context, status=status)


class ToSettle(AtLocation):
    """Visits whose authorization is open; those on top should be moved if it does not come today."""

    books = True

    def get(self, request: HttpRequest, center: str) -> HttpResponse:
        rows = unsettled_at(self.location, now=self.now)
        context = {
            "location": self.location,
            "to_move": [row for row in rows if row.is_to_move],
            "in_time": [row for row in rows if not row.is_to_move],
            "now": self.now,
        }
        return render(request, "frontdesk/authorizations.html", context)
