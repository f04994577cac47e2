"""A week of hours, typed day by day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import OpeningHours, Scanner
from scheduling.forms.days import DayField
from scheduling.queries.week import MAY_FOLLOW, Weeks
from scheduling.rules.weekly_hours import HoursError, Span, day_words, read_day

Kind, Weekday = OpeningHours.Kind, OpeningHours.Weekday
WORDS = {
    "not_read": gettext_lazy("Write the hours like 7 am - 7 pm, or several like 7-12, 13-19"),
    "backwards": gettext_lazy(
        "The end must be after the start. A night is two days: 6 pm - midnight, 12 am - 6 am"
    ),
    "overlap": gettext_lazy("These hours overlap each other"),
    "too_many": gettext_lazy("Write at most 6 spans a day"),
}
AHEAD = timedelta(days=730)


class DayHoursField(forms.CharField):
    """Spans of one day, in minutes of the wall clock; none where it is closed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=200, **options)

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else day_words(value)

    def clean(self, value: Any) -> tuple[Span, ...]:
        text = super().clean(value)
        try:
            return tuple(read_day(text))
        except HoursError as error:
            raise forms.ValidationError(WORDS[error.kind]) from error


class Day(NamedTuple):
    name: str
    number: int
    fields: list[tuple[str, forms.BoundField]]  # of each kind, with its name


class WeekForm(forms.Form):
    """`weeks` is what stands. A kind may follow other hours instead of having its own; what it `followed` is
    shown then, to be changed from there."""

    first_day = DayField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput({"type": "date", "class": "input"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Enter the first day"),
            "invalid": gettext_lazy("Enter a day, such as 2026-12-31"),
        },
    )
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: for good. After it the hours are again as they stand now."),
        widget=forms.DateInput({"type": "date", "class": "input"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2026-12-31")},
    )

    def __init__(
        self, *args: Any, weeks: Weeks, followed: Weeks, scanner: Scanner | None, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.weeks, self.followed = today, weeks, followed
        self.followers = MAY_FOLLOW if scanner is None else tuple(Kind)
        self.fields["first_day"].initial = today
        for kind in Kind:
            week = weeks[kind]
            shown = followed[kind] if week is None else week
            if kind in self.followers:
                self.fields[f"follows-{kind}"] = forms.BooleanField(
                    label=_follow_words(kind, scanner), required=False, initial=week is None
                )
            for weekday in Weekday:
                self.fields[f"{kind}-{weekday.value}"] = DayHoursField(
                    label=f"{weekday.label}, {kind.label}",
                    initial=shown[weekday] if shown else (),
                    widget=forms.TextInput({"class": "input", "autocomplete": "off", "spellcheck": "false"}),
                )

    def follow_fields(self) -> list[forms.BoundField]:
        return [self[f"follows-{kind}"] for kind in self.followers]

    def days(self) -> Iterator[Day]:
        for weekday in Weekday:
            fields = [(str(kind.label), self[f"{kind}-{weekday.value}"]) for kind in Kind]
            yield Day(str(weekday.label), weekday.value, fields)

    def clean_first_day(self) -> date:
        first: date = self.cleaned_data["first_day"]
        if first < self.today:
            raise forms.ValidationError(_("Choose today or a later day"))
        if first > self.today + AHEAD:
            raise forms.ValidationError(_("Choose a day in the next two years"))
        return first

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and not first <= last <= first + AHEAD:
            self.add_error("last_day", _("The last day must not be before the first, nor two years after it"))
        self._refuse_ignored(given)
        return given

    def _refuse_ignored(self, given: dict[str, Any]) -> None:
        """Who types hours and leaves the tick that they are others’ means one of both."""
        for kind in self.followers:
            shown = self.followed[kind] or ((),) * 7
            for weekday in range(7):
                name = f"{kind}-{weekday}"
                if given.get(f"follows-{kind}") and given.get(name, shown[weekday]) != shown[weekday]:
                    words = self.fields[f"follows-{kind}"].label
                    self.add_error(name, _("Untick “%(words)s” above, to give own hours") % {"words": words})

    @property
    def until(self) -> date | None:
        """The first day that no longer counts."""
        last = self.cleaned_data["last_day"]
        return last + timedelta(days=1) if last else None

    def wanted(self) -> Weeks:
        return {
            kind: None
            if self.cleaned_data.get(f"follows-{kind}")
            else tuple(self.cleaned_data[f"{kind}-{weekday}"] for weekday in range(7))
            for kind in Kind
        }


class CopyForm(forms.Form):
    """From one day to others, before anything is saved."""

    WORKDAYS, ALL = "workdays", "all"

    copy_from = forms.TypedChoiceField(
        label=gettext_lazy("Copy the hours of"), choices=Weekday.choices, coerce=int, initial=Weekday.MONDAY
    )
    copy_to = forms.ChoiceField(
        label=gettext_lazy("to"),
        choices=[
            (WORKDAYS, gettext_lazy("Monday to Friday")),
            (ALL, gettext_lazy("every day")),
            *[(str(number), name) for number, name in Weekday.choices],
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def days(self) -> list[int]:
        to = self.cleaned_data["copy_to"]
        return {self.WORKDAYS: list(range(5)), self.ALL: list(range(7))}.get(to) or [int(to)]


def copied(posted: QueryDict) -> QueryDict:
    """What was typed, with the day copied that the other half of the form says."""
    given, form = posted.copy(), CopyForm(posted)
    if form.is_valid():
        for kind in Kind:
            for weekday in form.days():
                given[f"{kind}-{weekday}"] = posted.get(f"{kind}-{form.cleaned_data['copy_from']}", "")
    return given


def _follow_words(kind: OpeningHours.Kind, scanner: Scanner | None) -> str:
    if scanner is None:
        return _("Doors and front desk are open as visits are")
    return {
        Kind.OPEN: _("Visits: as the location"),
        Kind.CONTRAST: _("Contrast: as the location"),
        Kind.DOORS: _("Doors: as the location"),
    }[kind]
