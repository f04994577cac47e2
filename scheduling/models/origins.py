"""Where things came from, for a few days: so that the desk can undo what one source made in a burst."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment
from scheduling.models.tasks import Task
from scheduling.models.waitlist import WaitlistEntry


class Origin(models.Model):
    """Of a booking, a call that was asked for, or a place on the waitlist. A row of its own, so that
    forgetting it is deleting it. No address: a keyed hash, as in Attempts."""

    appointment = models.OneToOneField(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="origin",
    )
    task = models.OneToOneField(
        Task,
        verbose_name=_("task"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="origin",
    )
    waitlist_entry = models.OneToOneField(
        WaitlistEntry,
        verbose_name=_("waitlist entry"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="origin",
    )
    key = models.CharField(_("key"), max_length=64, db_index=True, help_text=_("Keyed hash of the address."))
    came_at = models.DateTimeField(_("came"), db_index=True)

    class Meta:
        verbose_name = _("origin")
        verbose_name_plural = _("origins")
        constraints = [
            models.CheckConstraint(
                name="origin_of_one_thing",
                condition=Q(appointment__isnull=False, task__isnull=True, waitlist_entry__isnull=True)
                | Q(appointment__isnull=True, task__isnull=False, waitlist_entry__isnull=True)
                | Q(appointment__isnull=True, task__isnull=True, waitlist_entry__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.came}"

    @property
    def came(self) -> Appointment | Task | WaitlistEntry:
        came = self.appointment or self.task or self.waitlist_entry
        assert came is not None
        return came
