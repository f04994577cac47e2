"""What is still to be decided before patients should be asked anything, in words."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.models import Version
from scheduling.queries.policy import is_review_due, lacks_approval, policy_of
from scheduling.queries.questionnaires import day_of_scope
from scheduling.queries.versions import Overview
from scheduling.wall_clock import day_words


@dataclass(frozen=True, slots=True)
class StillOpen:
    words: str
    url: str
    action: str


def still_open(rows: list[Overview], *, now: datetime) -> list[StillOpen]:
    found = []
    policy = policy_of(now=now)
    if policy.questionnaire is not None and not policy.is_chosen:
        words = _("Nobody has chosen the respiratory rules of your centers yet.")
        found.append(StillOpen(words, reverse("manage:policy"), _("Choose your policy")))
    versions = dict.fromkeys(each.version for row in rows for each in row.in_force if each.version)
    today = day_of_scope(None, now)
    return found + [
        StillOpen(words, reverse("manage:version", args=[version.pk]), _("Open version %s") % version.number)
        for version in versions
        for words in _of_version(version, today)
    ]


def _of_version(version: Version, today: date) -> list[str]:
    found, about = [], {"name": str(version.questionnaire)}
    if lacks_approval(version):
        found.append(
            _("“%(name)s” is in force, and nobody of your centers has approved its texts and days.") % about
        )
    if is_review_due(version, today=today):
        day = day_words(version.reviewed_on, year=True) if version.reviewed_on else "–"
        words = _("“%(name)s” was last reviewed on %(day)s, more than a year ago.")
        found.append(words % {**about, "day": day})
    return found
