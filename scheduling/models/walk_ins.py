"""Somebody who came for an X-ray without a time of their own, and waits for a room."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.models.appointments import Appointment
from scheduling.models.drafts import Draft


class WalkInQuerySet(models.QuerySet["WalkIn"]):
    def waiting(self) -> "WalkInQuerySet":
        return self.filter(status__in=WalkIn.WAITS)


class WalkIn(models.Model):
    """A place in a location's queue. Who it is, what for and what was asked is in the draft, as for every
    booking; a room takes the draft in, and it becomes a visit."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CALLED = "called", _("called")
        TAKEN_IN = "taken_in", _("taken in")
        LEFT = "left", _("left")

    class LeftBecause(models.TextChoices):
        TIRED = "tired", _("did not want to wait")
        NOT_THERE = "not_there", _("was called and not there")
        ORDER = "order", _("the order was missing or wrong")
        LATER = "later", _("comes another time or elsewhere")
        CLOSING = "closing", _("not seen before closing")
        MISTAKE = "mistake", _("added by mistake")

    WAITS = (Status.WAITING, Status.CALLED)

    location = models.ForeignKey(
        Location, verbose_name=_("location"), on_delete=models.PROTECT, related_name="walk_ins"
    )
    draft = models.OneToOneField(
        Draft,
        verbose_name=_("what was typed"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="walk_in",
        help_text=_("Forgotten some days after somebody left: who it was is no longer known then."),
    )
    visit = models.OneToOneField(
        Appointment,
        verbose_name=_("visit"),
        on_delete=models.PROTECT,
        null=True,
        related_name="walk_in",
        help_text=_("Once a room has taken them in; kept when they go back to the queue."),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.WAITING)
    came_at = models.DateTimeField(_("came"))
    called_at = models.DateTimeField(_("called"), null=True)
    ended_at = models.DateTimeField(_("taken in or left"), null=True)
    left_because = models.CharField(
        _("why they left"), max_length=10, choices=LeftBecause.choices, blank=True, default=""
    )
    version = models.PositiveIntegerField(_("version"), default=0)

    objects = WalkInQuerySet.as_manager()

    class Meta:
        ordering = ["came_at", "pk"]
        verbose_name = _("walk-in")
        verbose_name_plural = _("walk-ins")
        indexes = [
            models.Index(
                name="walk_in_waiting",
                fields=["location", "came_at"],
                condition=Q(status__in=["waiting", "called"]),
            ),
            models.Index(name="walk_in_ended", fields=["location", "ended_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="walk_in_waits_with_a_draft",
                condition=~Q(status__in=["waiting", "called"]) | Q(draft__isnull=False),
            ),
            models.CheckConstraint(
                name="walk_in_taken_in_is_a_visit",
                condition=~Q(status="taken_in") | Q(visit__isnull=False),
            ),
            models.CheckConstraint(
                name="walk_in_called_at_fits_status",
                condition=~Q(status="waiting", called_at__isnull=False)
                & ~Q(status="called", called_at__isnull=True),
            ),
            models.CheckConstraint(
                name="walk_in_ended_at_only_when_ended",
                condition=Q(status__in=["waiting", "called"], ended_at__isnull=True)
                | Q(status__in=["taken_in", "left"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="walk_in_left_because_of_something",
                condition=(Q(status="left") & ~Q(left_because="")) | (~Q(status="left") & Q(left_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.pk}"

    @property
    def waits(self) -> bool:
        return self.status in self.WAITS
