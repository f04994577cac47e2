"""Somebody who waits for an earlier time: than there is, or than the one they have."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from locations.models import Location, OpeningHours
from scheduling.models.appointments import Appointment
from scheduling.models.catalogue import Exam
from scheduling.models.day_parts import NamedDayPart
from scheduling.models.drafts import Draft
from scheduling.rules.waitlist import LONGEST_NOTICE_HOURS


class WaitlistQuerySet(models.QuerySet["WaitlistEntry"]):
    def active(self) -> "WaitlistQuerySet":
        return self.filter(status=WaitlistEntry.Status.ACTIVE)


class WaitlistEntry(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "active", _("waiting")
        LEFT = "left", _("left")
        FILLED = "filled", _("got a time")
        LAPSED = "lapsed", _("over")
        REMOVED = "removed", _("taken off by the desk")

    class RemovedBecause(models.TextChoices):
        GOT_TIME = "got_time", _("Got a time by phone")
        ASKED = "asked", _("Asked us to")
        NOT_REACHED = "not_reached", _("Could not be reached")
        MISTAKE = "mistake", _("There twice, or by mistake")
        PROGRAM = "program", _("Made up by a program")

    # Where it came from: nothing that is known there is asked again.
    draft = models.ForeignKey(
        Draft,
        verbose_name=_("draft"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="waitlist_entries",
    )
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="waitlist_entries",
    )

    exam = models.ForeignKey(Exam, verbose_name=_("exam"), on_delete=models.PROTECT)
    laterality = models.CharField(
        _("side"), max_length=5, choices=Appointment.Laterality.choices, blank=True, default=""
    )
    contrast_answer = models.CharField(
        _("contrast"),
        max_length=10,
        choices=Appointment.ContrastAnswer.choices,
        default=Appointment.ContrastAnswer.AS_ORDERED,
    )
    weight_lb = models.PositiveSmallIntegerField(_("weight, pounds"), null=True, blank=True)
    girth_in = models.PositiveSmallIntegerField(_("girth, inches"), null=True, blank=True)
    wide_bore = models.BooleanField(_("wide bore"), default=False)
    extra_minutes = models.PositiveSmallIntegerField(_("extra minutes"), default=0)

    locations = models.ManyToManyField(
        Location, verbose_name=_("centers"), related_name="waitlist_entries", blank=False
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=OpeningHours.Weekday.choices), verbose_name=_("weekdays")
    )
    parts = ArrayField(
        models.CharField(max_length=9, choices=NamedDayPart.choices), verbose_name=_("parts of the day")
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("notice, hours"), help_text=_("From hearing of a time to being there.")
    )

    # A snapshot, as a visit has its own: forgotten some days after the entry has ended.
    given_name = models.CharField(_("first name"), max_length=100, blank=True)
    family_name = models.CharField(_("last name"), max_length=100, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    email = models.EmailField(_("email"), max_length=254, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    by_email = models.BooleanField(_("reach by email"), default=False)
    by_text = models.BooleanField(_("reach by text"), default=False)
    by_call = models.BooleanField(_("reach by phone call"), default=False)
    language = models.CharField(_("language"), max_length=5, default="en")

    link_key = models.CharField(
        _("key of the link"),
        max_length=22,
        help_text=_("Opens nothing by itself: the link also needs our signature."),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.ACTIVE)
    removed_because = models.CharField(
        _("why the desk took it off"),
        max_length=11,
        choices=RemovedBecause.choices,
        blank=True,
        default="",
        db_default="",
    )
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("waitlist entry")
        verbose_name_plural = _("waitlist")
        constraints = [
            models.CheckConstraint(
                name="waitlist_of_one_draft_or_visit",
                condition=Q(draft__isnull=False, appointment__isnull=True)
                | Q(draft__isnull=True, appointment__isnull=False),
            ),
            models.UniqueConstraint(
                name="waitlist_one_active_per_draft",
                fields=["draft"],
                condition=Q(status="active", draft__isnull=False),
            ),
            models.UniqueConstraint(
                name="waitlist_one_active_per_visit",
                fields=["appointment"],
                condition=Q(status="active", appointment__isnull=False),
            ),
            models.UniqueConstraint(name="waitlist_link_key_unique", fields=["link_key"]),
            models.CheckConstraint(name="waitlist_days_in_order", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="waitlist_weekdays_in_week",
                condition=Q(weekdays__len__gt=0, weekdays__contained_by=OpeningHours.Weekday.values),
            ),
            models.CheckConstraint(
                name="waitlist_parts_known",
                condition=Q(parts__len__gt=0, parts__contained_by=NamedDayPart.values),
            ),
            models.CheckConstraint(
                name="waitlist_notice_in_range", condition=Q(notice_hours__lte=LONGEST_NOTICE_HOURS)
            ),
            models.CheckConstraint(
                name="waitlist_active_can_be_reached",
                condition=~Q(status="active")
                | (
                    Q(birth_date__isnull=False)
                    & ~Q(given_name="")
                    & (Q(by_email=True) | Q(by_text=True) | Q(by_call=True))
                ),
            ),
            models.CheckConstraint(
                name="waitlist_ended_at_only_when_ended",
                condition=Q(status="active", ended_at__isnull=True)
                | Q(status__in=["left", "filled", "lapsed", "removed"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="waitlist_removed_because_of_something",
                condition=Q(status="removed") ^ Q(removed_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{_('waitlist entry')} {self.pk}"

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def center(self) -> Location:
        """Whose desk looks after it: the first, A to Z, of those that suit."""
        return self.locations.all()[0]

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE
