"""What is looked over before it is booked."""

from datetime import datetime

from scheduling.models import Draft
from scheduling.portal.exam_page import preparations_of
from scheduling.portal.paying_page import estimate_of_draft
from scheduling.portal.safety_page import kept_note, safety_words
from scheduling.portal.screening_page import asked_again, notes_of_draft
from scheduling.portal.summary import summary_of
from scheduling.queries.drafts import Step, digest_of, is_asked, offering_of
from scheduling.queries.screening import is_answered
from scheduling.rules.screening import FormKind


def check_context(draft: Draft, *, now: datetime) -> dict[str, object]:
    """The context of portal/check.html, of a draft that lacks nothing."""
    return {
        "groups": summary_of(
            draft,
            has_fit=is_asked(draft, Step.FIT, now=now),
            has_screening=is_answered(draft, FormKind.RESPIRATORY),
            safety=safety_words(draft, now=now),
        ),
        "digest": digest_of(draft),
        "preparations": notes_of_draft(draft, now=now) + preparations_of(draft.exam),
        "kept": kept_note(draft, now=now),
        "safety_answered": is_answered(draft, FormKind.SAFETY),
        "offering": offering_of(draft),
        "estimate": estimate_of_draft(draft, now=now),
        "asked_again": asked_again(draft, now=now),
    }
