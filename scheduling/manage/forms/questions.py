"""The form for one question of a draft, with the answers to choose from."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.manage.condition_words import Sentences
from scheduling.manage.forms.about import KEY, KeyField, after_field, refuse_unknown_numbers, text_area
from scheduling.manage.forms.conditions import ConditionField
from scheduling.models import Question
from scheduling.rules.screening import (
    ChoiceSpec,
    FormKind,
    QuestionKind,
    QuestionSpec,
    Stage,
    VersionSpec,
)

EMPTY_ROWS = 3
WITH_CHOICES = (QuestionKind.CHOICE, QuestionKind.MULTI)


class ChoiceForm(forms.Form):
    place = forms.IntegerField(
        label=gettext_lazy("Place"),
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("Enter the place as a number, such as 2")
        ),
    )
    value = forms.CharField(label=gettext_lazy("Value"), required=False, max_length=40)
    en = forms.CharField(label=gettext_lazy("English"), required=False, max_length=300)
    es = forms.CharField(label=gettext_lazy("Spanish"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        value, en, es = (given.get(name) or "" for name in ("value", "en", "es"))
        if value and not KEY.fullmatch(value):
            self.add_error(
                "value", _("Use small letters, numbers and _ for the value, beginning with a letter")
            )
        elif not value and (en or es):
            self.add_error("value", _("Give this answer a value, such as not_sure"))
        return given


class ChoiceFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        values = [form.cleaned_data.get("value") for form in self.forms if form.is_valid()]
        double = {value for value in values if value and values.count(value) > 1}
        for form in self.forms:
            if form.is_valid() and form.cleaned_data.get("value") in double:
                form.add_error("value", _("Two answers have this value. Give one of them another"))
        super().clean()

    @property
    def choices(self) -> tuple[ChoiceSpec, ...]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("value")]
        last = len(rows)
        rows.sort(key=lambda row: last if row["place"] is None else row["place"])
        return tuple(ChoiceSpec(value=row["value"], text={"en": row["en"], "es": row["es"]}) for row in rows)


ChoiceRows = forms.formset_factory(
    ChoiceForm, formset=ChoiceFormSet, extra=EMPTY_ROWS, max_num=60, absolute_max=90
)


def choice_rows(question: QuestionSpec | None, data: Any = None) -> ChoiceFormSet:
    choices = question.choices if question else ()
    initial = [
        {"place": place, "value": choice.value, **choice.text}
        for place, choice in enumerate(choices, start=1)
    ]
    rows = cast("ChoiceFormSet", ChoiceRows(data, initial=initial, prefix="choice"))
    for form in rows.forms:
        form.use_required_attribute = False
        form.empty_permitted = False
    return rows


class QuestionForm(forms.Form):
    """`question` is the one that is edited; a new one gets a key and a place."""

    def __init__(
        self,
        *args: Any,
        spec: VersionSpec,
        tags: Iterable[str],
        question: QuestionSpec | None,
        data_of_rows: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", _initial_of_question(question))
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.spec, self.question = spec, question
        self.rows = choice_rows(question, self.data if self.is_bound else data_of_rows)
        if question is None:
            taken = frozenset(each.key for each in spec.questions)
            hint = _("A short name for conditions and the history. It stays the same for good.")
            self.fields["key"] = KeyField(taken=taken, label=_("Key"), help_text=hint)
            sentences = Sentences(spec)
            self.fields["after"] = after_field(
                (each.key, sentences.name(each.key)) for each in spec.questions
            )
        self.fields |= {
            "text_en": text_area(_("English"), rows=2),
            "text_es": text_area(_("Spanish"), rows=2),
            "hint_en": text_area(_("English hint"), rows=2),
            "hint_es": text_area(_("Spanish hint"), rows=2),
            "kind": forms.ChoiceField(label=_("Kind of answer"), choices=Question.Kind.choices),
            "show_if": ConditionField(
                spec=spec,
                tags=tags,
                label=_("Shown if"),
                required=False,
                help_text=_("Empty: always shown. Only answers to earlier questions can decide."),
            ),
            "stands_alone": forms.BooleanField(label=_("On a page of its own"), required=False),
            "optional": forms.BooleanField(label=_("May be left out"), required=False),
        }
        if spec.kind is FormKind.SAFETY:
            self.fields["stage"] = forms.ChoiceField(label=_("Asked"), choices=Question.Stage.choices)
        for name in {"text_en", "text_es", "after"} & self.fields.keys():
            self.fields[name].needed = True  # type: ignore[attr-defined]  # read by label_text.html

    def is_valid(self) -> bool:
        fields, rows = super().is_valid(), self.rows.is_valid()
        if not rows:
            self.add_error(None, _("Look through the answers to choose from"))
        return fields and rows

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        refuse_unknown_numbers(self, ("text_en", "text_es", "hint_en", "hint_es"), self.spec)
        hints = {name: (given.get(name) or "").strip() for name in ("hint_en", "hint_es")}
        if any(hints.values()) and not all(hints.values()):
            missing = next(name for name, hint in hints.items() if not hint)
            self.add_error(missing, _("Write the hint in both languages, or in none"))
        if given.get("kind") in WITH_CHOICES and self.rows.is_valid() and not self.rows.choices:
            self.add_error("kind", _("Write the answers to choose from, below"))
        return given

    @property
    def spec_of_question(self) -> QuestionSpec:
        given = self.cleaned_data
        kind = QuestionKind(given["kind"])
        hint = {"en": given["hint_en"].strip(), "es": given["hint_es"].strip()}
        return QuestionSpec(
            key=self.question.key if self.question else given["key"],
            position=0,
            kind=kind,
            text={"en": given["text_en"].strip(), "es": given["text_es"].strip()},
            hint=hint if hint["en"] else {},
            choices=self.rows.choices if kind in WITH_CHOICES else (),
            show_if=given["show_if"],
            stands_alone=given["stands_alone"],
            stage=Stage(given.get("stage", Stage.BOOKING)),
            optional=given["optional"],
        )


def _initial_of_question(question: QuestionSpec | None) -> dict[str, Any]:
    if question is None:
        return {}
    texts = {f"text_{language}": text for language, text in question.text.items()}
    hints = {f"hint_{language}": text for language, text in question.hint.items()}
    return {
        **texts,
        **hints,
        "kind": question.kind.value,
        "show_if": question.show_if,
        "stands_alone": question.stands_alone,
        "stage": question.stage.value,
        "optional": question.optional,
    }
