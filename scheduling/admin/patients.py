from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from scheduling.admin.records import RecordAdmin
from scheduling.models import Patient


@admin.register(Patient)
class PatientAdmin(RecordAdmin):
    """Found by a visit's code: the admin searches by URL, where no name may stand."""

    is_about_patient = True
    list_display = ("full_name", "birth_date", "language", "created_at")
    list_filter = ("language",)
    search_fields = ("=appointments__code",)
    search_help_text = _("A visit’s code")
