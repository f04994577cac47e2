"""What the parts of a questionnaire are called on the screens where they are written."""

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from scheduling.forms.words import Words
from scheduling.rules.condition_text import ConditionTextError, Fault
from scheduling.rules.screening import LANGUAGES

# Tags of exams that have words, held and not held.
TAGS: Mapping[str, tuple[Words, Words]] = {
    "MR": (_("the exam is an MRI"), _("the exam is no MRI")),
    "CT": (_("the exam is a CT"), _("the exam is no CT")),
    "XR": (_("the exam is an X-ray"), _("the exam is no X-ray")),
    "contrast": (_("the exam uses contrast"), _("the exam uses no contrast")),
    "chest_respiratory": (_("the exam shows the lungs"), _("the exam does not show the lungs")),
    "beam_through_pelvis": (
        _("the beam passes through the pelvis"),
        _("the beam does not pass through the pelvis"),
    ),
    "lung-cancer-screening-ct-low-dose": (
        _("the exam is a lung cancer screening"),
        _("the exam is no lung cancer screening"),
    ),
}
# Numbers that the shipped questionnaires name.
PARAMETERS: Mapping[str, Words] = {
    "window_days": _("Days before the visit from which answers act"),
    "lookback_days": _("Days that questions look back"),
    "contact_days": _("Days that a close contact counts"),
    "fever_free_hours": _("Hours without fever"),
    "deferral_days": _("Full days to wait after a positive test"),
    "community_days": _("Days with a mask after feeling better"),
    "retry_days": _("Days until another time is offered"),
    "surgery_weeks": _("Weeks that surgery counts as recent"),
    "egfr_low_below": _("Kidney value (eGFR) below which a radiologist looks"),
    "labs_days": _("Days that a blood test is good for"),
    "pregnancy_from_age": _("Youngest age asked about pregnancy"),
    "pregnancy_to_age": _("Oldest age asked about pregnancy"),
    "ask_weight_over_lb": _("Pounds above which weight is asked, where no scanner has a limit"),
    "ask_girth_over_in": _("Inches above which girth is asked, where no scanner has a limit"),
    "most_weight_lb": _("Most pounds a scanner carries, where none has a limit"),
    "most_girth_in": _("Widest inches that fit a scanner, where none has a limit"),
}
EFFECTS: Mapping[str, tuple[Words, Words]] = {
    "mask": (_("Mask"), _("The day sheet says that the patient wears a mask.")),
    "room_note": (_("Room made ready"), _("A note for the room.")),
    "companion_note": (_("Companion"), _("A note about who comes along.")),
    "alert_desk": (_("Alert the desk"), _("The desk is told at once.")),
    "explain_chest": (_("Explain chest scans"), _("Says why a chest scan can’t find COVID-19.")),
    "wide_bore": (_("Wide scanner"), _("Only scanners with a wide opening are offered.")),
    "labs": (_("Blood test"), _("A task: a recent kidney test is needed.")),
    "radiologist": (_("Radiologist"), _("A radiologist decides the review, not a technologist.")),
    "ask_in_private": (_("Ask in private"), _("The technologist asks; nobody else may answer.")),
    "extra_minutes": (_("Extra minutes"), _("Added to the length of the visit.")),
    "weight_lb": (_("Weight chooses the scanner"), _("By the answer to a number question.")),
    "girth_in": (_("Girth chooses the scanner"), _("By the answer to a number question.")),
}
TEXTS: Mapping[str, Words] = {
    "title": _("Title of the page of questions"),
    "intro": _("First line of the page of questions"),
    "again": _("That we may ask again"),
    "emergency_title": _("Title at emergency signs"),
    "emergency_usual": _("Link: this is usual for me"),
    "emergency_usual_hint": _("Hint at that link"),
    "defer_title": _("Title when a later day is needed"),
    "defer_keep": _("What we keep for a later day"),
    "callback_title": _("Title when a person calls first"),
    "covid_words": _("Words that speak of COVID-19 (commas between them)"),
    "second_screen": _("Second screen: read out to the patient"),
    "second_screen_companion": _("Second screen: asked of whoever stays in the scan room"),
    "chest_title": _("Chest scans: title"),
    "chest_why": _("Chest scans: why not"),
    "chest_test": _("Chest scans: what to do instead"),
    "chest_order": _("Chest scans: with an order"),
    "chest_911": _("Chest scans: when to call 911"),
    "chest_source": _("Chest scans: address of the source"),
    "chest_testing": _("Chest scans: address about testing"),
}
_FAULTS: Mapping[Fault, Words] = {
    Fault.EMPTY: _("Write a condition, or “always”"),
    Fault.UNFINISHED: _("The condition ends too early. After “%(before)s” more is needed%(wanted)s"),
    Fault.NOT_A_TEST: _("At “%(found)s” (sign %(at)s) a test should begin, such as: pos is yes"),
    Fault.EXPECTED: _("At “%(found)s” (sign %(at)s) something else should stand%(wanted)s"),
    Fault.NOT_CLOSED: _("A bracket that opens is not closed. Write “)” after “%(before)s”"),
    Fault.TOO_MUCH: _(
        "At “%(found)s” (sign %(at)s) a whole condition has ended. Write “and” or “or” before it"
    ),
    Fault.TOO_DEEP: _("Too many brackets or “not” inside each other (sign %(at)s)"),
}
_NEAR = 24  # letters of the text before a fault


def fault_words(error: ConditionTextError, text: str) -> str:
    """Where the text of a condition is wrong, and what should stand there."""
    before = text[: error.at].strip()
    wanted = " / ".join(str(_("a name")) if word == "a name" else word for word in error.wanted)
    return str(_FAULTS[error.fault]) % {
        "before": before if len(before) <= _NEAR else f"…{before[-_NEAR:]}",
        "found": error.found,
        "at": error.at + 1,
        "wanted": f": {wanted}" if wanted else "",
    }


def short_language() -> str:
    """The one of a version's languages in which staff read it."""
    language = (get_language() or LANGUAGES[0])[:2]
    return language if language in LANGUAGES else LANGUAGES[0]


def parameter_words(name: str) -> str:
    return str(PARAMETERS.get(name) or name.replace("_", " ").capitalize())
