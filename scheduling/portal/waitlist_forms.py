"""Which centers, days and times of the day would suit. The form checks shape; the action checks truth."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Location
from locations.words import miles_words
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.forms.words import Words
from scheduling.models import NamedDayPart, WaitlistEntry
from scheduling.rules.day_parts import DayPart
from scheduling.rules.waitlist import Terms, has_days
from scheduling.waitlist_words import notice_words
from scheduling.wall_clock import short_day_words

NOTICES = (2, 6, 24, 48)  # hours
HINTS: dict[str, Words] = {
    DayPart.MORNING: gettext_lazy("Before noon"),
    DayPart.AFTERNOON: gettext_lazy("Noon to 5 pm"),
    DayPart.EVENING: gettext_lazy("After 5 pm"),
}


def _same(error: Words) -> dict[str, Words]:
    """Nothing chosen and something unknown need the same words."""
    return {"required": error, "invalid_choice": error, "invalid_list": error, "invalid": error}


class WaitForm(forms.Form):
    """`centers` are those that can do the scan, with miles where we know from where; `last` is the last day
    that can be chosen."""

    centers = forms.MultipleChoiceField(
        label=gettext_lazy("Which centers could you come to?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages=_same(gettext_lazy("Choose at least one center")),
    )
    first_day = forms.ChoiceField(
        label=gettext_lazy("From"), error_messages=_same(gettext_lazy("Choose the first day"))
    )
    last_day = forms.ChoiceField(
        label=gettext_lazy("Until"), error_messages=_same(gettext_lazy("Choose the last day"))
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On which days of the week?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages=_same(gettext_lazy("Choose at least one day of the week")),
    )
    parts = forms.TypedMultipleChoiceField(
        label=gettext_lazy("At what time of the day?"),
        coerce=DayPart,
        choices=NamedDayPart.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages=_same(gettext_lazy("Choose at least one part of the day")),
    )
    notice = forms.TypedChoiceField(
        label=gettext_lazy("How soon before must we tell you?"),
        help_text=gettext_lazy("The sooner you can come, the more times we can offer."),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=_same(gettext_lazy("Choose how soon before we must tell you")),
    )

    def __init__(
        self,
        *args: Any,
        centers: Mapping[Location, float | None],
        today: date,
        last: date,
        button: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.today = tuple(centers), today
        self._choices("centers", [(center.slug, center.name) for center in centers])
        days = [today + timedelta(days=n) for n in range((last - today).days + 1)]
        choices = [(day.isoformat(), short_day_words(day)) for day in days]  # whole on the narrowest screen
        self._choices("first_day", choices)
        self._choices("last_day", choices)
        self._choices("weekdays", [(day, str(name)) for day, name in WEEKDAYS.items()])
        self._choices("notice", [(hours, _notice(hours)) for hours in NOTICES])
        miles = {center.slug: miles_words(far) for center, far in centers.items() if far is not None}
        fields = [
            Options("centers", hints=miles),
            "first_day",
            "last_day",
            Options("weekdays", in_columns=True),
            Options("parts", hints=HINTS, in_columns=True),
            Options("notice"),
        ]
        if len(centers) == 1 and "centers" not in self.data:  # chosen from more, it must be among the chosen
            del self.fields["centers"]
            del fields[0]
        self.helper = AllianceHelper(
            self, *fields, button=PrimaryButton(button or _("Save"), busy=_("Saving…"))
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if self.errors:
            return answers
        if answers["last_day"] < answers["first_day"]:
            self.add_error("last_day", _("Choose a last day that is not before the first"))
        elif not has_days(self.terms(), today=self.today):
            self.add_error("weekdays", _("None of these days of the week lies between the two days"))
        return answers

    def terms(self) -> Terms:
        answers = self.cleaned_data
        chosen = answers.get("centers")
        return Terms(
            location_ids=frozenset(
                center.pk for center in self.places if chosen is None or center.slug in chosen
            ),
            first_day=date.fromisoformat(answers["first_day"]),
            last_day=date.fromisoformat(answers["last_day"]),
            weekdays=frozenset(answers["weekdays"]),
            parts=frozenset(answers["parts"]),
            notice=timedelta(hours=answers["notice"]),
        )

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _notice(hours: int) -> str:
    return _("%(time)s is enough") % {"time": notice_words(hours)}


def initial_of(entry: WaitlistEntry, *, today: date) -> dict[str, Any]:
    return {
        "centers": [center.slug for center in entry.locations.all()],
        "first_day": max(entry.first_day, today).isoformat(),
        "last_day": entry.last_day.isoformat(),
        "weekdays": entry.weekdays,
        "parts": entry.parts,
        "notice": entry.notice_hours,
    }
