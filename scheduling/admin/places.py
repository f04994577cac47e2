"""Closures and hours as locations/admin.py has them, and a word on the visits they touch."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from locations.admin import ClosureAdmin, LocationAdmin, OpeningHoursAdmin, ScannerAdmin
from locations.models import Closure, Location, OpeningHours, Scanner
from scheduling.queries.impact import TO_COME, visits_inside, visits_on, visits_outside_hours
from scheduling.queries.permissions import role_permissions

LISTED_AT_MOST = 200  # an address has an end

admin.site.unregister([Closure, Location, OpeningHours, Scanner])


class SaysWhichVisits(admin.ModelAdmin):
    """After each save: how many booked visits it touches, and where they are."""

    def tell(self, request: HttpRequest, saved: Any) -> None:
        raise NotImplementedError

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        response = super().response_add(request, obj, post_url_continue)
        self.tell(request, obj)
        return response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        self.tell(request, obj)
        return response


@admin.register(Closure)
class ClosureWithVisitsAdmin(SaysWhichVisits, ClosureAdmin):
    def tell(self, request: HttpRequest, saved: Closure) -> None:
        now = timezone.now()
        count = visits_inside(saved, now=now).count()
        if not count:
            messages.info(request, gettext("No booked visit is in that time."))
            return
        words = ngettext(
            "%(count)s booked visit is in that time. It stays booked: call the patient.",
            "%(count)s booked visits are in that time. They stay booked: call the patients.",
            count,
        ) % {"count": count}
        query = {
            "status__in": ",".join(TO_COME),
            "scanner__location__id__exact": saved.location_id,
            "starts_at__lt": saved.ends_at.isoformat(),
            "ends_at__gt": max(saved.starts_at, now).isoformat(),
        }
        if saved.scanner_id:
            query["scanner__id__exact"] = saved.scanner_id
        messages.warning(request, _with_link(request, words, query))


@admin.register(OpeningHours)
class HoursWithVisitsAdmin(SaysWhichVisits, OpeningHoursAdmin):
    def tell(self, request: HttpRequest, saved: OpeningHours) -> None:
        _tell_outside_hours(request, saved.location)

    def delete_model(self, request: HttpRequest, obj: OpeningHours) -> None:
        super().delete_model(request, obj)
        _tell_outside_hours(request, obj.location)


@admin.register(Location)
class LocationWithVisitsAdmin(SaysWhichVisits, LocationAdmin):
    """Its hours stand on the same page."""

    def tell(self, request: HttpRequest, saved: Location) -> None:
        _tell_outside_hours(request, saved)


@admin.register(Scanner)
class ScannerWithVisitsAdmin(SaysWhichVisits, ScannerAdmin):
    def tell(self, request: HttpRequest, saved: Scanner) -> None:
        now = timezone.now()
        count = visits_on(saved, now=now).count()
        if not count:
            return
        words = ngettext(
            "%(count)s visit is booked on this scanner.",
            "%(count)s visits are booked on this scanner.",
            count,
        ) % {"count": count}
        query = {"status__in": ",".join(TO_COME), "scanner__id__exact": saved.pk}
        messages.info(request, _with_link(request, words, {**query, "starts_at__gt": now.isoformat()}))


def _tell_outside_hours(request: HttpRequest, location: Location) -> None:
    outside = visits_outside_hours(location, now=timezone.now())
    if not outside:
        messages.info(request, gettext("Every booked visit is inside the opening hours."))
        return
    words = ngettext(
        "%(count)s booked visit is outside the opening hours. It stays booked: call the patient.",
        "%(count)s booked visits are outside the opening hours. They stay booked: call the patients.",
        len(outside),
    ) % {"count": len(outside)}
    query = {"id__in": ",".join(str(pk) for pk in outside[:LISTED_AT_MOST])}
    messages.warning(request, _with_link(request, words, query))


def _with_link(request: HttpRequest, words: str, query: dict[str, Any]) -> str | SafeString:
    """The list opens to roles that may see visits; the number alone names nobody."""
    if "scheduling.view_appointment" not in role_permissions(request.user):
        return words
    address = f"{reverse('admin:scheduling_appointment_changelist')}?{urlencode(query)}"
    return format_html('{} <a href="{}">{}</a>', words, address, gettext("Show them"))
