"""People who are scanned. Names are stored as typed; a folded copy is for search and matching."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class Patient(models.Model):
    given_name = models.CharField(_("first name"), max_length=100)
    family_name = models.CharField(
        _("last name"), max_length=100, blank=True, help_text=_("Empty for people with one name.")
    )
    folded_name = models.CharField(_("name for search"), max_length=400, editable=False)
    birth_date = models.DateField(_("date of birth"))
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("email"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    created_at = models.DateTimeField(_("created"))

    class Meta:
        ordering = ["folded_name", "pk"]
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [models.Index(name="patient_identity", fields=["birth_date", "folded_name"])]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()
