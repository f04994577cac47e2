from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from scheduling.models import PayerRule


@admin.register(PayerRule)
class PayerRuleAdmin(admin.ModelAdmin):
    """Visits to come follow what is saved or removed here within a minute."""

    list_display = ("__str__", "modality", "exam", "is_needed", "lead_days")
    list_filter = ("is_needed", "modality")
    list_select_related = ("exam",)
    search_fields = ("payer", "other_names")
    autocomplete_fields = ("exam",)

    def save_model(self, request: HttpRequest, obj: PayerRule, form: Any, change: bool) -> None:
        obj.changed_at = timezone.now()
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: PayerRule) -> None:
        super().delete_model(request, obj)
        self._touch(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[PayerRule]) -> None:
        super().delete_queryset(request, queryset)
        self._touch(request)

    def _touch(self, request: HttpRequest) -> None:
        """Nothing of a removed rule is left to say when: those that are left do."""
        self.get_queryset(request).update(changed_at=timezone.now())
