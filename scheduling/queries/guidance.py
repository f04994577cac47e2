"""The pages that tell patients what is good to know."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet

from scheduling.models import GuidancePage

ABOUT_COVID = "your-scan-and-covid-19"  # the shipped page that the questions about COVID-19 lead to


def shown_pages() -> QuerySet[GuidancePage]:
    """For links to them: without their texts."""
    return GuidancePage.objects.filter(is_active=True).defer("body_en", "body_es")


def shown_page(slug: str) -> GuidancePage | None:
    return GuidancePage.objects.filter(is_active=True, slug=slug).first()


def is_review_due(page: GuidancePage, *, today: date) -> bool:
    """Whether nobody has checked it for GUIDANCE_REVIEW_DAYS."""
    return page.reviewed_on + timedelta(days=settings.GUIDANCE_REVIEW_DAYS) <= today
