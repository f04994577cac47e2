"""People who are scanned. Names are stored as typed; a folded copy is for search and matching."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from scheduling.models.day_parts import GoodHours

ACCOMMODATION_LENGTH = 500


class Patient(models.Model):
    given_name = models.CharField(_("first name"), max_length=100)
    family_name = models.CharField(
        _("last name"), max_length=100, blank=True, help_text=_("Empty for people with one name.")
    )
    folded_name = models.CharField(_("name for search"), max_length=400, editable=False)
    birth_date = models.DateField(_("date of birth"))
    phone = PhoneNumberField(_("phone"), blank=True)
    phone_as_typed = models.CharField(
        _("phone as typed"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("May have an extension."),
    )
    email = models.EmailField(_("email"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    interpreter_language = models.CharField(
        _("interpreter for"), max_length=40, blank=True, default="", db_default=""
    )
    # Standing wishes. Each visit keeps ways of its own; these say which of them the desk never writes there.
    no_email = models.BooleanField(_("no email"), default=False, db_default=False)
    no_text = models.BooleanField(_("no texts"), default=False, db_default=False)
    no_call = models.BooleanField(_("no phone calls"), default=False, db_default=False)
    good_hours = models.CharField(
        _("good time to call"),
        max_length=10,
        choices=GoodHours.choices,
        default=GoodHours.ANY,
        db_default=GoodHours.ANY,
    )
    accommodation = models.CharField(
        _("what staff should know"),
        max_length=ACCOMMODATION_LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text=_("Such as a wheelchair or poor hearing. Never in a message, never shown online."),
    )
    # The record that this one was merged into: old links and rows of the history lead there.
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_records",
    )
    version = models.PositiveIntegerField(_("version"), default=0, db_default=0)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        ordering = ["folded_name", "pk"]
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints = [
            models.CheckConstraint(
                name="patient_can_be_reached", condition=~Q(no_email=True, no_text=True, no_call=True)
            )
        ]
        indexes = [
            # Who may be one person with somebody is asked by what the two share.
            models.Index(name="patient_by_phone", fields=["phone"], condition=~Q(phone="")),
            models.Index(Upper("email"), name="patient_by_email", condition=~Q(email="")),
            models.Index(name="patient_identity", fields=["birth_date", "folded_name"]),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()
