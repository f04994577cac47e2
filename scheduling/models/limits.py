"""Counters for rate limits, in the database: they hold with Redis down and across machines."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attempts(models.Model):
    """Tries of one kind from one source in one window. The source is a keyed hash, not an address."""

    key = models.CharField(_("key"), max_length=64, unique=True)
    window_ends_at = models.DateTimeField(_("window ends"), db_index=True)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("attempts")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
