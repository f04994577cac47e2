from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Model
from django.http import HttpRequest

from locations.models import Location
from scheduling.admin.records import AnswersAdmin
from scheduling.models import AnswerSheet, Publication, Question, Questionnaire, Rule, Screening, Version


@admin.register(Questionnaire)
class QuestionnaireAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "modality", "key")
    list_filter = ("kind",)
    search_fields = ("name", "key")
    change_list_template = "admin/scheduling/questionnaires_elsewhere.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The code finds a questionnaire by its key."""
        return ("key",) if obj else ()


class _ReadOnly(admin.options.BaseModelAdmin):
    """Written on the screens of scheduling.manage only: one way, with its checks and its history."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class QuestionInline(_ReadOnly, admin.StackedInline):
    model = Question
    extra = 0


class RuleInline(_ReadOnly, admin.StackedInline):
    model = Rule
    extra = 0


@admin.register(Version)
class VersionAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("questionnaire", "number", "preset", "reviewed_on", "published_at", "approved_by")
    list_filter = ("questionnaire", ("published_at", admin.EmptyFieldListFilter))
    list_select_related = ("questionnaire",)
    search_fields = ("questionnaire__name", "preset", "change_note")
    inlines = (QuestionInline, RuleInline)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    change_form_template = "admin/scheduling/version/change_form.html"
    change_list_template = "admin/scheduling/questionnaires_elsewhere.html"


@admin.register(Publication)
class PublicationAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("questionnaire", "version", "location", "modality", "active_during")
    list_filter = ("questionnaire", "location", "modality")
    list_select_related = ("questionnaire", "version__questionnaire", "location")
    search_fields = ("questionnaire__name",)
    change_list_template = "admin/scheduling/questionnaires_elsewhere.html"


@admin.register(Screening)
class ScreeningAdmin(AnswersAdmin):
    list_display = ("version", "appointment", "answered_by", "language", "answered_at")
    list_filter = ("version__questionnaire", "answered_by", "language")
    list_select_related = ("version__questionnaire", "appointment__scanner__location", "draft__location")
    search_fields = ("=appointment__code",)
    date_hierarchy = "answered_at"
    clinical_fields = ("shown", "answers", "disposition", "defer_until", "rule_keys", "effects")

    def location_of(self, record: Screening) -> Location | None:
        if record.appointment:
            return record.appointment.location
        return record.draft.location if record.draft else None


@admin.register(AnswerSheet)
class AnswerSheetAdmin(AnswersAdmin):
    """What a draft or a visit has answered so far."""

    list_display = ("kind", "draft", "appointment", "language", "answered_at")
    list_filter = ("kind", "language")
    list_select_related = ("appointment__scanner__location", "draft__location")
    search_fields = ("=appointment__code", "=draft__id")
    clinical_fields = ("answers",)

    def location_of(self, record: AnswerSheet) -> Location | None:
        about = record.appointment or record.draft
        return about.location if about else None
