"""Program of the virtual environment: bring database, static files and demo data up to date.

One process for all steps, because starting Django is most of the time they take.
"""

import argparse
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands

from alliance.devstack.console import say
from alliance.devstack.static_files import collect_if_changed
from alliance.devstack.translations import compile_all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logins", type=Path, required=True, help="where to write the demo log-ins")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    compile_all()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    say("The database is up to date.")
    call_if_there("load_catalogue")
    call_if_there("load_questionnaires")
    call_if_there("load_guidance")
    if settings.DEMO:
        call_if_there("make_demo")
        say("The demo data is in place.")
    if not settings.DEBUG:
        collect_if_changed()
    write_logins(arguments.logins)


def call_if_there(name: str) -> None:
    if name in get_commands():
        with Path(os.devnull).open("w") as nowhere:  # what was added is no news on every start
            call_command(name, verbosity=0, stdout=nowhere)


def write_logins(path: Path) -> None:
    path.unlink(missing_ok=True)
    if settings.DEMO and "demo_logins" in get_commands():
        with path.open("w") as file:
            call_command("demo_logins", stdout=file)


if __name__ == "__main__":
    main()
