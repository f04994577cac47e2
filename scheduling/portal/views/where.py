"""Which center: nearest first, each with its next time for this exam."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.forms import NearForm
from locations.geography import Place, place_from_text
from locations.models import Location
from locations.queries import nearest_locations, openings_today
from locations.words import miles_words, today_words
from scheduling.actions.drafts import save_answers
from scheduling.actions.holds import wish_of
from scheduling.models import Draft
from scheduling.portal.views.base import DraftView, see_other
from scheduling.queries.catalogue import locations_offering
from scheduling.queries.drafts import Step
from scheduling.queries.openings import Opening, first_opening_of_each
from scheduling.wall_clock import near_day_words, time_words

FAR_MILES = 50
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CenterRow:
    """Context of components/center_row.html."""

    name: str
    url: str
    address: str
    distance: str
    open_now: bool
    hours: str
    next: str


@dataclass(frozen=True, slots=True)
class Center:
    location: Location
    miles: float | None = None


class Where(DraftView):
    step = Step.WHERE
    template_name = "portal/where.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = NearForm({"near": self.draft.place} if self.draft.place else None)
        return self._list(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NearForm(request.POST)
        if not form.is_valid():
            return self._list(form, status=422)
        save_answers(draft_id=self.draft.pk, answers={"place": request.POST["near"].strip()}, now=self.now)
        return see_other("portal:where", draft_id=self.draft.pk)

    def _list(self, form: NearForm, status: int = 200) -> HttpResponse:
        place = place_from_text(self.draft.place) if self.draft.place else None
        centers = centers_of(self.draft, place)
        near = [center for center in centers if (center.miles or 0) <= FAR_MILES]
        rows = rows_of(centers, self.draft, now=self.now)
        return self.page(
            status,
            form=form,
            place=place,
            rows=rows[: len(near)] or rows,
            farther=rows[len(near) :] if near else [],
            is_far=bool(centers and not near),
        )


def rows_of(centers: list[Center], draft: Draft, *, now: datetime) -> list[CenterRow]:
    """Each with today's hours and its next time for the draft's exam; a constant number of queries."""
    locations = [center.location for center in centers]
    openings = first_opening_of_each(
        wish=wish_of(draft), location_ids=[location.pk for location in locations], now=now
    )
    today = openings_today(locations, now)
    url = reverse("portal:time", kwargs={"draft_id": draft.pk})
    return [
        CenterRow(
            name=center.location.name,
            url=f"{url}?center={center.location.slug}",
            address=center.location.full_address,
            distance=miles_words(center.miles) if center.miles is not None else "",
            open_now=today[center.location.pk].is_open,
            hours=today_words(today[center.location.pk]),
            next=next_words(openings.get(center.location.pk), center.location, now),
        )
        for center in centers
    ]


def centers_of(draft: Draft, place: Place | None) -> list[Center]:
    """Centers with the draft's exam: nearest first, or A to Z while we don't know where."""
    offering = locations_offering(draft.exam)
    if place is None:
        return [Center(location) for location in offering[:MOST_SHOWN]]
    nearest = nearest_locations(place.point, limit=MOST_SHOWN, among=offering)
    return [Center(near.location, near.miles) for near in nearest]


def next_words(opening: Opening | None, center: Location, now: datetime) -> str:
    if opening is None:
        return _("No times right now. Call us, we can look with you.")
    day = near_day_words(opening.starts_at, center.zone, now=now)
    return _("Next time: %(day)s, %(time)s") % {
        "day": day,
        "time": time_words(opening.starts_at, center.zone),
    }
