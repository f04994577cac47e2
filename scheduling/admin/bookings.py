from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.admin.records import AnswersAdmin, RecordAdmin
from scheduling.models import Appointment, Draft, Task
from scheduling.wall_clock import day_words, time_words, zone_words


@admin.register(Appointment)
class AppointmentAdmin(RecordAdmin):
    is_about_patient = True
    list_display = ("code", "status", "start", "scanner", "location", "exam", "patient", "source")
    list_filter = ("status", "source", "scanner__location", "exam__modality", "order_status")
    list_select_related = ("scanner__location", "exam", "patient")
    search_fields = ("=code", "=accession", "=study_uid")
    search_help_text = _("Visit code, accession number or study UID")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)

    @admin.display(description=_("start"), ordering="starts_at")
    def start(self, appointment: Appointment) -> str:
        return at_location(appointment.starts_at, appointment.location)

    @admin.display(description=_("location"))
    def location(self, appointment: Appointment) -> Location:
        return appointment.scanner.location


@admin.register(Draft)
class DraftAdmin(AnswersAdmin):
    list_display = ("id", "exam", "location", "starts_at", "language", "created_at", "updated_at")
    list_filter = ("source", "language", "location")
    list_select_related = ("exam", "location")
    search_fields = ("=id",)
    exclude = ("visitor",)  # whoever has it continues the draft
    clinical_fields = ("why_chest", "screening_answers")

    def location_of(self, record: Draft) -> Location | None:
        return record.location


@admin.register(Task)
class TaskAdmin(RecordAdmin):
    is_about_patient = True
    list_display = ("kind", "location", "due", "reason", "tries", "closed_at", "outcome")
    list_filter = ("kind", "location", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("location",)
    search_fields = ("=appointment__code", "reason")
    date_hierarchy = "due_at"

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, task: Task) -> str:
        return at_location(task.due_at, task.location)


def at_location(at: datetime, location: Location) -> str:
    """Lists go over several zones, so that each time names its own."""
    zone = location.zone
    return f"{day_words(at, zone, year=True)}, {time_words(at, zone)} {zone_words(at, zone)}"
