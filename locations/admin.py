"""Places, hours, closures and notices. Accounts of staff are not here: their screens (scheduling/manage) keep
what a raw edit would pass by."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, ForeignKey
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.forms import ClockField, LocalMomentField, NoticeForm, ScannerChoiceField, in_zone
from locations.models import Closure, Location, Notice, OpeningHours, Scanner
from locations.zones import home_zone

BOOKINGS_STAY = "admin/locations/change_form_bookings_stay.html"


class OpeningHoursForm(forms.ModelForm):
    class Meta:
        model = OpeningHours
        fields = (
            "location",
            "scanner",
            "kind",
            "weekday",
            "opens",
            "closes",
            "effective_from",
            "effective_until",
        )
        field_classes = {"opens": ClockField, "closes": ClockField}


class OpeningHoursInline(admin.TabularInline):
    model = OpeningHours
    form = OpeningHoursForm
    extra = 0
    ordering = (F("scanner").asc(nulls_first=True), "-kind", "weekday", "opens")

    def get_formset(self, request: HttpRequest, obj: Location | None = None, **kwargs: Any) -> Any:
        """Offers only the scanners that stand at this location."""
        formset = super().get_formset(request, obj, **kwargs)
        scanner: Any = formset.form.base_fields["scanner"]
        scanner.queryset = Scanner.objects.filter(location=obj)
        for link in ("can_add_related", "can_change_related", "can_view_related", "can_delete_related"):
            setattr(scanner.widget, link, False)  # they make the table wider than the screen
        return formset


class ScannerInline(admin.TabularInline):
    model = Scanner
    extra = 0
    fields = ("name", "modality", "dicom_modality", "has_contrast", "turnover_minutes", "is_active")
    show_change_link = True


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):
    change_form_template = BOOKINGS_STAY
    list_display = ("name", "city", "state", "phone", "time_zone", "is_active")
    list_filter = ("is_active", "state", "time_zone")
    search_fields = ("name", "city", "address", "zip_code")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (ScannerInline, OpeningHoursInline)
    save_on_top = True
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_active", "phone", "email")}),
        (
            _("Where"),
            {"fields": ("address", "city", "state", "zip_code", "time_zone", "latitude", "longitude")},
        ),
        (
            _("Getting here"),
            {
                "fields": (
                    "directions_en",
                    "directions_es",
                    "parking_en",
                    "parking_es",
                    "entrance_en",
                    "entrance_es",
                    "results_en",
                    "results_es",
                ),
                "classes": ("collapse",),
            },
        ),
        (
            _("Booking"),
            {
                "fields": (
                    "minimum_notice_minutes",
                    "horizon_days",
                    "hold_minutes",
                    "start_grid_minutes",
                    "turnover_inside_hours",
                    "contact_until_minutes",
                    "future_visits_limit",
                    "takes_walk_in_xray",
                    "quiet_from",
                    "quiet_until",
                )
            },
        ),
        (
            _("COVID-19 screening"),
            {"fields": ("screening_on", "asks_screening_at_booking", "screening_hours")},
        ),
    )


@admin.register(Scanner)
class ScannerAdmin(admin.ModelAdmin):
    change_form_template = BOOKINGS_STAY
    list_display = ("name", "location", "modality", "has_contrast", "turnover_minutes", "is_active")
    list_filter = ("modality", "has_contrast", "is_active", "location")
    list_select_related = ("location",)
    search_fields = ("name", "ae_title", "location__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Scanner | None = None) -> tuple[str, ...]:
        """A scanner with hours and visits cannot walk to another location."""
        return ("location",) if obj else ()


class _ScannerOfManyLocations:
    """Names the location beside each scanner where all of them are offered."""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "scanner":
            kwargs["form_class"] = ScannerChoiceField
            kwargs["queryset"] = Scanner.objects.select_related("location")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


@admin.register(OpeningHours)
class OpeningHoursAdmin(_ScannerOfManyLocations, admin.ModelAdmin):
    change_form_template = BOOKINGS_STAY
    form = OpeningHoursForm
    list_display = ("__str__", "location", "scanner", "kind", "effective_from", "effective_until")
    list_filter = ("kind", "weekday", "location")
    list_select_related = ("location", "scanner")
    search_fields = ("location__name", "scanner__name")


class ClosureForm(forms.ModelForm):
    """Times are typed and shown on the clock of the location."""

    starts_at = LocalMomentField(label=_("from"), help_text=_("On the clock of the location."))
    ends_at = LocalMomentField(label=_("until"), help_text=_("On the clock of the location."))

    class Meta:
        model = Closure
        fields = ("location", "scanner", "kind", "starts_at", "ends_at", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("starts_at", "ends_at"):
                self.initial[name] = _local(getattr(self.instance, name), self.instance.location)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        location = cleaned.get("location")
        for name in ("starts_at", "ends_at"):
            if location and cleaned.get(name):
                cleaned[name] = in_zone(cleaned[name], location.zone)
        return cleaned


def _local(moment: dt.datetime, location: Location) -> dt.datetime:
    return timezone.make_naive(moment, location.zone)


@admin.register(Closure)
class ClosureAdmin(_ScannerOfManyLocations, admin.ModelAdmin):
    change_form_template = BOOKINGS_STAY
    form = ClosureForm
    list_display = ("location", "scanner", "kind", "starts", "ends", "reason")
    list_filter = ("kind", "location")
    list_select_related = ("location", "scanner")
    search_fields = ("location__name", "scanner__name", "reason")
    date_hierarchy = "starts_at"

    @admin.display(description=_("from"), ordering="starts_at")
    def starts(self, closure: Closure) -> str:
        return f"{_local(closure.starts_at, closure.location):%Y-%m-%d %H:%M}"

    @admin.display(description=_("until"), ordering="ends_at")
    def ends(self, closure: Closure) -> str:
        return f"{_local(closure.ends_at, closure.location):%Y-%m-%d %H:%M}"


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
    form = NoticeForm
    list_display = ("text_en", "level", "starts", "ends")
    list_filter = ("level", "locations")
    search_fields = ("text_en", "text_es")
    filter_horizontal = ("locations",)

    @admin.display(description=_("shown from"), ordering="shown_from")
    def starts(self, notice: Notice) -> str:
        return f"{notice.shown_from.astimezone(home_zone()):%Y-%m-%d %H:%M %Z}"

    @admin.display(description=_("shown until"), ordering="shown_until")
    def ends(self, notice: Notice) -> str:
        return f"{notice.shown_until.astimezone(home_zone()):%Y-%m-%d %H:%M %Z}"
