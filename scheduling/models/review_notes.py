from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.tasks import Task


class ReviewNote(models.Model):
    """What was found out on the way to a decision, for whoever decides. For trained people: it may tell
    answers. Never edited."""

    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="review_notes", verbose_name=_("review")
    )
    text = models.CharField(_("note"), max_length=500)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("note on a review")
        verbose_name_plural = _("notes on reviews")
        ordering = ["-written_at", "-pk"]
        constraints = [models.CheckConstraint(name="review_note_has_words", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.task} {self.written_at:%Y-%m-%d %H:%M}"
