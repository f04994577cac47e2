"""What answers lead to, in the words of the version: for the patient, and for whoever tries a version out."""

from django.utils.translation import gettext as _

from scheduling.forms.screening import Words
from scheduling.rules.screening import Disposition, Outcome

ENDS_BOOKING = (Disposition.DEFER, Disposition.CALLBACK, Disposition.EMERGENCY)


def title_of(outcome: Outcome, words: Words, *, explains_chest: bool) -> str:
    if outcome.disposition is Disposition.EMERGENCY:
        return words.page("emergency_title")
    if outcome.disposition is Disposition.DEFER:
        return words.page("defer_title")
    if explains_chest:
        return words.page("chest_title")
    if outcome.disposition is Disposition.CALLBACK:
        return words.page("callback_title")
    if outcome.disposition is Disposition.REVIEW:
        return _("You can book, and we will call you")
    return _("Thank you. You can book this visit")


def messages_of(outcome: Outcome, words: Words) -> list[str]:
    """What ends the booking stands for itself; otherwise all that was found is said, each once."""
    ends = outcome.disposition in ENDS_BOOKING
    told = [
        words(reason.message)
        for reason in outcome.reasons
        if not ends or reason.disposition is outcome.disposition
    ]
    return list(dict.fromkeys(told))
