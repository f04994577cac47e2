"""The first administrator, or a way back in when none of them can sign in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone

from locations.models import User
from scheduling.actions.staff_access import make_administrator
from scheduling.models import StaffLink
from scheduling.queries.staff_links import staff_token
from scheduling.rules.actors import Actor

PAGES = {StaffLink.Kind.JOIN: "account_join", StaffLink.Kind.PASSWORD: "account_new_password"}


class Command(BaseCommand):
    help = "Make somebody an administrator of all locations, and print a link to choose a password, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="they sign in with it")
        parser.add_argument(
            "--again", action="store_true", help="the account exists: give it the role, access and a new link"
        )
        parser.add_argument(
            "--factor-lost", action="store_true", help="with --again: forget its second factor, too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email, now = User.objects.normalize_email(options["email"]), timezone.now()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{options['email']} is no email.") from error
        if User.objects.filter(email=email).exists() and not options["again"]:
            raise CommandError(f"{email} has an account already. With --again it becomes an administrator.")
        by = Actor.process("create_administrator")
        link = make_administrator(email=email, factor_lost=options["factor_lost"], now=now, by=by)
        self.stdout.write(f"{email} is an administrator of all locations. Choose a password here, once:")
        self.stdout.write(
            f"{settings.SITE_URL}{reverse(PAGES[StaffLink.Kind(link.kind)], args=[staff_token(link)])}"
        )
        self.stdout.write(f"The link works until {link.ends_at:%Y-%m-%d %H:%M} UTC. Show it to nobody else.")
