import random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from locations.models import Location
from scheduling.management.demo.insurers import make_insurers
from scheduling.management.demo.offerings import make_offerings
from scheduling.management.demo.orders import make_orders
from scheduling.management.demo.papers import make_papers
from scheduling.management.demo.places import make_places
from scheduling.management.demo.queue import make_queue
from scheduling.management.demo.staff import make_staff
from scheduling.management.demo.visits import make_visits
from scheduling.management.demo.worklist import make_tasks
from scheduling.models import Exam, Questionnaire

SEED = 20261126


class Command(BaseCommand):
    help = (
        "Fills an empty database with locations, scanners, staff and some weeks of visits to try things on."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demonstration data and its passwords belong on databases of DEMO=1 only.")
        if Location.objects.exists():
            self.stdout.write("There are locations already: nothing was changed.")
            return
        with transaction.atomic():
            if not Exam.objects.exists():
                call_command("load_catalogue", verbosity=0, stdout=self.stdout)
            if not Questionnaire.objects.exists():
                call_command("load_questionnaires", verbosity=0, stdout=self.stdout)
            call_command("load_guidance", verbosity=0, stdout=self.stdout)
            now = timezone.now()  # the questionnaires are in force by then
            make_places(now=now)
            make_offerings()
            make_staff()
            visits = make_visits(rng=random.Random(SEED), now=now)
            make_tasks(now=now)
            make_papers(now=now)
            make_insurers(now=now)
            make_orders(now=now)
            make_queue(now=now)
        self.stdout.write(f"Made 6 locations and {len(visits)} visits around today.")
