"""Whether an insurer wants to approve a scan before it is done, and what it said."""

from dataclasses import replace

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.models import Location, Scanner
from scheduling.models.appointments import Appointment
from scheduling.models.catalogue import Exam
from scheduling.rules.authorizations import Approval, OnFile, PayerTerms
from scheduling.rules.authorizations import State as RuleState


class PayerRule(models.Model):
    """What one insurer wants, or every other. The narrowest that is about an exam counts."""

    payer = models.CharField(
        _("insurer"),
        max_length=120,
        blank=True,
        help_text=_("Empty: every insurer without a rule of its own for the exam."),
    )
    other_names = models.TextField(
        _("other names"),
        blank=True,
        help_text=_("As patients write the plan, one a line: BCBS, Blue Cross."),
    )
    modality = models.CharField(
        _("kind of scan"),
        max_length=2,
        choices=Scanner.Modality.choices,
        blank=True,
        help_text=_("Empty: every kind."),
    )
    exam = models.ForeignKey(
        Exam,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("exam"),
        help_text=_("Empty: every exam."),
    )
    is_needed = models.BooleanField(_("wants an authorization"), default=True)
    lead_days = models.PositiveSmallIntegerField(
        _("days that asking takes"),
        default=3,
        validators=[MaxValueValidator(60)],
        help_text=_("Business days."),
    )
    changed_at = models.DateTimeField(
        _("changed"),
        default=timezone.now,
        editable=False,
        help_text=_("Visits to come that were decided before are decided again."),
    )

    class Meta:
        verbose_name = _("rule of an insurer")
        verbose_name_plural = _("rules of insurers")
        ordering = ["payer", "modality", "exam"]
        constraints = [
            models.UniqueConstraint(
                name="payer_rule_once",
                fields=["payer", "modality", "exam"],
                nulls_distinct=False,
                violation_error_message=_("There is a rule for that already."),
            ),
            models.CheckConstraint(name="payer_rule_lead_in_range", condition=Q(lead_days__lte=60)),
            models.CheckConstraint(
                name="payer_rule_names_need_an_insurer",
                condition=~Q(payer="") | Q(other_names=""),
                violation_error_message=_("Other names need an insurer."),
            ),
        ]

    def __str__(self) -> str:
        return self.payer or str(_("every other insurer"))

    @property
    def terms(self) -> PayerTerms:
        others = (line.strip() for line in self.other_names.splitlines())
        return PayerTerms(
            names=tuple(filter(None, (self.payer, *others))),
            is_needed=self.is_needed,
            lead_days=self.lead_days,
            exam_id=self.exam_id,
            modality=self.modality,
        )


class Authorization(models.Model):
    """Of one visit. Without a row nothing is known, and nobody asked yet."""

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        NOT_NEEDED = "not_needed", _("not needed")
        NEEDED = "needed", _("needed, not asked for yet")
        REQUESTED = "requested", _("asked for")
        APPROVED = "approved", _("approved")
        DENIED = "denied", _("denied")

    appointment = models.OneToOneField(
        Appointment,
        on_delete=models.PROTECT,
        related_name="authorization",
        verbose_name=_("appointment"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNKNOWN)
    by_rules = models.CharField(
        _("by the rules of insurers"),
        max_length=10,
        choices=State.choices,
        blank=True,
        default="",
        help_text=_("Empty: nobody is asked, for nothing is said about paying, or there are no rules."),
    )
    payer = models.CharField(_("insurer"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided by the rules"), null=True, blank=True)
    plan = models.CharField(
        _("plan by then"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("As the patient had written it when it was written down."),
    )
    number = models.CharField(_("number"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("valid at"),
        help_text=_("Empty: at every location."),
    )
    exam = models.ForeignKey(
        Exam, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for")
    )
    lead_days = models.PositiveSmallIntegerField(_("days that asking takes"), default=0)
    note = models.CharField(_("note for staff"), max_length=200, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
        help_text=_("Empty: by the rules of the insurer alone."),
    )
    changed_at = models.DateTimeField(_("changed"))
    version = models.PositiveIntegerField(_("version"), default=0)

    class Meta:
        verbose_name = _("authorization")
        verbose_name_plural = _("authorizations")
        constraints = [
            models.CheckConstraint(
                name="authorization_approved_has_number", condition=~Q(state="approved") | ~Q(number="")
            ),
            models.CheckConstraint(
                name="authorization_days_in_order",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=F("valid_until")),
            ),
            models.CheckConstraint(
                name="authorization_state_known",
                condition=Q(state__in=["unknown", "not_needed", "needed", "requested", "approved", "denied"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.pk}"

    @property
    def approval(self) -> Approval | None:
        """With the names of insurer and place: read the location with it."""
        if self.state != self.State.APPROVED:
            return None
        place = self.location.name if self.location else ""
        return replace(self.on_file.approval, payer=self.payer or self.plan, place=place)

    @property
    def on_file(self) -> OnFile:
        is_written = self.settled_by_id is not None
        return OnFile(
            by_rules=RuleState(self.by_rules) if self.by_rules else None,
            written=RuleState(self.state) if is_written else None,
            approval=Approval(self.exam_id, self.location_id, self.valid_from, self.valid_until),
            payer=self.payer if is_written else "",
            plan=self.plan,
        )
