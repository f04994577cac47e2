"""A page about one task, with several forms, each posted to an address of its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict

from scheduling.exceptions import BookingError
from scheduling.frontdesk.views.reviews import ReviewsView
from scheduling.frontdesk.views.tasks import FOCUS
from scheduling.see_other import SeeOther


class FormStep(ReviewsView):
    """One of the forms: what is wrong is said on the page, and what was typed stays."""

    name = ""  # of the form in the page's context

    def get(self, request: HttpRequest, **about: int) -> HttpResponse:
        """Where someone lands who had to sign in again in between."""
        return SeeOther(self.url)

    def post(self, request: HttpRequest, **about: int) -> HttpResponse:
        form = self.form(request.POST)
        kept = {self.name: form} if self.name else {}
        if not form.is_valid():
            return self.page(422, form_with_errors=form, **kept)
        try:
            said = self.act(form)
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal), **kept)
        messages.success(request, said, extra_tags=FOCUS)
        return SeeOther(self.next_url)

    def form(self, data: QueryDict) -> forms.Form:
        return forms.Form(data)

    def act(self, form: forms.Form) -> str:
        """What was done, in words. Raises BookingError."""
        raise NotImplementedError

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        """As it is now; with a refusal, what it is about is read again."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        raise NotImplementedError

    @property
    def next_url(self) -> str:
        return self.url
