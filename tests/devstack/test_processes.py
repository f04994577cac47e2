import os
import signal
import sys
import time
from pathlib import Path

import pytest

from alliance.devstack.console import SetupError
from alliance.devstack.processes import Program, Supervisor, how_it_ended, pause_before_restart

SLEEP = "import time; time.sleep(60)"


def program(code: str = SLEEP, **options) -> Program:
    return Program(
        name="clock", command=[sys.executable, "-c", code], env=dict(os.environ), cwd=Path("/"), **options
    )


@pytest.fixture
def supervisor():
    started = Supervisor()
    yield started
    started.stop()


def only(supervisor):
    return supervisor._layers[0][0]


def test_pauses_grow_to_half_a_minute():
    assert [pause_before_restart(n) for n in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize(("code", "words"), [(-9, "was killed by signal 9"), (3, "ended with code 3")])
def test_how_it_ended(code, words):
    assert how_it_ended(code) == words


def test_a_killed_program_is_started_again_and_said(supervisor, capsys):
    supervisor.start(program())
    first = only(supervisor).process
    first.kill()
    first.wait()

    supervisor.watch()
    assert capsys.readouterr().out == "clock was killed by signal 9; starting it again in 0.5 s.\n"
    time.sleep(0.6)
    supervisor.watch()

    assert only(supervisor).alive
    assert only(supervisor).process.pid != first.pid


def test_stop_leaves_no_child_of_a_child(supervisor, tmp_path):
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        f"open({str(pid_file)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    supervisor.start(program(code))
    supervisor.wait_for("clock", lambda: pid_file.exists() and pid_file.read_text() != "")
    grandchild = int(pid_file.read_text())

    supervisor.stop()

    end = time.monotonic() + 5
    while is_running(grandchild) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_running(grandchild)


def test_a_program_deaf_to_the_stop_signal_is_killed(supervisor, tmp_path):
    ready = tmp_path / "ready"
    code = f"import signal; signal.signal(15, signal.SIG_IGN); open({str(ready)!r}, 'w'); {SLEEP}"
    supervisor.start(program(code, grace=0.2))
    supervisor.wait_for("clock", ready.exists)
    process = only(supervisor).process

    supervisor.stop()

    assert process.returncode == -signal.SIGKILL


def test_a_program_that_never_starts_is_refused_with_the_end_of_its_log(supervisor, tmp_path):
    log = tmp_path / "log"
    supervisor.start(program("import sys; sys.exit('no such table')", log=log))

    with pytest.raises(SetupError) as refusal:
        supervisor.wait_for("clock", lambda: False)

    assert str(refusal.value).startswith(f"The clock does not start. The end of {log}:\nno such table")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
