from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment


class VisitNote(models.Model):
    """What staff write to each other about a visit. Never in a message, never shown to a patient, never
    edited."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="visit_notes", verbose_name=_("appointment")
    )
    text = models.CharField(_("note"), max_length=500)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("note on a visit")
        verbose_name_plural = _("notes on visits")
        ordering = ["-written_at", "-pk"]
        constraints = [models.CheckConstraint(name="visit_note_has_words", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.appointment} {self.written_at:%Y-%m-%d %H:%M}"
