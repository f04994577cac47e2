"""Links by which staff choose a password: once, by mail, to join or because it was forgotten."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StaffLink(models.Model):
    """What the link holds is made from the key when its mail leaves; nothing here opens anything."""

    class Kind(models.TextChoices):
        JOIN = "join", _("invitation")
        PASSWORD = "password", _("new password")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member of staff"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    key = models.CharField(_("key"), max_length=22)
    made_at = models.DateTimeField(_("made"))
    ends_at = models.DateTimeField(_("works until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("link for staff")
        verbose_name_plural = _("links for staff")
        constraints = [
            models.UniqueConstraint(name="staff_link_key_unique", fields=["key"]),
            models.UniqueConstraint(
                name="staff_link_one_open",
                fields=["user"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(name="staff_link_works_for_a_time", condition=Q(ends_at__gt=F("made_at"))),
            models.CheckConstraint(
                name="staff_link_used_or_withdrawn",
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PasswordRequest(models.Model):
    """Somebody forgot a password. What was typed waits here for the worker, which looks it up and deletes
    it, as with `LinkRequest`: the page has looked up nothing."""

    email = models.EmailField(_("email"), max_length=254)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("request for a password")
        verbose_name_plural = _("requests for a password")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"
