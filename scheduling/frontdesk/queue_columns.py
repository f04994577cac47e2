"""What each queue shows: the columns that its work needs, in the order in which they are read."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.queries.queues import Queue


@dataclass(frozen=True, slots=True)
class Column:
    cell: str  # its template in frontdesk/cells
    label: Promise

    @property
    def template(self) -> str:
        return f"frontdesk/cells/{self.cell}.html"


_WHO, _SCAN = Column("who", _("Patient")), Column("visit", _("Scan"))
_CALL_BY, _DUE = Column("due", _("Call by")), Column("due", _("Due"))
_END = (Column("tries", _("Tries")), Column("finish", _("Finish")))

# Without a queue: work of all sorts.
COLUMNS: dict[Queue | None, tuple[Column, ...]] = {
    None: (
        _DUE,
        Column("place", _("Location")),
        Column("what", _("What to do")),
        Column("who", _("Who to call")),
        Column("visit", _("Visit")),
        *_END,
    ),
    Queue.FLAGS: (_SCAN, _WHO, Column("severity", _("How serious")), Column("due", _("Decide by")), *_END),
    Queue.CALLBACKS: (
        Column("who", _("Who to call")),
        Column("hours", _("Good time to call")),
        Column("why", _("What about")),
        _SCAN,
        _CALL_BY,
        *_END,
    ),
    Queue.UNREACHED: (
        Column("who", _("Who to call")),
        Column("why", _("What to tell")),
        _SCAN,
        *_END[:1],
        Column("due", _("Next try")),
        *_END[1:],
    ),
    Queue.DETAILS: (
        Column("who", _("Who to call")),
        Column("missing", _("What is missing")),
        _SCAN,
        _CALL_BY,
        *_END,
    ),
    Queue.ORDERS: (
        _SCAN,
        _WHO,
        Column("doctor", _("Ordered by")),
        Column("why", _("What is missing")),
        _DUE,
        *_END,
    ),
    Queue.LABS: (_SCAN, _WHO, Column("why", _("What is waited for")), _DUE, *_END),
    Queue.AUTHORIZATIONS: (
        Column("payer", _("Insurer")),
        Column("problem", _("What is open")),
        _WHO,
        _SCAN,
        _DUE,
        *_END,
    ),
    Queue.ESTIMATES: (
        Column("legal", _("By law until")),
        _WHO,
        _SCAN,
        Column("why", _("What to send")),
        *_END,
    ),
    Queue.TO_MOVE: (
        Column("who", _("Who to call")),
        Column("why", _("Why")),
        _SCAN,
        _CALL_BY,
        *_END,
    ),
}
# Whose work is a call: what came of it is asked for at once.
CALLS = (Queue.CALLBACKS, Queue.UNREACHED, Queue.DETAILS, Queue.TO_MOVE)
