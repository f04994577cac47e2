from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment
from scheduling.models.documents import Document
from scheduling.models.patients import Patient


class Implant(models.Model):
    """A device or implant that a trained person looked up. It stays with the patient: next time the question
    is only what is new."""

    class RemovedBecause(models.TextChoices):
        TAKEN_OUT = "taken_out", _("It was taken out")
        MISTAKE = "mistake", _("It was entered by mistake")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="implants", verbose_name=_("patient")
    )
    came_from = models.ForeignKey(
        Patient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("from the record of"),
        help_text=_("Where two records became one."),
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="+", verbose_name=_("told of at")
    )
    what = models.CharField(_("what it is"), max_length=120)
    make_model = models.CharField(_("maker and model"), max_length=200, blank=True)
    conditions = models.CharField(
        _("conditions"), max_length=300, blank=True, help_text=_("Such as MR Conditional at 1.5 T.")
    )
    card = models.ForeignKey(
        Document,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("card"),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"))
    removed_because = models.CharField(_("no longer there"), max_length=9, choices=RemovedBecause, blank=True)
    removed_at = models.DateTimeField(_("taken off the list"), null=True, blank=True)

    class Meta:
        verbose_name = _("implant")
        verbose_name_plural = _("implants")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(name="implant_is_something", condition=~Q(what="")),
            models.CheckConstraint(
                name="implant_removed_with_reason",
                condition=Q(removed_at__isnull=True, removed_because="")
                | (Q(removed_at__isnull=False) & ~Q(removed_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}, {self.make_model}" if self.make_model else self.what
