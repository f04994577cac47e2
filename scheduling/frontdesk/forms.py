from typing import Any, TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _

from locations.models import Location, User
from scheduling.models import Exam, Task
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


class Tried(TypedDict):
    tries_seen: int
    result: Task.Try


class TriedForm(forms.Form):
    tries = forms.IntegerField(min_value=0, max_value=32767)
    result = forms.ChoiceField(choices=Task.Try.choices, required=False)

    def seen(self) -> Tried:
        """What a page that was made up says counts no try."""
        if not self.is_valid():
            return {"tries_seen": -1, "result": Task.Try.NO_ANSWER}
        return {"tries_seen": self.cleaned_data["tries"], "result": self._result}

    def result_words(self) -> str:
        return str(self._result.label)

    @property
    def _result(self) -> Task.Try:
        return Task.Try(self.cleaned_data["result"] or Task.Try.NO_ANSWER)
