"""`--long`: the same trials for longer, and the ones that kill processes under load (tests/chaos).

The browser's fixtures are here, not beside their tests: a session can have one browser only.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings

from scheduling.frontdesk.second_factor import mark_verified
from tests.browser import browser_page, check_axe, check_fits, chromium, make_page

__all__ = ["browser_page", "check_axe", "check_fits", "chromium", "make_page"]

# A busy machine makes slow examples; that is no fault of the code under test.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("short", max_examples=40, **_PATIENT)
settings.register_profile("long", max_examples=1000, **_PATIENT)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="minutes instead of seconds for the great trials")


def pytest_configure(config: pytest.Config) -> None:
    keep_documents_apart()
    sign_in_with_second_factor()
    settings.load_profile("long" if config.getoption("--long") else "short")


def sign_in_with_second_factor() -> None:
    """`force_login` as staff are signed in: tests of the second factor itself go through the pages."""
    force_login = Client.force_login

    def signed_in(self: Client, user: Any, backend: str | None = None) -> None:
        force_login(self, user, backend)
        session = self.session
        mark_verified(SimpleNamespace(session=session))
        session.save()

    Client.force_login = signed_in


def keep_documents_apart() -> None:
    """Patients' files of this run in a folder of its own, also for the servers that tests start."""
    folder = tempfile.mkdtemp(prefix="alliance-documents-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["DOCUMENTS_DIR"] = folder
    django_settings.STORAGES["documents"]["OPTIONS"]["location"] = folder


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.name == "chaos" and not config.getoption("--long") else None


@pytest.fixture(scope="session")
def is_long(pytestconfig: pytest.Config) -> bool:
    return pytestconfig.getoption("--long")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A browser keeps connections alive, so threads of the live server may still hold the database
    when the session ends; it can't be dropped before they let go."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
