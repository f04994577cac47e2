"""What speaks against a time that the desk chooses itself, as plain values."""

from dataclasses import dataclass
from enum import StrEnum

from scheduling.rules.authorizations import Approval
from scheduling.rules.intervals import Interval


class ClashKind(StrEnum):
    OVERLAP = "overlap"  # another visit is on the scanner
    HOLD = "hold"  # somebody is just booking it
    CLOSURE = "closure"  # a holiday, downtime or a block
    CLOSED = "closed"  # outside the scanner's hours
    NO_CONTRAST = "no_contrast"  # no physician is there for contrast
    LIMITS = "limits"  # weight, girth or bore
    NOT_AUTHORIZED = "not_authorized"  # the insurer approved another place or other days
    EARLY = "early"  # before the first day that a reviewer allows


@dataclass(frozen=True, slots=True)
class Clash:
    kind: ClashKind
    visit_id: int | None = None  # of what is on the scanner
    who: str = ""
    taken: Interval | None = None
    is_over: bool = False  # a scan that was done sooner than planned: the room is free, whatever is written
    closed_for: str = ""  # a kind of closure
    approval: Approval | None = None  # what the insurer did approve
    reason: str = ""  # of the closure, as it was typed

    @property
    def takes_the_scanner(self) -> bool:
        return self.kind in (ClashKind.OVERLAP, ClashKind.HOLD)
