"""The parts of the day as they are stored and named."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.rules.day_parts import DayPart


class NamedDayPart(models.TextChoices):
    MORNING = DayPart.MORNING, _("Morning")
    AFTERNOON = DayPart.AFTERNOON, _("Afternoon")
    EVENING = DayPart.EVENING, _("Evening")


class GoodHours(models.TextChoices):
    """When somebody is best called."""

    ANY = "any", _("Any time")
    MORNING = DayPart.MORNING, _("Morning, before noon")
    AFTERNOON = DayPart.AFTERNOON, _("Afternoon, noon to 5 pm")
    EVENING = DayPart.EVENING, _("Evening, after 5 pm")

    @property
    def part(self) -> DayPart | None:
        return None if self is GoodHours.ANY else DayPart(self.value)
