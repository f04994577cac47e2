from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment


class LabResult(models.Model):
    """A kidney blood test for a visit, or that a radiologist does without one. Never edited."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="lab_results", verbose_name=_("appointment")
    )
    egfr = models.PositiveSmallIntegerField(
        _("eGFR"), null=True, blank=True, help_text=_("mL/min/1.73 m²; empty for a waiver.")
    )
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    is_on_site = models.BooleanField(_("tested at the center"), default=False)
    waived_because = models.CharField(_("why no test is needed"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("lab result")
        verbose_name_plural = _("lab results")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="labresult_value_or_waiver",
                condition=Q(egfr__isnull=False, taken_on__isnull=False, waived_because="")
                | (Q(egfr__isnull=True, taken_on__isnull=True, is_on_site=False) & ~Q(waived_because="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.recorded_at:%Y-%m-%d %H:%M}"

    @property
    def is_waiver(self) -> bool:
        return self.egfr is None
