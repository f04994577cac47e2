from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from locations.models import Location, User
from scheduling.models import Exam
from scheduling.queries.worklist import task_locations


class ExamChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Exam) -> str:
        return obj.display_name


class PlaceChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Location) -> str:
        return obj.name


class TaskFilter(forms.Form):
    """What to show; a choice that is not offered filters nothing."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"] = forms.ModelChoiceField(
            queryset=task_locations(user),
            label=_("Location"),
            required=False,
            empty_label=_("All my locations"),
        )

    @property
    def places(self) -> list[Location]:
        return list(self.fields["location"].queryset)  # type: ignore[attr-defined]

    def lookups(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=_("What came of it"),
        max_length=200,
        error_messages={
            "required": _("Write what came of it, then press Done"),
            "max_length": _("Use at most 200 letters"),
        },
    )
