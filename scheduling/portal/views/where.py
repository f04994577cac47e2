"""Which center: nearest first, each with its next time for this exam."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.forms import NearForm
from locations.models import Location
from locations.queries import Place, nearest_locations, opening_today, place_from_text
from locations.words import miles_words, today_words
from scheduling.actions.drafts import save_answers
from scheduling.actions.holds import wish_of
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
        centers = self._centers(place)
        near = [row for row in centers if (row[1] or 0) <= FAR_MILES] or centers
        return self.page(
            status,
            form=form,
            place=place,
            rows=self._rows(near),
            farther=self._rows(centers[len(near) :]),
            is_far=bool(place and near and (near[0][1] or 0) > FAR_MILES),
        )

    def _centers(self, place: Place | None) -> list[tuple[Location, float | None]]:
        """With miles and nearest first, once the patient has said where."""
        offering = locations_offering(self.draft.exam)
        if place is None:
            return [(location, None) for location in offering]
        nearest = nearest_locations(place.point, limit=MOST_SHOWN, among=offering)
        return [(near.location, near.miles) for near in nearest]

    def _rows(self, centers: list[tuple[Location, float | None]]) -> list[CenterRow]:
        openings = first_opening_of_each(
            wish=wish_of(self.draft), location_ids=[center.pk for center, _ in centers], now=self.now
        )
        return [self._row(center, miles, openings.get(center.pk)) for center, miles in centers]

    def _row(self, center: Location, miles: float | None, opening: Opening | None) -> CenterRow:
        today = opening_today(center, self.now)
        url = reverse("portal:time", kwargs={"draft_id": self.draft.pk})
        return CenterRow(
            name=center.name,
            url=f"{url}?center={center.slug}",
            address=f"{center.address}, {center.city}, {center.state}",
            distance=miles_words(miles) if miles is not None else "",
            open_now=today.is_open,
            hours=today_words(today),
            next=next_words(opening, center, self.now),
        )


def next_words(opening: Opening | None, center: Location, now: datetime) -> str:
    if opening is None:
        return _("No times right now. Call us, we can look with you.")
    day = near_day_words(opening.starts_at, center.zone, now=now)
    return _("Next time: %(day)s, %(time)s") % {
        "day": day,
        "time": time_words(opening.starts_at, center.zone),
    }
