"""A real mail server on this machine that keeps what it gets; it sends nothing anywhere."""

import socket
from pathlib import Path

from alliance.devstack.network import unused_port
from alliance.devstack.paths import LOCAL, PYTHON, ROOT
from alliance.devstack.processes import Program, Supervisor

MAILBOX = LOCAL / "mail"


def start_mail(supervisor: Supervisor, env: dict[str, str]) -> str:
    """Start it and return its EMAIL_URL."""
    port = unused_port()
    supervisor.start(mail_program(port, MAILBOX, env))
    supervisor.wait_for("mail server", lambda: answers(port))
    return f"smtp://127.0.0.1:{port}"


def mail_program(port: int, folder: Path, env: dict[str, str]) -> Program:
    return Program(
        name="mail server",
        command=[PYTHON, "-m", "alliance.devstack.mail_server", "--port", str(port), "--folder", folder],
        env=env,
        cwd=ROOT,
        log=LOCAL / "mail.log",
        grace=3.0,
    )


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False
