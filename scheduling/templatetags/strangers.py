"""The fields of a form for strangers, beside its CSRF token."""

from typing import Any

from django import template
from django.utils import timezone

from scheduling.forms.strangers import MADE_AT, TRAP, made_at

register = template.Library()


@register.inclusion_tag("alliance/stranger_fields.html")
def stranger_fields() -> dict[str, Any]:
    return {"trap": TRAP, "name": MADE_AT, "made_at": made_at(timezone.now())}
