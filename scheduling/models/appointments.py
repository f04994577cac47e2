"""One patient, one exam, one scanner, one time. A hold is a row of the same table, so that
PostgreSQL itself refuses a second one on the same scanner at the same time."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from locations.models import Scanner
from scheduling.models.catalogue import Exam
from scheduling.models.patients import Patient
from scheduling.models.paying import HowPaid
from scheduling.rules.codes import spoken_code

if TYPE_CHECKING:
    from locations.models import Location


# Given at booking and kept for life. Unique by constraint rather than `unique=True`, which would
# add a second, pattern-matching index to each.
IDENTIFIERS = ("code", "accession", "requested_procedure_id", "sps_id", "study_uid", "ical_uid", "link_key")


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def occupying(self, now: datetime) -> "AppointmentQuerySet":
        """Rows that keep a scanner busy. A hold past its time no longer does."""
        return self.filter(status__in=Appointment.OCCUPYING).exclude(
            status=Appointment.Status.HELD, held_until__lte=now
        )

    def dead_holds(self, now: datetime) -> "AppointmentQuerySet":
        return self.filter(status=Appointment.Status.HELD, held_until__lte=now)

    def of_locations(self, location_ids: list[int]) -> "AppointmentQuerySet":
        return self.filter(scanner__location_id__in=location_ids)

    def with_place(self) -> "AppointmentQuerySet":
        return self.select_related("scanner__location", "exam", "patient")


class Appointment(HowPaid):
    class Status(models.TextChoices):
        HELD = "held", _("held")
        BOOKED = "booked", _("booked")
        ARRIVED = "arrived", _("arrived")
        IN_EXAM = "in_exam", _("in exam")
        DONE = "done", _("done")
        EXPIRED = "expired", _("expired")
        CANCELED = "canceled", _("canceled")
        NO_SHOW = "no_show", _("no-show")

    class Laterality(models.TextChoices):
        NONE = "", _("no side")
        LEFT = "left", _("left")
        RIGHT = "right", _("right")
        BOTH = "both", _("both sides")

    class ContrastAnswer(models.TextChoices):
        AS_ORDERED = "as_ordered", _("as the order says")
        NOT_SURE = "not_sure", _("not sure")

    class OrderStatus(models.TextChoices):
        HAVE_IT = "have_it", _("has the order")
        OFFICE_SENDS = "office_sends", _("the office is sending it")
        NONE = "none", _("no order")
        RECEIVED = "received", _("received")

    class AskedBy(models.TextChoices):
        PATIENT = "patient", _("the patient or family")
        OFFICE = "office", _("the doctor’s office")
        CENTER = "center", _("the center")

    class Source(models.TextChoices):
        ONLINE = "online", _("online")
        PHONE = "phone", _("phone")
        WALK_IN = "walk_in", _("walk-in")
        WAITLIST = "waitlist", _("waitlist")
        IMPORT = "import", _("import")

    OCCUPYING = (Status.HELD, Status.BOOKED, Status.ARRIVED, Status.IN_EXAM, Status.DONE, Status.NO_SHOW)
    # The one table of allowed moves; only actions assign `status`. The second line of each pair
    # of states is the desk's named undo.
    MOVES: dict[str, frozenset[str]] = {
        Status.HELD: frozenset({Status.BOOKED, Status.EXPIRED}),
        Status.BOOKED: frozenset({Status.ARRIVED, Status.CANCELED, Status.NO_SHOW}),
        Status.ARRIVED: frozenset({Status.IN_EXAM, Status.BOOKED, Status.CANCELED}),
        Status.IN_EXAM: frozenset({Status.DONE, Status.ARRIVED}),
        Status.DONE: frozenset({Status.IN_EXAM}),
        Status.EXPIRED: frozenset(),
        Status.CANCELED: frozenset({Status.BOOKED}),
        Status.NO_SHOW: frozenset({Status.BOOKED}),
    }

    status = models.CharField(_("status"), max_length=8, choices=Status.choices)
    scanner = models.ForeignKey(
        Scanner, verbose_name=_("scanner"), on_delete=models.PROTECT, related_name="appointments"
    )
    exam = models.ForeignKey(
        Exam, verbose_name=_("exam"), on_delete=models.PROTECT, related_name="appointments"
    )
    laterality = models.CharField(
        _("side"), max_length=5, choices=Laterality.choices, default=Laterality.NONE, blank=True
    )
    contrast_answer = models.CharField(
        _("contrast"), max_length=10, choices=ContrastAnswer.choices, default=ContrastAnswer.AS_ORDERED
    )
    # What the time was chosen for, beside the exam: rules.needs.Needs.
    weight_lb = models.PositiveSmallIntegerField(_("weight in pounds"), null=True, blank=True)
    girth_in = models.PositiveSmallIntegerField(_("girth in inches"), null=True, blank=True)
    wide_bore = models.BooleanField(_("wide bore"), default=False, db_default=False)
    extra_minutes = models.PositiveSmallIntegerField(_("extra minutes"), default=0, db_default=0)
    patient = models.ForeignKey(
        Patient,
        verbose_name=_("patient"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
    )
    draft = models.ForeignKey(
        "scheduling.Draft",
        verbose_name=_("draft"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
    )
    order = models.ForeignKey(
        "scheduling.Order",
        verbose_name=_("the doctor’s order"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        help_text=_("The one that was here before the visit."),
    )

    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    occupied_until = models.DateTimeField(_("scanner busy until"), help_text=_("End plus turnover."))
    occupied = models.GeneratedField(
        expression=Func(F("starts_at"), F("occupied_until"), Value("[)"), function="tstzrange"),
        output_field=DateTimeRangeField(),
        db_persist=True,
    )
    arrive_at = models.DateTimeField(_("arrive by"))
    overbooked = models.BooleanField(_("overbooked"), default=False)
    overbook_reason = models.CharField(_("reason for overbooking"), max_length=200, blank=True)
    overlap_reason = models.CharField(
        _("reason for two visits of one patient at a time"), max_length=200, blank=True
    )
    limit_reason = models.CharField(
        _("reason for more coming visits than the limit"), max_length=200, blank=True
    )

    not_before = models.DateField(
        _("not before"),
        null=True,
        blank=True,
        help_text=_("The first day that a reviewer allows, at the location."),
    )
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    hold_extensions = models.PositiveSmallIntegerField(_("hold extensions"), default=0)

    # Identifiers for life, given at booking; a move changes none but ical_sequence.
    code = models.CharField(_("visit code"), max_length=8, null=True, blank=True)
    accession = models.CharField(_("accession number"), max_length=16, null=True, blank=True)
    requested_procedure_id = models.CharField(_("requested procedure"), max_length=16, null=True, blank=True)
    sps_id = models.CharField(_("scheduled procedure step"), max_length=16, null=True, blank=True)
    study_uid = models.CharField(_("study UID"), max_length=64, null=True, blank=True)
    ical_uid = models.CharField(_("calendar UID"), max_length=100, null=True, blank=True)
    link_key = models.CharField(
        _("key of the link"),
        max_length=22,
        null=True,
        blank=True,
        help_text=_("Opens nothing by itself: the link also needs our signature."),
    )
    ical_sequence = models.PositiveIntegerField(_("calendar sequence"), default=0)

    source = models.CharField(_("booked by way of"), max_length=10, choices=Source.choices)
    booking_referral = models.CharField(
        _("referral"), max_length=80, blank=True, help_text=_("Where the booking came from, e.g. a partner.")
    )
    language = models.CharField(_("language"), max_length=5, default="en")
    reason = models.CharField(
        _("what the scan is for"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("In the patient’s own words."),
    )
    interpreter_language = models.CharField(_("interpreter for"), max_length=40, blank=True)
    order_status = models.CharField(
        _("order"), max_length=12, choices=OrderStatus.choices, default=OrderStatus.NONE
    )
    price_shown = models.DecimalField(_("price shown"), max_digits=8, decimal_places=2, null=True, blank=True)

    # The visit's own contact snapshot: a patient who books again with another address
    # does not change where this visit's messages go.
    email = models.EmailField(_("email"), max_length=254, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    phone_as_typed = models.CharField(
        _("phone as typed"), max_length=40, blank=True, help_text=_("May have an extension.")
    )
    by_email = models.BooleanField(_("reach by email"), default=False)
    by_text = models.BooleanField(_("reach by text"), default=False)
    by_call = models.BooleanField(_("reach by phone call"), default=False)
    booker_name = models.CharField(_("booked by"), max_length=200, blank=True)
    booker_relation = models.CharField(_("relation"), max_length=40, blank=True)
    guardian_name = models.CharField(_("parent or guardian"), max_length=200, blank=True)

    created_at = models.DateTimeField(_("created"))
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed by the patient"), null=True, blank=True)
    canceled_at = models.DateTimeField(_("canceled"), null=True, blank=True)
    canceled_by = models.CharField(_("canceled by"), max_length=80, blank=True)
    cancel_reason = models.CharField(_("reason for canceling"), max_length=200, blank=True)
    cancel_asked_by = models.CharField(
        _("who asked to cancel"), max_length=8, choices=AskedBy.choices, blank=True, default="", db_default=""
    )
    # What really happened, beside what was planned.
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    exam_started_at = models.DateTimeField(_("exam began"), null=True, blank=True)
    exam_ended_at = models.DateTimeField(_("exam ended"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = [
            models.Index(name="appointment_dead_holds", fields=["held_until"], condition=Q(status="held")),
            models.Index(name="appointment_scanner_start", fields=["scanner", "starts_at"]),
            # The few rows that the index of appointment_no_overlap leaves out.
            models.Index(
                name="appointment_overbooked", fields=["scanner", "starts_at"], condition=Q(overbooked=True)
            ),
        ]
        constraints = [
            ExclusionConstraint(
                name="appointment_no_overlap",
                expressions=[("scanner", RangeOperators.EQUAL), ("occupied", RangeOperators.OVERLAPS)],
                condition=Q(
                    status__in=["held", "booked", "arrived", "in_exam", "done", "no_show"], overbooked=False
                ),
                include=["id", "held_until"],  # openings are found in the index alone
            ),
            ExclusionConstraint(
                name="appointment_patient_no_overlap",
                expressions=[
                    ("patient", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            Value("[)"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(
                    status__in=["held", "booked", "arrived", "in_exam", "done"],
                    patient__isnull=False,
                    overlap_reason="",
                ),
            ),
            models.CheckConstraint(
                name="appointment_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="appointment_busy_after_start", condition=Q(occupied_until__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="appointment_arrive_before_start", condition=Q(arrive_at__lte=F("starts_at"))
            ),
            models.CheckConstraint(
                name="appointment_held_until_only_while_held",
                condition=Q(status="held", held_until__isnull=False)
                | (~Q(status="held") & Q(held_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="appointment_canceled_at_with_by",
                condition=(Q(status="canceled", canceled_at__isnull=False) & ~Q(canceled_by=""))
                | (~Q(status="canceled") & Q(canceled_at__isnull=True, canceled_by="")),
            ),
            models.CheckConstraint(
                name="appointment_actual_times_fit_status",
                condition=(Q(arrived_at=None) | Q(status__in=["arrived", "in_exam", "done", "canceled"]))
                & (Q(exam_started_at=None) | Q(status__in=["in_exam", "done"]))
                & (Q(exam_ended_at=None) | Q(status="done", exam_ended_at__gte=F("exam_started_at"))),
            ),
            models.CheckConstraint(
                name="appointment_booked_has_identity",
                condition=Q(status__in=["held", "expired"])
                | Q(
                    patient__isnull=False,
                    booked_at__isnull=False,
                    code__isnull=False,
                    accession__isnull=False,
                    requested_procedure_id__isnull=False,
                    sps_id__isnull=False,
                    study_uid__isnull=False,
                    ical_uid__isnull=False,
                    link_key__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="appointment_overbook_has_reason",
                condition=Q(overbooked=False) | ~Q(overbook_reason=""),
            ),
            *(
                models.UniqueConstraint(name=f"appointment_{field}_unique", fields=[field])
                for field in IDENTIFIERS
            ),
            models.UniqueConstraint(
                name="appointment_one_per_draft",
                fields=["draft"],
                condition=~Q(status="expired"),
            ),
            models.UniqueConstraint(
                name="appointment_one_live_per_order",
                fields=["order"],
                condition=~Q(status__in=["held", "expired", "canceled", "no_show"]),
            ),
        ]

    def __str__(self) -> str:
        return self.code or f"hold {self.pk}"

    @property
    def location(self) -> "Location":
        return self.scanner.location

    @property
    def zone(self) -> ZoneInfo:
        return self.scanner.location.zone

    @property
    def has_order(self) -> bool:
        return self.order_status != self.OrderStatus.NONE

    @property
    def spoken_code(self) -> str:
        return spoken_code(self.code or "")

    @property
    def canceled_by_patient(self) -> bool:
        return self.canceled_by.startswith("patient:")

    def may_become(self, status: str) -> bool:
        return status in self.MOVES[self.status]

    def is_live_hold(self, now: datetime) -> bool:
        return self.status == self.Status.HELD and self.held_until is not None and self.held_until > now

    def is_ahead(self, now: datetime) -> bool:
        return self.status == self.Status.BOOKED and self.starts_at > now
