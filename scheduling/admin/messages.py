from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from locations.models import Location
from scheduling.admin.records import RecordAdmin
from scheduling.models import Message


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    list_display = ("kind", "channel", "about", "status", "due_at", "sent_at", "attempts", "outcome")
    list_filter = ("status", "kind", "channel", "language")
    list_select_related = ("appointment__scanner__location", "waitlist_entry", "location", "staff")
    search_fields = ("=appointment__code",)
    date_hierarchy = "due_at"

    @admin.display(description=_("about"))
    def about(self, record: Message) -> str:
        return str(record.about)

    def location_of(self, record: Message) -> Location | None:
        return record.appointment.location if record.appointment else record.location
