"""What can be booked: exams, how to prepare for them, and where they are offered."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from locations.models import Location, Scanner
from locations.models.places import in_language


class Preparation(models.Model):
    """What the patient does before an exam. Texts are the center's to edit (docs/glossary.md)."""

    code = models.CharField(_("code"), max_length=8, unique=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    text_en = models.TextField(_("text in English"))
    text_es = models.TextField(_("text in Spanish"), blank=True)
    arrive_minutes = models.PositiveSmallIntegerField(
        _("arrive early"), default=0, help_text=_("Minutes before the scan starts.")
    )
    lead_minutes = models.PositiveSmallIntegerField(
        _("time the preparation needs"),
        default=0,
        help_text=_("Minutes between booking and arriving, for example 240 for four hours without food."),
    )

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")

    def __str__(self) -> str:
        return f"{self.code}: {Truncator(self.text).chars(60)}"

    @property
    def text(self) -> str:
        return in_language(self.text_en, self.text_es)


class Exam(models.Model):
    """A kind of scan. Exams of one family differ only by contrast."""

    class Contrast(models.TextChoices):
        NONE = "none", _("without contrast")
        WITH = "with", _("with contrast")
        WITH_AND_WITHOUT = "with and without", _("with and without contrast")

    class OrderRequired(models.TextChoices):
        YES = "yes", _("yes")
        CENTER_DECIDES = "center decides", _("the center decides")
        NO = "no", _("no")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    family = models.SlugField(_("family"), max_length=80, help_text=_("Exams that differ only by contrast."))
    name = models.CharField(_("name"), max_length=120)
    name_es = models.CharField(_("name in Spanish"), max_length=120, blank=True)
    modality = models.CharField(_("modality"), max_length=2, choices=Scanner.Modality.choices)
    body_region = models.CharField(_("body region"), max_length=40)
    contrast = models.CharField(_("contrast"), max_length=16, choices=Contrast.choices, default=Contrast.NONE)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    minutes_both_sides = models.PositiveSmallIntegerField(_("minutes for both sides"), null=True, blank=True)
    has_sides = models.BooleanField(_("left and right"), default=False)
    chest_respiratory = models.BooleanField(
        _("shows the lungs"),
        default=False,
        help_text=_("Asks whether the scan is meant to find COVID-19, and explains why it cannot."),
    )
    beam_through_pelvis = models.BooleanField(_("beam passes the pelvis"), default=False)
    minimum_tesla = models.DecimalField(
        _("least field strength, tesla"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Weaker MRI scanners do not do it. Empty: any."),
    )
    order_required = models.CharField(
        _("doctor’s order"), max_length=16, choices=OrderRequired.choices, default=OrderRequired.YES
    )
    loinc = models.CharField(_("LOINC code"), max_length=16, blank=True)
    cpt_code = models.CharField(
        _("CPT code"), max_length=8, blank=True, help_text=_("For centers with a licence; empty as shipped.")
    )
    preparations = models.ManyToManyField(
        Preparation, verbose_name=_("preparations"), blank=True, related_name="exams"
    )
    search_text = models.TextField(
        _("search text"),
        blank=True,
        editable=False,
        help_text=_("Folded name, synonyms and plain words; written by the catalogue’s own actions."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["body_region", "name"]
        verbose_name = _("exam")
        verbose_name_plural = _("exams")
        constraints = [
            models.CheckConstraint(
                name="exam_both_sides_only_with_sides",
                condition=Q(minutes_both_sides__isnull=True) | Q(has_sides=True),
            ),
            models.CheckConstraint(name="exam_takes_time", condition=Q(minutes__gte=5)),
            models.CheckConstraint(
                name="exam_strength_only_of_mri",
                condition=Q(minimum_tesla__isnull=True) | Q(modality="MR", minimum_tesla__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def display_name(self) -> str:
        return in_language(self.name, self.name_es)

    @property
    def needs_contrast(self) -> bool:
        return self.contrast != self.Contrast.NONE

    def tags(self) -> frozenset[str]:
        """What screening rules may ask of an exam."""
        found = {self.modality}
        if self.chest_respiratory:
            found.add("chest_respiratory")
        if self.beam_through_pelvis:
            found.add("beam_through_pelvis")
        if self.needs_contrast:
            found.add("contrast")
        return frozenset(found)


class Synonym(models.Model):
    """Another word for an exam, as patients and orders write it."""

    exam = models.ForeignKey(Exam, verbose_name=_("exam"), on_delete=models.CASCADE, related_name="synonyms")
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", _("English")), ("es", _("Spanish"))]
    )
    text = models.CharField(_("text"), max_length=120)

    class Meta:
        ordering = ["language", "text"]
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        constraints = [
            models.UniqueConstraint(name="synonym_once_per_exam", fields=["exam", "language", "text"])
        ]

    def __str__(self) -> str:
        return self.text


class Offering(models.Model):
    """An exam at a location, with its own length and price where they differ."""

    exam = models.ForeignKey(Exam, verbose_name=_("exam"), on_delete=models.PROTECT, related_name="offerings")
    location = models.ForeignKey(
        Location, verbose_name=_("location"), on_delete=models.PROTECT, related_name="offerings"
    )
    minutes = models.PositiveSmallIntegerField(_("own minutes"), null=True, blank=True)
    minutes_both_sides = models.PositiveSmallIntegerField(
        _("own minutes for both sides"), null=True, blank=True
    )
    price = models.DecimalField(_("self-pay price"), max_digits=8, decimal_places=2, null=True, blank=True)
    price_is_example = models.BooleanField(_("price is only an example"), default=False)
    minimum_age = models.PositiveSmallIntegerField(
        _("minimum age"), default=0, help_text=_("Years. Younger patients are set up by phone.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["location", "exam"]
        verbose_name = _("offering")
        verbose_name_plural = _("offerings")
        constraints = [
            models.UniqueConstraint(name="offering_once_per_location", fields=["exam", "location"]),
            models.CheckConstraint(
                name="offering_price_not_negative", condition=Q(price__isnull=True) | Q(price__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exam} · {self.location}"


class ScannerLength(models.Model):
    """An offering's own length on one scanner: a fast magnet needs 25 minutes where another needs 40."""

    offering = models.ForeignKey(
        Offering, verbose_name=_("offering"), on_delete=models.CASCADE, related_name="scanner_lengths"
    )
    scanner = models.ForeignKey(
        Scanner, verbose_name=_("scanner"), on_delete=models.CASCADE, related_name="exam_lengths"
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(5)])
    minutes_both_sides = models.PositiveSmallIntegerField(_("minutes for both sides"), null=True, blank=True)

    class Meta:
        verbose_name = _("length on a scanner")
        verbose_name_plural = _("lengths on scanners")
        constraints = [
            models.UniqueConstraint(name="scanner_length_once", fields=["offering", "scanner"]),
            models.CheckConstraint(
                name="scanner_length_both_is_longer",
                condition=Q(minutes_both_sides__isnull=True) | Q(minutes_both_sides__gte=F("minutes")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scanner}: {self.minutes}"
