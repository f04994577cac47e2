"""What times were chosen for, in words: said where centers and times are listed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.queries.openings import Wish


def needs_words(wish: Wish) -> str:
    """“We only show times on our wider scanners, and plan 15 more minutes.” Empty: nothing is special."""
    scanners, minutes = _scanner_words(wish), wish.extra_minutes
    if scanners and minutes:
        return ngettext(
            "We only show times on our %(scanners)s, and plan %(count)s more minute.",
            "We only show times on our %(scanners)s, and plan %(count)s more minutes.",
            minutes,
        ) % {"scanners": scanners, "count": minutes}
    if scanners:
        return _("We only show times on our %(scanners)s.") % {"scanners": scanners}
    if minutes:
        return ngettext(
            "We plan %(count)s more minute for your visit, so that nobody has to hurry.",
            "We plan %(count)s more minutes for your visit, so that nobody has to hurry.",
            minutes,
        ) % {"count": minutes}
    return ""


def _scanner_words(wish: Wish) -> str:
    is_large = wish.weight_lb is not None or wish.girth_in is not None
    if wish.wide_bore:
        return _("wider scanners with more room") if is_large else _("wider scanners")
    return _("scanners with more room") if is_large else ""
