from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scheduling.actions.catalogue import load_catalogue


class Command(BaseCommand):
    help = (
        "Loads the shipped exams, preparations and synonyms. Can run again: it adds what is missing "
        "and leaves every row that exists as administrators edited it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--overwrite", action="store_true", help="put the shipped values back, over edits"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_catalogue(overwrite=options["overwrite"])
        self.stdout.write(
            f"Added {loaded.exams} exams, {loaded.preparations} preparations, {loaded.synonyms} synonyms."
        )
