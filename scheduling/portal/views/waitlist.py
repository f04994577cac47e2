"""Waiting for an earlier time: joined from the times or from a visit, changed and left by a link."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from scheduling.actions.limits import count_attempt
from scheduling.actions.waitlist import change_terms, join_for_draft, join_for_visit, leave
from scheduling.exceptions import (
    BookingNotOffered,
    DraftIncomplete,
    IllegalMove,
    NotFound,
    NothingSuits,
    NotWaiting,
)
from scheduling.models import WaitlistEntry
from scheduling.portal.limits import WAITLIST, WAITLIST_BY_EMAIL
from scheduling.portal.summary import exam_words
from scheduling.portal.views.base import DraftView, see_other
from scheduling.portal.views.visit_base import OpenVisitView
from scheduling.portal.visitor import actor_of_entry, address_of, place_of, visitor_of
from scheduling.portal.waitlist_forms import WaitForm
from scheduling.portal.waitlist_page import EntryPage, form_of_draft, form_of_entry, form_of_visit, known_rows
from scheduling.queries.access import entry_of_token, waitlist_token
from scheduling.queries.waitlist import entry_of_draft, steps_before_waiting

CHANGED = "changed"


class Waitlist(DraftView):
    """For a draft: what is asked for booking, name and contact, is asked first, on the same pages."""

    template_name = "portal/waitlist.html"
    has_ticket = False

    def get(self, request: HttpRequest) -> HttpResponse:
        if steps_before_waiting(self.draft, now=self.now):
            return self.to_waitlist()
        form = self._form()
        return self._page(form) if form else self.next_page()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form is None:
            return self.next_page()
        if not form.is_valid():
            return self._page(form, 422)
        self._count()
        try:
            return _to_entry(self._join(form))
        except NothingSuits as refusal:
            return self._page(form, 409, refusal=refusal)
        except DraftIncomplete:
            return self.to_waitlist()
        except BookingNotOffered:
            return self.next_page()

    def _join(self, form: WaitForm) -> WaitlistEntry:
        address = address_of(self.request)
        return join_for_draft(
            draft_id=self.draft.pk, terms=form.terms(), address=address, now=self.now, by=self.by
        )

    def back_url(self) -> str:
        name = "time" if self.draft.location else "where"
        return reverse(f"portal:{name}", kwargs={"draft_id": self.draft.pk})

    def _count(self) -> None:
        """A first joining sends a mail to an address that nobody has proved to be theirs."""
        count_attempt(source=address_of(self.request), now=self.now, **WAITLIST)
        if self.draft.by_email and entry_of_draft(self.draft) is None:
            count_attempt(source=self.draft.email.lower(), now=self.now, **WAITLIST_BY_EMAIL)

    def _form(self, *data: Any) -> WaitForm | None:
        return form_of_draft(self.draft, *data, now=self.now, typed_place=place_of(self.request))

    def _page(self, form: WaitForm, status: int = 200, **context: Any) -> HttpResponse:
        draft = self.draft
        return self.page(
            status,
            form=form,
            what=exam_words(draft),
            known=known_rows(draft, contact_url=self.waitlist_url("contact")),
            is_waiting=entry_of_draft(draft) is not None,
            **context,
        )


class VisitWaitlist(OpenVisitView):
    """“Tell me if something earlier frees up”: exam, center and contact are those of the visit."""

    template_name = "portal/visit_waitlist.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = form_of_visit(self.visit, now=self.now) if self.visit.is_ahead(self.now) else None
        return self.page(form=form) if form else self.back_to_visit()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = form_of_visit(self.visit, request.POST, now=self.now)
        if form is None:
            return self.back_to_visit()
        if not form.is_valid():
            return self.page(422, form=form)
        count_attempt(source=address_of(request), now=self.now, **WAITLIST)
        try:
            entry = join_for_visit(visit_id=self.visit.pk, terms=form.terms(), now=self.now, by=self.by)
        except NothingSuits as refusal:
            return self.page(409, form=form, refusal=refusal)
        except IllegalMove as refusal:
            return self.refused(refusal, template="portal/visit.html")
        return _to_entry(entry)


class EntryView(View):
    """A place on the waitlist, for whoever has its link. Opening it changes nothing."""

    template_name: ClassVar[str] = "portal/waitlist_entry.html"

    def dispatch(self, request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        self.now, self.token = timezone.now(), token
        answer: HttpResponseBase
        try:
            self.entry = entry_of_token(token)
        except NotFound:
            answer = render(request, "portal/no_such_entry.html", status=404)
        else:
            answer = super().dispatch(request, **kwargs)
        add_never_cache_headers(answer)
        return answer

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        content = {"token": self.token, "entry": EntryPage(self.entry), **context}
        return render(self.request, self.template_name, content, status=status)

    def back_to_entry(self, query: str = "") -> HttpResponse:
        answer = see_other("portal:waitlist-entry", token=self.token)
        answer["Location"] += query
        return answer


class Entry(EntryView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(is_changed=CHANGED in request.GET, times_url=self._times_url())

    def post(self, request: HttpRequest) -> HttpResponse:
        leave(entry_id=self.entry.pk, now=self.now, by=actor_of_entry(self.entry.pk))
        return self.back_to_entry()

    def _times_url(self) -> str:
        """For the browser that is still choosing."""
        draft, visitor = self.entry.draft, visitor_of(self.request)
        if draft is None or not visitor or draft.visitor != visitor:
            return ""
        return reverse("portal:time", kwargs={"draft_id": draft.pk})


class ChangeEntry(EntryView):
    template_name = "portal/waitlist_change.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = form_of_entry(self.entry, now=self.now) if self.entry.is_active else None
        return self.page(form=form) if form else self.back_to_entry()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = form_of_entry(self.entry, request.POST, now=self.now)
        if form is None:
            return self.back_to_entry()
        if not form.is_valid():
            return self.page(422, form=form)
        by = actor_of_entry(self.entry.pk)
        try:
            change_terms(entry_id=self.entry.pk, terms=form.terms(), now=self.now, by=by)
        except NothingSuits as refusal:
            return self.page(409, form=form, refusal=refusal)
        except NotWaiting:
            return self.back_to_entry()
        return self.back_to_entry(f"?{CHANGED}")


def _to_entry(entry: WaitlistEntry) -> HttpResponse:
    return see_other("portal:waitlist-entry", token=waitlist_token(entry))
