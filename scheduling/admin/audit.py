from django.contrib import admin

from scheduling.admin.records import RecordAdmin
from scheduling.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(RecordAdmin):
    list_display = ("at", "event", "actor_kind", "actor_name", "object_kind", "object_id", "location_id")
    list_filter = ("event", "actor_kind", "object_kind")
    search_fields = ("=object_id", "=actor_name")
    date_hierarchy = "at"
