"""Loading the catalogue that ships with the project, and keeping exams findable."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from scheduling.models import Exam, Preparation, Synonym
from scheduling.rules.search import search_words

DATA = Path(__file__).resolve().parent.parent / "data"
Row = dict[str, str]


@dataclass(frozen=True)
class Loaded:
    """How many rows were added."""

    exams: int
    preparations: int
    synonyms: int


@transaction.atomic
def load_catalogue(*, overwrite: bool = False) -> Loaded:
    """Adds what is missing. A row that exists is an administrator's and stays as it is, unless
    `overwrite` puts the shipped values back. Nothing is ever deleted or doubled."""
    before = Loaded(Exam.objects.count(), Preparation.objects.count(), Synonym.objects.count())
    for row in _rows("preparations.csv"):
        _load_preparation(row, overwrite=overwrite)
    preparations = {preparation.code: preparation for preparation in Preparation.objects.all()}
    known = set() if overwrite else set(Exam.objects.values_list("slug", flat=True))
    for row in _rows("exams.csv"):
        if row["slug"] in known:
            continue
        exam = _load_exam(row)
        exam.preparations.set(preparations[code] for code in row["prep_codes"].split())
        _load_synonyms(exam)
    refresh_search_texts()
    return Loaded(
        Exam.objects.count() - before.exams,
        Preparation.objects.count() - before.preparations,
        Synonym.objects.count() - before.synonyms,
    )


@transaction.atomic
def refresh_search_texts(exams: QuerySet[Exam] | None = None) -> None:
    """To be called after an exam or its synonyms were edited."""
    chosen = Exam.objects.all() if exams is None else exams
    for exam in chosen.prefetch_related("synonyms"):
        text = search_words(
            exam.name,
            exam.name_es,
            *(synonym.text for synonym in exam.synonyms.all()),
            *(words for _, words in _words_of("region", exam.body_region)),
            *(words for _, words in _words_of("modality", exam.modality)),
        )
        if text != exam.search_text:
            Exam.objects.filter(pk=exam.pk).update(search_text=text)


def _load_preparation(row: Row, *, overwrite: bool) -> None:
    values = {name: value for name, value in row.items() if name != "code"}
    if overwrite:
        Preparation.objects.update_or_create(code=row["code"], defaults=values)
    else:
        Preparation.objects.get_or_create(code=row["code"], defaults=values)


def _load_exam(row: Row) -> Exam:
    exam, _ = Exam.objects.update_or_create(
        slug=row["slug"],
        defaults={
            "family": row["family"],
            "name": row["name"],
            "name_es": row["name_es"],
            "modality": row["modality"],
            "body_region": row["body_region"],
            "contrast": row["contrast"],
            "minutes": int(row["minutes"]),
            "minutes_both_sides": int(row["minutes_both_sides"] or 0) or None,
            "has_sides": row["has_sides"] == "1",
            "chest_respiratory": row["chest_respiratory"] == "1",
            "beam_through_pelvis": row["beam_through_pelvis"] == "1",
            "order_required": row["order_required"],
            "loinc": row["loinc"],
        },
    )
    return exam


def _load_synonyms(exam: Exam) -> None:
    Synonym.objects.bulk_create(
        (Synonym(exam=exam, language=language, text=text) for language, text in _words_of("exam", exam.slug)),
        ignore_conflicts=True,
    )


def _words_of(kind: str, name: str) -> list[tuple[str, str]]:
    """(language, words) for an exam's slug, a body region or a modality."""
    return _plain_words().get((kind, name), [])


@cache
def _plain_words() -> dict[tuple[str, str], list[tuple[str, str]]]:
    found = defaultdict(list)
    for row in _rows("synonyms.csv"):
        for words in row["words"].split(";"):
            found[row["of"], row["which"]].append((row["language"], words.strip()))
    return dict(found)


def _rows(name: str) -> Iterator[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
