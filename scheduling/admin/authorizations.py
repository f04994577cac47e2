from django.contrib import admin

from scheduling.models import PayerRule


@admin.register(PayerRule)
class PayerRuleAdmin(admin.ModelAdmin):
    list_display = ("payer", "modality", "exam", "is_needed", "lead_days")
    list_filter = ("is_needed", "modality")
    list_select_related = ("exam",)
    search_fields = ("payer", "other_names")
    autocomplete_fields = ("exam",)
