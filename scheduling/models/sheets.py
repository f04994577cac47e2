from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment
from scheduling.models.drafts import Draft
from scheduling.models.screening import Questionnaire, Version


class AnswerSheet(models.Model):
    """Answers that are being given: a draft's, and from booking on its visit's. One of each kind.

    What was answered is proven by Screening records; a sheet is what the next page starts from.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=Questionnaire.Kind)
    draft = models.ForeignKey(
        Draft,
        verbose_name=_("draft"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="sheets",
    )
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sheets",
    )
    version = models.ForeignKey(
        Version, verbose_name=_("version"), on_delete=models.PROTECT, related_name="sheets"
    )
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    limits = models.JSONField(
        _("limits of scanners"),
        default=dict,
        blank=True,
        help_text=_("As the questions named them: the smallest of the scanners in use."),
    )
    language = models.CharField(_("language shown"), max_length=5, choices=settings.LANGUAGES)
    prefers_phone = models.BooleanField(
        _("by phone"), default=False, help_text=_("Would rather be asked on the phone.")
    )
    answered_at = models.DateTimeField(
        _("answered"),
        null=True,
        blank=True,
        help_text=_("Empty until every question that was to be answered by then is."),
    )

    class Meta:
        verbose_name = _("sheet of answers")
        verbose_name_plural = _("sheets of answers")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, draft__isnull=True)
                | Q(appointment__isnull=True, draft__isnull=False),
                name="answersheet_of_one_visit_or_draft",
            ),
            models.UniqueConstraint(fields=["draft", "kind"], name="answersheet_one_per_draft_and_kind"),
            models.UniqueConstraint(
                fields=["appointment", "kind"], name="answersheet_one_per_visit_and_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
