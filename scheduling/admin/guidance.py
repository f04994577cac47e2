from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from locations.zones import home_zone
from scheduling.models import GuidancePage
from scheduling.queries.guidance import is_review_due

ROWS = {"summary": 3, "body": 30}  # of the boxes to write in
SPANISH = ("title_es", "summary_es", "body_es")


def _today() -> date:
    return timezone.localdate(timezone=home_zone())


class GuidancePageForm(forms.ModelForm):
    def clean_reviewed_on(self) -> date:
        reviewed_on: date = self.cleaned_data["reviewed_on"]
        if reviewed_on > _today():
            raise forms.ValidationError(_("Nobody can have reviewed it on a day to come."))
        return reviewed_on

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in SPANISH:
            if cleaned.get("is_active") and not cleaned.get(name):
                self.add_error(
                    name, _("Patients cannot see it yet: write this in Spanish too, or switch it off.")
                )
        return cleaned


@admin.register(GuidancePage)
class GuidancePageAdmin(admin.ModelAdmin):
    """The words are the center's. Both languages stand side by side, and can be looked at before saving."""

    form = GuidancePageForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    change_form_template = "admin/scheduling/guidancepage/change_form.html"
    list_display = ("title_en", "is_active", "reviewed_on", "review", "position")
    list_filter = ("is_active",)
    search_fields = ("title_en", "title_es", "body_en", "body_es")
    prepopulated_fields = {"slug": ("title_en",)}
    save_on_top = True
    fieldsets = (
        (None, {"fields": (("slug", "position"), ("is_active", "folds"), ("reviewed_on", "source_url"))}),
        (
            _("Words"),
            {
                "fields": (("title_en", "title_es"), ("summary_en", "summary_es"), ("body_en", "body_es")),
                "description": _(
                    "The text is Markdown: ## before a heading, - before a point of a list, **two stars** "
                    "around what is bold, [words](https://…) for a link. {phone} becomes the number that "
                    "patients call."
                ),
            },
        ),
    )

    @admin.display(description=_("review"), ordering="reviewed_on")
    def review(self, page: GuidancePage) -> str:
        if is_review_due(page, today=_today()):
            return format_html('<strong class="review-due">{}</strong>', _("Review due"))
        return str(_("Up to date"))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rows = ROWS.get(db_field.name.rpartition("_")[0])
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: GuidancePage | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: GuidancePage | None = None
    ) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def has_delete_permission(self, request: HttpRequest, obj: GuidancePage | None = None) -> bool:
        """It is switched off instead: others link to it, and a shipped one would come back."""
        return False

    def get_urls(self) -> list[URLPattern]:
        preview = path(
            "preview/",
            self.admin_site.admin_view(require_POST(self.preview)),
            name="scheduling_guidancepage_preview",
        )
        return [preview, *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What is in the form now, as patients would see it; nothing is saved."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = self.get_form(request)(request.POST)
        form.is_valid()  # what cannot be saved yet can be looked at
        fields = {name: value for name, value in form.cleaned_data.items() if value is not None}
        page = GuidancePage(**{"reviewed_on": _today(), **fields})
        return render(request, "admin/scheduling/guidancepage/preview.html", {"guide": page})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["preview_url"] = reverse("admin:scheduling_guidancepage_preview")
        return super().render_change_form(request, context, *args, **kwargs)
