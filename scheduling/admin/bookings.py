from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.admin.records import AnswersAdmin, RecordAdmin, short_moment_words
from scheduling.models import Appointment, Draft, Task
from scheduling.queries.visit_search import find_visits, upcoming_first

FOUND_AT_MOST = 50


@admin.register(Appointment)
class AppointmentAdmin(AnswersAdmin):
    """Found by a form that is posted: neither a person nor a code may stand in an address."""

    clinical_fields = ("weight_lb", "girth_in")
    list_display = ("code", "status", "starts_at", "scanner", "location", "exam", "patient", "confirmed_at")
    list_filter = ("status", "source", "scanner__location", "exam__modality", "order_status")
    list_select_related = ("scanner__location", "exam", "patient")
    date_hierarchy = "starts_at"

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return upcoming_first(timezone.now())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        after_scanner = fields.index("scanner") + 1
        return [*fields[:after_scanner], "location", *fields[after_scanner:]]

    @admin.display(description=_("location"))
    def location(self, appointment: Appointment) -> Location:
        return appointment.location

    def location_of(self, record: Appointment) -> Location:
        return record.location

    def get_urls(self) -> list[URLPattern]:
        find = path("find/", self.admin_site.admin_view(self.find), name="scheduling_appointment_find")
        return [find, *super().get_urls()]

    def find(self, request: HttpRequest) -> HttpResponse:
        """A single visit opens at once; several are listed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        typed = request.POST.get("find", "").replace("\x00", "").strip()
        if not typed:
            return redirect("admin:scheduling_appointment_changelist")
        found = list(find_visits(typed, now=timezone.now())[: FOUND_AT_MOST + 1])
        if len(found) == 1:
            return redirect("admin:scheduling_appointment_change", found[0].pk)
        return render(request, "admin/scheduling/appointment/found.html", self._found(request, typed, found))

    def _found(self, request: HttpRequest, typed: str, found: list[Appointment]) -> dict[str, Any]:
        rows = [(visit, short_moment_words(visit.starts_at, visit.zone)) for visit in found[:FOUND_AT_MOST]]
        return {
            **self.admin_site.each_context(request),
            "title": gettext("Visits found"),
            "opts": self.opts,
            "typed": typed,
            "rows": rows,
            "at_most": FOUND_AT_MOST if len(found) > FOUND_AT_MOST else None,
        }


@admin.register(Draft)
class DraftAdmin(AnswersAdmin):
    list_display = ("id", "exam", "location", "starts_at", "language", "created_at", "updated_at")
    list_filter = ("source", "language", "location")
    list_select_related = ("exam", "location")
    search_fields = ("=id",)
    exclude = ("visitor",)  # whoever has it continues the draft
    clinical_fields = ("why_chest",)

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

    def location_of(self, record: Task) -> Location:
        return record.location
