"""The outbox: each outgoing message is a stored row, re-checked when it is sent, sent once."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models import Location, User
from scheduling.models.appointments import Appointment
from scheduling.models.orders import Order
from scheduling.models.waitlist import WaitlistEntry


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        """Pending and due, or claimed by a worker whose lease has run out."""
        # Every claimed row was due, so the index is read only as far as `now`.
        return self.filter(due_at__lte=now).filter(
            Q(status=Message.Status.PENDING) | Q(status=Message.Status.SENDING, claimed_until__lte=now)
        )

    def unsent(self) -> "MessageQuerySet":
        return self.filter(status__in=[Message.Status.PENDING, Message.Status.SENDING])


class Message(models.Model):
    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        REMINDER_72H = "reminder_72h", _("reminder three days before")
        REMINDER_24H = "reminder_24h", _("reminder the day before")
        MOVED = "moved", _("moved")
        CENTER_MOVED = "center_moved", _("moved by the center")
        CORRECTED = "corrected", _("getting ready has changed")
        CANCELED = "canceled", _("canceled")
        CENTER_WAITING = "center_waiting", _("canceled by the center, on the waitlist")
        TAKEN_BACK = "taken_back", _("cancel taken back")
        LINKS = "links", _("lost links")
        HEALTH = "health", _("health questions again")
        LATER_DAY = "later_day", _("a later day is needed")
        CARD = "card", _("device card asked for")
        STILL_LOOKING = "still_looking", _("still being looked at")
        OVERDUE = "overdue", _("overdue work, to staff")
        WAITLIST = "waitlist", _("on the waitlist")
        ORDER_INVITED = "order_invited", _("invitation to book")
        ORDER_REMINDED = "order_reminded", _("invitation to book, again")
        STAFF_INVITED = "staff_invited", _("invitation, to staff")
        STAFF_PASSWORD = "staff_password", _("link for a new password, to staff")
        PASSWORD_SET = "password_set", _("password changed, to staff")
        FACTOR_RESET = "factor_reset", _("second factor removed, to staff")
        EMAIL_CHANGED = "email_changed", _("email for signing in changed, to staff")

    class Channel(models.TextChoices):
        EMAIL = "email", _("email")
        SMS = "sms", _("text message")

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not delivered")
        WITHDRAWN = "withdrawn", _("withdrawn")
        DROPPED = "dropped", _("dropped, too late")

    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    waitlist_entry = models.ForeignKey(
        WaitlistEntry,
        verbose_name=_("waitlist entry"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    order = models.ForeignKey(
        Order,
        verbose_name=_("the doctor’s order"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    location = models.ForeignKey(
        Location,
        verbose_name=_("location"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("What staff is told about."),
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("to staff"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    to_email = models.EmailField(
        _("to this address"), blank=True, help_text=_("Of staff: where it goes instead of their email.")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    # Of an invitation: which of its reminders.
    ical_sequence = models.PositiveIntegerField(_("calendar sequence"), default=0)
    language = models.CharField(_("language"), max_length=5, default="en")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    due_at = models.DateTimeField(_("due"))
    drop_after = models.DateTimeField(
        _("useless after"), help_text=_("Too late to help; dropped instead of sent.")
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    claim = models.UUIDField(_("claim"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=200, blank=True, help_text=_("Code and reason; never an address or a text.")
    )
    created_at = models.DateTimeField(_("created"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                name="message_unsent_by_due",
                fields=["due_at"],
                condition=Q(status__in=["pending", "sending"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="message_about_one_thing",
                condition=Q(
                    appointment__isnull=False,
                    waitlist_entry__isnull=True,
                    order__isnull=True,
                    location__isnull=True,
                    staff__isnull=True,
                )
                | Q(
                    appointment__isnull=True,
                    waitlist_entry__isnull=False,
                    order__isnull=True,
                    location__isnull=True,
                    staff__isnull=True,
                )
                | Q(
                    appointment__isnull=True,
                    waitlist_entry__isnull=True,
                    order__isnull=False,
                    location__isnull=True,
                    staff__isnull=True,
                )
                | Q(
                    appointment__isnull=True,
                    waitlist_entry__isnull=True,
                    order__isnull=True,
                    location__isnull=False,
                    staff__isnull=False,
                )
                | Q(
                    appointment__isnull=True,
                    waitlist_entry__isnull=True,
                    order__isnull=True,
                    location__isnull=True,
                    staff__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="message_one_unsent_per_account",
                fields=["staff", "kind"],
                condition=Q(status__in=["pending", "sending"], location__isnull=True),
            ),
            models.UniqueConstraint(
                name="message_one_unsent_per_staff",
                fields=["staff", "location", "kind"],
                condition=Q(status__in=["pending", "sending"]),
            ),
            models.UniqueConstraint(
                name="message_one_unsent_per_key",
                fields=["appointment", "kind", "channel", "ical_sequence"],
                condition=Q(status__in=["pending", "sending"]),
            ),
            models.UniqueConstraint(
                name="message_one_unsent_per_entry",
                fields=["waitlist_entry", "kind", "channel"],
                condition=Q(status__in=["pending", "sending"]),
            ),
            models.UniqueConstraint(
                name="message_one_unsent_per_order",
                fields=["order", "kind", "channel", "ical_sequence"],
                condition=Q(status__in=["pending", "sending"]),
            ),
            models.CheckConstraint(
                name="message_claim_only_while_sending",
                condition=Q(status="sending", claimed_until__isnull=False, claim__isnull=False)
                | (~Q(status="sending") & Q(claimed_until__isnull=True, claim__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_sent_at_only_when_sent",
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def about(self) -> Appointment | WaitlistEntry | Order | Location | User:
        """Of staff: about a location, or about their own account."""
        about = self.appointment or self.waitlist_entry or self.order or self.location or self.staff
        assert about is not None
        return about

    @property
    def address(self) -> str:
        """Where it goes by email."""
        about = self.about
        if isinstance(about, Location):
            assert self.staff is not None
            return self.staff.email
        return self.to_email or about.email
