"""How a visit is paid for, as the patient says. Of a draft and, copied at booking, of its visit."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HowPaid(models.Model):
    class Paying(models.TextChoices):
        INSURANCE = "insurance", _("insurance")
        SELF = "self", _("self-pay")
        ACCIDENT = "accident", _("workers’ compensation or accident")
        LATER = "later", _("says later")

    paying = models.CharField(_("paying"), max_length=10, choices=Paying.choices, blank=True)
    insurance_plan = models.CharField(_("insurance plan"), max_length=120, blank=True)
    member_id = models.CharField(_("member ID"), max_length=60, blank=True)
    claim_number = models.CharField(_("claim number"), max_length=60, blank=True)
    injured_on = models.DateField(_("date of the injury"), null=True, blank=True)
    accident_insurer = models.CharField(_("employer or insurer"), max_length=120, blank=True)
    wants_estimate = models.BooleanField(
        _("asked for an estimate"), default=False, help_text=_("Who pays themselves gets one without asking.")
    )

    class Meta:
        abstract = True

    @property
    def gets_estimate(self) -> bool:
        """A Good Faith Estimate: for whoever uses no insurance, and whoever asks (45 CFR 149.610)."""
        return self.wants_estimate or self.paying == self.Paying.SELF


PAYING_ANSWERS = tuple(field.name for field in HowPaid._meta.local_fields)
