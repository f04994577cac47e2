"""Somebody lost the link to a visit. What was typed waits here for the worker, which looks it up and deletes
it: the page answers everyone alike, and as fast, because it has looked up nothing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class LinkRequest(models.Model):
    email = models.EmailField(_("email"), max_length=254, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    birth_date = models.DateField(_("date of birth"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("request for a link")
        verbose_name_plural = _("requests for links")
        constraints = [
            models.CheckConstraint(
                name="linkrequest_one_way",
                condition=(Q(email="") & ~Q(phone="")) | (~Q(email="") & Q(phone="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"
