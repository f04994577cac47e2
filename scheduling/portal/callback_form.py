"""Whom to call, when it suits, and which center calls."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.actions.callbacks import LONGEST_ORDER, Caller
from scheduling.forms.fields import NameField, PhoneField, as_typed
from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.models import GoodHours
from scheduling.portal.where_page import Center, center_words


class CallbackForm(forms.Form):
    """`centers` stand nearest first; where there is one, nobody has to choose it."""

    name = NameField(label=_("Your name"), empty=_("Enter your name"), autocomplete="name")
    phone = PhoneField(
        label=_("What number can we call?"),
        help_text=_("Any way of writing it is fine, also with an extension."),
    )
    good_hours = forms.ChoiceField(
        label=_("When is a good time to call?"),
        choices=GoodHours.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a good time to call")),
    )
    center = forms.ChoiceField(
        label=_("Which center would you like to come to?"),
        help_text=_("Its people call you. Together you can still choose another one."),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a center")),
    )

    for_strangers = False

    def __init__(self, *args: Any, centers: list[Center], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locations: dict[str, Location] = {center.location.slug: center.location for center in centers}
        named = [(center.location.slug, center_words(center)) for center in centers]
        self.fields["center"].choices = named  # type: ignore[attr-defined]
        if len(centers) == 1:
            del self.fields["center"]
        self.helper = AllianceHelper(
            self,
            *(Options(name) if name in ("good_hours", "center") else name for name in self.fields),
            button=PrimaryButton(_("Ask us to call")),
            for_strangers=True,
        )

    @property
    def location(self) -> Location:
        """Of a valid form."""
        if "center" in self.cleaned_data:
            return self.locations[self.cleaned_data["center"]]
        (only,) = self.locations.values()
        return only

    def caller(self) -> Caller:
        return Caller(
            name=self.cleaned_data["name"],
            phone=self.cleaned_data["phone"],
            phone_as_typed=as_typed(self["phone"].value()),
            good_hours=GoodHours(self.cleaned_data["good_hours"]),
        )


class OrderCallForm(CallbackForm):
    """No scan in the list is what the doctor wrote."""

    order = forms.CharField(
        label=_("What does the order say?"),
        help_text=_("Copy what you can read. We find out the rest with you."),
        max_length=LONGEST_ORDER,
        error_messages={
            "required": _("Write what the order says, or call us and read it to us"),
            "max_length": _("Write only what the order says, in %(limit_value)s letters or less"),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("order", "name", "phone", "good_hours", "center")
    for_strangers = True
