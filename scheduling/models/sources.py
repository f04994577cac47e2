"""Where bookings came from, for a few days: so that the desk can undo what one source booked in a burst."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment


class BookingSource(models.Model):
    """A row of its own, so that forgetting it is deleting it. No address: a keyed hash, as in Attempts."""

    appointment = models.OneToOneField(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="booking_source",
    )
    key = models.CharField(_("key"), max_length=64, db_index=True, help_text=_("Keyed hash of the address."))
    booked_at = models.DateTimeField(_("booked"), db_index=True)

    class Meta:
        verbose_name = _("source of a booking")
        verbose_name_plural = _("sources of bookings")

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.appointment_id}"
