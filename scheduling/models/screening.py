from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from locations.models import Scanner


class Questionnaire(models.Model):
    class Kind(models.TextChoices):
        RESPIRATORY = "respiratory", _("Respiratory illness")
        SAFETY = "safety", _("Safety of the scan")

    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    modality = models.CharField(
        _("modality"),
        max_length=2,
        choices=Scanner.Modality,
        blank=True,
        help_text=_("The kind of scan it is about; empty: any. Each has one questionnaire about its safety."),
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="questionnaire_key_unique"),
            models.CheckConstraint(
                condition=~Q(kind="safety") | ~Q(modality=""), name="questionnaire_safety_has_modality"
            ),
            models.UniqueConstraint(
                fields=["modality"],
                condition=Q(kind="safety"),
                name="questionnaire_one_safety_per_modality",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VersionQuerySet(models.QuerySet["Version"]):
    def drafts(self) -> VersionQuerySet:
        return self.filter(published_at__isnull=True)

    def published(self) -> VersionQuerySet:
        return self.filter(published_at__isnull=False)


class Version(models.Model):
    """One wording of a questionnaire. Once published, a trigger refuses every change to it."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="versions", verbose_name=_("questionnaire")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    preset = models.SlugField(_("preset"), max_length=40, blank=True)
    parameters = models.JSONField(
        _("parameters"), default=dict, help_text=_("Whole numbers that rules and texts take by name.")
    )
    texts = models.JSONField(
        _("texts"), default=dict, help_text=_("Sentences of the pages, by key and language.")
    )
    source_url = models.URLField(_("source"), blank=True)
    source_date = models.DateField(_("date of the source"), null=True, blank=True)
    reviewed_on = models.DateField(_("last reviewed"), null=True, blank=True)
    change_note = models.CharField(_("what changed"), max_length=300, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    revision = models.PositiveIntegerField(
        _("revision"), default=0, editable=False, help_text=_("How often the draft was changed.")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire version")
        verbose_name_plural = _("questionnaire versions")
        ordering = ["questionnaire", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="version_number_unique"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | ~Q(approved_by=""),
                name="version_published_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(reviewed_on__isnull=False),
                name="version_published_is_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(source_url="") | Q(source_date__isnull=False), name="version_source_is_dated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class Question(models.Model):
    class Kind(models.TextChoices):
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("One of several")
        MULTI = "multi", _("Any of several")
        DATE = "date", _("Day in the past")
        DATE_AHEAD = "date_ahead", _("Day to come")
        NUMBER = "number", _("Number")
        TEXT = "text", _("Text")

    class Stage(models.TextChoices):
        BEFORE_TIME = "before_time", _("Before a time is chosen")
        BOOKING = "booking", _("While booking")
        VISIT = "visit", _("After booking")

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="questions", verbose_name=_("version")
    )
    key = models.SlugField(_("key"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text_en = models.TextField(_("English text"))
    text_es = models.TextField(_("Spanish text"))
    hint_en = models.TextField(_("English hint"), blank=True)
    hint_es = models.TextField(_("Spanish hint"), blank=True)
    choices = models.JSONField(
        _("choices"), default=list, blank=True, help_text=_("List of value, en, es; empty for other kinds.")
    )
    show_if = models.JSONField(
        _("shown if"), default=dict, blank=True, help_text=_("Condition over earlier answers; empty: always.")
    )
    stands_alone = models.BooleanField(_("on a page of its own"), default=False)
    stage = models.CharField(_("asked"), max_length=12, choices=Stage, default=Stage.BOOKING)
    optional = models.BooleanField(_("may be left out"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="question_key_unique"),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="question_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["choice", "multi"], choices__0__isnull=False)
                | (~Q(kind__in=["choice", "multi"]) & Q(choices=[])),
                name="question_choices_fit_kind",
            ),
            models.CheckConstraint(
                condition=Q(hint_en="", hint_es="") | (~Q(hint_en="") & ~Q(hint_es="")),
                name="question_hint_in_both_languages",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Disposition(models.TextChoices):
    """From mildest to most serious; rules/screening.py holds the order."""

    OK = "ok", _("OK")
    MASK = "mask", _("Wear a mask")
    REVIEW = "review", _("Time kept, a person looks")
    DEFER = "defer", _("Later date")
    CALLBACK = "callback", _("A person calls first")
    EMERGENCY = "emergency", _("Emergency")


class Rule(models.Model):
    class ActsWhen(models.TextChoices):
        NEAR = "near", _("Only near the visit")
        ALWAYS = "always", _("Always")

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="rules", verbose_name=_("version")
    )
    key = models.SlugField(_("key"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))
    condition = models.JSONField(_("condition"))
    disposition = models.CharField(_("outcome"), max_length=10, choices=Disposition)
    defer = models.JSONField(
        _("first possible day"),
        default=dict,
        blank=True,
        help_text=_("The date it counts from and the days; empty for other outcomes."),
    )
    effects = models.JSONField(
        _("effects"), default=list, blank=True, help_text=_("Names of what else follows, such as room_note.")
    )
    message_en = models.TextField(_("English message"))
    message_es = models.TextField(_("Spanish message"))
    acts_when = models.CharField(_("acts"), max_length=10, choices=ActsWhen, default=ActsWhen.NEAR)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="rule_key_unique"),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="rule_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=(Q(disposition="defer") & ~Q(defer={})) | (~Q(disposition="defer") & Q(defer={})),
                name="rule_day_only_with_defer",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Publication(models.Model):
    """A version in force for a scope and a time. No version: the form is switched off there."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="publications", verbose_name=_("questionnaire")
    )
    version = models.ForeignKey(
        Version,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="publications",
        verbose_name=_("version"),
    )
    location = models.ForeignKey(
        "locations.Location",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="publications",
        verbose_name=_("location"),
        help_text=_("Empty: all locations."),
    )
    modality = models.CharField(
        _("modality"), max_length=2, blank=True, help_text=_("Empty: all modalities.")
    )
    active_during = DateTimeRangeField(_("in force"))
    asks_again_from = models.DateField(
        _("asks again visits from"),
        null=True,
        blank=True,
        help_text=_("Answers from before its start are old for visits on this day or later."),
    )
    all_asked_at = models.DateTimeField(_("all were asked"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("published questionnaire")
        verbose_name_plural = _("published questionnaires")
        constraints = [
            ExclusionConstraint(
                name="publication_one_per_scope",
                expressions=[
                    (F("questionnaire"), RangeOperators.EQUAL),
                    (Coalesce(F("location"), Value(0)), RangeOperators.EQUAL),
                    (F("modality"), RangeOperators.EQUAL),
                    (F("active_during"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(active_during__startswith__isnull=False, active_during__isempty=False),
                name="publication_has_a_start",
            ),
            models.CheckConstraint(
                condition=Q(asks_again_from__isnull=True) | Q(version__isnull=False),
                name="publication_asks_again_what_it_has",
            ),
            models.CheckConstraint(
                condition=Q(all_asked_at__isnull=True) | Q(asks_again_from__isnull=False),
                name="publication_asked_only_if_it_asks",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire}: {self.version or _('off')}"

    @property
    def is_widest(self) -> bool:
        """No wider scope counts where this one ends."""
        return self.location_id is None and self.modality == self.questionnaire.modality


class Screening(models.Model):
    """One set of answers to one version, with its outcome. A correction is a new row, never an edit."""

    class AnsweredBy(models.TextChoices):
        PATIENT = "patient", _("Patient")
        PROXY = "proxy", _("Someone for the patient")
        STAFF = "staff", _("Staff")

    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="screenings", verbose_name=_("version")
    )
    appointment = models.ForeignKey(
        "scheduling.Appointment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="screenings",
        verbose_name=_("appointment"),
    )
    # PROTECT, not SET_NULL: an update would break "append-only". Purging drafts must skip these.
    draft = models.ForeignKey(
        "scheduling.Draft",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="screenings",
        verbose_name=_("draft"),
    )
    language = models.CharField(_("language shown"), max_length=5, choices=settings.LANGUAGES)
    shown = models.JSONField(_("exact text shown"))
    answers = models.JSONField(_("answers"))
    disposition = models.CharField(_("outcome"), max_length=10, choices=Disposition)
    defer_until = models.DateField(_("first possible day"), null=True, blank=True)
    rule_keys = ArrayField(models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("rules"))
    effects = models.JSONField(_("effects"), default=list, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=10, choices=AnsweredBy)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("staff member"),
    )
    answered_at = models.DateTimeField(_("answered at"))
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("replaces"),
    )

    class Meta:
        verbose_name = _("set of screening answers")
        verbose_name_plural = _("screening answers")
        ordering = ["-answered_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, draft__isnull=True)
                | Q(appointment__isnull=True, draft__isnull=False),
                name="screening_of_one_visit_or_draft",
            ),
            models.CheckConstraint(
                condition=Q(disposition="defer", defer_until__isnull=False)
                | (~Q(disposition="defer") & Q(defer_until__isnull=True)),
                name="screening_day_only_with_defer",
            ),
            models.CheckConstraint(
                condition=Q(answered_by="staff", staff__isnull=False)
                | (~Q(answered_by="staff") & Q(staff__isnull=True)),
                name="screening_staff_is_named",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                name="screening_replaces_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.answered_at:%Y-%m-%d %H:%M}"
