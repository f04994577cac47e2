from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment
from scheduling.models.screening import Screening


class SecondScreen(models.Model):
    """The spoken screen before an MRI, signed by the trained person who asked. Never edited: asked again, it
    is signed again. It counts while its answers are the visit's last ones, for a start within 24 hours.

    ACR Manual on MR Safety (2024): at least two screens, one of them spoken, by trained MR personnel.
    """

    class Companion(models.TextChoices):
        NOBODY = "nobody", _("Nobody")
        NO_FLAGS = "no_flags", _("Someone who was asked, and reported nothing")
        WAITS_OUTSIDE = (
            "waits_outside",
            _("Nobody: who came along waits outside"),
        )

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="second_screens", verbose_name=_("appointment")
    )
    screening = models.OneToOneField(
        Screening, on_delete=models.PROTECT, related_name="second_screen", verbose_name=_("answers")
    )
    script = models.TextField(_("what was read out"), help_text=_("In the language of the answers."))
    companion = models.CharField(_("companion"), max_length=13, choices=Companion)
    companion_name = models.CharField(_("name of the companion"), max_length=200, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    signed_as = models.CharField(_("signed as"), max_length=200, help_text=_("Name and role at that moment."))
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("second screen")
        verbose_name_plural = _("second screens")
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="second_screen_names_who_stays",
                condition=~Q(companion="no_flags") | ~Q(companion_name=""),
            ),
            models.CheckConstraint(name="second_screen_is_signed", condition=~Q(signed_as="")),
        ]

    def __str__(self) -> str:
        return f"{self.signed_as} {self.signed_at:%Y-%m-%d %H:%M}"
