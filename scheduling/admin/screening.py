from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.models import Location
from scheduling.admin.records import AnswersAdmin
from scheduling.models import AnswerSheet, Publication, Question, Questionnaire, Rule, Screening, Version
from scheduling.queries.questionnaires import day_of_scope


@admin.register(Questionnaire)
class QuestionnaireAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "modality", "key")
    list_filter = ("kind",)
    search_fields = ("name", "key")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The code finds a questionnaire by its key."""
        return ("key",) if obj else ()


class _PartOfVersion(admin.StackedInline):
    """`obj` is the version: what belongs to a published one stays as it is."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_published(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_published(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_published(obj) and super().has_delete_permission(request, obj)


class QuestionInline(_PartOfVersion):
    model = Question


class RuleInline(_PartOfVersion):
    model = Rule


class VersionForm(forms.ModelForm):
    def clean_reviewed_on(self) -> date | None:
        """Patients read this day as one that has been."""
        day: date | None = self.cleaned_data["reviewed_on"]
        if day and day > day_of_scope(None, timezone.now()):
            raise ValidationError(_("Enter the day of a review that has taken place: today or earlier."))
        return day


@admin.register(Version)
class VersionAdmin(admin.ModelAdmin):
    """A draft can be edited; what has been published is only looked at."""

    form = VersionForm
    list_display = ("questionnaire", "number", "preset", "reviewed_on", "published_at", "approved_by")
    list_filter = ("questionnaire", ("published_at", admin.EmptyFieldListFilter))
    list_select_related = ("questionnaire",)
    search_fields = ("questionnaire__name", "preset", "change_note")
    readonly_fields = ("published_at",)
    inlines = (QuestionInline, RuleInline)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_published(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_published(obj) and super().has_delete_permission(request, obj)


def _is_published(version: Version | None) -> bool:
    return version is not None and version.is_published


@admin.register(Publication)
class PublicationAdmin(admin.ModelAdmin):
    """Written by publishing only, so that no time in force is rewritten afterwards."""

    list_display = ("questionnaire", "version", "location", "modality", "active_during")
    list_filter = ("questionnaire", "location", "modality")
    list_select_related = ("questionnaire", "version__questionnaire", "location")
    search_fields = ("questionnaire__name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


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
