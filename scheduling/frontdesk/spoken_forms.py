"""The safety questions as a trained person asks them aloud, and who stays in the scan room."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from scheduling.forms.layout import AllianceHelper, Options, PrimaryButton
from scheduling.forms.records import words_of_answer
from scheduling.forms.screening import ScreeningForm, Words, layout_of
from scheduling.models import SecondScreen
from scheduling.rules.screening import QuestionKind, QuestionSpec, VersionSpec

Companion = SecondScreen.Companion
LANGUAGE_NAMES = {"en": "English", "es": "Español"}


class SpokenQuestions(ScreeningForm):
    """Every question with what was answered before. Only details in words are filled in: an answer that
    stands there already is not asked.

    Beside the questions: who stays in the scan room, where `signs_as` (name and role) signs and the answers
    are not only kept; and `seen_record`, the visit's last record when the page was made.
    """

    def __init__(
        self,
        *args: Any,
        version: VersionSpec,
        earlier: Mapping[str, Any],
        language: str,
        signs_as: str,
        seen_record: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, version=version, language=language, is_spoken=True, **kwargs)
        words = Words(version, language)
        for question in self.questions:
            field = self.fields[question.key]
            field.help_text = ""  # written for the patient
            field.before = _before(question, earlier.get(question.key), words)  # type: ignore[attr-defined]
            field.in_private = question.is_private  # type: ignore[attr-defined]
            if question.kind is QuestionKind.TEXT:
                field.initial = earlier.get(question.key)
        self.fields["seen_record"] = forms.IntegerField(
            required=False, initial=seen_record, widget=forms.HiddenInput
        )
        layout = ["seen_record", *layout_of(self.questions, is_one=False)]
        button = PrimaryButton(_("Save the answers"), busy=_("Saving…"))
        if signs_as:
            self._add_companion()
            layout.append(Options("stays", reveals={Companion.NO_FLAGS: ["stays_name"]}))
            button = PrimaryButton(_("Sign as %(who)s") % {"who": signs_as}, busy=_("Saving…"))
        self.helper = AllianceHelper(self, *layout, button=button, needed=("stays_name",) if signs_as else ())

    def _add_companion(self) -> None:
        wrong = _("Choose who stays in the scan room")
        self.fields["stays"] = forms.ChoiceField(
            label=_("Who stays in the scan room with the patient?"),
            choices=Companion,
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(("required", "invalid_choice"), wrong),
        )
        self.fields["stays_name"] = forms.CharField(
            label=_("Name of the companion"),
            max_length=200,
            required=False,
            error_messages={"max_length": _("Use 200 letters or less")},
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("stays") != Companion.NO_FLAGS:
            given["stays_name"] = ""
        elif not given.get("stays_name") and "stays_name" not in self.errors:
            self.add_error("stays_name", _("Enter the name of who stays"))
        return given

    @property
    def answers(self) -> dict[str, Any]:
        keys = {question.key for question in self.questions}
        return {key: answer for key, answer in self.cleaned_data.items() if key in keys}


def _before(question: QuestionSpec, answer: object, words: Words) -> str:
    texts = {choice.value: words(choice.text) for choice in question.choices}
    return words_of_answer(question.kind, answer, texts)
