"""An exam: what it is called, how long it takes, what it asks for, and how one gets ready."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Fieldset, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Scanner
from scheduling.forms.layout import AllianceHelper, Options, Reveal
from scheduling.manage.file_words import trouble_words
from scheduling.manage.forms.cells import CellField, several
from scheduling.models import Exam, Synonym
from scheduling.queries.catalogue_plan import LENGTHS, model_faults, sides_fault
from scheduling.queries.exams import families, preparations, regions, slug_is_taken
from scheduling.rules.catalogue_files import EXAMS, code, is_on_grid
from scheduling.rules.search import HEAD_TO_TOE
from scheduling.rules.spreadsheets import CellError, Trouble, Value
from scheduling.templatetags.catalogue import region_words

COLUMNS = {column.name: column for column in EXAMS}
LONGEST_SLUG = 80
_SHORT_LINES = gettext_lazy("One on a line. Patients find the exam by them.")


def _cell(name: str, **kwargs: Any) -> CellField:
    return CellField(COLUMNS[name], **kwargs)


class ExamForm(forms.Form):
    """By column of the file of exams, so that both write the same."""

    name = _cell(
        "name",
        label=gettext_lazy("Name in English"),
        error_messages={"required": gettext_lazy("Enter the name in English")},
    )
    name_es = _cell("name_es", label=gettext_lazy("Name in Spanish"), required=False)
    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy(
            "For its address and for files; it stays for good. Empty: made from the name."
        ),
        required=False,
    )
    modality = forms.ChoiceField(
        label=gettext_lazy("Kind of scan"),
        choices=Scanner.Modality.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the kind of scan")},
    )
    body_region = forms.ChoiceField(
        label=gettext_lazy("Part of the body"),
        error_messages={"required": gettext_lazy("Choose the part of the body")},
    )
    synonyms_en = several(
        gettext_lazy("Other words in English"), COLUMNS["synonyms_en"], help_text=_SHORT_LINES
    )
    synonyms_es = several(
        gettext_lazy("Other words in Spanish"), COLUMNS["synonyms_es"], help_text=_SHORT_LINES
    )
    minutes = _cell(
        "minutes",
        label=gettext_lazy("Minutes on the scanner"),
        help_text=gettext_lazy("In steps of 5. Locations and scanners may have their own."),
        error_messages={"required": gettext_lazy("Enter the minutes")},
        is_digits=True,
    )
    has_sides = forms.BooleanField(
        label=gettext_lazy("It is of the left, the right, or both"), required=False
    )
    minutes_both_sides = _cell(
        "minutes_both_sides",
        label=gettext_lazy("Minutes for both sides"),
        help_text=gettext_lazy("Empty: twice as long."),
        required=False,
        is_digits=True,
    )
    contrast = forms.ChoiceField(
        label=gettext_lazy("Contrast"), choices=Exam.Contrast.choices, widget=forms.RadioSelect
    )
    minimum_tesla = _cell(
        "minimum_tesla",
        label=gettext_lazy("Least field strength in tesla"),
        help_text=gettext_lazy("Weaker MRI scanners do not do it. Empty: any."),
        required=False,
        is_digits=True,
    )
    family = forms.ChoiceField(
        label=gettext_lazy("Differs only by contrast from"),
        help_text=gettext_lazy("Patients find them as one exam, and say what the order says."),
        required=False,
    )
    order_required = forms.ChoiceField(
        label=gettext_lazy("Is a doctor’s order needed?"),
        choices=Exam.OrderRequired.choices,
        widget=forms.RadioSelect,
    )
    chest_respiratory = forms.BooleanField(
        label=gettext_lazy("It shows the lungs"),
        help_text=gettext_lazy("Patients read why it is no test for COVID-19, and are asked what it is for."),
        required=False,
    )
    beam_through_pelvis = forms.BooleanField(
        label=gettext_lazy("The beam passes through the pelvis"),
        help_text=gettext_lazy("Pregnancy is asked about."),
        required=False,
    )
    prep_codes = forms.MultipleChoiceField(
        label=gettext_lazy("What patients do before it"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    loinc = _cell("loinc", label=gettext_lazy("LOINC code"), required=False)
    cpt_code = _cell(
        "cpt_code",
        label=gettext_lazy("CPT code"),
        help_text=gettext_lazy("For centers with a license of the AMA; empty as shipped."),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it changes"),
        help_text=gettext_lazy("For the desks that call these patients."),
        required=False,
        max_length=200,
    )

    def __init__(
        self,
        *args: Any,
        exam: Exam | None = None,
        standing: Mapping[str, Value] | None = None,
        asks_reason: bool = False,
        **kwargs: Any,
    ) -> None:
        """`standing`: what is saved, by column; of a new exam nothing. `asks_reason`: visits depend on it."""
        self.exam, self.standing, self.asks_reason = exam, standing or {}, asks_reason
        self.families = families()
        kwargs["initial"] = {
            "contrast": "none",
            "order_required": "yes",
            **self.standing,
            "family": self._other(),
        }
        super().__init__(*args, **kwargs)
        if exam:
            del self.fields["slug"], self.fields["modality"]
        if exam and exam.modality != Scanner.Modality.MR:
            del self.fields["minimum_tesla"]
        if not asks_reason:
            del self.fields["reason"]
        self._choose(
            "body_region", [("", _("Choose…")), *((each, region_words(each)) for each in _regions())]
        )
        self._choose("family", self._family_choices())
        self._choose("prep_codes", [(each.code, str(each.text)) for each in preparations()])
        needed = ("reason",) if asks_reason else ()
        self.helper = AllianceHelper(self, *self._layout(), tag=False, needed=needed)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _other(self) -> str:
        """Its family where others are in it; alone it has none to speak of."""
        members = self.families.get(self.exam.family, []) if self.exam else []
        return self.exam.family if self.exam and len(members) > 1 else ""

    def _family_choices(self) -> list[tuple[str, str]]:
        alone = (_("No other exam"), "")
        others = {
            family: [each for each in members if each != self.exam]
            for family, members in self.families.items()
            if not self.exam or members[0].modality == self.exam.modality
        }
        named = [(f"{each[0].name} ({each[0].modality})", family) for family, each in others.items() if each]
        return [(value, words) for words, value in (alone, *named)]

    def _layout(self) -> list[Any]:
        new = [] if self.exam else [Options("modality", in_row=True), "slug"]
        strength = ["minimum_tesla"] if "minimum_tesla" in self.fields else []
        return [
            *(["reason"] if self.asks_reason else []),
            Fieldset(_("What it is called"), Row("name", "name_es"), *new, "body_region"),
            Fieldset(_("How patients find it"), Row("synonyms_en", "synonyms_es")),
            Fieldset(
                _("The scan"),
                "minutes",
                Reveal("has_sides", "minutes_both_sides"),
                Options("contrast"),
                *strength,
                "family",
                Options("order_required", in_row=True),
            ),
            Fieldset(_("Safety"), "chest_respiratory", "beam_through_pelvis"),
            Fieldset(_("Getting ready"), Options("prep_codes")),
            Fieldset(_("Codes"), Row("loinc", "cpt_code")),
        ]

    @property
    def why(self) -> str:
        return str(self.cleaned_data.get("reason", ""))

    @property
    def slug_given(self) -> str:
        return str(self.cleaned_data["slug"])

    def values(self) -> dict[str, Value]:
        """By column of the file."""
        named = {name: self.cleaned_data[name] for name in COLUMNS if name in self.cleaned_data}
        named.pop("slug", None)
        return {
            **named,
            "family": named["family"] or self._alone(),
            "prep_codes": tuple(sorted(named["prep_codes"])),
            "minutes_both_sides": named["minutes_both_sides"] if named["has_sides"] else None,
        }

    def _alone(self) -> str:
        """The name of a family without others."""
        if self.exam and not self._other():
            return self.exam.family
        family = self.exam.slug if self.exam else str(self.cleaned_data.get("slug", ""))
        while any(each != self.exam for each in self.families.get(family, [])):
            family += "-alone"
        return family

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name") or "")[:LONGEST_SLUG]
        try:
            code(slug)
        except CellError as error:
            raise ValidationError(trouble_words(error.trouble)) from error
        if slug_is_taken(slug):
            raise ValidationError(_("Choose another short name: “%(slug)s” is taken") % {"slug": slug})
        return slug

    def clean(self) -> None:
        if self.errors:
            return
        values = self.values()
        for name, words in model_faults(Exam, values):
            if name in self.fields:
                self.add_error(name, words)
        self._clean_synonyms(values)
        for name in LENGTHS:
            if values[name] != self.standing.get(name) and not is_on_grid(values[name]):
                self.add_error(name, trouble_words(Trouble.LENGTH_GRID))
        if values.get("minimum_tesla") and values.get("modality", Scanner.Modality.MR) != Scanner.Modality.MR:
            self.add_error("minimum_tesla", trouble_words(Trouble.STRENGTH))
        trouble = sides_fault(values, has_sides=bool(values["has_sides"]), usual=None)
        if trouble:
            self.add_error("minutes_both_sides", trouble_words(trouble))
        self._clean_family(values)

    def _clean_synonyms(self, values: Mapping[str, Value]) -> None:
        for name in ("synonyms_en", "synonyms_es"):
            first: dict[str, str] = {}
            for text in self.data.get(name, "").splitlines():
                word = text.strip()
                if word and word.casefold() in first:
                    self.add_error(name, _("“%(word)s” is there twice") % {"word": word})
                first.setdefault(word.casefold(), word)
            for text in self.cleaned_data.get(name, ()):
                for _field, words in model_faults(Synonym, {"text": text}):
                    self.add_error(name, f"“{text[:40]}…”: {words}")

    def _clean_family(self, values: Mapping[str, Value]) -> None:
        """Within one family, what the order says of contrast tells its exams apart."""
        if all(values[name] == self.standing.get(name) for name in ("family", "contrast")):
            return
        members = [each for each in self.families.get(str(values["family"]), []) if each != self.exam]
        modality = self.exam.modality if self.exam else values["modality"]
        for other in members:
            if other.modality != modality:
                self.add_error("family", _("%(exam)s is another kind of scan") % {"exam": other.name})
            elif other.contrast == values["contrast"]:
                words = _("%(exam)s has the same contrast: patients could not tell them apart")
                self.add_error("family", words % {"exam": other.name})


def _regions() -> list[str]:
    """From head to toe, and those that the center has beside them."""
    return [*HEAD_TO_TOE, *(each for each in regions() if each not in HEAD_TO_TOE)]
