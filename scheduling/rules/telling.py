"""How a patient hears of what the desk did, and for how long the desk can undo it."""

from datetime import timedelta
from enum import StrEnum

# Messages about what staff did wait this long, so that undoing also stops the message.
UNDO_WITHIN = timedelta(minutes=2)


class Telling(StrEnum):
    MESSAGE = "message"  # by mail; who has no address is on the call list
    CALL = "call"  # the desk calls, and has that on its list
    NOBODY = "nobody"
    BY_CENTER = "by_center"  # by mail that says it was us, and asks whether the new time is good
