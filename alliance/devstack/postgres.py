"""A PostgreSQL server of this checkout's own, on a Unix socket only."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from alliance.devstack.console import SetupError, say
from alliance.devstack.paths import LOCAL, fresh_private_folder, socket_folder_path
from alliance.devstack.postgres_binaries import Binaries, find_binaries
from alliance.devstack.postgres_root import RunAs, copy_for_account, run_as
from alliance.devstack.processes import Program, Supervisor

DATABASE = "alliance"
OPTIONS = (
    "listen_addresses=",
    "shared_buffers=64MB",
    "max_connections=150",
    "log_min_messages=warning",
    "timezone=UTC",
)
THROW_AWAY_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def tool_environment() -> dict[str, str]:
    """Nothing of the caller's PG* or LC_* may steer our own server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def is_postgres(pid: int, data: Path) -> bool:
    """Whether `pid` is a live server of this data folder: not gone, not a zombie, not a stranger."""
    proc = Path("/proc") / str(pid)
    if not Path("/proc/self").exists():
        listed = subprocess.run(
            ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
        )
        return str(data) in listed.stdout
    try:
        state = (proc / "stat").read_text().rsplit(")", 1)[1].split()[0]
        return state != "Z" and os.fsencode(data) in (proc / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def clear_stale_pid(data: Path, *, patience: float = 10.0) -> None:
    """Remove the pid file a killed server left behind; stop the server first if it still lives (an orphan).

    `patience` is in seconds.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int((pid_file.read_text().split() or ["0"])[0])
    except (FileNotFoundError, ValueError):
        pid = 0
    end = time.monotonic() + patience
    if pid and is_postgres(pid, data):
        say(f"Stopping a PostgreSQL that an earlier run left behind (process {pid}) …")
        os.kill(pid, signal.SIGINT)
        while is_postgres(pid, data) and time.monotonic() < end:
            time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


@dataclass
class Postgres:
    """One server: where its files are and how it is run."""

    binaries: Binaries
    identity: RunAs
    data: Path
    sockets: Path
    log: Path
    durable: bool
    throw_away: bool

    @classmethod
    def prepare(cls, tag: str, *, durable: bool, throw_away: bool) -> "Postgres":
        """Find the binaries and make the folders; `tag` keeps servers of one checkout apart."""
        binaries, identity = find_binaries(), run_as()
        home = LOCAL / tag
        if identity.account:
            binaries, home = copy_for_account(binaries, identity, tag)
        home.mkdir(parents=True, exist_ok=True)
        owners = frozenset({os.geteuid(), identity.uid})
        sockets = fresh_private_folder(socket_folder_path(tag), owners=owners)
        identity.own(sockets)
        data, log = home / f"postgres-{binaries.major}", LOCAL / f"{tag}-postgres.log"
        server = cls(binaries, identity, data, sockets, log, durable, throw_away)
        server._make_cluster()
        return server

    @property
    def url(self) -> str:
        return f"postgres://postgres@/{DATABASE}?host={self.sockets}"

    def _tool(self, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        account = self.identity.account
        return subprocess.run(
            [*self.identity.prefix, str(self.binaries.folder / name), *(str(a) for a in arguments)],
            env=tool_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=account[0] if account else None,
            group=account[1] if account else None,
            extra_groups=[] if account else None,
        )

    def _make_cluster(self) -> None:
        if self.throw_away:
            clear_stale_pid(self.data)
            shutil.rmtree(self.data, ignore_errors=True)
        if self.data.exists():
            return
        unfinished = self.data.with_name(self.data.name + ".new")  # a killed initdb leaves half a cluster
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.identity.own(unfinished)
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        done = self._tool("initdb", "-D", unfinished, *options, *([] if self.durable else ["--no-sync"]))
        if done.returncode:
            raise SetupError(
                f"PostgreSQL could not make its data folder:\n{(done.stdout + done.stderr).strip()}"
            )
        unfinished.rename(self.data)

    def program(self) -> Program:
        options = OPTIONS if self.durable else OPTIONS + THROW_AWAY_OPTIONS
        settings = [part for option in options for part in ("-c", option)]
        server = self.binaries.folder / "postgres"
        return Program(
            name="database",
            command=[
                *self.identity.prefix,
                server,
                "-D",
                self.data,
                "-k",
                self.sockets,
                "-p",
                "5432",
                *settings,
            ],
            env=tool_environment(),
            cwd=Path("/"),
            log=self.log,
            account=self.identity.account,
            stop_signal=signal.SIGINT,  # fast shutdown; SIGTERM would wait for every client
            before_start=lambda: clear_stale_pid(self.data),
        )

    def start(self, supervisor: Supervisor) -> None:
        """Start it, wait until it answers, and make the database if it is not there."""
        supervisor.start(self.program())
        supervisor.wait_for("database", self._answers)
        exists = self._query(f"select 1 from pg_database where datname = '{DATABASE}'")
        if exists.stdout.strip() != "1":
            made = self._query(f"create database {DATABASE}")
            if made.returncode:
                raise SetupError(f"The database could not be made: {made.stderr.strip()}")

    def _answers(self) -> bool:
        return self._tool("pg_isready", "-q", "-h", self.sockets, "-U", "postgres").returncode == 0

    def _query(self, sql: str) -> subprocess.CompletedProcess[str]:
        return self._tool("psql", "-h", self.sockets, "-U", "postgres", "-d", "postgres", "-XAtc", sql)

    def clean_up(self) -> None:
        """After it was stopped: its sockets, and of a throw-away server everything."""
        shutil.rmtree(self.sockets, ignore_errors=True)
        if self.throw_away:
            shutil.rmtree(self.data.parent, ignore_errors=True)
