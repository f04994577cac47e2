"""What came of a call, and when to call again."""

from datetime import datetime
from typing import Any, TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.models import Task
from scheduling.rules.opening_hours import local_day, minute_of_day, wall_instant

ON_THE_CLOCK = "%Y-%m-%dT%H:%M"  # as browsers send the day and time that were chosen


class Tried(TypedDict):
    tries_seen: int
    result: Task.Try
    next_try_at: datetime | None
    outcome: str


class TriedForm(forms.Form):
    """`next_try` is on the clock of the location, `proposed` as it was on the page: where that was left alone
    and is over by now, the action proposes anew."""

    tries = forms.IntegerField(min_value=0, max_value=32767)
    result = forms.ChoiceField(choices=Task.Try.choices, required=False)
    next_try = forms.DateTimeField(
        required=False,
        input_formats=[ON_THE_CLOCK],
        error_messages={"invalid": _("Choose a day and a time")},
    )
    proposed = forms.CharField(required=False)
    outcome = forms.CharField(
        max_length=200, required=False, error_messages={"max_length": _("Use at most 200 letters")}
    )

    def __init__(self, *args: Any, location: Location, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.location, self.now = location, now

    def clean(self) -> dict[str, Any]:
        """When to call again is no matter where nobody is."""
        given = super().clean() or {}
        if "result" in given and self.came_of_it not in Task.TRIED_AGAIN:
            self.errors.pop("next_try", None)
            given["next_try"] = None
        return given

    @property
    def is_made_up(self) -> bool:
        """No page of ours says this."""
        return not {"tries", "result"}.isdisjoint(self.errors)

    @property
    def came_of_it(self) -> Task.Try:
        return Task.Try(self.cleaned_data["result"] or Task.Try.NO_ANSWER)

    def seen(self) -> Tried:
        given = self.cleaned_data
        return {
            "tries_seen": given["tries"],
            "result": self.came_of_it,
            "next_try_at": self._next_try_at(given["next_try"]),
            "outcome": given["outcome"],
        }

    def _next_try_at(self, chosen: datetime | None) -> datetime | None:
        if chosen is None:
            return None
        at = wall_instant(chosen.date(), chosen.hour * 60 + chosen.minute, self.location.zone)
        is_left_alone = self.data.get("next_try") == self.data.get("proposed")
        return None if is_left_alone and at < self.now else at


def on_the_clock(at: datetime, location: Location) -> str:
    """2026-12-01T09:00, for the field."""
    minute = minute_of_day(at, location.zone)
    return f"{local_day(at, location.zone).isoformat()}T{minute // 60:02}:{minute % 60:02}"
