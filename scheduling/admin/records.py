from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from locations.models import Assignment, Location
from locations.zones import home_zone
from scheduling.actions import audit
from scheduling.models import AuditEvent
from scheduling.queries.permissions import role_permissions
from scheduling.rules.actors import Actor
from scheduling.wall_clock import day_words, is_ambiguous, local, short_day_words, time_words, zone_words

CLINICAL = (Assignment.Role.TECHNOLOGIST, Assignment.Role.RADIOLOGIST)


class RecordAdmin(admin.ModelAdmin):
    """Looked at, never written: only actions write records of patients.

    Each moment is shown on its location's clock with the letters of the zone, or on the organization's.
    Asks the roles and not `has_perm`: being a superuser opens no patient's data.
    """

    list_per_page = 50
    show_full_result_count = False
    is_about_patient = False

    def location_of(self, record: Any) -> Location | None:
        return None

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [self._on_a_clock(name, moment_words) for name in super().get_fields(request, obj)]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [self._on_a_clock(name, short_moment_words) for name in super().get_list_display(request)]

    def _on_a_clock(
        self, name: Any, words: Callable[[datetime, ZoneInfo], str]
    ) -> str | Callable[[Model], str]:
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return str(name)
        if not isinstance(field, DateTimeField):
            return str(name)

        @admin.display(description=field.verbose_name, ordering=name)
        def shown(record: Model) -> str:
            at = getattr(record, name)
            place = self.location_of(record)
            return words(at, place.zone if place else home_zone()) if at else self.get_empty_value_display()

        shown.__name__ = name
        return shown

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return f"{self.opts.app_label}.view_{self.opts.model_name}" in role_permissions(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        subject = kwargs.get("obj")
        if self.is_about_patient and subject is not None:
            audit.record(
                event=AuditEvent.Event.VIEWED,
                subject=subject,
                now=timezone.now(),
                by=Actor.staff(request.user.pk),  # type: ignore[arg-type]
            )
        return super().render_change_form(request, context, *args, **kwargs)


class AnswersAdmin(RecordAdmin):
    """Records with screening answers: shown to clinical roles of the location, and to nobody else."""

    is_about_patient = True
    clinical_fields: tuple[str, ...] = ()

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        always = tuple(self.exclude or ())
        return always if obj and self._may_read(request, obj) else (*always, *self.clinical_fields)

    def _may_read(self, request: HttpRequest, record: Model) -> bool:
        location = self.location_of(record)
        if location is None:
            return False
        return request.user.locations_for(*CLINICAL).filter(pk=location.pk).exists()  # type: ignore[union-attr]


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """Tuesday, December 1, 2026, 9:40 am CST"""
    return f"{day_words(at, zone, year=True)}, {_clock_words(at, zone)}"


def short_moment_words(at: datetime, zone: ZoneInfo) -> str:
    """Tue, Dec 1, 2026, 9:40 am CST. Lists go over several zones, so that each time names its own."""
    day = local(at, zone).date()
    return f"{short_day_words(day)}, {day.year}, {_clock_words(at, zone)}"


def _clock_words(at: datetime, zone: ZoneInfo) -> str:
    words = time_words(at, zone)
    return words if is_ambiguous(at, zone) else f"{words} {zone_words(at, zone)}"
