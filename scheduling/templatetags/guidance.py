"""The center's own pages: links to them, and their text as HTML."""

from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from locations.context_processors import spoken_phone
from scheduling.models import GuidancePage
from scheduling.queries.guidance import ABOUT_COVID
from scheduling.rules.markdown import render

register = template.Library()
_PHONE = "{phone}"  # in a text: the number that patients call


@register.filter
def about_covid(pages: list[GuidancePage]) -> GuidancePage | None:
    """Of the pages that are shown; None where the center has switched it off."""
    return next((page for page in pages if page.slug == ABOUT_COVID), None)


@register.filter
def prose(page: GuidancePage) -> SafeString:
    """The text in the language that is active."""
    phone = f"[{spoken_phone(settings.HELP_PHONE)}](tel:{settings.HELP_PHONE})"
    html = render(page.body.replace(_PHONE, phone), folds=page.folds)
    return mark_safe(html)  # noqa: S308  # render lets no tag of the text through


@register.filter
def host(url: str) -> str:
    """cdc.gov, for a link that should say where it leads."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
