from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scheduling.actions.guidance import load_guidance


class Command(BaseCommand):
    help = (
        "Loads the shipped guidance pages. Can run again: it adds what is missing and leaves every page "
        "that exists as administrators edited it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--overwrite", action="store_true", help="put the shipped words back, over edits")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Added {load_guidance(overwrite=options['overwrite'])} guidance pages.")
