from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from locations.models.places import Location, in_language


class Notice(models.Model):
    """An announcement on the public pages, from `shown_from` until before `shown_until`."""

    class Level(models.TextChoices):
        INFO = "info", _("information")
        WARNING = "warning", _("warning")

    text_en = models.TextField(_("text in English"))
    text_es = models.TextField(_("text in Spanish"))
    level = models.CharField(_("level"), max_length=8, choices=Level.choices, default=Level.INFO)
    shown_from = models.DateTimeField(_("shown from"))
    shown_until = models.DateTimeField(_("shown until"))
    locations = models.ManyToManyField(
        Location,
        related_name="notices",
        verbose_name=_("locations"),
        blank=True,
        help_text=_("None chosen: shown everywhere."),
    )

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-shown_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="notice_start_before_end",
                condition=Q(shown_from__lt=F("shown_until")),
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(name="notice_level_known", condition=Q(level__in=("info", "warning"))),
            models.CheckConstraint(name="notice_text_given", condition=~Q(text_en="") & ~Q(text_es="")),
        ]

    def __str__(self) -> str:
        return self.text_en[:60]

    @property
    def text(self) -> str:
        return in_language(self.text_en, self.text_es)
