from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from locations.models import User
from scheduling.models import Task
from scheduling.queries.worklist import kinds_of, task_locations, tasks_for


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
        open_or_chosen = kinds_of(tasks_for(user)) | {self.data.get("kind")}
        kinds = [(kind, capfirst(label)) for kind, label in Task.Kind.choices if kind in open_or_chosen]
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), required=False, choices=[("", _("All kinds")), *kinds]
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


class TriedForm(forms.Form):
    tries = forms.IntegerField(min_value=0, max_value=32767)
