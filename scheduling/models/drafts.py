"""A booking being filled in. The server holds every answer, so Back, refresh, two tabs and a
language switch all work, and a lost time loses nothing else."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.models.appointments import Appointment
from scheduling.models.catalogue import Exam
from scheduling.models.paying import HowPaid


class Draft(HowPaid):
    class BookingFor(models.TextChoices):
        SELF = "self", _("Me")
        OTHER = "other", _("Someone else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visitor = models.CharField(
        _("visitor"), max_length=43, db_index=True, help_text=_("Random token in the browser’s session.")
    )
    language = models.CharField(_("language"), max_length=5, default="en")
    source = models.CharField(
        _("source"), max_length=10, choices=Appointment.Source.choices, default=Appointment.Source.ONLINE
    )
    booking_referral = models.CharField(_("referral"), max_length=80, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("begun at the desk by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    desk = models.ForeignKey(
        Location,
        verbose_name=_("begun at the desk of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whose staff may open the draft. Empty for patients’ own."),
    )

    set_up_reason = models.CharField(
        _("why it can be booked"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Who agreed, where the answers ask for a call first. Written by the desk."),
    )

    order = models.ForeignKey(
        "scheduling.Order",
        verbose_name=_("the doctor’s order"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="drafts",
        help_text=_("It decides the exam, the side and the contrast."),
    )
    exam = models.ForeignKey(Exam, verbose_name=_("exam"), on_delete=models.PROTECT)
    laterality = models.CharField(
        _("side"), max_length=5, choices=Appointment.Laterality.choices, blank=True, default=""
    )
    contrast_answer = models.CharField(
        _("contrast"),
        max_length=10,
        choices=Appointment.ContrastAnswer.choices,
        default=Appointment.ContrastAnswer.AS_ORDERED,
    )
    order_status = models.CharField(_("order"), max_length=12, choices=Appointment.OrderStatus.choices)
    reason = models.CharField(
        _("what the scan is for"), max_length=200, blank=True, help_text=_("In the patient’s own words.")
    )
    interpreter_language = models.CharField(_("interpreter for"), max_length=40, blank=True)

    place = models.CharField(_("ZIP or city"), max_length=80, blank=True)
    location = models.ForeignKey(
        Location, verbose_name=_("location"), on_delete=models.PROTECT, null=True, blank=True
    )
    # The time the patient chose; kept after the hold has ended, so that it can be re-taken.
    starts_at = models.DateTimeField(_("chosen start"), null=True, blank=True)

    booking_for = models.CharField(_("who for"), max_length=5, choices=BookingFor.choices, blank=True)
    given_name = models.CharField(_("first name"), max_length=100, blank=True)
    family_name = models.CharField(_("last name"), max_length=100, blank=True)
    one_name = models.BooleanField(_("one name only"), default=False)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    booker_name = models.CharField(_("booked by"), max_length=200, blank=True)
    booker_relation = models.CharField(_("relation"), max_length=40, blank=True)
    guardian_name = models.CharField(_("parent or guardian"), max_length=200, blank=True)

    by_email = models.BooleanField(_("reach by email"), default=False)
    by_text = models.BooleanField(_("reach by text"), default=False)
    by_call = models.BooleanField(_("reach by phone call"), default=False)
    email = models.CharField(_("email"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, help_text=_("E.164"))
    phone_as_typed = models.CharField(_("phone as typed"), max_length=40, blank=True)
    calls_us = models.BooleanField(
        _("will call us"), default=False, help_text=_("Gave no number where we would have called.")
    )

    why_chest = models.CharField(_("scan to find COVID-19"), max_length=8, blank=True)

    booked_digest = models.CharField(
        _("digest at booking"),
        max_length=64,
        blank=True,
        help_text=_("What was confirmed; a repeated submit with other content is refused."),
    )
    address_key = models.CharField(
        _("address key"),
        max_length=64,
        blank=True,
        help_text=_("Keyed hash of the address that holds the time; empty without a hold."),
    )
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"), db_index=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("booking draft")
        verbose_name_plural = _("booking drafts")
        indexes = [
            models.Index(fields=["address_key"], name="draft_by_address", condition=~Q(address_key="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="draft_desk_with_who_began_it",
                condition=Q(started_by__isnull=True, desk__isnull=True)
                | Q(started_by__isnull=False, desk__isnull=False),
            ),
            models.CheckConstraint(
                name="draft_set_up_by_the_desk", condition=Q(set_up_reason="") | Q(desk__isnull=False)
            ),
            models.CheckConstraint(
                name="draft_time_needs_location",
                condition=Q(starts_at__isnull=True) | Q(location__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def named_patient(self) -> str:
        """The patient's first name where someone else books: what we ask then says whom it is about."""
        return self.given_name if self.booking_for == self.BookingFor.OTHER else ""

    @property
    def patient_name(self) -> str:
        """As far as it was typed."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_by_phone(self) -> bool:
        """Typed by the desk: no shortest notice, and staff answer for what they overrule."""
        return self.desk_id is not None

    @property
    def is_walk_in(self) -> bool:
        """Standing at the desk: nobody has to be reached later, and no time is chosen."""
        return self.source == Appointment.Source.WALK_IN

    @property
    def has_order(self) -> bool:
        return self.order_status != Appointment.OrderStatus.NONE
