"""Put a version of a questionnaire in force, or switch the form off, for all or for one scope."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from locations.models import Location, Scanner
from scheduling.actions.questionnaires import publish, switch_off
from scheduling.exceptions import NotPublishable
from scheduling.models import Questionnaire
from scheduling.rules.actors import Actor

OFF = "off"


class Command(BaseCommand):
    help = "publish_questionnaire respiratory 2 --location riverside --modality CT; “off” for no form there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("questionnaire", help="its key, such as respiratory")
        parser.add_argument("version", help=f"the version's number, or “{OFF}”")
        parser.add_argument("--location", help="the location's slug; without it: all locations")
        parser.add_argument("--modality", default="", choices=["", *Scanner.Modality.values])

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        questionnaire = Questionnaire.objects.filter(key=options["questionnaire"]).first()
        if questionnaire is None:
            raise CommandError(f"There is no questionnaire {options['questionnaire']!r}.")
        scope: dict[str, Any] = {
            "location": _location(options["location"]),
            "modality": options["modality"],
            "starts": now,
            "now": now,
            "by": Actor.process("publish_questionnaire"),
        }
        try:
            _publish(questionnaire, options["version"], scope)
        except NotPublishable as refusal:
            raise CommandError("\n".join([str(refusal), *map(str, refusal.problems)])) from refusal


def _location(slug: str | None) -> Location | None:
    if slug is None:
        return None
    location = Location.objects.filter(slug=slug).first()
    if location is None:
        raise CommandError(f"There is no location {slug!r}.")
    return location


def _publish(questionnaire: Questionnaire, number: str, scope: dict[str, Any]) -> None:
    if number == OFF:
        switch_off(questionnaire=questionnaire, **scope)
        return
    version = questionnaire.versions.filter(number=number).first() if number.isdecimal() else None
    if version is None:
        raise CommandError(f"{questionnaire} has no version {number!r}.")
    publish(version=version, **scope)
