"""What every refusal is."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class BookingError(Exception):
    """A request that is understood and refused. Nothing was changed."""

    code = "refused"
    sentence: str | Promise = _("Sorry, we could not do that. Nothing was changed.")

    def __str__(self) -> str:
        return str(self.sentence)


class NotFound(BookingError):
    """Missing, or not yours to see: the two look alike."""

    code = "not_found"
    sentence = _("We could not find that.")
