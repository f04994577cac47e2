from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from locations.models import Scanner
from scheduling.actions.catalogue import refresh_search_texts
from scheduling.models import Exam, Offering, Preparation, ScannerLength, Synonym


class SynonymInline(admin.TabularInline):
    model = Synonym
    extra = 1


@admin.register(Exam)
class ExamAdmin(admin.ModelAdmin):
    list_display = ("name", "modality", "body_region", "contrast", "minutes", "order_required", "is_active")
    list_filter = ("modality", "contrast", "order_required", "is_active", "body_region")
    search_fields = ("name", "name_es", "slug", "loinc", "cpt_code", "synonyms__text")
    prepopulated_fields = {"slug": ("name",)}
    filter_horizontal = ("preparations",)
    inlines = (SynonymInline,)
    save_on_top = True

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The exam and its synonyms are written by now: patients find it by both."""
        super().save_related(request, form, formsets, change)
        refresh_search_texts(self.get_queryset(request).filter(pk=form.instance.pk))


@admin.register(Preparation)
class PreparationAdmin(admin.ModelAdmin):
    list_display = ("code", "position", "arrive_minutes", "lead_minutes", "text_en")
    search_fields = ("code", "text_en", "text_es")


class ScannerLengthInline(admin.TabularInline):
    model = ScannerLength
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Offering | None = None, **kwargs: Any) -> Any:
        """Offers only scanners that stand there and are of the exam's kind."""
        formset = super().get_formset(request, obj, **kwargs)
        fitting = (
            Scanner.objects.filter(location=obj.location, modality=obj.exam.modality)
            if obj
            else Scanner.objects.none()
        )
        formset.form.base_fields["scanner"].queryset = fitting  # type: ignore[attr-defined]
        return formset


@admin.register(Offering)
class OfferingAdmin(admin.ModelAdmin):
    list_display = ("exam", "location", "minutes", "price", "price_is_example", "minimum_age", "is_active")
    list_filter = ("location", "exam__modality", "is_active", "price_is_example")
    list_select_related = ("exam", "location")
    search_fields = ("exam__name", "exam__slug", "location__name")
    autocomplete_fields = ("exam",)
    inlines = (ScannerLengthInline,)
