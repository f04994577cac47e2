import subprocess
import sys

from alliance.devstack.commands import COMMANDS, LONG_TRIALS, help_text, main
from alliance.devstack.paths import ROOT


def test_dev_py_needs_no_packages():
    """A bare Python: no site-packages, no environment."""
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(ROOT / "dev.py")],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == help_text() + "\n"


def test_help_names_every_command_once():
    shown = [line.split()[0] for line in help_text().splitlines()[2:]]

    assert shown == ["run", "test", "lint", "bench", "chaos", "manage", "help"]
    assert shown == list(COMMANDS)


def test_unknown_command_is_said_and_helped(capsys):
    assert main(["rnu"]) == 2

    assert capsys.readouterr().out == f"There is no command `rnu`.\n\n{help_text()}\n"


def test_run_refuses_arguments(capsys):
    assert main(["run", "9000"]) == 1

    assert capsys.readouterr().out.startswith("`run` takes no arguments")


def test_every_long_trial_is_there():
    assert [trial for trial in LONG_TRIALS if not (ROOT / trial).exists()] == []
