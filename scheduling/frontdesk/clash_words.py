"""What speaks against a time, in words that name it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from locations.models import Closure, Location
from scheduling.rules.clashes import Clash, ClashKind
from scheduling.templatetags.authorizations import approval_words
from scheduling.wall_clock import time_words

_PLAIN = {
    ClashKind.CLOSED: lambda: _("The scanner is closed then."),
    ClashKind.NO_CONTRAST: lambda: _("No physician is there for contrast then."),
    ClashKind.LIMITS: lambda: _("The patient may not fit: weight, girth or bore of this scanner."),
    ClashKind.EARLY: lambda: _("A reviewer asked for a later day."),
}


def words_of(clashes: Iterable[Clash], location: Location) -> list[str]:
    return [_words(clash, location) for clash in clashes]


def _words(clash: Clash, location: Location) -> str:
    if clash.taken is not None:
        start, end = (time_words(at, location.zone) for at in (clash.taken.start, clash.taken.end))
        if clash.kind is ClashKind.HOLD:
            return _("Somebody is just booking %(start)s to %(end)s.") % {"start": start, "end": end}
        return _("%(who)s is on it, %(start)s to %(end)s.") % {"who": clash.who, "start": start, "end": end}
    if clash.approval is not None:
        return approval_words(clash.approval)
    if clash.kind is ClashKind.CLOSURE:
        kind = str(Closure.Kind(clash.closed_for).label)
        return _("Closed: %(what)s.") % {"what": f"{kind}, {clash.reason}" if clash.reason else kind}
    return _PLAIN[clash.kind]()
