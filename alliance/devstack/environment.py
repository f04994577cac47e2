"""The environment variables each command gives to the programs it starts. README.md has the table."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alliance.devstack.paths import LOCAL, VENV
from alliance.devstack.redis import Broker

# What alliance/settings.py reads (a test keeps the two equal). Tests and checks must not depend on it.
SETTINGS = (
    "ALLOWED_HOSTS",
    "BEHIND_TLS_PROXY",
    "BRAND_NAME",
    "BROKER_TRANSPORT_OPTIONS",
    "CONN_MAX_AGE",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "DEMO",
    "DOCUMENTS_BUCKET",
    "DOCUMENTS_DIR",
    "DOCUMENTS_ENDPOINT",
    "DRAFT_RETENTION_DAYS",
    "EMAIL_TIMEOUT",
    "EMAIL_URL",
    "GUIDANCE_REVIEW_DAYS",
    "HELP_PHONE",
    "HOME_TIME_ZONE",
    "INVITATION_DAYS",
    "LINK_DAYS_AFTER_VISIT",
    "LOG_LEVEL",
    "MAILBOX_DIR",
    "NEUTRAL_NAME",
    "PLAIN_HTTP",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT",
    "SITE_URL",
    "STAFF_IDLE_SECONDS",
    "STAFF_INVITATION_DAYS",
    "TESTING",
)


@dataclass(frozen=True)
class Servers:
    """Where the embedded servers are; None where the caller's own is used."""

    database_url: str | None = None
    broker: Broker | None = None
    email_url: str | None = None
    mailbox: Path | None = None


def base_environment(given: Mapping[str, str]) -> dict[str, str]:
    """For any program of the virtual environment."""
    env = {name: value for name, value in given.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    env["PATH"] = f"{VENV / 'bin'}:{given.get('PATH', '/usr/local/bin:/usr/bin:/bin')}"
    env["VIRTUAL_ENV"] = str(VENV)
    env["PYTHONUNBUFFERED"] = "1"
    env.setdefault("HOME", str(LOCAL))
    return env


def run_environment(
    given: Mapping[str, str], servers: Servers, *, site_url: str, secret_key: str
) -> dict[str, str]:
    """For the site on this machine. What the caller set wins; demo data only on the embedded database."""
    env = base_environment(given)
    env["PLAIN_HTTP"] = "1"
    for name, value in (("SITE_URL", site_url), ("SECRET_KEY", secret_key)):
        env[name] = given.get(name) or value
    if servers.database_url:
        env = {name: value for name, value in env.items() if not name.startswith("PG")}
        env["DATABASE_URL"] = servers.database_url
        env.setdefault("DEMO", "1")
    if servers.broker:
        env["REDIS_URL"] = servers.broker.url
        if servers.broker.options:
            env["BROKER_TRANSPORT_OPTIONS"] = servers.broker.options
    if servers.email_url:
        env["EMAIL_URL"] = servers.email_url
        env["MAILBOX_DIR"] = str(servers.mailbox)
    return env


def test_environment(given: Mapping[str, str], database_url: str) -> dict[str, str]:
    """For tests and checks: nothing the caller set for the site changes their outcome."""
    dropped = {*SETTINGS, "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in base_environment(given).items() if name not in dropped}
    if database_url != given.get("DATABASE_URL"):
        env = {name: value for name, value in env.items() if not name.startswith("PG")}
    return {**env, "DATABASE_URL": database_url, "TESTING": "1"}


def kept_secret_key(path: Path = LOCAL / "secret-key") -> str:
    """Made once per checkout, so that sessions and links survive a restart."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text()
