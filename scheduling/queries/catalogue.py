"""Which exams there are, and which one a patient means."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import (
    Case,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from locations.models import Location
from scheduling.models import Exam, Offering, Synonym
from scheduling.rules.search import HEAD_TO_TOE, KIND_WORDS, AskedExam, read_search

# Below this pg_trgm finds likeness in anything; misspellings it misses are synonyms.
LEAST_LIKENESS = 0.3

# A typed word means the catalogue's same word; if there is none, the words it begins; if there is
# none, those most like it. So a right word never drifts to a similar one ("head" to "hand").
_MEANT_WORDS = """
WITH vocabulary AS (
    SELECT DISTINCT unnest(string_to_array(search_text, ' ')) AS word
    FROM scheduling_exam WHERE is_active
), compared AS (
    SELECT asked.word AS asked, vocabulary.word AS meant,
        CASE
            WHEN vocabulary.word = asked.word THEN 3
            WHEN length(asked.word) >= 3 AND starts_with(vocabulary.word, asked.word) THEN 2
            WHEN length(asked.word) >= 4 THEN similarity(vocabulary.word, asked.word)
            ELSE 0
        END AS likeness
    FROM unnest(%s::text[]) AS asked(word) CROSS JOIN vocabulary
), ranked AS (
    SELECT *, max(likeness) OVER (PARTITION BY asked) AS best FROM compared
)
SELECT asked, array_agg(meant ORDER BY likeness DESC, length(meant), meant)
FROM ranked WHERE best >= %s AND likeness >= best - 0.05 GROUP BY asked
"""


@dataclass(frozen=True)
class Price:
    """The lowest self-pay price at any location: "from", never what a patient will pay."""

    amount: Decimal
    is_example: bool


@dataclass(frozen=True)
class ExamChoice:
    exam: Exam
    price: Price | None


@dataclass(frozen=True)
class Findings:
    """`left_out`: words of the search that are in no exam."""

    asked: AskedExam
    choices: list[ExamChoice]
    left_out: tuple[str, ...] = ()


def offered_exams() -> QuerySet[Exam]:
    """Exams that at least one open location offers."""
    return Exam.objects.filter(Exists(_open_offerings().filter(exam=OuterRef("pk"))), is_active=True)


def search_exams(text: str) -> Findings:
    """Exams that have every word of the text that means something, best first, one of each family.

    A word that means nothing is left out if a body part is left. Where a kind of picture is asked for
    that is not done, no other is offered in its stead. Of who asks for a COVID-19 test, some were sent for a
    scan of the chest.
    """
    asked = read_search(text)
    if asked.covid and not asked.words:
        return Findings(asked, _chest_exams())
    meant = _meant_words(asked.words) if asked.words else {}
    left_out = tuple(word for word in asked.words if word not in meant)
    kind_only = all(words[0] in KIND_WORDS for words in meant.values())
    if asked.not_done or not meant or (left_out and kind_only):
        return Findings(asked, [], left_out)
    found = _with_price(offered_exams()).annotate(words=_words())
    for words in meant.values():
        found = found.filter(words__overlap=words)
    phrase = " ".join(meant[word][0] for word in asked.words if word in meant)
    ranked = found.annotate(likeness=_likeness(phrase)).order_by("-likeness", "name", "pk")
    exams = _one_of_each_family(ranked, contrast=asked.contrast)
    if kind_only:
        exams.sort(key=lambda exam: (exam.needs_contrast < asked.contrast, _down_the_body(exam), exam.name))
    return Findings(asked, [_choice(exam) for exam in exams], left_out)


def _chest_exams() -> list[ExamChoice]:
    exams = _with_price(offered_exams().filter(chest_respiratory=True)).order_by("name", "pk")
    return [_choice(exam) for exam in _one_of_each_family(exams, contrast=False)]


def all_exams() -> list[ExamChoice]:
    """The browse list: every family once, by body region and name."""
    exams = _with_price(offered_exams()).order_by("body_region", "name", "pk")
    return [_choice(exam) for exam in _one_of_each_family(exams, contrast=False)]


def exam_by_slug(slug: str) -> Exam | None:
    return offered_exams().filter(slug=slug).prefetch_related("preparations").first()


def family_of(exam: Exam) -> list[ExamChoice]:
    """The offered exams that differ from this one only by contrast, itself included, shortest first."""
    family = offered_exams().filter(family=exam.family).prefetch_related("preparations")
    return [_choice(member) for member in _with_price(family).order_by("minutes", "pk")]


def first_of_family(exam: Exam) -> Exam:
    """The one with the least contrast, which stands for all; the exam itself where it is the only one."""
    family = Exam.objects.filter(family=exam.family, is_active=True)
    without_first = Case(When(contrast=Exam.Contrast.NONE, then=0), default=1)
    return family.order_by(without_first, "minutes", "pk").first() or exam


def offerings_of_location(location: Location) -> QuerySet[Offering]:
    return (
        Offering.objects.filter(location=location, is_active=True, exam__is_active=True)
        .select_related("exam")
        .order_by("exam__modality", "exam__body_region", "exam__name")
    )


def exams_at(location: Location) -> QuerySet[Exam]:
    """Offered there, by name."""
    offered = Offering.objects.filter(location=location, is_active=True)
    return Exam.objects.filter(is_active=True, pk__in=offered.values("exam")).order_by("name")


def locations_offering(exam: Exam | int) -> QuerySet[Location]:
    return Location.objects.filter(is_active=True, offerings__exam=exam, offerings__is_active=True)


def lowest_price(exam: Exam) -> Price | None:
    offering = _priced().filter(exam=exam).first()
    return _price(offering.price, offering.price_is_example) if offering else None


def minimum_age(family: Iterable[Exam]) -> int:
    """Years. From this age on an exam of the family can be booked online at some location."""
    ages = _open_offerings().filter(exam__in=family).aggregate(lowest=Min("minimum_age"))
    return ages["lowest"] or 0


def lowest_price_by_modality() -> dict[str, Price]:
    cheapest = (
        _priced()
        .filter(exam__is_active=True)
        .order_by("exam__modality", "price", "price_is_example")
        .distinct("exam__modality")
        .select_related("exam")
    )
    return {
        row.exam.modality: Price(row.price, row.price_is_example) for row in cheapest if row.price is not None
    }


def _open_offerings() -> QuerySet[Offering]:
    return Offering.objects.filter(is_active=True, location__is_active=True)


def _priced() -> QuerySet[Offering]:
    """At the same price, a real one says more than an example."""
    return _open_offerings().filter(price__isnull=False).order_by("price", "price_is_example", "pk")


def _with_price(exams: QuerySet[Exam]) -> QuerySet[Any]:
    cheapest = _priced().filter(exam=OuterRef("pk"))
    return exams.annotate(
        price_from=Subquery(cheapest.values("price")[:1]),
        price_is_example=Subquery(cheapest.values("price_is_example")[:1]),
    )


def _choice(exam: Any) -> ExamChoice:
    """`exam` comes out of `_with_price`."""
    return ExamChoice(exam, _price(exam.price_from, exam.price_is_example))


def _price(amount: Decimal | None, is_example: bool) -> Price | None:
    return None if amount is None else Price(amount, bool(is_example))


def _meant_words(words: tuple[str, ...]) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(_MEANT_WORDS, [list(words), LEAST_LIKENESS])
        return dict(cursor.fetchall())


def _down_the_body(exam: Exam) -> int:
    """Regions that a center has added come last."""
    return HEAD_TO_TOE.index(exam.body_region) if exam.body_region in HEAD_TO_TOE else len(HEAD_TO_TOE)


def _words() -> Func:
    return Func(
        F("search_text"),
        Value(" "),
        function="string_to_array",
        output_field=ArrayField(TextField()),
    )


def _likeness(phrase: str) -> Greatest:
    """How like the whole phrase the exam's name or its best synonym is, from 0 to 1."""
    synonyms = (
        Synonym.objects.filter(exam=OuterRef("pk"))
        .order_by()
        .values("exam")
        .annotate(best=Max(TrigramSimilarity("text", phrase)))
        .values("best")
    )
    return Greatest(
        TrigramSimilarity("name", phrase),
        TrigramSimilarity("name_es", phrase),
        Coalesce(Subquery(synonyms), 0.0),
    )


def _one_of_each_family(exams: Iterable[Exam], *, contrast: bool) -> list[Exam]:
    """In the order given; of each family the member that fits the contrast asked for, else the first."""
    families: dict[str, Exam] = {}
    for exam in exams:
        chosen = families.setdefault(exam.family, exam)
        if exam.needs_contrast == contrast != chosen.needs_contrast:
            families[exam.family] = exam
    return list(families.values())
