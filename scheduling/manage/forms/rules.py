"""The form for one rule of a draft."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.manage.forms.about import HIGHEST, KeyField, after_field, refuse_unknown_numbers, text_area
from scheduling.manage.forms.conditions import ConditionField, did_you_mean
from scheduling.manage.words import EFFECTS as WORDS_OF_EFFECTS
from scheduling.models.screening import Disposition as Outcomes
from scheduling.rules.needs import EFFECTS, EXTRA_MINUTES, NUMBER_OF_QUESTION
from scheduling.rules.screening import (
    ActsWhen,
    DeferSpec,
    Disposition,
    Effect,
    FormKind,
    QuestionKind,
    RuleSpec,
    VersionSpec,
)
from scheduling.rules.screening_check import OUTCOMES_OF_SAFETY


class RuleForm(forms.Form):
    """`rule` is the one that is edited; a new one gets a key and a place."""

    ACTS = (
        (ActsWhen.NEAR.value, gettext_lazy("Near the visit")),
        (ActsWhen.ALWAYS.value, gettext_lazy("Always")),
    )
    COUNTED = (
        ("full_days", gettext_lazy("full days")),
        ("days", gettext_lazy("days")),
    )

    def __init__(
        self, *args: Any, spec: VersionSpec, tags: Iterable[str], rule: RuleSpec | None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", _initial_of_rule(rule))
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.spec, self.rule = spec, rule
        if rule is None:
            taken = frozenset(each.key for each in spec.rules)
            hint = _("A short name for the history. It stays the same for good.")
            self.fields["key"] = KeyField(taken=taken, label=_("Key"), help_text=hint)
            self.fields["after"] = after_field((each.key, each.key) for each in spec.rules)
        is_safety = spec.kind is FormKind.SAFETY
        outcomes = [
            (value, label)
            for value, label in Outcomes.choices
            if not is_safety or value in OUTCOMES_OF_SAFETY
        ]
        self.fields |= {
            "condition": ConditionField(spec=spec, tags=tags, label=_("Holds if")),
            "disposition": forms.ChoiceField(label=_("Outcome"), choices=outcomes),
            "message_en": text_area(_("English"), rows=3),
            "message_es": text_area(_("Spanish"), rows=3),
            **({} if is_safety else self._fields_of_days()),
            **self._fields_of_effects(),
        }
        for name in {
            "message_en",
            "message_es",
            "after",
            "defer_amount",
            "defer_counted",
        } & self.fields.keys():
            self.fields[name].needed = True  # type: ignore[attr-defined]  # read by label_text.html

    def _fields_of_days(self) -> dict[str, forms.Field]:
        return {
            "acts_when": forms.ChoiceField(
                label=_("Acts"),
                choices=self.ACTS,
                help_text=_("Answers about an illness say little of a visit that is far ahead."),
            ),
            "defer_after": forms.CharField(
                label=_("Counted from"),
                required=False,
                help_text=_(
                    "Keys of questions that ask for a day, the best first. Empty: the day of answering."
                ),
            ),
            "defer_amount": forms.CharField(
                label=_("How many days"),
                required=False,
                help_text=_("A number, or the name of one, such as deferral_days."),
                widget=forms.TextInput(attrs={"class": "input-key"}),
            ),
            "defer_counted": forms.ChoiceField(
                label=_("Counted how"),
                required=False,
                choices=self.COUNTED,
                help_text=_("After 10 full days, the first possible day is the 11th."),
            ),
        }

    def _fields_of_effects(self) -> dict[str, forms.Field]:
        names = EFFECTS[self.spec.kind]
        plain = [
            name
            for name in WORDS_OF_EFFECTS
            if name in names and name not in (EXTRA_MINUTES, *NUMBER_OF_QUESTION)
        ]
        found: dict[str, forms.Field] = {
            "effects": forms.MultipleChoiceField(
                label=_("What else follows"),
                required=False,
                choices=[(name, WORDS_OF_EFFECTS[name][0]) for name in plain],
                widget=forms.CheckboxSelectMultiple,
            )
        }
        if EXTRA_MINUTES in names:
            found[EXTRA_MINUTES] = forms.IntegerField(
                label=WORDS_OF_EFFECTS[EXTRA_MINUTES][0],
                required=False,
                min_value=1,
                max_value=HIGHEST,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number"}),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"), _("Enter a whole number of minutes, or nothing")
                ),
            )
        numbers = [each.key for each in self.spec.questions if each.kind is QuestionKind.NUMBER]
        for name in NUMBER_OF_QUESTION:
            if name in names:
                found[name] = forms.ChoiceField(
                    label=WORDS_OF_EFFECTS[name][0],
                    required=False,
                    choices=[("", _("no")), *((key, key) for key in numbers)],
                    help_text=WORDS_OF_EFFECTS[name][1],
                )
        return found

    @property
    def effect_hints(self) -> dict[str, Any]:
        return {name: hint for name, (_name, hint) in WORDS_OF_EFFECTS.items()}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        refuse_unknown_numbers(self, ("message_en", "message_es"), self.spec)
        if given.get("disposition") == Disposition.DEFER:
            self._check_days(given)
        return given

    def _check_days(self, given: dict[str, Any]) -> None:
        days = [question.key for question in self.spec.questions if question.is_day]
        for key in _keys(given.get("defer_after", "")):
            if key not in days:
                wrong = _("“%(key)s” is no question that asks for a day") % {"key": key}
                self.add_error("defer_after", wrong + did_you_mean(key, days))
        amount = (given.get("defer_amount") or "").strip()
        if not amount:
            self.add_error("defer_amount", _("Enter how many days, or the name of a number"))
        elif not _is_number(amount) and amount not in self.spec.parameters:
            wrong = _("There is no number “%(name)s”") % {"name": amount}
            self.add_error("defer_amount", wrong + did_you_mean(amount, self.spec.parameters))

    @property
    def spec_of_rule(self) -> RuleSpec:
        given = self.cleaned_data
        return RuleSpec(
            key=self.rule.key if self.rule else given["key"],
            position=0,
            condition=given["condition"],
            disposition=Disposition(given["disposition"]),
            message={"en": given["message_en"].strip(), "es": given["message_es"].strip()},
            defer=self._defer() if given["disposition"] == Disposition.DEFER else None,
            effects=self._effects(),
            acts_when=ActsWhen(given.get("acts_when", self.rule.acts_when if self.rule else ActsWhen.NEAR)),
        )

    def _defer(self) -> DeferSpec:
        given = self.cleaned_data
        typed = given["defer_amount"].strip()
        amount = int(typed) if _is_number(typed) else typed
        after = tuple(_keys(given["defer_after"]))
        if given["defer_counted"] == "days":
            return DeferSpec(after=after, days=amount)
        return DeferSpec(after=after, full_days=amount)

    def _effects(self) -> tuple[Effect, ...]:
        given = self.cleaned_data
        plain = [Effect(name=name) for name in given["effects"]]
        valued = [
            Effect(name=name, value=given[name])
            for name in (EXTRA_MINUTES, *NUMBER_OF_QUESTION)
            if given.get(name)
        ]
        return (*plain, *valued)


def _keys(text: str) -> list[str]:
    return [key for key in text.replace(",", " ").split() if key]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _initial_of_rule(rule: RuleSpec | None) -> dict[str, Any]:
    if rule is None:
        return {}
    defer = rule.defer or DeferSpec(full_days="")
    counts_full = defer.full_days is not None
    return {
        **{f"message_{language}": text for language, text in rule.message.items()},
        "condition": rule.condition,
        "disposition": rule.disposition.value,
        "acts_when": rule.acts_when.value,
        "defer_after": ", ".join(defer.after),
        "defer_amount": defer.full_days if counts_full else defer.days,
        "defer_counted": "full_days" if counts_full else "days",
        "effects": [effect.name for effect in rule.effects if effect.value is None],
        **{effect.name: effect.value for effect in rule.effects if effect.value is not None},
    }
