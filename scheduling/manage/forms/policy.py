"""Which respiratory rules are in force where, center by center."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from scheduling.actions.questionnaires import PolicyChoice
from scheduling.models import Publication, Version
from scheduling.queries.policy import Policy

AS_ALL, OFF, NOTHING = "as-all", "off", ""


class PolicyForm(forms.Form):
    """What is as it was is left alone; that the general choice was made is written even so."""

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.policy = policy
        rules = [(str(version.pk), _label(version)) for version in policy.versions]
        rules.append((OFF, _("Off: no questions about illness")))
        start = [] if policy.general else [(NOTHING, _("Choose"))]
        self.fields["all"] = _select(_("All centers"), [*start, *rules], _value(policy.general))
        for place in policy.places:
            same = (AS_ALL, _("As for all centers"))
            own = policy.own.get(place.pk)
            self.fields[f"place-{place.pk}"] = _select(
                place.name, [same, *rules], _value(own) if own else AS_ALL
            )

    @property
    def choices(self) -> list[PolicyChoice]:
        about = self.policy.questionnaire
        assert about is not None
        by_key = {str(version.pk): version for version in self.policy.versions}
        given = self.cleaned_data
        found = []
        if given["all"] != _value(self.policy.general) or not self.policy.is_chosen:
            found.append(PolicyChoice(about, None, version=by_key.get(given["all"])))
        for place in self.policy.places:
            own, chosen = self.policy.own.get(place.pk), given[f"place-{place.pk}"]
            if chosen != (_value(own) if own else AS_ALL):
                ends = own.pk if own and chosen == AS_ALL else None
                found.append(PolicyChoice(about, place, version=by_key.get(chosen), ends=ends))
        return found

    def rows(self) -> list[tuple[Any, bool]]:
        """The boxes of the places, and whether a place's own switch is off."""
        return [(self[f"place-{place.pk}"], not place.screening_on) for place in self.policy.places]


def _select(label: str, choices: list[tuple[str, str]], initial: str) -> forms.ChoiceField:
    wrong = _("Choose the rules from the list")
    return forms.ChoiceField(
        label=label,
        choices=choices,
        initial=initial,
        error_messages={"required": wrong, "invalid_choice": wrong},
    )


def _value(publication: Publication | None) -> str:
    if publication is None:
        return NOTHING
    return str(publication.version_id) if publication.version_id else OFF


def _label(version: Version) -> str:
    letters = {"respiratory-a": "A", "respiratory-b": "B"}
    letter = letters.get(version.preset)
    words = _("Version %(number)s") % {"number": version.number}
    named = f"{letter} – {words}" if letter else words
    return f"{named}: {version.change_note}" if version.change_note else named
