"""Child processes: started so that they die with us, watched, started again, and stopped in order."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alliance.devstack.console import SetupError, say
from alliance.devstack.machine import dies_with_parent

LONGEST_PAUSE = 30.0  # seconds between two tries to start a program again
STEADY_AFTER = 60.0  # seconds a program lives before earlier failures are forgotten
FAILURES_AT_START = 3


@dataclass
class Program:
    """How to start and stop one process. It leads its own process group."""

    name: str
    command: Sequence[str | Path]
    env: dict[str, str]
    cwd: Path
    log: Path | None = None  # None: its lines go to our own output
    stdin: str | None = None
    pass_fds: tuple[int, ...] = ()
    account: tuple[int, int] | None = None  # uid and gid to run as, where we are root
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0  # seconds between the stop signal and the kill
    before_start: Callable[[], None] | None = None


def pause_before_restart(failures: int) -> float:
    """Seconds to wait after the n-th failure in a row: 0.5, 1, 2, 4 … 30."""
    return min(LONGEST_PAUSE, 0.5 * 2.0 ** (failures - 1))


def how_it_ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"


@dataclass
class Running:
    program: Program
    process: subprocess.Popen[str] = field(init=False)
    started_at: float = field(init=False)
    failures: int = 0
    restart_at: float | None = None

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        program = self.program
        if program.before_start:
            program.before_start()
        with contextlib.ExitStack() as files:
            output = files.enter_context(program.log.open("ab")) if program.log else None
            self.process = subprocess.Popen(
                [str(part) for part in program.command],
                env=program.env,
                cwd=program.cwd,
                stdin=subprocess.DEVNULL if program.stdin is None else subprocess.PIPE,
                stdout=output,
                stderr=output,
                text=True,
                pass_fds=program.pass_fds,
                start_new_session=True,
                preexec_fn=dies_with_parent(program.stop_signal),  # noqa: PLW1509 - no threads here
                user=program.account[0] if program.account else None,
                group=program.account[1] if program.account else None,
                extra_groups=[] if program.account else None,
            )
        if program.stdin is not None and self.process.stdin:
            self.process.stdin.write(program.stdin)
            self.process.stdin.close()
        self.started_at = time.monotonic()
        self.restart_at = None

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def watch(self) -> None:
        """Note a death, and start the program again once its pause is over."""
        if self.alive:
            return
        now = time.monotonic()
        if self.restart_at is None:
            self.kill_group()  # its own children must not outlive it
            self.failures = 1 if now - self.started_at > STEADY_AFTER else self.failures + 1
            pause = pause_before_restart(self.failures)
            self.restart_at = now + pause
            ending = how_it_ended(self.process.returncode)
            say(f"{self.program.name} {ending}; starting it again in {pause:g} s.")
        elif now >= self.restart_at:
            self.start()


class Supervisor:
    """Programs in the order they start. They stop in the opposite order, those of one layer together."""

    def __init__(self) -> None:
        self._layers: list[list[Running]] = []

    def start(self, *programs: Program) -> None:
        layer: list[Running] = []
        self._layers.append(layer)
        for program in programs:  # one by one: what has started is stopped if the next does not start
            layer += [Running(program)]

    def watch(self) -> None:
        for layer in self._layers:
            for running in layer:
                running.watch()

    def refuse_if_failing(self) -> None:
        """Raise SetupError if a program died again and again before the first page was there."""
        for layer in self._layers:
            for running in layer:
                if running.failures >= FAILURES_AT_START:
                    raise SetupError(
                        f"The {running.program.name} does not start.{last_lines(running.program.log)}"
                    )

    def wait_for(self, name: str, is_ready: Callable[[], bool], seconds: float = 60.0) -> None:
        """Watch until `is_ready`; raise SetupError if that takes longer than `seconds`."""
        end = time.monotonic() + seconds
        while not is_ready():
            self.watch()
            self.refuse_if_failing()
            if time.monotonic() > end:
                raise SetupError(f"The {name} did not answer within {seconds:g} seconds.")
            time.sleep(0.05)

    def stop(self) -> None:
        while self._layers:
            stop_together(self._layers[-1])
            self._layers.pop()


def stop_together(layer: list[Running]) -> None:
    for running in layer:
        if running.alive:
            running.process.send_signal(running.program.stop_signal)
    asked_at = time.monotonic()
    for running in layer:
        left = asked_at + running.program.grace - time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(max(0.1, left))
        running.kill_group()
        running.process.wait()


def last_lines(log: Path | None, count: int = 12) -> str:
    if log is None or not log.exists():
        return ""
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return f" The end of {log}:\n" + "\n".join(lines)


def run_foreground(command: Sequence[str | Path], env: dict[str, str], cwd: Path) -> int:
    """Run one command with our input and output and return its code. An interrupt ends it, then goes on."""
    child = subprocess.Popen(
        [str(part) for part in command],
        env=env,
        cwd=cwd,
        preexec_fn=dies_with_parent(),  # noqa: PLW1509 - no threads here
    )
    try:
        return child.wait()
    except KeyboardInterrupt:
        for patience, ask in (
            (5, child.terminate),
            (10, child.kill),
        ):  # Ctrl-C in a terminal reached it already
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(patience)
                break
            ask()
        child.wait()
        raise
