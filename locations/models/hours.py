from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from locations.models.places import Location, Scanner

MIDNIGHT = 24 * 60


class OpeningHours(models.Model):
    """One span of one weekday, in minutes since midnight on the wall clock of the location.

    Spans and effective dates are half-open: `closes` 1440 means until midnight, and
    `effective_until` is the first day on which the row no longer counts. A night is two rows.
    A scanner with rows of its own for a kind follows these only, and not its location's.
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("visits")
        CONTRAST = "contrast", _("contrast, a physician is here")
        DOORS = "doors", _("doors and front desk")

    class Weekday(models.IntegerChoices):
        """As `datetime.weekday()`."""

        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, related_name="opening_hours", verbose_name=_("location")
    )
    scanner = models.ForeignKey(
        Scanner,
        on_delete=models.CASCADE,
        related_name="opening_hours",
        verbose_name=_("only this scanner"),
        null=True,
        blank=True,
    )
    kind = models.CharField(_("for"), max_length=8, choices=Kind.choices, default=Kind.OPEN)
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    opens = models.PositiveSmallIntegerField(_("opens"))
    closes = models.PositiveSmallIntegerField(_("closes"))
    effective_from = models.DateField(_("first day"), null=True, blank=True)
    effective_until = models.DateField(
        _("ends before"), null=True, blank=True, help_text=_("The first day that no longer counts.")
    )

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["location_id", "scanner_id", "kind", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                name="openinghours_in_day",
                condition=Q(opens__gte=0, opens__lt=MIDNIGHT, closes__gt=0, closes__lte=MIDNIGHT),
                violation_error_message=_("Hours go from 00:00 to 24:00."),
            ),
            models.CheckConstraint(
                name="openinghours_open_before_close",
                condition=Q(opens__lt=F("closes")),
                violation_error_message=_("Closing must be after opening. A night is two rows."),
            ),
            models.CheckConstraint(name="openinghours_weekday_in_week", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="openinghours_kind_known", condition=Q(kind__in=("open", "contrast", "doors"))
            ),
            models.CheckConstraint(
                name="openinghours_effective_order",
                condition=Q(effective_from=None)
                | Q(effective_until=None)
                | Q(effective_from__lt=F("effective_until")),
                violation_error_message=_("The last date must be after the first day."),
            ),
            ExclusionConstraint(
                name="openinghours_no_overlap",
                expressions=[
                    ("location", RangeOperators.EQUAL),
                    (
                        Coalesce("scanner", Value(0), output_field=models.BigIntegerField()),
                        RangeOperators.EQUAL,
                    ),
                    ("kind", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (
                        Func(F("opens"), F("closes"), function="int4range", output_field=IntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("effective_from"),
                            F("effective_until"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("These hours overlap others of the same day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {clock(self.opens)}-{clock(self.closes)}"

    def clean(self) -> None:
        """Says in words what would be a range that PostgreSQL cannot build."""
        if self.opens is not None and self.closes is not None and self.opens >= self.closes:
            raise ValidationError({"closes": _("Closing must be after opening. A night is two rows.")})
        if self.effective_from and self.effective_until and self.effective_from >= self.effective_until:
            raise ValidationError({"effective_until": _("This must be after the first day.")})
        refuse_foreign_scanner(self)


def refuse_foreign_scanner(row: "OpeningHours | Closure") -> None:
    """For forms; the database refuses it through `<table>_scanner_at_location` (see migration 0001)."""
    if row.scanner is not None and row.scanner.location_id != row.location_id:
        raise ValidationError({"scanner": _("This scanner stands at another location.")})


def clock(minute: int) -> str:
    """24-hour clock; 1440 is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


class Closure(models.Model):
    """A time without bookings, half-open, of a whole location or of one scanner."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        DOWNTIME = "downtime", _("downtime")
        BLOCK = "block", _("block")

    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, related_name="closures", verbose_name=_("location")
    )
    scanner = models.ForeignKey(
        Scanner,
        on_delete=models.CASCADE,
        related_name="closures",
        verbose_name=_("only this scanner"),
        null=True,
        blank=True,
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason, for staff"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(name="closure_window", fields=["location", "ends_at", "starts_at"])]
        constraints = [
            models.CheckConstraint(
                name="closure_start_before_end",
                condition=Q(starts_at__lt=F("ends_at")),
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(
                name="closure_kind_known", condition=Q(kind__in=("holiday", "downtime", "block"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d}"

    def clean(self) -> None:
        refuse_foreign_scanner(self)
