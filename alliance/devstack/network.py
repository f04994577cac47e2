"""Ports on this machine."""

import os
import socket
from collections.abc import Mapping

from alliance.devstack.console import SetupError, say

DEFAULT_PORT = 8000
TRIES = 30


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listen(port: int) -> socket.socket | None:
    """A listening socket, or None if the port is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError:
        listener.close()
        return None
    return listener


def web_listener(environ: Mapping[str, str] = os.environ) -> socket.socket:
    """The socket of the web server: PORT if that is set, else 8000 or the next free port.

    Raises SetupError if PORT is no port or is taken.
    """
    chosen = environ.get("PORT", "")
    if chosen:
        return _chosen_listener(chosen)
    for port in range(DEFAULT_PORT, DEFAULT_PORT + TRIES):
        listener = listen(port)
        if listener:
            if port != DEFAULT_PORT:
                say(
                    f"Port {DEFAULT_PORT} is taken; using {port}. To choose one: PORT=9000 python3 dev.py run"
                )
            return listener
    raise SetupError(
        f"Ports {DEFAULT_PORT} to {DEFAULT_PORT + TRIES - 1} are taken. Choose: PORT=9000 python3 dev.py run"
    )


def _chosen_listener(chosen: str) -> socket.socket:
    if not chosen.isdecimal() or not 1 <= int(chosen) <= 65535:
        raise SetupError(f"PORT={chosen} is not a port. Choose a number from 1024 to 65535.")
    listener = listen(int(chosen))
    if listener is None:
        raise SetupError(
            f"Port {chosen} is taken or not allowed. Choose another: PORT={unused_port()} python3 dev.py run"
        )
    return listener
