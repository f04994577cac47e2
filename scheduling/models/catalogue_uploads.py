"""Files of the catalogue between the look at what they would change and the change."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.rules.catalogue_files import CatalogueFile


class CatalogueUpload(models.Model):
    """The last file that a member of staff sent of a kind, until it is applied or discarded."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="catalogue_uploads",
        verbose_name=_("member of staff"),
    )
    file = models.CharField(
        _("file"), max_length=16, choices=[(each.value, each.value) for each in CatalogueFile]
    )
    data = models.BinaryField(_("content"))
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("file of the catalogue")
        verbose_name_plural = _("files of the catalogue")
        constraints = [
            models.UniqueConstraint(name="catalogue_upload_one_per_user_and_file", fields=["user", "file"])
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.sent_at:%Y-%m-%d %H:%M}"
