"""Whose waitlist to look at, and why somebody is taken off it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from locations.models import Location, User
from scheduling.models import WaitlistEntry
from scheduling.queries.access import waitlist_locations

REASONS = WaitlistEntry.RemovedBecause.choices


class LocationFilter(forms.Form):
    """A location that is not offered filters nothing."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"] = forms.ModelChoiceField(
            queryset=waitlist_locations(user),
            label=_("Location"),
            required=False,
            empty_label=_("All my locations"),
        )

    @property
    def chosen(self) -> Location | None:
        self.is_valid()
        found: Location | None = self.cleaned_data.get("location")
        return found


class RemoveForm(forms.Form):
    because = forms.TypedChoiceField(
        choices=REASONS,
        coerce=WaitlistEntry.RemovedBecause,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Choose why, then press Take off the list")
        ),
    )
