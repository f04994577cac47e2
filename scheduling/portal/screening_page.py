"""What a patient sees after the questions: never a diagnosis, always a way on or a phone."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import get_language

from scheduling.forms.outcome_words import messages_of, title_of
from scheduling.forms.screening import Words
from scheduling.models import Draft
from scheduling.portal.exam_page import ChestNote, chest_note
from scheduling.portal.time_search import first_day_with_times
from scheduling.queries.drafts import lacks_number
from scheduling.queries.screening import (
    TO_DO,
    days_of,
    is_answered,
    outcomes_of,
    sheet_of,
    shown_to,
    version_of_record,
)
from scheduling.rules.screening import (
    LANGUAGES,
    WINDOW_DAYS,
    Disposition,
    FormKind,
    Outcome,
    QuestionSpec,
    VersionSpec,
)
from scheduling.wall_clock import day_words

TEMPLATES = {
    Disposition.EMERGENCY: "portal/outcomes/emergency.html",
    Disposition.CALLBACK: "portal/outcomes/callback.html",
    Disposition.DEFER: "portal/outcomes/defer.html",
}
# The version's texts that the pages show, by the name that the templates use.
TEXTS = {
    "again": "again",
    "usual_words": "emergency_usual",
    "usual_hint": "emergency_usual_hint",
    "keep_words": "defer_keep",
    "order_words": "chest_order",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePage:
    """`usual` is the question that leads on from emergency signs that are no emergency.

    `calls` when a person calls; `lacks_number` when there is none to call yet.
    """

    disposition: Disposition
    template: str
    title: str
    messages: list[str]
    texts: dict[str, str]
    chest: ChestNote
    explains_chest: bool
    calls: bool
    lacks_number: bool
    first_day: str = ""
    times_from: str = ""
    time_url: str = ""
    usual: QuestionSpec | None = None


def language_shown() -> str:
    language = (get_language() or LANGUAGES[0])[:2]
    return language if language in LANGUAGES else LANGUAGES[0]


def outcome_page(
    draft: Draft, version: VersionSpec, outcome: Outcome, *, was_just_asked: bool = False, now: datetime
) -> OutcomePage:
    """`was_just_asked`: what a chest scan is for."""
    words = Words(version, language_shown())
    explains = outcome.explains_chest and (was_just_asked or _is_first_told(draft, outcome))
    with_times = first_day_with_times(draft, outcome.defer_until, now=now) if outcome.defer_until else None
    is_told = draft.location is not None and (draft.by_email or draft.by_text or draft.by_call)
    return OutcomePage(
        disposition=outcome.disposition,
        template=_template(outcome, explains_chest=explains),
        title=title_of(outcome, words, explains_chest=explains),
        messages=messages_of(outcome, words),
        texts={name: words.page(key) for name, key in TEXTS.items()},
        chest=chest_note(version),
        explains_chest=explains,
        calls=is_told and _is_promised_a_call(draft, outcome),
        lacks_number=is_told and lacks_number(draft, now=now),
        first_day=day_words(outcome.defer_until) if outcome.defer_until else "",
        times_from=day_words(with_times) if with_times else "",
        time_url=_time_url(draft, with_times),
        usual=_usual(version, draft, now) if outcome.disposition is Disposition.EMERGENCY else None,
    )


def notes_of_draft(draft: Draft, *, now: datetime) -> list[str]:
    """What to do because of the answers, such as wearing a mask: part of getting ready."""
    told: list[str] = []
    for kind, outcome in outcomes_of(draft, now=now).items():
        version = version_of_record(draft, kind, now=now)
        assert version is not None
        words = Words(version, language_shown())
        told += [words(reason.message) for reason in outcome.reasons if reason.disposition in TO_DO]
    return list(dict.fromkeys(told))


def asked_again(draft: Draft, *, now: datetime) -> str:
    """For a visit so far ahead that today's answers say little about it."""
    kind = FormKind.RESPIRATORY
    version = version_of_record(draft, kind, now=now)
    if version is None or not is_answered(draft, kind):
        return ""
    answered_on, visit_on = days_of(draft, kind, now=now)
    near = (visit_on - answered_on).days <= version.parameters.get("window_days", WINDOW_DAYS)
    return "" if near else Words(version, language_shown()).page("again")


def _is_promised_a_call(draft: Draft, outcome: Outcome) -> bool:
    """What a person looks at is opened with the visit; where nothing is booked, the call is open already."""
    if outcome.disposition is Disposition.CALLBACK:
        return draft.tasks.open().exists()
    return outcome.asks_for_call


def _is_first_told(draft: Draft, outcome: Outcome) -> bool:
    """Explained once, while nothing else is answered; and for good when it ends the booking."""
    return outcome.disposition is Disposition.CALLBACK or sheet_of(draft, FormKind.RESPIRATORY) is None


def _template(outcome: Outcome, *, explains_chest: bool) -> str:
    on = "portal/outcomes/chest_order.html" if explains_chest else "portal/outcomes/go_on.html"
    return TEMPLATES.get(outcome.disposition, on)


def _time_url(draft: Draft, first_day: date | None) -> str:
    url = reverse("portal:time", kwargs={"draft_id": draft.pk})
    return f"{url}?day={first_day.isoformat()}" if first_day else url


def _usual(version: VersionSpec, draft: Draft, now: datetime) -> QuestionSpec | None:
    """The question on a page of its own that follows the emergency signs."""
    shown = shown_to(version, draft, now=now)
    return next((question for question in shown if question.stands_alone and "q" in question.show_if), None)
