from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.admin.records import AnswersAdmin, RecordAdmin
from scheduling.models import Appointment, Draft, Task


@admin.register(Appointment)
class AppointmentAdmin(RecordAdmin):
    is_about_patient = True
    list_display = ("code", "status", "starts_at", "scanner", "location", "exam", "patient", "source")
    list_filter = ("status", "source", "scanner__location", "exam__modality", "order_status")
    list_select_related = ("scanner__location", "exam", "patient")
    search_fields = ("=code", "=accession", "=study_uid")
    search_help_text = _("Visit code, accession number or study UID")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)

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
    list_display = ("kind", "location", "due_at", "reason", "tries", "closed_at", "outcome")
    list_filter = ("kind", "location", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("location",)
    search_fields = ("=appointment__code", "reason")
    date_hierarchy = "due_at"
