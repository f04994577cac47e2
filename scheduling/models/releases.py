from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models import Scanner
from scheduling.models.appointments import Appointment
from scheduling.models.tasks import Task


class Release(models.Model):
    """What a trained person decided about a review: the scan may take place on these scanners, under these
    conditions, until that day. Never edited: another review leads to another release."""

    task = models.OneToOneField(
        Task, on_delete=models.PROTECT, related_name="release", verbose_name=_("review")
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="releases", verbose_name=_("appointment")
    )
    scanners = models.ManyToManyField(Scanner, related_name="+", verbose_name=_("scanners"))
    conditions = models.CharField(
        _("conditions"), max_length=300, blank=True, help_text=_("Such as field strength, coil or mode.")
    )
    note = models.CharField(_("what was found out"), max_length=500)
    expires_on = models.DateField(_("good until"), help_text=_("The last day, at the location."))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("released by")
    )
    released_at = models.DateTimeField(_("released"))

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-released_at", "-pk"]
        constraints = [models.CheckConstraint(name="release_has_a_note", condition=~Q(note=""))]

    def __str__(self) -> str:
        return f"{self.appointment} {self.released_at:%Y-%m-%d %H:%M}"
