"""Settings are read once per process, so each case here is a process of its own."""

import os
import subprocess
import sys

import pytest

from alliance.devstack.environment import SETTINGS
from tests.programs import ROOT

READ = "from django.conf import settings; print(settings.SECRET_KEY[:8], settings.TRUSTED)"
PRODUCTION = {
    "SECRET_KEY": "k" * 60,
    "SITE_URL": "https://booking.example.org",
    "ALLOWED_HOSTS": "booking.example.org",
    "DOCUMENTS_DIR": "/srv/alliance/documents",
}


def started_with(program: str = READ, /, **given: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    env = {**clean, "DJANGO_SETTINGS_MODULE": "alliance.settings", **given}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_production_starts():
    assert started_with(**PRODUCTION).stdout == "kkkkkkkk False\n"


@pytest.mark.parametrize(
    "changed",
    [
        {"SECRET_KEY": ""},
        {"SECRET_KEY": "insecure" * 10},
        {"SITE_URL": "http://booking.example.org"},
        {"ALLOWED_HOSTS": ""},
        {"ALLOWED_HOSTS": "booking.example.org,*"},
        {"HOME_TIME_ZONE": "Mars/Olympus"},
        {"DOCUMENTS_DIR": ""},
        {"DOCUMENTS_DIR": str(ROOT / "static" / "documents")},
        {"DOCUMENTS_DIR": str(ROOT / "public" / ".." / "staticfiles")},
    ],
)
def test_production_refuses_what_it_could_not_run_safely_with(changed):
    assert "ImproperlyConfigured" in started_with(**{**PRODUCTION, **changed}).stderr


@pytest.mark.parametrize("name", ["DEBUG", "DEMO", "TESTING", "PLAIN_HTTP"])
def test_a_leftover_switch_does_not_open_a_server_that_patients_reach(name):
    for reachable in (
        {"ALLOWED_HOSTS": "booking.example.org"},
        {"ALLOWED_HOSTS": "127.0.0.1,booking.example.org"},
        {"SITE_URL": "https://booking.example.org"},
        PRODUCTION,
    ):
        assert "must be loopback" in started_with(**{name: "1"}, **reachable).stderr


@pytest.mark.parametrize("name", ["DEBUG", "DEMO", "TESTING", "PLAIN_HTTP"])
def test_on_this_machine_no_secret_is_needed(name):
    here = {"ALLOWED_HOSTS": "127.0.0.1,[::1],a.localhost", "SITE_URL": "http://localhost:9000"}
    for given in ({}, here):
        assert started_with(**{name: "1"}, **given).stdout == "insecure True\n"


STORE = """
from django.core.files.storage import storages
store = storages["documents"]
print(type(store).__name__, store.bucket_name, store.endpoint_url, store.default_acl, store.querystring_auth)
"""


def test_documents_go_to_a_bucket_when_one_is_named():
    bucket = {
        "DOCUMENTS_DIR": "",
        "DOCUMENTS_BUCKET": "papers",
        "DOCUMENTS_ENDPOINT": "https://store.example",
    }
    done = started_with(STORE, **{**PRODUCTION, **bucket})
    assert done.stdout == "S3Storage papers https://store.example None True\n", done.stderr
