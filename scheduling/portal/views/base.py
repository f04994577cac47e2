"""What every page about a draft shares: whose it is, what it holds, where it goes next."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.core.validators import slug_re
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from locations.models import Location
from scheduling.actions.holds import place_hold
from scheduling.actions.limits import count_attempt, count_live_hold, may_try
from scheduling.exceptions import NotAnOpening, NotBefore, SlotTaken, TooManyTries
from scheduling.models import Appointment, Draft
from scheduling.portal.limits import CALLBACKS, HOLDS, LIVE_HOLDS
from scheduling.portal.ticket import ticket_of
from scheduling.portal.time_search import draft_times_context
from scheduling.portal.visitor import actor_of_draft, address_of, keep_alive, visitor_of
from scheduling.queries.access import draft_of_visitor, hold_of_draft, visit_of_draft, visit_token
from scheduling.queries.by_phone import ByPhone, by_phone
from scheduling.queries.drafts import Step, is_asked, missing_steps
from scheduling.queries.waitlist import steps_before_waiting
from scheduling.rules.actors import Actor

FOR_WAITLIST = "waitlist"  # in the address of a page that is asked on the way there


def see_other(url_name: str, **kwargs: Any) -> HttpResponseRedirect:
    """303: the next page is always a GET, so Back and refresh are safe."""
    answer = redirect(url_name, **kwargs)
    answer.status_code = 303
    assert isinstance(answer, HttpResponseRedirect)
    return answer


def already_booked(request: HttpRequest, visit: Appointment, status: int | None = None) -> HttpResponse:
    """An old page of a draft that became a visit; a form sent from it is refused."""
    content = {"visit": visit, "token": visit_token(visit)}
    status = status or (409 if request.method == "POST" else 200)
    answer = render(request, "portal/already_booked.html", content, status=status)
    add_never_cache_headers(answer)
    return answer


def is_slug(text: str) -> bool:
    """What else a query or a form may hold, such as a NUL, PostgreSQL refuses to look up."""
    return bool(slug_re.match(text))


class DraftView(View):
    """A page about one draft, for the browser that began it."""

    step: ClassVar[Step | None] = None
    template_name: ClassVar[str]
    has_ticket: ClassVar[bool] = True

    def dispatch(self, request: HttpRequest, draft_id: UUID, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        self.draft: Draft = draft_of_visitor(draft_id, visitor_of(request))
        if request.method == "POST":
            keep_alive(request)
        booked = visit_of_draft(self.draft)
        if booked:
            return self.already_booked(booked)
        answer = super().dispatch(request, **kwargs)
        add_never_cache_headers(answer)
        return answer

    def read_again(self) -> None:
        """After an action that wrote to the draft or to its sheets."""
        self.draft = draft_of_visitor(self.draft.pk, visitor_of(self.request))

    @property
    def by(self) -> Actor:
        return actor_of_draft(self.draft.pk)

    def already_booked(self, visit: Appointment, status: int | None = None) -> HttpResponse:
        return already_booked(self.request, visit, status)

    def count_callback(self) -> None:
        """Each is a call for the desk. Raises TooManyTries."""
        count_attempt(source=address_of(self.request), now=self.now, **CALLBACKS)

    def may_open_call(self) -> bool:
        """A draft that has a call for the desk adds none."""
        return self.has_call() or may_try(source=address_of(self.request), now=self.now, **CALLBACKS)

    def has_call(self) -> bool:
        return self.draft.tasks.open().exists()

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        ticket = ticket_of(self.draft, now=self.now) if self.has_ticket else None
        content = {"draft": self.draft, "ticket": ticket, "back_url": self.back_url(), **context}
        content["is_for_waitlist"] = self.is_for_waitlist
        return render(self.request, self.template_name, content, status=status)

    def back_url(self) -> str:
        """The page before, in the order of the journey; the exam's page before the first."""
        steps = [step for step in Step if step is not Step.COVID_TEST]
        earlier = steps[: steps.index(self.step)] if self.step in steps else []
        before = next((step for step in reversed(earlier) if is_asked(self.draft, step, now=self.now)), None)
        return reverse(f"portal:{before or 'change-exam'}", kwargs={"draft_id": self.draft.pk})

    def forward(self) -> HttpResponse:
        """To the first page with something missing; to the check page when nothing is. After a page was
        sent, a time whose hold has ended is quietly taken again first."""
        refusal = self.take_again() if self.request.method == "POST" else None
        return self.lost_the_time(refusal) if refusal else self.next_page()

    def next_page(self) -> HttpResponseRedirect:
        phone = by_phone(self.draft, now=self.now)
        if phone:  # the page about the answers explains them, and leads on
            page = "covid-outcome" if phone is ByPhone.HEALTH else "callback"
            return see_other(f"portal:{page}", draft_id=self.draft.pk)
        if self.is_for_waitlist:
            return self.to_waitlist()
        missing = missing_steps(self.draft, now=self.now)
        return see_other(f"portal:{missing[0] if missing else Step.CHECK}", draft_id=self.draft.pk)

    @property
    def is_for_waitlist(self) -> bool:
        """The page was opened on the way to the waitlist, and leads on to it."""
        return self.request.GET.get("for") == FOR_WAITLIST

    def to_waitlist(self) -> HttpResponseRedirect:
        before = steps_before_waiting(self.draft, now=self.now)
        return see_other(self.waitlist_url(before[0]) if before else self.waitlist_url())

    def waitlist_url(self, step: str = "") -> str:
        """Of the page, or of one that is asked on the way to it."""
        address = reverse(f"portal:{step or FOR_WAITLIST}", kwargs={"draft_id": self.draft.pk})
        return f"{address}?for={FOR_WAITLIST}" if step else address

    def hold_time(self, location: Location, starts_at: datetime) -> None:
        """Raises what place_hold raises, and TooManyTries."""
        source = address_of(self.request)
        count_attempt(source=source, now=self.now, **HOLDS)
        with transaction.atomic():
            count_live_hold(
                draft=self.draft, location_id=location.pk, source=source, now=self.now, **LIVE_HOLDS
            )
            place_hold(
                draft_id=self.draft.pk, location_id=location.pk, starts_at=starts_at, now=self.now, by=self.by
            )

    def lost_the_time(self, refusal: SlotTaken | NotAnOpening) -> HttpResponse:
        """All answers stay; the time page with the nearest times, 409."""
        assert self.draft.location is not None
        context = draft_times_context(
            self.draft, self.draft.location, now=self.now, around=self.draft.starts_at, refusal=refusal
        )
        return render(self.request, "portal/time.html", {"draft": self.draft, **context}, status=409)

    def take_again(self) -> SlotTaken | None:
        """Refused only where someone else has the time by now; whatever else there is, the last page says."""
        draft = self.draft
        if draft.location is None or draft.starts_at is None or hold_of_draft(draft, now=self.now):
            return None
        if by_phone(draft, now=self.now):
            return None
        try:
            self.hold_time(draft.location, draft.starts_at)
        except SlotTaken as refusal:
            return refusal
        except (NotAnOpening, NotBefore, TooManyTries):
            return None
        return None
