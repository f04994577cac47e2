import logging
import os
import subprocess
import sys

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from scheduling.queries.access import visit_token
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.logs import site_log
from tests.programs import ROOT

TYPED = "Ana Secret"  # by name: a traceback shows this file, too
TOKEN = "-fVwP0fLxqOq7tQ9mJdW_w.NxX2" + "a" * 39
DRAFT = "/book/6f1c0f0e-3c1e-4c5e-9d1c-0a1b2c3d4e5f/check/"


@pytest.fixture
def log():
    with site_log() as stream:
        yield stream


@pytest.mark.parametrize(
    ("written", "logged"),
    [
        (f"Unprocessable Entity: /visit/{TOKEN}/", "Unprocessable Entity: /visit/<token>/"),
        ("Not Found: /visit/forged/cancel/", "Not Found: /visit/<token>/cancel/"),
        ("Not Found: /visit/", "Not Found: /visit/"),
        (f"Conflict: {DRAFT}", "Conflict: /book/<draft>/check/"),
        (f"no match for {{'token': '{TOKEN}'}}", "no match for {'token': '<token>'}"),
        ("Unprocessable Entity: /book/exam/knee-mri/", "Unprocessable Entity: /book/exam/knee-mri/"),
    ],
)
def test_links_are_not_logged(log, written, logged):
    logging.getLogger("django.request").warning("%s", written)
    assert log.getvalue().endswith(f"WARNING django.request {logged}\n")


@pytest.mark.django_db
def test_a_refused_page_does_not_log_its_link(log, client):
    visit = AppointmentFactory()
    answer = client.post(f"/visit/{visit_token(visit)}/", {})
    assert answer.status_code == 422
    assert log.getvalue().endswith("WARNING django.request Unprocessable Entity: /visit/<token>/\n")


def log_failure_of(act) -> None:
    """As Django logs an exception that no page expects, and as Celery logs that of a task."""
    try:
        with transaction.atomic():
            act()
    except (IntegrityError, DataError, ProgrammingError) as error:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/")
        logging.getLogger("celery.app.trace").error("Task raised unexpected: %s", repr(error), exc_info=error)
    else:
        raise AssertionError("nothing failed")


@pytest.mark.django_db
def test_a_refused_row_is_not_logged_with_the_patient_in_it(log):
    patient = PatientFactory(given_name="Ana\nMaria", family_name="Secret")
    row = type(patient).objects.filter(pk=patient.pk)

    log_failure_of(lambda: row.update(birth_date=None))

    written = log.getvalue()
    assert written.count('null value in column "birth_date"') == 5  # cause and error twice, and the repr
    assert written.count("IntegrityError") == 3
    assert "test_logs.py" in written
    for told in ("Ana", "Maria", "Secret", "DETAIL"):
        assert told not in written


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["SELECT %s::date", "SELECT %s::int", "SELECT nothing, %s"])
def test_a_refused_value_is_not_logged(log, statement):
    def act():
        with connection.cursor() as cursor:
            cursor.execute(statement, [TYPED])

    log_failure_of(act)

    assert "psycopg2" in log.getvalue()
    assert "Ana" not in log.getvalue()


WIRING = """
import logging
from gunicorn.config import Config
from gunicorn.glogging import Logger
Logger(Config())
import django
django.setup()
from alliance.celery import app
app.log.setup()
for name in ("django.request", "gunicorn.error", "celery.app.trace", "celery.task", "elsewhere"):
    logging.getLogger(name).{level}("at /visit/1.secret/")
"""


def printed(level: str, log_level: str) -> list[str]:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
        "LOG_LEVEL": log_level,
        "TESTING": "1",
    }
    command = [sys.executable, "-c", WIRING.format(level=level)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert "secret" not in done.stdout + done.stderr
    return [line.split(" ", 4)[3] for line in done.stderr.splitlines() if "/visit/<token>/" in line]


def test_every_logger_prints_once_and_without_links():
    everybody = ["django.request", "gunicorn.error", "celery.app.trace", "celery.task", "elsewhere"]
    assert printed("error", "WARNING") == everybody
    assert printed("warning", "WARNING") == everybody


def test_the_log_level_holds_for_all_of_them():
    assert "django.request" not in printed("warning", "ERROR")
    assert "django.request" not in printed("info", "WARNING")
    assert "django.request" in printed("info", "INFO")
