"""Two records of one person become one, and what is known not to be one person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.patients import Patient


class PatientMerge(models.Model):
    """What moved from one record to the other, so that they can be separated again."""

    kept = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="merges", verbose_name=_("record that stays")
    )
    merged = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="merges_away", verbose_name=_("record merged into it")
    )
    moved = models.JSONField(_("what moved"), help_text=_("Keys by kind of row."))
    before = models.JSONField(_("the record before"), help_text=_("What the choice of values replaced."))
    kept_version = models.PositiveIntegerField(_("version of the record after"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    merged_at = models.DateTimeField(_("merged"))
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("merged by")
    )
    separated_at = models.DateTimeField(_("separated again"), null=True, blank=True)

    class Meta:
        ordering = ["-merged_at", "-pk"]
        verbose_name = _("merge of two records")
        verbose_name_plural = _("merges of records")
        constraints = [
            models.CheckConstraint(name="patient_merge_of_two", condition=~Q(kept=F("merged"))),
            models.UniqueConstraint(
                name="patient_merged_once", fields=["merged"], condition=Q(separated_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{_('merge of two records')} {self.pk}"


class TwoPeople(models.Model):
    """Somebody looked: these records are not one person. They are suggested no more."""

    first = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="other_people_after", verbose_name=_("one")
    )
    second = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="other_people_before", verbose_name=_("the other")
    )
    said_at = models.DateTimeField(_("said"))
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("said by")
    )

    class Meta:
        verbose_name = _("two people")
        verbose_name_plural = _("records that are two people")
        constraints = [
            models.CheckConstraint(name="two_people_in_order", condition=Q(first__lt=F("second"))),
            models.UniqueConstraint(name="two_people_said_once", fields=["first", "second"]),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}, {self.second_id}"
