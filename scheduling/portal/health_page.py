"""What a patient reads after the questions that are asked again before a visit."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from scheduling.forms.outcome_words import messages_of
from scheduling.forms.screening import Words
from scheduling.models import Appointment
from scheduling.portal.screening_page import language_shown
from scheduling.queries.asking_again import Asking, opens_at
from scheduling.rules.screening import Disposition, QuestionSpec, assess
from scheduling.wall_clock import day_words, time_words


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthOutcomePage:
    """`usual` is the question that leads on from emergency signs that are no emergency."""

    disposition: Disposition
    title: str
    messages: list[str]
    first_day: str = ""
    keeps: str = ""  # what stays as it is for who comes later
    usual: QuestionSpec | None = None
    usual_words: str = ""
    usual_hint: str = ""

    @property
    def is_emergency(self) -> bool:
        return self.disposition is Disposition.EMERGENCY

    @property
    def is_put_off(self) -> bool:
        return self.disposition is Disposition.DEFER


def health_outcome(visit: Appointment, asking: Asking) -> HealthOutcomePage:
    outcome = assess(asking.version, asking.answers, asking.where)
    words = Words(asking.version, language_shown())
    return HealthOutcomePage(
        disposition=outcome.disposition,
        title=_title(outcome.disposition, words),
        messages=messages_of(outcome, words),
        first_day=day_words(outcome.defer_until) if outcome.defer_until else "",
        keeps=words.page("defer_keep") if outcome.defer_until else "",
        usual=_usual(asking) if outcome.disposition is Disposition.EMERGENCY else None,
        usual_words=words.page("emergency_usual"),
        usual_hint=words.page("emergency_usual_hint"),
    )


def opening_words(visit: Appointment) -> str:
    opens = opens_at(visit)
    words = {"day": day_words(opens, visit.zone), "time": time_words(opens, visit.zone)}
    return _("%(day)s, %(time)s") % words


def _title(disposition: Disposition, words: Words) -> str:
    match disposition:
        case Disposition.EMERGENCY:
            return words.page("emergency_title")
        case Disposition.DEFER:
            return words.page("defer_title")
        case Disposition.REVIEW | Disposition.CALLBACK:
            return _("Thank you. Your time is kept")
    return _("Thank you. See you soon")


def _usual(asking: Asking) -> QuestionSpec | None:
    """The question on a page of its own that follows the emergency signs."""
    shown = asking.shown
    return next((question for question in shown if question.stands_alone and "q" in question.show_if), None)
