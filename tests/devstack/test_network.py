import re
import socket

import pytest

from alliance.devstack import network
from alliance.devstack.console import SetupError
from alliance.devstack.network import unused_port, web_listener


@pytest.fixture
def taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_chosen_port_is_used():
    port = unused_port()

    with web_listener({"PORT": str(port)}) as listener:
        assert listener.getsockname() == ("127.0.0.1", port)


def test_chosen_port_that_is_taken_is_said_with_another_to_choose(taken):
    with pytest.raises(SetupError) as refusal:
        web_listener({"PORT": str(taken)})

    assert re.fullmatch(
        rf"Port {taken} is taken or not allowed\. Choose another: PORT=\d+ python3 dev\.py run",
        str(refusal.value),
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_no_port(port):
    with pytest.raises(SetupError, match=f"PORT={port} is not a port"):
        web_listener({"PORT": port})


def test_without_a_choice_the_next_free_port_is_taken_and_said(taken, monkeypatch, capsys):
    monkeypatch.setattr(network, "DEFAULT_PORT", taken)

    with web_listener({}) as listener:
        port = listener.getsockname()[1]

    assert taken < port < taken + network.TRIES
    assert capsys.readouterr().out == (
        f"Port {taken} is taken; using {port}. To choose one: PORT=9000 python3 dev.py run\n"
    )
