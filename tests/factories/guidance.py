"""`GuidancePageFactory` is a page of one line in both languages, reviewed in November."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from scheduling.models import GuidancePage


class GuidancePageFactory(DjangoModelFactory):
    class Meta:
        model = GuidancePage

    slug = factory.Sequence(lambda n: f"parking-{n}")
    title_en = "Where to park"
    title_es = "Dónde estacionar"
    summary_en = "Parking is free."
    summary_es = "Estacionar es gratis."
    body_en = "Use the yard behind the house."
    body_es = "Use el patio detrás de la casa."
    reviewed_on = dt.date(2026, 11, 1)
