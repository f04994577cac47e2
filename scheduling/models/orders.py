"""A clinician's referral that came to a location: before any visit is booked, or for one."""

import uuid
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from locations.models import Location
from scheduling.models.appointments import Appointment
from scheduling.models.catalogue import Exam
from scheduling.models.patients import Patient


class OrderQuerySet(models.QuerySet["Order"]):
    def open(self) -> "OrderQuerySet":
        return self.filter(status__in=Order.OPEN)

    def with_all(self) -> "OrderQuerySet":
        return self.select_related("location", "exam", "patient")


class Order(models.Model):
    class Status(models.TextChoices):
        NEW = "new", _("to complete")
        READY = "ready", _("ready to book")
        INVITED = "invited", _("invited")
        BOOKED = "booked", _("booked")
        CLOSED = "closed", _("closed")

    class Urgency(models.TextChoices):
        ROUTINE = "routine", _("routine")
        URGENT = "urgent", _("urgent")

    class CameBy(models.TextChoices):
        TYPED = "typed", _("typed at the desk")
        UPLOADED = "uploaded", _("uploaded at the desk")

    class ClosedBecause(models.TextChoices):
        SCANNED = "scanned", _("the exam was done")
        PATIENT = "patient", _("the patient does not want it")
        OFFICE = "office", _("withdrawn by the doctor’s office")
        ELSEWHERE = "elsewhere", _("done elsewhere")
        NOT_REACHED = "not_reached", _("the patient could not be reached")
        EXPIRED = "expired", _("too old: a new order is needed")
        TWICE = "twice", _("it is here twice")
        MISTAKE = "mistake", _("entered by mistake")

    OPEN = (Status.NEW, Status.READY, Status.INVITED)

    # Given by the form that makes it, so that a form that is sent twice makes one order.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(
        Location, verbose_name=_("location"), on_delete=models.PROTECT, related_name="orders"
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.NEW)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency.choices, default=Urgency.ROUTINE)
    came_by = models.CharField(_("how it came"), max_length=10, choices=CameBy.choices)
    received_at = models.DateTimeField(_("received"))

    # As written on the order. Who it is among our patients is found when a visit is booked.
    given_name = models.CharField(_("first name"), max_length=100, blank=True)
    family_name = models.CharField(_("last name"), max_length=100, blank=True)
    folded_name = models.CharField(
        _("name for search"), max_length=400, blank=True, default="", editable=False
    )
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    phone_as_typed = models.CharField(_("phone as typed"), max_length=40, blank=True)
    email = models.EmailField(_("email"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    patient = models.ForeignKey(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
    )

    # One exam of a family says what the order says about contrast.
    exam = models.ForeignKey(Exam, verbose_name=_("exam"), on_delete=models.PROTECT, null=True, blank=True)
    laterality = models.CharField(
        _("side"), max_length=5, choices=Appointment.Laterality.choices, blank=True, default=""
    )
    indication = models.CharField(
        _("reason for the exam"), max_length=500, blank=True, help_text=_("As written. For staff only.")
    )
    ordered_on = models.DateField(_("date of the order"), null=True, blank=True)
    clinician = models.CharField(_("ordered by"), max_length=200, blank=True)
    practice = models.CharField(_("practice"), max_length=200, blank=True)
    practice_phone = models.CharField(_("phone of the practice"), max_length=40, blank=True)
    practice_fax = models.CharField(_("fax of the practice"), max_length=40, blank=True)

    invited_at = models.DateTimeField(
        _("invited"), null=True, blank=True, help_text=_("Last; the link works for some weeks from then.")
    )
    call_at = models.DateTimeField(
        _("to be called"), null=True, blank=True, help_text=_("When nobody has booked by then.")
    )
    link_key = models.CharField(
        _("key of the link"),
        max_length=22,
        null=True,
        blank=True,
        help_text=_("Opens nothing by itself: the link also needs our signature."),
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_because = models.CharField(
        _("why it was closed"), max_length=11, choices=ClosedBecause.choices, blank=True, default=""
    )
    version = models.PositiveIntegerField(_("version"), default=0)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "pk"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(name="order_of_location", fields=["location", "status", "received_at"]),
            models.Index(name="order_to_call", fields=["call_at"], condition=Q(call_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="order_complete_before_it_is_booked",
                condition=Q(status__in=["new", "closed"])
                | (
                    Q(exam__isnull=False, birth_date__isnull=False)
                    & ~Q(given_name="")
                    & (~Q(phone="") | ~Q(email=""))
                ),
            ),
            models.UniqueConstraint(name="order_link_key_unique", fields=["link_key"]),
            models.CheckConstraint(
                name="order_invited_has_a_link",
                condition=~Q(status="invited") | Q(invited_at__isnull=False, link_key__isnull=False),
            ),
            models.CheckConstraint(
                name="order_to_call_only_while_invited",
                condition=Q(call_at__isnull=True) | Q(status="invited"),
            ),
            models.CheckConstraint(
                name="order_closed_because_of_something",
                condition=(Q(status="closed", closed_at__isnull=False) & ~Q(closed_because=""))
                | (~Q(status="closed") & Q(closed_at__isnull=True, closed_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{_('order')} {self.pk}"

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def zone(self) -> ZoneInfo:
        return self.location.zone

    @property
    def by_email(self) -> bool:
        """An address on an order is there to be used; who else is reached is called."""
        return bool(self.email)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_urgent(self) -> bool:
        return self.urgency == self.Urgency.URGENT

    @property
    def needs_side(self) -> bool:
        return self.exam is not None and self.exam.has_sides and not self.laterality

    @property
    def is_complete(self) -> bool:
        """What booking it needs: what, who, and a way to reach them."""
        is_what = self.exam is not None and not self.needs_side
        return is_what and bool(self.given_name and self.birth_date and (self.phone or self.email))
