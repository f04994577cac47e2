"""An invitation to book what a doctor ordered: the link of a mail. Opening it changes nothing; what was
ordered is shown after the date of birth, and a button begins the booking."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from scheduling.actions.invited_drafts import start_invited_draft
from scheduling.actions.limits import count_attempt, forget_attempts
from scheduling.actions.order_invitations import note_failed_lookup, note_opened
from scheduling.actions.visits import note_view
from scheduling.exceptions import NotFound, OrderGone
from scheduling.models import Appointment, Order
from scheduling.portal.forms import BirthDateForm
from scheduling.portal.limits import BIRTH_DATE, DRAFTS
from scheduling.portal.summary import ordered_rows
from scheduling.portal.verification import is_verified, mark_verified
from scheduling.portal.views.base import see_other
from scheduling.portal.views.visit_base import wrong_birth_date
from scheduling.portal.visitor import ANYBODY, actor_of_order, address_of, visitor_of
from scheduling.queries.access import is_birth_date_of, order_of_token, visit_token
from scheduling.queries.drafts import Step, missing_steps
from scheduling.queries.orders import is_bookable, live_visit_of, unfinished_draft
from scheduling.rules.actors import Actor


class Invitation(View):
    def dispatch(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        self.now, self.token = timezone.now(), token
        answer: HttpResponseBase
        try:
            self.order: Order = order_of_token(token)
        except NotFound:
            answer = render(request, "portal/no_such_invitation.html", status=404)
        else:
            self.visit = live_visit_of(self.order)
            answer = super().dispatch(request, **kwargs)
        add_never_cache_headers(answer)
        return answer

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.is_over:
            return self.page("portal/invitation_over.html")
        if not is_verified(request, self.order, now=self.now):
            return self._ask(BirthDateForm(today=self.now.date()))
        return self._to_visit(self.visit) if self.visit else self._invite()

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.is_over:
            return self.page("portal/invitation_over.html", 409)
        if not is_verified(request, self.order, now=self.now):
            return self._open()
        return self._to_visit(self.visit) if self.visit else self._begin()

    @property
    def is_over(self) -> bool:
        """Closed, being corrected, or too old; the page says whom to call."""
        return self.visit is None and not is_bookable(self.order, now=self.now)

    @property
    def by(self) -> Actor:
        return actor_of_order(self.order.pk)

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        content = {"token": self.token, "location": self.order.location, **context}
        return render(self.request, template, content, status=status)

    def _ask(self, form: BirthDateForm, status: int = 200) -> HttpResponse:
        form.helper.form_tag = False
        return self.page("portal/invitation_locked.html", status, form=form)

    def _open(self) -> HttpResponse:
        """With the right date this browser sees what was ordered from now on. Raises TooManyTries."""
        form, source = BirthDateForm(self.request.POST, today=self.now.date()), f"order {self.order.pk}"
        if not form.is_valid():
            return self._ask(form, 422)
        tries = count_attempt(source=source, now=self.now, **BIRTH_DATE)
        if not is_birth_date_of(self.order, form.cleaned_data["birth_date"]):
            note_failed_lookup(order=self.order, now=self.now, by=ANYBODY)
            form.add_error("birth_date", wrong_birth_date(tries))
            return self._ask(form, 422)
        forget_attempts(kind=BIRTH_DATE["kind"], source=source)
        mark_verified(self.request, self.order, now=self.now)
        note_opened(order=self.order, now=self.now, by=self.by)
        return self._to_visit(self.visit) if self.visit else see_other("portal:invitation", token=self.token)

    def _to_visit(self, visit: Appointment) -> HttpResponse:
        """Booked already, by somebody born on the same day (actions.order_visits.check_order)."""
        if not is_verified(self.request, visit, now=self.now):
            mark_verified(self.request, visit, now=self.now)
            note_view(visit=visit, now=self.now, by=self.by)
        return see_other("portal:visit", token=visit_token(visit))

    def _invite(self) -> HttpResponse:
        begun = unfinished_draft(self.order) is not None
        return self.page("portal/invitation.html", rows=ordered_rows(self.order), has_begun=begun)

    def _begin(self) -> HttpResponse:
        count_attempt(source=address_of(self.request), now=self.now, **DRAFTS)
        visitor = visitor_of(self.request, create=True)
        try:
            draft = start_invited_draft(order_id=self.order.pk, visitor=visitor, now=self.now, by=self.by)
        except OrderGone:
            return see_other("portal:invitation", token=self.token)
        missing = missing_steps(draft, now=self.now)
        return see_other(f"portal:{missing[0] if missing else Step.CHECK}", draft_id=draft.pk)
