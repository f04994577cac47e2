"""Forms about a version as a whole: who answers for it, its numbers, the texts of its pages."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.forms.layout import AllianceHelper
from scheduling.forms.words import Words
from scheduling.manage.version_page import ParameterRow, parameter_rows
from scheduling.manage.words import TEXTS
from scheduling.models import Version
from scheduling.rules.screening import Texts, VersionSpec, placeholders

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
HIGHEST = 100_000
_NUMBER = gettext_lazy("Enter a whole number from 0 to 100000")


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, such as 2026-12-31")},
        **kwargs,
    )


class KeyField(forms.CharField):
    """A short name that conditions and the history use; it stays the same for good."""

    def __init__(self, *, taken: frozenset[str], **kwargs: Any) -> None:
        self.taken = taken
        kwargs.setdefault("error_messages", {"required": gettext_lazy("Enter a key, such as travel_date")})
        super().__init__(**kwargs)
        self.widget.attrs |= {"class": "input-key", "autocapitalize": "none", "spellcheck": "false"}

    def clean(self, value: Any) -> str:
        key: str = super().clean(value)
        if key and not KEY.fullmatch(key):
            raise ValidationError(
                _("Use up to 40 small letters, numbers and _ for the key, beginning with a letter")
            )
        if key in self.taken:
            raise ValidationError(_("Choose another key: “%(key)s” is taken") % {"key": key})
        return key


class AboutForm(forms.Form):
    change_note = forms.CharField(
        label=gettext_lazy("What changed"),
        help_text=gettext_lazy("For colleagues. Patients do not see it."),
        required=False,
        max_length=300,
    )
    approved_by = forms.CharField(
        label=gettext_lazy("Approved by"),
        help_text=gettext_lazy("The medical director, or whoever answers for texts and days."),
        required=False,
        max_length=120,
    )
    reviewed_on = _day(
        label=gettext_lazy("Last reviewed on"),
        help_text=gettext_lazy(
            "The day on which texts and days were last compared with the source. Patients read it."
        ),
    )
    source_url = forms.URLField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("Address of the guidance that the rules follow."),
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Enter an address such as https://www.cdc.gov/")},
    )
    source_date = _day(label=gettext_lazy("Date of the source"))

    def __init__(self, *args: Any, version: Version, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(version, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.today = today
        self.helper = AllianceHelper(self, tag=False, needed=("approved_by", "reviewed_on"))

    def clean_reviewed_on(self) -> date | None:
        day: date | None = self.cleaned_data["reviewed_on"]
        if day and day > self.today:
            raise ValidationError(_("Enter the day of a review that has taken place: today or earlier"))
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("source_url") and not given.get("source_date") and "source_date" not in self.errors:
            self.add_error("source_date", _("Enter the date of the source"))
        return given


class ParametersForm(forms.Form):
    """All numbers of a version. One that nothing takes can be removed; a new one is added below."""

    new_name = forms.CharField(required=False)
    new_value = forms.IntegerField(required=False, min_value=0, max_value=HIGHEST)

    def __init__(self, *args: Any, spec: VersionSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        own = {name: self.fields.pop(name) for name in ("new_name", "new_value")}
        self.rows = parameter_rows(spec)
        self.short_names = {_value(row.key): row.words for row in self.rows}
        for row in self.rows:
            self.fields[_value(row.key)] = _number_field(row.words, initial=row.value)
            if not row.uses:
                self.fields[_remove(row.key)] = forms.BooleanField(label=_("Remove"), required=False)
        taken = frozenset(spec.parameters)
        own["new_name"] = KeyField(taken=taken, required=False, label=_("Name of a new number"))
        own["new_value"] = _number_field(_("Its value"), required=False)
        self.fields |= own

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        has_name, has_value = given.get("new_name"), given.get("new_value") is not None
        if has_name and not has_value and "new_value" not in self.errors:
            self.add_error("new_value", _("Enter the value of the new number"))
        if has_value and not has_name and "new_name" not in self.errors:
            self.add_error("new_name", _("Enter the name of the new number"))
        return given

    @property
    def parameters(self) -> dict[str, int]:
        given = self.cleaned_data
        kept = {row.key: given[_value(row.key)] for row in self.rows if not given.get(_remove(row.key))}
        return kept | ({given["new_name"]: given["new_value"]} if given["new_name"] else {})

    @property
    def new_fields(self) -> list[Any]:
        return [self["new_name"], self["new_value"]]

    def bound_rows(self) -> list[tuple[ParameterRow, Any, Any]]:
        return [
            (
                row,
                self[_value(row.key)],
                self[_remove(row.key)] if _remove(row.key) in self.fields else None,
            )
            for row in self.rows
        ]


def _value(key: str) -> str:
    return f"value-{key}"


def _remove(key: str) -> str:
    return f"remove-{key}"


def _number_field(label: Words, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=HIGHEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _NUMBER),
        **kwargs,
    )


def text_area(label: Words, *, rows: int = 3, required: bool = False, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": _("That is too long. Use up to 4000 letters")},
        **kwargs,
    )


def unknown_numbers(texts: Texts, spec: VersionSpec) -> list[str]:
    """The {names} in texts that no number of the version has."""
    named = frozenset[str]().union(*(placeholders(text) for text in texts.values()))
    return sorted(named - spec.parameters.keys())


def refuse_unknown_numbers(form: forms.Form, names: tuple[str, ...], spec: VersionSpec) -> None:
    for name in names:
        text = form.cleaned_data.get(name) or ""
        for unknown in unknown_numbers({"": text}, spec):
            form.add_error(
                name,
                _("There is no number “%(name)s”. Add it first, or take the {} away") % {"name": unknown},
            )


class TextForm(forms.Form):
    """A sentence of the pages in both languages. What is missing is asked for when publishing."""

    def __init__(self, *args: Any, spec: VersionSpec, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        if is_new:
            known = [key for key in TEXTS if key not in spec.texts]
            hint = _("The pages know: %(keys)s. A question “pos” is called by “name_pos” in lists.")
            self.fields["key"] = KeyField(
                taken=frozenset(spec.texts),
                label=_("Key"),
                help_text=hint % {"keys": ", ".join(known) or "–"},
            )
        self.fields["en"] = text_area(_("English"))
        self.fields["es"] = text_area(_("Spanish"))
        self.helper = AllianceHelper(self, tag=False, needed=("en", "es"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        refuse_unknown_numbers(self, ("en", "es"), self.spec)
        return given

    @property
    def text(self) -> Texts:
        return {language: self.cleaned_data[language].strip() for language in ("en", "es")}


def after_field(keys: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    """Where a new part goes; the last place is offered first."""
    places = list(keys)
    return forms.ChoiceField(
        label=_("Put it after"),
        required=False,
        initial=places[-1][0] if places else "",
        choices=[*reversed(places), ("", _("nothing: first of all"))],
        error_messages={"invalid_choice": _("Choose a place from the list")},
    )
