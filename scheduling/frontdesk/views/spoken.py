"""What is left before a scan, and the questions that a trained person asks aloud."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Location
from scheduling.actions.safety import read_own_answers
from scheduling.actions.second_screen import ask_aloud, script_of
from scheduling.actions.visits import note_view
from scheduling.exceptions import BookingError, EditConflict, NotFound
from scheduling.forms.records import Record, record_of
from scheduling.frontdesk.spoken_forms import LANGUAGE_NAMES, SpokenQuestions
from scheduling.frontdesk.views.reviews import ReviewsView
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.models import Appointment, SecondScreen
from scheduling.queries.implants import known_implants
from scheduling.queries.reviews import last_release, open_review, review_locations, signs_as
from scheduling.queries.second_screen import (
    EXPECTED,
    SpokenForm,
    counts,
    last_second_screen,
    needs_second_screen,
    scans_of_day,
    spoken_form,
    today_at,
    visit_for_trained,
)
from scheduling.rules.opening_hours import local_day
from scheduling.see_other import SeeOther
from scheduling.wall_clock import local

SENSIBLE_YEARS = range(2000, 2200)


class BeforeTheScan(ReviewsView):
    """One location's visits of a day, with what has still to happen before each scan."""

    def get(self, request: StaffRequest) -> HttpResponse:
        locations = list(review_locations(request.user).order_by("name", "pk"))
        location = _chosen(locations, request.GET.get("location", ""))
        today = today_at(location, now=self.now)
        day = _day(request.GET.get("day", "")) or today
        context = {
            "locations": locations,
            "location": location,
            "day": day,
            "today": today,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "rows": scans_of_day(location, day, now=self.now),
        }
        return render(request, "frontdesk/before_scan.html", context)


class Spoken(ReviewsView):
    """All safety questions of a visit on one page, to be asked aloud and, before an MRI, signed."""

    @cached_property
    def visit(self) -> Appointment:
        return visit_for_trained(self.request.user, self.kwargs["visit_id"])

    @cached_property
    def spoken(self) -> SpokenForm | None:
        """None where there is nothing to ask, or not any more."""
        return spoken_form(self.visit, now=self.now) if self.visit.status in EXPECTED else None

    @property
    def language(self) -> str:
        asked = self.request.GET.get("language", "")
        return asked if asked in LANGUAGE_NAMES else self.visit.language

    @property
    def signs_as(self) -> str:
        return signs_as(self.request.user, self.visit.location)

    @property
    def day(self) -> date:
        return local_day(self.visit.starts_at, self.visit.zone)

    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        screen, spoken = last_second_screen(self.visit), self.spoken
        is_signed = counts(screen, self.visit) and "again" not in request.GET
        if spoken is None or is_signed:
            return self.page(screen=screen, records=self._records() if screen else [])
        note_view(visit=self.visit, now=self.now, by=self.by)
        return self._asked(spoken, self._questions(spoken, spoken.answers))

    def post(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        spoken = self.spoken
        if spoken is None:
            return self.page(409)
        form = self._answered(spoken, request.POST)
        if not form.is_valid():
            return self._asked(spoken, form, status=422)
        try:
            self._keep(form)
        except BookingError as refusal:
            return self._refused(refusal)
        return self._next(spoken)

    def _keep(self, form: SpokenQuestions) -> None:
        given = form.cleaned_data
        ask_aloud(
            visit_id=self.visit.pk,
            answers=form.answers,
            seen_record=given["seen_record"],
            companion=given.get("stays", SecondScreen.Companion.NOBODY),
            companion_name=given["stays_name"],
            language=self.language,
            user=self.request.user,
            signed_as=self.signs_as,
            now=self.now,
            by=self.by,
        )

    def _answered(self, spoken: SpokenForm, data: QueryDict) -> SpokenQuestions:
        """An answer may bring up questions that were not on the page, and they others."""
        form = self._questions(spoken, spoken.answers, data)
        for _level in spoken.version.questions:
            if not form.is_valid() or spoken.questions(form.answers) == form.questions:
                break
            form = self._questions(spoken, form.answers, data)
        return form

    def _questions(self, spoken: SpokenForm, answers: Mapping[str, Any], *data: QueryDict) -> SpokenQuestions:
        return SpokenQuestions(
            *data,
            version=spoken.version,
            questions=spoken.questions(answers),
            visible=spoken.shown_with,
            earlier=spoken.answers,
            language=self.language,
            today=local(self.now, self.visit.zone).date(),
            signs_as=self.signs_as if spoken.is_second_screen else "",
            seen_record=spoken.current.pk if spoken.current else None,
        )

    def _refused(self, refusal: BookingError) -> HttpResponse:
        """With what was typed. What the patient answered meanwhile stands beside each question."""
        self.__dict__.pop("visit", None)
        self.__dict__.pop("spoken", None)
        if self.spoken is None:
            return self.page(409, refusal=str(refusal))
        data, words = self.request.POST.copy(), str(refusal)
        if isinstance(refusal, EditConflict):
            data["seen_record"] = str(self.spoken.current.pk) if self.spoken.current else ""
            words = _("The patient’s answers changed while you asked. Compare them below, then press again.")
        form = self._answered(self.spoken, data)
        return self._asked(self.spoken, form, status=409, refusal=words)

    def _next(self, spoken: SpokenForm) -> HttpResponse:
        review = open_review(self.visit)
        said = _("Signed.") if spoken.is_second_screen else _("Saved.")
        if review is not None:
            said = f"{said} {_('A review has to be decided before the scan.')}"
            messages.warning(self.request, said, extra_tags=FOCUS)
            return SeeOther(reverse("frontdesk:review", args=[review.pk]))
        messages.success(self.request, said, extra_tags=FOCUS)
        query = f"?location={self.visit.location.pk}&day={self.day.isoformat()}"
        return SeeOther(reverse("frontdesk:before-scan") + query)

    def _records(self) -> list[Record]:
        found = read_own_answers(visit=self.visit, now=self.now, by=self.by)
        return [record_of(each, self.visit, with_private=True) for each in found]

    def _asked(
        self, spoken: SpokenForm, form: SpokenQuestions, status: int = 200, **context: Any
    ) -> HttpResponse:
        return self.page(
            status,
            form=form,
            language=self.language,
            languages=LANGUAGE_NAMES.items(),
            script=[line for line in script_of(spoken, self.language).split("\n") if line],
            is_second_screen=spoken.is_second_screen,
            **context,
        )

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        visit = self.visit
        context = {
            "visit": visit,
            "location": visit.location,
            "day": self.day,
            "needs_second_screen": needs_second_screen(visit),
            "is_expected": visit.status in EXPECTED,
            "review": open_review(visit),
            "last_release": last_release(visit),
            "implants": known_implants(visit),
            **context,
        }
        return render(self.request, "frontdesk/spoken.html", context, status=status)


def _chosen(locations: list[Location], asked: str) -> Location:
    """The first where nothing else is asked for. Raises NotFound for one that is not the user's."""
    if not asked:
        return locations[0]
    found = next((location for location in locations if str(location.pk) == asked), None)
    if found is None:
        raise NotFound
    return found


def _day(asked: str) -> date | None:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return day if day.year in SENSIBLE_YEARS else None
