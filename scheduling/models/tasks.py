"""Something a person must do for a patient by a time: review, callback, call list and the rest."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from locations.models import Location
from scheduling.models.appointments import Appointment
from scheduling.models.day_parts import GoodHours
from scheduling.models.drafts import Draft
from scheduling.models.orders import Order


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(closed_at__isnull=True)

    def to_do(self, now: datetime) -> "TaskQuerySet":
        """Without those that rest until the next try."""
        return self.open().exclude(next_try_at__gt=now)


class Task(models.Model):
    class Kind(models.TextChoices):
        REVIEW = "review", _("screening to review")
        ROOM = "room", _("room to prepare")
        MATCH_ORDER = "match_order", _("match to the order")
        CALLBACK = "callback", _("call back")
        NOT_DELIVERED = "not_delivered", _("message not delivered")
        MISSING_DETAILS = "missing_details", _("details missing")
        MISSING_ORDER = "missing_order", _("order missing")
        LABS = "labs", _("labs needed")
        AUTHORIZATION = "authorization", _("authorization")
        ESTIMATE = "estimate", _("estimate due")
        INVITATION = "invitation", _("call about an invitation")
        TO_MOVE = "to_move", _("to be moved")

    class Try(models.TextChoices):
        """What came of a call."""

        NO_ANSWER = "no_answer", _("no answer")
        LEFT_MESSAGE = "left_message", _("left a message")
        CALL_AGAIN = "call_again", _("reached, call again")
        DONE = "done", _("reached, done")
        WRONG_NUMBER = "wrong_number", _("wrong number")

    TRIED_AGAIN = (Try.NO_ANSWER, Try.LEFT_MESSAGE, Try.CALL_AGAIN)  # the task rests until then

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    location = models.ForeignKey(
        Location, verbose_name=_("location"), on_delete=models.PROTECT, related_name="tasks"
    )
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
    )
    draft = models.ForeignKey(
        Draft, verbose_name=_("draft"), on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    order = models.ForeignKey(
        Order,
        verbose_name=_("the doctor’s order"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
    )
    reason = models.CharField(
        _("reason"), max_length=200, help_text=_("What to do, in words the front desk may see: no answers.")
    )
    note = models.TextField(
        _("note"),
        blank=True,
        default="",
        db_default="",
        help_text=_("In the caller’s own words: what the order says."),
    )
    contact_name = models.CharField(_("who to call"), max_length=200, blank=True)
    contact_phone = PhoneNumberField(_("phone"), blank=True)
    phone_as_typed = models.CharField(
        _("phone as typed"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("May have an extension. Where there is a draft, it is kept there."),
    )
    good_hours = models.CharField(
        _("good time to call"), max_length=10, choices=GoodHours.choices, default=GoodHours.ANY
    )
    due_at = models.DateTimeField(_("due"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
    )
    owned_at = models.DateTimeField(_("looked at since"), null=True, blank=True)
    for_radiologist = models.BooleanField(
        _("a radiologist decides"),
        default=False,
        db_default=False,
        help_text=_("By a rule, or because a technologist passed it on."),
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(
        _("next try"),
        null=True,
        blank=True,
        help_text=_("Until then it stands at the end of its list. Empty: now."),
    )
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)
    patient_told_at = models.DateTimeField(_("patient told that it takes longer"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    closed_at = models.DateTimeField(_("done"), null=True, blank=True)
    closed_by = models.CharField(_("done by"), max_length=80, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(
                name="task_open_by_due", fields=["location", "due_at"], condition=Q(closed_at__isnull=True)
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="task_closed_at_with_by",
                condition=Q(closed_at__isnull=True, closed_by="")
                | (Q(closed_at__isnull=False) & ~Q(closed_by="")),
            ),
            models.CheckConstraint(
                name="task_next_try_follows_one", condition=Q(next_try_at__isnull=True) | Q(tries__gt=0)
            ),
            models.CheckConstraint(
                name="task_is_about_something",
                condition=Q(appointment__isnull=False)
                | Q(draft__isnull=False)
                | Q(order__isnull=False)
                | ~Q(contact_name=""),
            ),
            models.UniqueConstraint(
                name="task_one_open_per_appointment_and_kind",
                fields=["appointment", "kind"],
                condition=Q(closed_at__isnull=True, appointment__isnull=False),
            ),
            models.UniqueConstraint(
                name="task_one_open_per_draft_and_kind",
                fields=["draft", "kind"],
                condition=Q(closed_at__isnull=True, draft__isnull=False, appointment__isnull=True),
            ),
            models.UniqueConstraint(
                name="task_one_open_per_order_and_kind",
                fields=["order", "kind"],
                condition=Q(closed_at__isnull=True, order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def rests(self, now: datetime) -> bool:
        return self.next_try_at is not None and self.next_try_at > now
