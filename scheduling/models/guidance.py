"""What a center wants patients to know, in its own words: pages that an administrator edits."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from locations.models.places import in_language

MISSING_WORDS = _("A page that patients see needs a title, a summary and a text in both languages.")


class GuidancePage(models.Model):
    """A public page. Its texts are Markdown (scheduling/rules/markdown.py); `{phone}` in them stands for the
    number that patients call."""

    slug = models.SlugField(
        _("web address"), max_length=80, unique=True, help_text=_("Stays as it is: others link to it.")
    )
    title_en = models.CharField(_("title in English"), max_length=80)
    title_es = models.CharField(_("title in Spanish"), max_length=80, blank=True)
    summary_en = models.CharField(
        _("summary in English"), max_length=200, help_text=_("One or two sentences, first on the page.")
    )
    summary_es = models.CharField(_("summary in Spanish"), max_length=200, blank=True)
    body_en = models.TextField(_("text in English"))
    body_es = models.TextField(_("text in Spanish"), blank=True)
    folds = models.BooleanField(
        _("headings fold"),
        default=False,
        help_text=_("Only the main headings are seen at first; what is below one opens with a press."),
    )
    reviewed_on = models.DateField(
        _("last reviewed"), help_text=_("The day somebody last checked that all of it is still right.")
    )
    source_url = models.URLField(
        _("source"), blank=True, help_text=_("The guidance it follows. More sources can stand in the text.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("shown to patients"), default=True)

    class Meta:
        verbose_name = _("guidance page")
        verbose_name_plural = _("guidance pages")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="guidance_page_shown_in_both_languages",
                condition=Q(is_active=False)
                | ~(
                    Q(title_en="")
                    | Q(title_es="")
                    | Q(summary_en="")
                    | Q(summary_es="")
                    | Q(body_en="")
                    | Q(body_es="")
                ),
                violation_error_message=MISSING_WORDS,
            ),
        ]

    def __str__(self) -> str:
        return self.title_en

    def get_absolute_url(self) -> str:
        return reverse("portal:guidance", kwargs={"slug": self.slug})

    @property
    def title(self) -> str:
        return in_language(self.title_en, self.title_es)

    @property
    def summary(self) -> str:
        return in_language(self.summary_en, self.summary_es)

    @property
    def body(self) -> str:
        return in_language(self.body_en, self.body_es)
