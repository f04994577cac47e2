from typing import Any

from django.core.management.base import BaseCommand

from scheduling.management.demo.staff import log_ins


class Command(BaseCommand):
    help = "Prints who can sign in to a demonstration: role, email and password."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in log_ins():
            self.stdout.write(line)
