"""Load the shipped questionnaires. Run again after an upgrade: only changed content makes a new version."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from scheduling.actions.questionnaires import publish, save_version
from scheduling.models import Publication, Questionnaire, Version
from scheduling.queries.questionnaires import spec_of
from scheduling.rules.actors import Actor
from scheduling.rules.screening_data import version_from_data

PRESETS = Path(__file__).resolve().parents[2] / "presets"
ABOUT = ("preset", "source_url", "source_date", "reviewed_on", "approved_by", "change_note")


class Command(BaseCommand):
    help = "Load the shipped questionnaires; those made for it are put in force where nothing is."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        with transaction.atomic():
            for data in _presets():
                version, is_new = _load(data)
                if options["verbosity"]:
                    self.stdout.write(f"{version}: {'new' if is_new else 'unchanged'}")
                if data["in_force_at_first"]:
                    _publish_if_nothing_is(version, now)


def _presets() -> Iterator[dict[str, Any]]:
    for path in sorted(PRESETS.glob("*.toml")):
        yield tomllib.loads(path.read_text(encoding="utf-8"))


def _load(data: dict[str, Any]) -> tuple[Version, bool]:
    spec = version_from_data(data)
    questionnaire, _ = Questionnaire.objects.get_or_create(
        key=data["questionnaire"],
        defaults={"kind": data["kind"], "modality": data.get("modality", ""), "name": data["name"]},
    )
    newest = questionnaire.versions.filter(preset=data["preset"]).order_by("-number").first()
    if newest and replace(spec_of(newest), number=spec.number, pk=None) == spec:
        return newest, False
    about = {name: data[name] for name in ABOUT}
    return save_version(questionnaire=questionnaire, spec=spec, about=about), True


def _publish_if_nothing_is(version: Version, now: datetime) -> None:
    if not Publication.objects.filter(questionnaire=version.questionnaire).exists():
        publish(version=version, starts=now, now=now, by=Actor.process("load_questionnaires"))
