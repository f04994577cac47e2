"""What the pages about exams show, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from locations.models.places import in_language
from scheduling.models import Exam
from scheduling.queries.catalogue import ExamChoice, Findings, Price, family_of, minimum_age
from scheduling.rules.screening import VersionSpec, fill
from scheduling.rules.search import NotDone, is_name_of
from scheduling.templatetags.catalogue import region_words
from scheduling.templatetags.words import money

ABOUT_TESTS = "https://www.cdc.gov/covid/testing/index.html"
ABOUT_CHEST_SCANS = (
    "https://www.acr.org/Advocacy-and-Economics/ACR-Position-Statements/"
    "Recommendations-for-Chest-Radiography-and-CT-for-Suspected-COVID19-Infection"
)
MOST_FOUND = 8
FEW = 2
_NOT_DONE = {
    NotDone.ULTRASOUND: gettext_lazy("We do not do ultrasound. We do MRI, CT and X-ray."),
    NotDone.MAMMOGRAM: gettext_lazy("We do not do mammograms. We do MRI, CT and X-ray."),
    NotDone.BONE_DENSITY: gettext_lazy("We do not do bone density (DEXA) scans. We do MRI, CT and X-ray."),
    NotDone.PET: gettext_lazy("We do not do PET scans. We do MRI, CT and X-ray."),
    NotDone.NUCLEAR: gettext_lazy("We do not do bone scans or nuclear medicine. We do MRI, CT and X-ray."),
}


@dataclass(frozen=True, slots=True)
class ExamRow:
    """Context of components/exam_row.html."""

    name: str
    slug: str
    url: str
    length: str
    price: str


@dataclass(frozen=True, slots=True)
class RegionRows:
    name: str
    rows: list[ExamRow]


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of components/summary_list.html."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class FoundExams:
    """What a search shows: the first rows, and what to say about the search itself."""

    regions: list[RegionRows]
    shown: int
    total: int
    left_out: str
    not_done: str
    covid: bool
    only_covid: bool  # and nothing about a scan
    only_url: str  # of the one scan that is meant; empty where there is a choice or a doubt

    @property
    def has_groups(self) -> bool:
        """One or two rows need no heading of a body part."""
        return self.total > FEW


@dataclass(frozen=True, slots=True)
class ChestNote:
    """Why a chest scan is no COVID-19 test, in the words that the center has published."""

    title: str
    why: str
    test: str
    go_on: str
    emergency: str
    testing_url: str
    source_url: str
    reviewed_on: date | None


class ExamPage:
    """One exam with the others of its family; the first stands for all."""

    def __init__(self, exam: Exam, *, alone: bool = False) -> None:
        """`alone`: an order says which of the family it is."""
        self.exam = exam
        family = family_of(exam)
        self.choices = [choice for choice in family if choice.exam == exam] if alone else family
        self.family = [choice.exam for choice in self.choices]
        self.modality = exam.modality
        self.name = self.family[0].display_name
        self.shows_lungs = any(member.chest_respiratory for member in self.family)
        self.may_have_contrast = any(member.needs_contrast for member in self.family)
        self.has_price = has_price(self.choices)
        self.has_example_price = has_example_price(self.choices)

    def facts(self) -> list[Fact]:
        shown = [
            Fact(_("How long"), _lines((member, _lengths(member)) for member in self.family)),
            Fact(_("Age"), _age(minimum_age(self.family))),
            Fact(_("Self-pay price"), _prices(self.choices)),
        ]
        return [fact for fact in shown if fact.value]

    def preparations(self) -> list[str]:
        """For the member of the family with the least to do."""
        return preparations_of(self.family[0])

    def more_preparations(self) -> list[str]:
        """What the others of the family add, which is contrast."""
        first, *others = self.family
        known = set(first.preparations.all())
        more = dict.fromkeys(
            line for member in others for line in member.preparations.all() if line not in known
        )
        latest = max(others, key=_early, default=first)
        come = [_come_early(latest)] if _early(latest) > _early(first) else []
        return come + [line.text for line in more]


def found_exams(findings: Findings) -> FoundExams:
    shown, asked = findings.choices[:MOST_FOUND], findings.asked
    not_done = _NOT_DONE[asked.not_done] if asked.not_done and not shown else ""
    return FoundExams(
        regions=rows_by_region(shown),
        shown=len(shown),
        total=len(findings.choices),
        left_out=_(", ").join(_("“%(word)s”") % {"word": word} for word in findings.left_out),
        not_done=str(not_done),
        covid=asked.covid,
        only_covid=asked.covid and not asked.words,
        only_url=_only_url(findings),
    )


def _only_url(findings: Findings) -> str:
    """The one that has every word, or else the one whose whole name was typed: “chest CT” is no screening."""
    asked, choices = findings.asked, findings.choices
    if findings.left_out or asked.not_done or asked.covid:
        return ""
    if len(choices) > 1:
        choices = [choice for choice in choices if is_name_of(asked, choice.exam.display_name)]
    return _row(choices[0]).url if len(choices) == 1 else ""


def has_price(choices: Iterable[ExamChoice]) -> bool:
    return any(choice.price for choice in choices)


def has_example_price(choices: Iterable[ExamChoice]) -> bool:
    return any(choice.price and choice.price.is_example for choice in choices)


def preparations_of(exam: Exam) -> list[str]:
    """When to come, what to do and what to bring."""
    come = [_come_early(exam)] if _early(exam) else []
    return come + [line.text for line in exam.preparations.all()] + [_always_bring()]


def rows_by_region(choices: Iterable[ExamChoice]) -> list[RegionRows]:
    """In the order given, regions by their best exam."""
    regions: dict[str, list[ExamRow]] = {}
    for choice in choices:
        regions.setdefault(choice.exam.body_region, []).append(_row(choice))
    return [RegionRows(region_words(name), rows) for name, rows in regions.items()]


def length_words(minutes: int) -> str:
    return ngettext("about %(minutes)s minute", "about %(minutes)s minutes", minutes) % {"minutes": minutes}


def price_words(price: Price) -> str:
    """Whether it is an example stands once on the page: see `has_example_price`."""
    return _("from %(amount)s") % {"amount": money(price.amount)}


def chest_note(version: VersionSpec | None) -> ChestNote:
    """Our own words where the center has switched its form off: the note stands in any case."""
    texts = version.texts if version else {}
    parameters = version.parameters if version else {}

    def words(key: str, otherwise: str) -> str:
        found = texts.get(key)
        return fill(in_language(found["en"], found.get("es", "")), parameters) if found else otherwise

    return ChestNote(
        title=words("chest_title", _("A chest scan cannot tell if you have COVID-19")),
        why=words(
            "chest_why",
            _("It can look normal when you are infected. Flu and other infections can look the same."),
        ),
        test=words(
            "chest_test",
            _(
                "A viral test, at home or in a lab, is the right first step. "
                "Please contact your doctor or a testing site."
            ),
        ),
        go_on=words(
            "chest_order",
            _(
                "If your doctor ordered this scan for another reason, "
                "or to follow COVID-19 that you already have, go on."
            ),
        ),
        testing_url=words("chest_testing", ABOUT_TESTS),
        source_url=words("chest_source", ABOUT_CHEST_SCANS),
        emergency=words(
            "chest_911",
            _(
                "Call 911 if you have trouble breathing, chest pain that does not go away, "
                "new confusion, or gray or blue lips."
            ),
        ),
        reviewed_on=version.reviewed_on if version else None,
    )


def _row(choice: ExamChoice) -> ExamRow:
    exam = choice.exam
    return ExamRow(
        name=exam.display_name,
        slug=exam.slug,
        url=reverse("portal:exam", kwargs={"slug": exam.slug}),
        length=capfirst(length_words(exam.minutes)),
        price=_("Self-pay %(price)s") % {"price": price_words(choice.price)} if choice.price else "",
    )


def _lengths(exam: Exam) -> str:
    one = length_words(exam.minutes)
    if not exam.minutes_both_sides:
        return one
    return _("%(one)s, or %(both)s for both sides") % {"one": one, "both": exam.minutes_both_sides}


def _age(years: int) -> str:
    if not years:
        return ""
    return _("%(years)s years or older. For a younger patient, please call us.") % {"years": years}


def _prices(choices: list[ExamChoice]) -> str:
    return _lines((choice.exam, price_words(choice.price)) for choice in choices if choice.price)


def _lines(shown: Iterable[tuple[Exam, str]]) -> str:
    """One line where all say the same, else one for each contrast."""
    lines = [(capfirst(exam.get_contrast_display()), words) for exam, words in shown]
    if len({words for _contrast, words in lines}) == 1:
        return capfirst(lines[0][1])
    return "\n".join(f"{contrast}: {words}" for contrast, words in lines)


def _early(exam: Exam) -> int:
    return max((line.arrive_minutes for line in exam.preparations.all()), default=0)


def _come_early(exam: Exam) -> str:
    return _("Come %(minutes)s minutes before your time.") % {"minutes": _early(exam)}


def _always_bring() -> str:
    return _(
        "Bring a photo ID, your insurance card, the doctor’s order, a list of your medicines, "
        "and earlier pictures of the same part if you have them."
    )
