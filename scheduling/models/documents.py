"""Papers that a patient sends before the visit, or that came as an order. The row tells of a file; the file
lies in the private store (settings.STORAGES["documents"]) under a random name."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment
from scheduling.models.drafts import Draft
from scheduling.models.orders import Order


class Document(models.Model):
    class Kind(models.TextChoices):
        ORDER = "order", _("order")
        INSURANCE_FRONT = "insurance_front", _("insurance card, front")
        INSURANCE_BACK = "insurance_back", _("insurance card, back")
        DEVICE_CARD = "device_card", _("device card")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    draft = models.ForeignKey(
        Draft,
        verbose_name=_("draft"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
    )
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
    )
    order = models.ForeignKey(
        Order,
        verbose_name=_("the doctor’s order"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
    )
    original_name = models.CharField(
        _("name as sent"), max_length=255, blank=True, help_text=_("Only shown; never a path.")
    )
    stored_as = models.CharField(_("name in the store"), max_length=64, unique=True)
    content_type = models.CharField(_("type"), max_length=20, help_text=_("Found by content."))
    size = models.PositiveIntegerField(_("size"), help_text=_("Bytes in the store."))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    position = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Of those sent together."))
    uploaded_at = models.DateTimeField(_("sent"))
    uploaded_by = models.CharField(_("sent by"), max_length=80)

    class Meta:
        ordering = ["uploaded_at", "position"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                name="document_of_draft_visit_or_order",
                condition=Q(draft__isnull=False, appointment__isnull=True, order__isnull=True)
                | Q(draft__isnull=True, appointment__isnull=False, order__isnull=True)
                | Q(draft__isnull=True, appointment__isnull=True, order__isnull=False),
            ),
            models.CheckConstraint(
                name="document_content_type_known",
                condition=Q(content_type__in=["image/jpeg", "application/pdf"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_picture(self) -> bool:
        return self.content_type == "image/jpeg"
