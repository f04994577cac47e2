"""Date of birth in three parts: the month by name, so that day and month cannot be mixed up."""

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

PARTS = ("month", "day", "year")
OLDEST = 120  # years


class BirthDateWidget(forms.MultiWidget):
    template_name = "alliance/widgets/birth_date.html"
    labels = {"month": _("Month"), "day": _("Day"), "year": _("Year")}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        digits = {"inputmode": "numeric", "spellcheck": "false"}
        super().__init__(
            {
                "month": forms.Select(
                    attrs={"class": "input", "autocomplete": "bday-month"},
                    choices=[("", ""), *MONTHS.items()],
                ),
                "day": forms.TextInput(
                    attrs={"class": "input input-digits", "autocomplete": "bday-day", **digits}
                ),
                "year": forms.TextInput(
                    attrs={"class": "input input-year", "autocomplete": "bday-year", **digits}
                ),
            },
            attrs,
        )
        self.bad_parts: frozenset[str] = frozenset()

    def decompress(self, value: dt.date | None) -> list[object]:
        return [value.month, value.day, value.year] if value else [None, None, None]

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> list[str]:
        return [str(data.get(f"{name}_{part}", "") or "").strip() for part in PARTS]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        whole = context["widget"]["attrs"].get("id", "")
        for part, sub in zip(PARTS, context["widget"]["subwidgets"], strict=True):
            sub["label"] = self.labels[part]
            sub["attrs"]["id"] = f"{whole}_{part}"
            sub["attrs"].pop("aria-invalid", None)
            if part in self.bad_parts:
                sub["attrs"] |= {"aria-invalid": "true", "aria-describedby": f"{whole}_error"}
        return context

    def id_for_label(self, id_: str, index: str = "") -> str:
        return f"{id_}_month"


class PastDateWidget(BirthDateWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget in self.widgets:
            widget.attrs["autocomplete"] = "off"  # it is nobody's birthday


class BirthDateBoundField(BoundField):
    def as_widget(self, *args: Any, **kwargs: Any) -> Any:
        self.field.widget.bad_parts = frozenset(
            part for error in self.errors.as_data() for part in (error.params or {}).get("bad", ())
        )
        return super().as_widget(*args, **kwargs)


class BirthDateField(forms.Field):
    """A `date`. The form must set `today` (the day at the center) before it is cleaned."""

    widget = BirthDateWidget
    default_error_messages = {
        "required": _("Enter the date of birth"),
        "no_month": _("Choose the month"),
        "no_day": _("Add the day, like 27"),
        "no_year": _("Add the year, with 4 numbers, like 1952"),
        "future": _("The date of birth must be in the past"),
        "too_old": _("Check the year"),
    }

    def __init__(self, *, today: dt.date | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Date of birth"))
        kwargs.setdefault("help_text", _("For example: March 27, 1952"))
        super().__init__(**kwargs)
        self.today = today

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return BirthDateBoundField(form, self, field_name)

    def to_python(self, value: Any) -> dt.date | None:
        typed: list[str] = list(value or ["", "", ""])
        if not any(typed):
            return None
        month, day, year = self._numbers(typed)
        self._check_day(month, day, year)
        try:
            date = dt.date(year, month, day)
        except ValueError as exc:  # the year 0000
            raise self._refusal("too_old", "year") from exc
        self._check_age(date)
        return date

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(
                self.error_messages["required"], code="required", params={"part": "month", "bad": PARTS}
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True

    def _numbers(self, typed: list[str]) -> tuple[int, int, int]:
        month, day, year = (_number(text) for text in typed)
        missing = []
        if month is None or not 1 <= month <= 12:
            missing.append(self._refusal("no_month", "month"))
        if day is None:
            missing.append(self._refusal("no_day", "day"))
        if year is None or len(typed[2]) != 4:
            missing.append(self._refusal("no_year", "year"))
        if missing:
            raise ValidationError(missing)
        assert month is not None
        assert day is not None
        assert year is not None
        return month, day, year

    def _check_day(self, month: int, day: int, year: int) -> None:
        name = MONTHS[month]
        if not 1 <= day <= monthrange(2000, month)[1]:
            message = _("%(month)s has no day %(day)s") % {"month": name, "day": day}
        elif year and day > monthrange(year, month)[1]:
            message = _("%(month)s %(year)s has no day %(day)s") % {"month": name, "year": year, "day": day}
        else:
            return
        raise ValidationError(message, code="no_such_day", params={"part": "day", "bad": ("month", "day")})

    def _check_age(self, date: dt.date) -> None:
        if self.today is None:
            raise TypeError("BirthDateField needs today: the form sets self.fields[…].today.")
        if date > self.today:
            raise self._refusal("future", "year")
        if date.year < self.today.year - OLDEST:
            raise self._refusal("too_old", "year")

    def _refusal(self, code: str, part: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"part": part, "bad": (part,)})


class PastDateField(BirthDateField):
    """Another day in the past, in the same three parts."""

    widget = PastDateWidget
    default_error_messages = {
        "required": _("Enter the date"),
        "no_year": _("Add the year, with 4 numbers, like 2026"),
        "future": _("The date must be in the past"),
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
