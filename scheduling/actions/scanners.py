"""Scanners: added at once, changed as a plan says when visits may depend on it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from locations.models import Location, Scanner
from scheduling.actions import audit
from scheduling.models import AuditEvent, ChangePlan
from scheduling.rules.actors import Actor

# What a visit may depend on. The rest is about names and images only.
ABILITIES = (
    "bore_cm",
    "field_strength_tesla",
    "weight_limit_lb",
    "girth_limit_in",
    "has_contrast",
    "is_active",
)


@transaction.atomic
def add_scanner(*, location: Location, fields: Mapping[str, Any], now: datetime, by: Actor) -> Scanner:
    """Raises IntegrityError where its name or AE title is taken meanwhile."""
    scanner = Scanner.objects.create(location=location, **fields)
    _record(scanner, {}, plain(fields), now=now, by=by)
    return scanner


@transaction.atomic
def save_scanner(*, scanner_id: int, fields: Mapping[str, Any], now: datetime, by: Actor) -> Scanner:
    """What no visit depends on. Raises IntegrityError as `add_scanner`."""
    scanner = Scanner.objects.select_for_update().get(pk=scanner_id)
    before, after = _differing(scanner, plain(fields))
    _write(scanner, fields)
    _record(scanner, before, after, now=now, by=by)
    return scanner


def write(plan: ChangePlan) -> None:
    """Under the locks of the plan, whose own scanner stays as it was read: `note` tells what it was."""
    assert plan.scanner is not None
    _write(Scanner.objects.get(pk=plan.scanner.pk), plan.wanted)


def note(plan: ChangePlan, *, now: datetime, by: Actor, touched: int) -> None:
    assert plan.scanner is not None
    before, after = _differing(plan.scanner, plan.wanted)
    _record(plan.scanner, before, {**after, "touched": touched}, now=now, by=by)


def plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has them: decimals as text."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in fields.items()}


def _write(scanner: Scanner, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(scanner, name, value)
    scanner.full_clean(validate_unique=False, validate_constraints=False)  # what JSON had as text
    scanner.save(update_fields=list(fields))


def _differing(scanner: Scanner, after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    before = plain({name: getattr(scanner, name) for name in after})
    changed = [name for name in after if before[name] != after[name]]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


def _record(
    scanner: Scanner, before: Mapping[str, Any], after: Mapping[str, Any], *, now: datetime, by: Actor
) -> None:
    audit.record(
        event=AuditEvent.Event.SCANNER_SAVED,
        subject=scanner,
        location_id=scanner.location_id,
        before=before,
        after=after,
        now=now,
        by=by,
    )
