from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment
from scheduling.models.screening import Publication


class AskedAgain(models.Model):
    """A visit whose answers became old because of a publication: its patient is written to, or called."""

    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, related_name="asked_again", verbose_name=_("publication")
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="asked_again", verbose_name=_("appointment")
    )
    by_email = models.BooleanField(_("by email"), help_text=_("Otherwise the desk calls."))
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("visit asked again")
        verbose_name_plural = _("visits asked again")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="asked_again_once", fields=["publication", "appointment"])
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}: {self.appointment}"
