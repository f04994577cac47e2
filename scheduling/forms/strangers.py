"""What a form for strangers carries so that programs give themselves away, and people notice nothing.

A field that people can't see, reach or hear and password managers don't know; and when the page was
made, signed.
The portal decides what follows from it (portal/strangers.py).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

TRAP, MADE_AT = "leave_empty", "made_at"  # the names of the two fields
# Nobody reads and answers a page faster; nobody leaves it open longer than a draft lives.
QUICKEST, SLOWEST = timedelta(seconds=2), timedelta(hours=24)


def made_at(now: datetime) -> str:
    return _signer().sign(str(int(now.timestamp())))


def is_trapped(data: Mapping[str, str]) -> bool:
    return bool(data.get(TRAP))


def is_hasty(data: Mapping[str, str], *, now: datetime) -> bool:
    """Sent too soon after its page was made; too late, without a page or with one of somebody's own make."""
    try:
        made = int(_signer().unsign(data.get(MADE_AT, "")))
    except (BadSignature, ValueError):
        return True
    return not QUICKEST.total_seconds() <= now.timestamp() - made <= SLOWEST.total_seconds()


def _signer() -> Signer:
    return Signer(salt="scheduling.form-made-at")
