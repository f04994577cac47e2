from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from scheduling.admin.records import RecordAdmin
from scheduling.models import WaitlistEntry
from scheduling.wall_clock import short_day_words


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(RecordAdmin):
    """Who waits, the longest waiting first; filtered by exam or center, the count on top is the queue."""

    is_about_patient = True
    list_display = ("id", "status", "exam", "centers", "days", "notice_hours", "created_at", "ended_at")
    list_filter = ("status", "locations", "exam__modality", "language")
    list_select_related = ("exam",)
    search_fields = ("=id",)
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitlistEntry]:
        return super().get_queryset(request).prefetch_related("locations")

    @admin.display(description=_("centers"))
    def centers(self, entry: WaitlistEntry) -> str:
        return ", ".join(location.name for location in entry.locations.all())

    @admin.display(description=_("days"), ordering="last_day")
    def days(self, entry: WaitlistEntry) -> str:
        return f"{short_day_words(entry.first_day)} – {short_day_words(entry.last_day)}"
