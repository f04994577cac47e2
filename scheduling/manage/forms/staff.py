"""Inviting somebody, giving a role, and what an account is called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from locations.models import Assignment, Location, User
from scheduling.forms.fields import EmailField, NameField
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.queries.staff_admin import Scope, places_of

EVERYWHERE = "all"
Role = Assignment.Role
ROLE_HINTS = {
    Role.FRONT_DESK: _("Books, moves and cancels visits, and works through calls and orders."),
    Role.TECHNOLOGIST: _("Looks at answers before a scan, signs the second screen, starts and ends exams."),
    Role.RADIOLOGIST: _("Decides what technologists pass on, and reads the day."),
    Role.ADMINISTRATOR: _(
        "Invites staff, changes exams and questions, reads figures; also does what the desk does."
    ),
    Role.AUDITOR: _("Reads the day and the history. Changes nothing."),
}


class RoleForm(forms.Form):
    """Only places that are the administrator's to give."""

    button = _("Add the role")
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label.capitalize()) for role in Role],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role"), "invalid_choice": _("Choose a role from the list")},
    )
    places = forms.MultipleChoiceField(
        label=_("Where"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one location"),
            "invalid_choice": _("Choose locations from the list"),
        },
    )

    def __init__(self, *args: Any, scope: Scope, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(place.pk): place for place in places_of(scope)}
        everywhere = [(EVERYWHERE, _("Every location, also new ones"))] if scope.everywhere else []
        named = [(key, place.name) for key, place in self.known.items()]
        field = self.fields["places"]
        field.choices = [*everywhere, *named]  # type: ignore[attr-defined]
        if len(field.choices) == 1:  # type: ignore[attr-defined]
            self.initial["places"] = [field.choices[0][0]]  # type: ignore[attr-defined]
        self.helper = AllianceHelper(self, *self.layout(), button=PrimaryButton(self.button), action=action)

    def layout(self) -> list[Any]:
        hints = {role.value: words for role, words in ROLE_HINTS.items()}
        return [Options("role", hints=hints), Options("places", in_columns=True)]

    @property
    def chosen(self) -> list[Location | None]:
        """None: every location, whatever else is ticked."""
        keys = self.cleaned_data["places"]
        return [None] if EVERYWHERE in keys else [self.known[key] for key in keys]


class InviteForm(RoleForm):
    button = _("Send the invitation")
    email = EmailField(
        label=_("Work email"), help_text=_("They sign in with it. Only they may read its mail.")
    )
    field_order = ("email", "role", "places")

    def layout(self) -> list[Any]:
        return ["email", *super().layout()]


class AccountForm(forms.Form):
    first_name = NameField(label=_("First name"), empty=_("Enter the first name"))
    last_name = NameField(
        label=_("Last name"),
        empty=_("Enter the last name"),
        help_text=_("Empty for people with one name."),
        required=False,
    )
    email = EmailField(help_text=_("They sign in with it."))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(person, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        if person.is_invited:  # they say their name when they come
            self.fields["first_name"].required = False
        for name in self.fields:
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.helper = AllianceHelper(self, button=PrimaryButton(_("Save")))
