from django.contrib import admin

from locations.models import Location
from scheduling.admin.records import RecordAdmin
from scheduling.models import Message


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    list_display = ("kind", "channel", "appointment", "status", "due_at", "sent_at", "attempts", "outcome")
    list_filter = ("status", "kind", "channel", "language")
    list_select_related = ("appointment__scanner__location",)
    search_fields = ("=appointment__code",)
    date_hierarchy = "due_at"

    def location_of(self, record: Message) -> Location:
        return record.appointment.location
