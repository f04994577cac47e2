"""A change of the calendar that is being prepared: which visits it touches, and what is to become of each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from locations.models import Closure, Location, Scanner
from scheduling.models.appointments import Appointment


class ChangePlan(models.Model):
    """Nothing is changed and nobody is moved before it is applied. Then all of it is, in one transaction."""

    class Kind(models.TextChoices):
        CLOSURE = "closure", _("closure")
        HOURS = "hours", _("hours")
        SCANNER = "scanner", _("scanner")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", verbose_name=_("location")
    )
    scanner = models.ForeignKey(
        Scanner,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("only this scanner"),
        null=True,
        blank=True,
    )
    closure_kind = models.CharField(
        _("kind of closure"), max_length=8, choices=Closure.Kind.choices, blank=True
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: for good."))
    wanted = models.JSONField(
        _("what is to stand"),
        default=dict,
        blank=True,
        help_text=_("Of hours: the spans of a week. Of a scanner: what is written into it."),
    )
    reason = models.CharField(_("reason, for staff"), max_length=200, blank=True)
    elsewhere = models.ManyToManyField(
        Location,
        related_name="+",
        verbose_name=_("also looked at"),
        blank=True,
        help_text=_("Other locations where times are proposed, the nearest first."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"))
    # Kept when the closure is gone: the history of who was moved stands on its own.
    closure = models.ForeignKey(
        Closure,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("closure"),
        null=True,
        blank=True,
    )
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        verbose_name = _("plan of a change")
        verbose_name_plural = _("plans of changes")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="change_plan_in_order", condition=Q(starts_at__lt=F("ends_at"))),
            models.CheckConstraint(
                name="change_plan_kind_known", condition=Q(kind__in=("closure", "hours", "scanner"))
            ),
            models.CheckConstraint(
                name="change_plan_names_its_scanner",
                condition=~Q(kind="scanner") | Q(scanner__isnull=False),
            ),
            models.CheckConstraint(
                name="change_plan_closes_for_a_time",
                condition=~Q(kind="closure") | Q(ends_at__isnull=False) & ~Q(closure_kind=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Fate(models.Model):
    """What becomes of one visit. A proposed time is held for it meanwhile."""

    class Choice(models.TextChoices):
        MOVE = "move", _("move there")
        WAIT = "wait", _("to the waitlist")
        CANCEL = "cancel", _("cancel")
        KEEP = "keep", _("keep")

    plan = models.ForeignKey(
        ChangePlan, on_delete=models.CASCADE, related_name="fates", verbose_name=_("plan")
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="fates", verbose_name=_("appointment")
    )
    version = models.PositiveIntegerField(_("version of the visit"))
    was_at = models.DateTimeField(_("start before"))
    hold = models.ForeignKey(
        Appointment,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("proposed time"),
        null=True,
        blank=True,
    )
    choice = models.CharField(_("what to do"), max_length=6, choices=Choice.choices)
    reason = models.CharField(_("reason to keep it"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("fate of a visit")
        verbose_name_plural = _("fates of visits")
        ordering = ["was_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="fate_once_per_plan", fields=["plan", "appointment"]),
            models.CheckConstraint(
                name="fate_keeps_with_a_reason", condition=~Q(choice="keep") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.appointment}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether its proposed time is at another location."""
        return self.hold is not None and self.hold.scanner.location_id != self.appointment.scanner.location_id
