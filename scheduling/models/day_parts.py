"""The parts of the day as they are stored and named."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.rules.day_parts import DayPart


class NamedDayPart(models.TextChoices):
    MORNING = DayPart.MORNING, _("Morning")
    AFTERNOON = DayPart.AFTERNOON, _("Afternoon")
    EVENING = DayPart.EVENING, _("Evening")
