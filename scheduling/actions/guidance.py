"""Loading the guidance pages that ship with the project."""

import tomllib
from pathlib import Path

from django.db import transaction

from scheduling.models import GuidancePage

PAGES = Path(__file__).resolve().parent.parent / "data" / "guidance"


@transaction.atomic
def load_guidance(*, overwrite: bool = False) -> int:
    """Adds the pages that are missing; how many. One that exists is an administrator's and stays as it
    is, unless `overwrite` puts the shipped words back."""
    before = GuidancePage.objects.count()
    for path in sorted(PAGES.glob("*.toml")):
        page = tomllib.loads(path.read_text(encoding="utf-8"))
        slug, values = page.pop("slug"), {name: _tidy(value) for name, value in page.items()}
        if overwrite:
            GuidancePage.objects.update_or_create(slug=slug, defaults=values)
        else:
            GuidancePage.objects.get_or_create(slug=slug, defaults=values)
    return GuidancePage.objects.count() - before


def _tidy(value: object) -> object:
    return value.strip() if isinstance(value, str) else value
