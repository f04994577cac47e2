import contextlib
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.messaging.conftest import mail_server
from tests.programs import ROOT, environment

__all__ = ["mail_server", "running_gunicorn", "running_server", "server"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running_server(application: str = "alliance.wsgi:application", **changes: str):
    with running_gunicorn(application, **changes) as (base, _master):
        yield base


@contextlib.contextmanager
def running_gunicorn(application: str = "alliance.wsgi:application", **changes: str):
    """Two processes of eight threads, on the database of this test; its address and its master process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "-b", f"127.0.0.1:{port}"]
    command += ["-w", "2", "-k", "gthread", "--threads", "8", "--log-level", "warning"]
    # A refusal is a warning in the log, and a deadlock of the twin is an error there: not a test's output.
    environ = environment(CONN_MAX_AGE="60", LOG_LEVEL="CRITICAL", **changes)
    process = subprocess.Popen(command, cwd=ROOT, env=environ)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base, process)
        yield base, process
    finally:
        process.terminate()
        process.wait(20)


def wait_for(base: str, process: subprocess.Popen) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server did not start"
        try:
            with urllib.request.urlopen(f"{base}/visit/", timeout=5):
                return
        except OSError:  # nobody listens yet, or the first page takes long on a busy machine
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


@pytest.fixture
def server(transactional_db):
    with running_server() as base:
        yield base
