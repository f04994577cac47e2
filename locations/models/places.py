import datetime as dt
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

# DICOM PS3.5 6.2, value representation AE: 1-16 printable ASCII characters without the backslash.
# Outer spaces do not count in DICOM, so they are refused: two titles must not differ by them only.
AE_TITLE = r"^[!-\[\]-~]([ -\[\]-~]{0,14}[!-\[\]-~])?$"


def in_language(en: str, es: str) -> str:
    """The text in the active language; English where no Spanish one was written."""
    return es if es and (get_language() or "").startswith("es") else en


class Location(models.Model):
    class StartGrid(models.IntegerChoices):
        """Start times stand on this grid of the wall clock: every choice divides an hour."""

        FIVE = 5, _("every 5 minutes")
        TEN = 10, _("every 10 minutes")
        FIFTEEN = 15, _("every 15 minutes")
        TWENTY = 20, _("every 20 minutes")
        THIRTY = 30, _("every 30 minutes")
        SIXTY = 60, _("every hour")

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("web address"), max_length=80, unique=True)
    address = models.CharField(_("street address"), max_length=120)
    city = models.CharField(_("city"), max_length=80)
    state = models.CharField(
        _("state"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters."))]
    )
    zip_code = models.CharField(
        _("ZIP code"),
        max_length=10,
        validators=[RegexValidator(r"^[0-9]{5}(-[0-9]{4})?$", _("5 digits, or ZIP+4."))],
    )
    phone = PhoneNumberField(_("phone"))
    email = models.EmailField(_("email"), blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        help_text=_("Such as America/Chicago. All times of this location are shown in it."),
    )
    latitude = models.FloatField(_("latitude"), help_text=_("Degrees, north is positive."))
    longitude = models.FloatField(_("longitude"), help_text=_("Degrees, negative in the US."))
    directions_en = models.TextField(_("how to get here, in English"), blank=True)
    directions_es = models.TextField(_("how to get here, in Spanish"), blank=True)
    parking_en = models.TextField(_("parking, in English"), blank=True)
    parking_es = models.TextField(_("parking, in Spanish"), blank=True)
    entrance_en = models.TextField(_("entrance, in English"), blank=True)
    entrance_es = models.TextField(_("entrance, in Spanish"), blank=True)
    results_en = models.TextField(
        _("results, in English"),
        blank=True,
        help_text=_("When they are ready, and who tells the patient. Shown on every visit’s page."),
    )
    results_es = models.TextField(_("results, in Spanish"), blank=True)
    is_active = models.BooleanField(
        _("open to patients"), default=True, help_text=_("Off: not shown, and nothing new can be booked.")
    )

    minimum_notice_minutes = models.PositiveIntegerField(
        _("shortest notice, minutes"),
        default=120,
        help_text=_("From now to the first time a patient can book."),
    )
    horizon_days = models.PositiveSmallIntegerField(_("bookable ahead, days"), default=60)
    hold_minutes = models.PositiveSmallIntegerField(_("a time is held for, minutes"), default=10)
    start_grid_minutes = models.PositiveSmallIntegerField(
        _("visits start"), choices=StartGrid.choices, default=StartGrid.FIVE
    )
    turnover_inside_hours = models.BooleanField(
        _("turnover ends before closing"),
        default=False,
        help_text=_("Off: only the scan has to end before closing; the room is made ready after it."),
    )
    takes_walk_in_xray = models.BooleanField(
        _("X-ray walk-ins"),
        default=False,
        db_default=False,
        help_text=_(
            "People with an order come for an X-ray without a time, and wait in a queue at the desk."
        ),
    )
    screening_on = models.BooleanField(_("COVID-19 screening"), default=True)
    asks_screening_at_booking = models.BooleanField(_("screening already at booking"), default=True)
    screening_hours = models.PositiveSmallIntegerField(
        _("screening again from, hours before the visit"),
        default=72,
        db_default=72,
        help_text=_("24 to 72. Answers that are older when the visit comes are asked for again."),
    )
    quiet_from = models.TimeField(_("no texts or calls from"), default=dt.time(20))
    quiet_until = models.TimeField(_("no texts or calls until"), default=dt.time(9))
    contact_until_minutes = models.PositiveIntegerField(
        _("canceling online ends, minutes before the visit"),
        default=0,
        help_text=_("Later than this, patients are asked to call. 0: they can cancel until the start."),
    )
    late_grace_minutes = models.PositiveSmallIntegerField(
        _("late is still in time, minutes"),
        default=10,
        db_default=10,
        help_text=_("After the start of the scan. From then on a visit can be marked as missed."),
    )
    future_visits_limit = models.PositiveSmallIntegerField(
        _("coming visits of one patient, at most"),
        default=5,
        help_text=_("At all locations together. Who wants more is asked to call. 0: no limit."),
    )

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="location_latitude_in_range", condition=Q(latitude__gte=-90, latitude__lte=90)
            ),
            models.CheckConstraint(
                name="location_longitude_in_range", condition=Q(longitude__gte=-180, longitude__lte=180)
            ),
            models.CheckConstraint(
                name="location_screening_hours_in_range",
                condition=Q(screening_hours__gte=24, screening_hours__lte=72),
            ),
            models.CheckConstraint(name="location_time_zone_given", condition=~Q(time_zone="")),
            models.CheckConstraint(name="location_state_form", condition=Q(state__regex=r"^[A-Z]{2}$")),
            models.CheckConstraint(
                name="location_zip_code_form", condition=Q(zip_code__regex=r"^[0-9]{5}(-[0-9]{4})?$")
            ),
            models.CheckConstraint(
                name="location_start_grid_divides_hour",
                condition=Q(start_grid_minutes__in=(5, 10, 15, 20, 30, 60)),
            ),
            models.CheckConstraint(
                name="location_horizon_in_range", condition=Q(horizon_days__gte=1, horizon_days__lte=730)
            ),
            models.CheckConstraint(
                name="location_hold_in_range", condition=Q(hold_minutes__gte=1, hold_minutes__lte=60)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("locations:location", kwargs={"slug": self.slug})

    def clean(self) -> None:
        if self.time_zone and self.time_zone not in zoneinfo.available_timezones():
            raise ValidationError({"time_zone": _("This is not the name of a time zone.")})

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def full_address(self) -> str:
        return f"{self.address}, {self.city}, {self.state} {self.zip_code}"

    @property
    def directions(self) -> str:
        return in_language(self.directions_en, self.directions_es)

    @property
    def parking(self) -> str:
        return in_language(self.parking_en, self.parking_es)

    @property
    def entrance(self) -> str:
        return in_language(self.entrance_en, self.entrance_es)

    @property
    def results(self) -> str:
        return in_language(self.results_en, self.results_es)


class Scanner(models.Model):
    class Modality(models.TextChoices):
        """What patients and the catalogue call it."""

        MR = "MR", _("MRI")
        CT = "CT", _("CT")
        XR = "XR", _("X-ray")

    class DicomModality(models.TextChoices):
        """What the machine says in its images (DICOM PS3.3 C.7.3.1.1.1)."""

        MR = "MR", "MR"
        CT = "CT", "CT"
        DX = "DX", _("DX (digital X-ray)")
        CR = "CR", _("CR (computed radiography)")

    class CharacterSet(models.TextChoices):
        """Specific Character Set (0008,0005) that the machine can read."""

        UTF8 = "ISO_IR 192", _("ISO_IR 192 (UTF-8)")
        LATIN1 = "ISO_IR 100", _("ISO_IR 100 (Latin 1)")
        ASCII = "ISO_IR 6", _("ISO_IR 6 (ASCII)")

    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="scanners", verbose_name=_("location")
    )
    name = models.CharField(_("name"), max_length=60)
    modality = models.CharField(_("kind of scan"), max_length=2, choices=Modality.choices)
    dicom_modality = models.CharField(_("DICOM modality"), max_length=2, choices=DicomModality.choices)
    ae_title = models.CharField(
        _("AE title"),
        max_length=16,
        blank=True,
        validators=[
            RegexValidator(AE_TITLE, _("1 to 16 plain characters, no backslash, no space at either end."))
        ],
    )
    character_set = models.CharField(
        _("character set"), max_length=16, choices=CharacterSet.choices, default=CharacterSet.UTF8
    )
    bore_cm = models.PositiveSmallIntegerField(_("width of the opening, cm"), null=True, blank=True)
    field_strength_tesla = models.DecimalField(
        _("field strength, tesla"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    weight_limit_lb = models.PositiveSmallIntegerField(_("weight limit, pounds"), null=True, blank=True)
    girth_limit_in = models.PositiveSmallIntegerField(_("girth limit, inches"), null=True, blank=True)
    has_contrast = models.BooleanField(_("can give contrast"), default=False)
    turnover_minutes = models.PositiveSmallIntegerField(
        _("turnover, minutes"), default=5, help_text=_("Needed between two patients.")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("scanner")
        verbose_name_plural = _("scanners")
        ordering = ["location__name", "location_id", "name"]
        constraints = [
            models.UniqueConstraint(name="scanner_name_unique_at_location", fields=["location", "name"]),
            # What opening hours and closures refer to, so that scanner and location always fit.
            models.UniqueConstraint(name="scanner_location_and_id", fields=["location", "id"]),
            models.UniqueConstraint(
                name="scanner_ae_title_unique", fields=["ae_title"], condition=~Q(ae_title="")
            ),
            models.CheckConstraint(
                name="scanner_ae_title_form", condition=Q(ae_title="") | Q(ae_title__regex=AE_TITLE)
            ),
            models.CheckConstraint(
                name="scanner_dicom_modality_fits",
                condition=Q(modality="MR", dicom_modality="MR")
                | Q(modality="CT", dicom_modality="CT")
                | Q(modality="XR", dicom_modality__in=("DX", "CR")),
                violation_error_message=_("This DICOM modality does not fit the kind of scan."),
            ),
            models.CheckConstraint(
                name="scanner_character_set_known",
                condition=Q(character_set__in=("ISO_IR 192", "ISO_IR 100", "ISO_IR 6")),
            ),
            models.CheckConstraint(
                name="scanner_limits_positive",
                condition=Q(Q(bore_cm=None) | Q(bore_cm__gt=0))
                & Q(Q(field_strength_tesla=None) | Q(field_strength_tesla__gt=0))
                & Q(Q(weight_limit_lb=None) | Q(weight_limit_lb__gt=0))
                & Q(Q(girth_limit_in=None) | Q(girth_limit_in__gt=0)),
            ),
            models.CheckConstraint(name="scanner_turnover_in_range", condition=Q(turnover_minutes__lte=240)),
        ]

    def __str__(self) -> str:
        return self.name
