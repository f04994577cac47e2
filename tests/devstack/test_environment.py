import re
import stat
from pathlib import Path

import pytest

from alliance.devstack import environment
from alliance.devstack.environment import (
    SETTINGS,
    Servers,
    base_environment,
    kept_secret_key,
    run_environment,
)
from alliance.devstack.paths import LOCAL, ROOT, VENV
from alliance.devstack.redis import Broker, folder_broker

EMBEDDED = Servers(
    database_url="postgres://postgres@/alliance?host=/tmp/x",
    broker=Broker(url="redis+socket:///tmp/y/redis.sock"),
    email_url="smtp://127.0.0.1:2525",
    mailbox=Path("/mail"),
)


def settings_names() -> list[str]:
    return sorted(
        set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", (ROOT / "alliance/settings.py").read_text()))
    )


def for_run(given: dict[str, str], servers: Servers = EMBEDDED) -> dict[str, str]:
    return run_environment(given, servers, site_url="http://127.0.0.1:8000", secret_key="kept")


def test_every_setting_is_known_here_and_in_the_readme():
    in_readme = re.findall(r"^\| `([A-Z_]+)`", (ROOT / "README.md").read_text(), flags=re.MULTILINE)

    assert list(SETTINGS) == settings_names()
    assert sorted(in_readme) == sorted([*settings_names(), "PORT", "CHROMIUM"])


def test_base_environment_puts_the_venv_first_and_drops_foreign_python_paths():
    env = base_environment({"PATH": "/bin", "PYTHONPATH": "/elsewhere", "PYTHONHOME": "/old", "LANG": "C"})

    assert env == {
        "PATH": f"{VENV}/bin:/bin",
        "LANG": "C",
        "VIRTUAL_ENV": str(VENV),
        "PYTHONUNBUFFERED": "1",
        "HOME": str(LOCAL),
    }


def test_run_on_embedded_servers_is_a_demo():
    env = for_run({"PGPORT": "9999"})

    assert {name: env[name] for name in env if name in SETTINGS} == {
        "DATABASE_URL": "postgres://postgres@/alliance?host=/tmp/x",
        "REDIS_URL": "redis+socket:///tmp/y/redis.sock",
        "EMAIL_URL": "smtp://127.0.0.1:2525",
        "MAILBOX_DIR": "/mail",
        "DEMO": "1",
        "PLAIN_HTTP": "1",
        "SITE_URL": "http://127.0.0.1:8000",
        "SECRET_KEY": "kept",
    }
    assert "PGPORT" not in env


def test_run_on_the_callers_servers_is_no_demo_and_keeps_what_they_set():
    given = {
        "DATABASE_URL": "postgres://me@db/site",
        "REDIS_URL": "redis://broker",
        "EMAIL_URL": "smtp://mail",
        "SECRET_KEY": "mine",
        "PGSSLMODE": "require",
    }
    env = for_run(given, Servers())

    assert {name: env[name] for name in given} == given
    assert "DEMO" not in env
    assert "MAILBOX_DIR" not in env


@pytest.mark.parametrize(("given", "demo"), [({"DEMO": "0"}, "0"), ({"DEMO": "1"}, "1"), ({}, "1")])
def test_demo_can_be_chosen_on_the_embedded_database(given, demo):
    assert for_run(given)["DEMO"] == demo


def test_folder_broker_gives_its_folders_to_the_site(tmp_path):
    env = for_run({}, Servers(broker=folder_broker(tmp_path / "queue")))

    folder = tmp_path / "queue"
    assert env["REDIS_URL"] == "filesystem://"
    assert env["BROKER_TRANSPORT_OPTIONS"] == (
        f'{{"data_folder_in": "{folder}", "data_folder_out": "{folder}", "control_folder": "{folder}"}}'
    )
    assert folder.is_dir()


def test_tests_do_not_see_the_callers_settings():
    given = {
        "DEMO": "1",
        "DEBUG": "1",
        "SITE_URL": "https://x",
        "EMAIL_URL": "smtp://real",
        "PGHOST": "prod",
        "LANG": "C",
    }
    env = environment.test_environment(given, "postgres:///throw-away")

    assert {name: env[name] for name in env if name in {*given, *SETTINGS}} == {
        "LANG": "C",
        "DATABASE_URL": "postgres:///throw-away",
        "TESTING": "1",
    }


def test_secret_key_is_made_once_and_private(tmp_path):
    first = kept_secret_key(tmp_path / "key")

    assert kept_secret_key(tmp_path / "key") == first
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
