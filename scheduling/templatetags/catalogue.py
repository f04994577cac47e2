"""Exams in words, and the exams of a location's page."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from locations.models import Location, Scanner
from scheduling.models import Exam
from scheduling.queries.catalogue import offerings_of_location

register = template.Library()

# The regions of the shipped catalogue; others are shown as they were typed.
_REGIONS = {
    "head": gettext_lazy("Head"),
    "face": gettext_lazy("Face"),
    "neck": gettext_lazy("Neck"),
    "neck spine": gettext_lazy("Neck spine"),
    "mid-back spine": gettext_lazy("Mid-back spine"),
    "lower-back spine": gettext_lazy("Lower-back spine"),
    "shoulder": gettext_lazy("Shoulder"),
    "hand": gettext_lazy("Hand"),
    "chest": gettext_lazy("Chest"),
    "heart": gettext_lazy("Heart"),
    "abdomen": gettext_lazy("Belly (abdomen)"),
    "abdomen and pelvis": gettext_lazy("Belly and pelvis"),
    "pelvis": gettext_lazy("Pelvis"),
    "hip": gettext_lazy("Hip"),
    "knee": gettext_lazy("Knee"),
    "ankle": gettext_lazy("Ankle"),
    "foot": gettext_lazy("Foot"),
}


@dataclass(frozen=True, slots=True)
class OfferedExams:
    modality: str
    exams: list[Exam]


@register.filter
def region_words(region: str) -> str:
    return str(_REGIONS.get(region) or capfirst(region))


@register.inclusion_tag("catalogue/offered_exams.html")
def offered_exams(location: Location) -> dict[str, Any]:
    """What a location offers, by kind of scan; one exam of each family, as contrast is asked later."""
    kinds: dict[str, dict[str, Exam]] = {}
    for offering in offerings_of_location(location):
        exam = offering.exam
        known = kinds.setdefault(exam.modality, {}).setdefault(exam.family, exam)
        if known.needs_contrast and not exam.needs_contrast:
            kinds[exam.modality][exam.family] = exam
    return {
        "location": location,
        "kinds": [
            OfferedExams(str(Scanner.Modality(modality).label), list(exams.values()))
            for modality, exams in kinds.items()
        ],
    }
