"""Refusals about doctors’ orders."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.exceptions.base import BookingError


class NoOrder(BookingError):
    """A walk-in is taken in while the order that the exam needs is not there: it needs a reason."""

    code = "no_order"
    sentence = _("The doctor’s order is not here. It needs a reason.")


class OrderGone(BookingError):
    """A doctor's order was booked or closed since it was shown."""

    code = "order_gone"
    sentence = _("This order has been booked or closed meanwhile. Nothing was changed.")


class OrderIncomplete(BookingError):
    """Exam, side, name, date of birth, and a phone or an email are needed before anybody can book it."""

    code = "order_incomplete"
    sentence = _("Something is still missing in this order. Complete it first.")


class OrderDecides(BookingError):
    """Exam, side and contrast of a booking from an order are those of the order."""

    code = "order_decides"
    sentence = _("The doctor’s order says which exam it is, so it can’t be changed here. Please call us.")


class OrderChanged(BookingError):
    """The exam or the side of the order was corrected since the booking was begun."""

    code = "order_changed"
    sentence = _("The doctor’s order was corrected meanwhile. Please look at the exam again, then book.")


class OrderForAnother(BookingError):
    """The date of birth is not the one on the order."""

    code = "order_for_another"
    sentence = _("The doctor’s order is for somebody with another date of birth. Please call us.")


class OrderDoesNotFit(BookingError):
    code = "order_does_not_fit"

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence
