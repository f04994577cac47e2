import os
import subprocess
import sys

import pytest

from alliance.devstack.postgres import clear_stale_pid, is_postgres, tool_environment
from alliance.devstack.postgres_binaries import major_version

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "a data folder"
    folder.mkdir()
    return folder


def test_pid_file_of_a_process_that_is_gone_is_removed(data):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (data / "postmaster.pid").write_text(f"{gone.pid}\n{data}\n")

    clear_stale_pid(data)

    assert not (data / "postmaster.pid").exists()


@pytest.mark.parametrize("content", ["", "not a number\n"])
def test_damaged_pid_file_is_removed(data, content):
    (data / "postmaster.pid").write_text(content)

    clear_stale_pid(data)

    assert not (data / "postmaster.pid").exists()


def test_a_strangers_process_with_the_same_pid_is_left_alone(data):
    stranger = subprocess.Popen(SLEEP)
    try:
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n")

        clear_stale_pid(data)

        assert stranger.poll() is None
        assert not (data / "postmaster.pid").exists()
    finally:
        stranger.kill()
        stranger.wait()


def test_an_orphan_of_this_folder_is_stopped(data):
    orphan = subprocess.Popen([*SLEEP, str(data)])
    try:
        (data / "postmaster.pid").write_text(f"{orphan.pid}\n")
        assert is_postgres(orphan.pid, data)

        clear_stale_pid(data)

        assert not is_postgres(orphan.pid, data)
        assert orphan.wait(10) != 0
    finally:
        orphan.kill()
        orphan.wait()


def test_no_pid_file_is_fine(data):
    clear_stale_pid(data)

    assert list(data.iterdir()) == []


def test_a_zombie_is_no_server(data):
    zombie = subprocess.Popen([sys.executable, "-c", "", str(data)])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)

    assert not is_postgres(zombie.pid, data)
    zombie.wait()


@pytest.mark.parametrize(
    ("text", "major"),
    [
        ("postgres (PostgreSQL) 17.10\n", 17),
        ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", 15),
        ("", None),
    ],
)
def test_major_version(text, major):
    assert major_version(text) == major


def test_callers_pg_and_locale_variables_do_not_reach_the_tools(monkeypatch):
    monkeypatch.setenv("PGPORT", "9999")
    monkeypatch.setenv("LC_MESSAGES", "es_ES.UTF-8")

    env = tool_environment()

    assert [name for name in env if name.startswith("PG")] == []
    assert {name: env[name] for name in env if name.startswith("LC_")} == {"LC_ALL": "C.UTF-8"}
