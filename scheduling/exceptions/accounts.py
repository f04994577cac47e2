"""Refusals about the accounts of staff."""

from django.utils.translation import gettext_lazy as _

from scheduling.exceptions.base import BookingError


class EmailTaken(BookingError):
    """Another account signs in with it."""

    code = "email_taken"
    sentence = _("Somebody else signs in with this email. Nothing was changed.")


class AccessTaken(BookingError):
    """Who is invited was here, and may not come in any more."""

    code = "access_taken"
    sentence = _("This person’s access was taken away. Give it back first. Nothing was changed.")


class OwnAccess(BookingError):
    """An administrator would lock themselves out."""

    code = "own_access"
    sentence = _("You can’t take this away from yourself. Another administrator can. Nothing was changed.")


class LastAdministrator(BookingError):
    """Nobody would be left who can let others in."""

    code = "last_administrator"
    sentence = _("This is the last administrator of the site. Make somebody else one first.")
