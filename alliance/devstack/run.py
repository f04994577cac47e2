"""`run`: the whole site on this machine, with what it needs, until Ctrl-C."""

import contextlib
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from alliance.devstack.console import SetupError, say
from alliance.devstack.environment import Servers, base_environment, kept_secret_key, run_environment
from alliance.devstack.machine import has_shared_memory
from alliance.devstack.mail import MAILBOX, start_mail
from alliance.devstack.network import web_listener
from alliance.devstack.paths import LOCAL, PYTHON, ROOT, Lock
from alliance.devstack.postgres import Postgres
from alliance.devstack.processes import Program, Supervisor, run_foreground
from alliance.devstack.redis import Broker, start_broker
from alliance.devstack.venv import ensure_venv

ADDRESS = LOCAL / "address"
ENVIRONMENT = LOCAL / "environment.json"  # for `manage` while the site is up
LOGINS = LOCAL / "logins"


def stop_on_signals() -> None:
    """Each asking signal ends us in good order, also in the background, where a shell has SIGINT ignored."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means to stay
            signal.signal(number, stop)


def ignore_signals() -> None:
    """While ending: a second Ctrl-C must not leave processes behind. Ending takes bounded time."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def database(tag: str, supervisor: Supervisor, *, durable: bool, throw_away: bool = False) -> Iterator[str]:
    """The URL of the caller's database, or of one of our own that ends with the block."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    server = Postgres.prepare(tag, durable=durable, throw_away=throw_away)
    try:
        server.start(supervisor)
        yield server.url
    finally:
        ignore_signals()
        supervisor.stop()
        server.clean_up()


def serve(arguments: list[str]) -> int:
    """Start everything and stay until a signal."""
    if arguments:
        raise SetupError("`run` takes no arguments; settings are environment variables (see README.md).")
    lock = Lock(LOCAL / "run.lock")
    if not lock.acquire():
        address = ADDRESS.read_text() if ADDRESS.exists() else "an address it has not said yet"
        raise SetupError(f"`run` already serves this checkout at {address}. Stop it there with Ctrl-C.")
    ADDRESS.unlink(missing_ok=True)
    stop_on_signals()
    listener = web_listener()
    ensure_venv()
    supervisor = Supervisor()
    try:
        with database("run", supervisor, durable=True) as database_url:
            _serve_on(database_url, listener, supervisor)
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        ignore_signals()
        supervisor.stop()
        for path in (ADDRESS, ENVIRONMENT, LOGINS):
            path.unlink(missing_ok=True)
    return 0


def _serve_on(database_url: str, listener: socket.socket, supervisor: Supervisor) -> None:
    broker = None if os.environ.get("REDIS_URL") else start_broker(supervisor)
    try:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        env = _environment(database_url, broker, address, supervisor)
        if run_foreground([PYTHON, "-m", "alliance.devstack.prepare", "--logins", LOGINS], env, ROOT):
            raise SetupError("The site could not be prepared; the lines above say why.")
        supervisor.start(_worker(env), _beat(env), _web(env, listener))
        supervisor.wait_for("site", lambda: page_answers(listener.getsockname()[1]))
        ADDRESS.write_text(address)
        announce(address, env)
        while True:
            supervisor.watch()
            time.sleep(0.25)
    except KeyboardInterrupt:
        ignore_signals()
        say("\nStopping …")
        raise
    finally:
        ignore_signals()
        supervisor.stop()
        if broker:
            broker.remove_sockets()


def _environment(
    database_url: str, broker: Broker | None, address: str, supervisor: Supervisor
) -> dict[str, str]:
    email_url = None if os.environ.get("EMAIL_URL") else start_mail(supervisor, base_environment(os.environ))
    servers = Servers(
        database_url=None if os.environ.get("DATABASE_URL") else database_url,
        broker=broker,
        email_url=email_url,
        mailbox=MAILBOX if email_url else None,
    )
    env = run_environment(os.environ, servers, site_url=address.rstrip("/"), secret_key=kept_secret_key())
    with os.fdopen(os.open(ENVIRONMENT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(env, file)
    return env


def _celery(name: str, env: dict[str, str], *arguments: str | Path) -> Program:
    quiet = ("-W", "ignore:You're running the worker with superuser")  # on this machine only
    command = [PYTHON, *quiet, "-m", "celery", "-q", "-A", "alliance.celery", *arguments]
    return Program(name=name, command=command, env=env, cwd=ROOT, grace=8.0)


def _worker(env: dict[str, str]) -> Program:
    pool = "prefork" if has_shared_memory() else "threads"  # prefork's locks live in shared memory
    options = ("-c", "2", "--pool", pool, "-l", "WARNING", "--without-gossip", "--without-mingle")
    return _celery("worker", env, "worker", *options)


def _beat(env: dict[str, str]) -> Program:
    return _celery("scheduler", env, "beat", "-s", LOCAL / "beat-schedule", "--pidfile=", "-l", "WARNING")


def _web(env: dict[str, str], listener: socket.socket) -> Program:
    """It gets the listening socket from us, so that the port stays ours while it is started again."""
    heartbeat = "/dev/shm" if has_shared_memory() else str(LOCAL)
    command = [str(PYTHON), "-m", "gunicorn", "alliance.wsgi:application", "-b", f"fd://{listener.fileno()}"]
    command += ["-k", "gthread", "-w", "2", "--threads", "4", "--worker-tmp-dir", heartbeat]
    command += ["--graceful-timeout", "2", "--log-level", "warning", "--no-control-socket"]
    return Program(
        name="web server", command=command, env=env, cwd=ROOT, pass_fds=(listener.fileno(),), grace=5.0
    )


def page_answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status >= 500:
        raise SetupError(f"The first page answers with an error ({status}); the lines above say why.")
    return True


def announce(address: str, env: dict[str, str]) -> None:
    say(f"\nAlliance is ready: {address}")
    if LOGINS.exists() and LOGINS.read_text().strip():
        say("Demo staff log-ins:")
        for line in LOGINS.read_text().splitlines():
            say(f"  {line}")
    if "MAILBOX_DIR" in env and env.get("DEMO") == "1":
        say(f"Outgoing mail, read it here: {address}demo/mailbox/")
    elif "MAILBOX_DIR" in env:
        say(f"Outgoing mail is kept in {env['MAILBOX_DIR']}")
    else:
        say("Outgoing mail goes to the server of EMAIL_URL.")
    say("Ctrl-C stops everything.")
