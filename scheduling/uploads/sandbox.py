"""Cleaning in a process of its own: a picture that crashes its decoder, or wants all the memory there is,
takes nobody's booking with it. What the process holds is gone with it."""

import logging
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

from scheduling.uploads.kinds import LARGEST_FILE, CleanFile, ContentType, Fault, Refused

logger = logging.getLogger(__name__)

# Seconds of the clock: with one file, with all of a request, and until it is a file's turn. A web server has
# few threads, and whoever waits keeps one.
PATIENCE: Final = 30
BUDGET: Final = 45
TURN_WITHIN: Final = 5
AT_ONCE: Final = 2  # in one web process, so that many uploads share its memory in turn
_ROOT: Final = Path(__file__).parents[2]
# -I: nothing from the environment or the working folder; the one path it needs is given.
_COMMAND: Final = (
    sys.executable,
    "-I",
    "-c",
    f"import sys; sys.path.append({str(_ROOT)!r}); from scheduling.uploads.child import main; main()",
)
_turns = threading.BoundedSemaphore(AT_ONCE)


class Budget:
    """The time for all files of one request."""

    def __init__(self, seconds: float = BUDGET) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def give_up(self) -> None:
        """Where others have every turn, the next file of the request need not wait for one as well."""
        self._until = 0.0


def clean_apart(content: bytes, budget: Budget | None = None) -> CleanFile:
    """As cleaning.clean_file. Raises Refused: a file that breaks its process is broken, and of one whose turn
    does not come in time nothing is known (BUSY)."""
    if not content:
        raise Refused(Fault.EMPTY)
    if len(content) > LARGEST_FILE:
        raise Refused(Fault.TOO_BIG)
    first_line, _end, cleaned = _run(content, budget or Budget()).partition(b"\n")
    said = first_line.decode()
    if said in ContentType._value2member_map_:
        return CleanFile(ContentType(said), cleaned)
    raise Refused(Fault(said) if said in Fault._value2member_map_ else Fault.BROKEN)


def _run(content: bytes, budget: Budget) -> bytes:
    if not budget.left or not _turns.acquire(timeout=min(TURN_WITHIN, budget.left)):
        budget.give_up()
        raise Refused(Fault.BUSY)
    try:
        return _cleaned(content, budget)
    finally:
        _turns.release()


def _cleaned(content: bytes, budget: Budget) -> bytes:
    patience = min(PATIENCE, budget.left)
    try:
        done = subprocess.run(  # noqa: S603  # our own program, without a shell
            _COMMAND,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries print what they read
            env={},
            timeout=patience,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        if patience < PATIENCE and isinstance(error, subprocess.TimeoutExpired):
            return Fault.BUSY.encode()
        logger.warning("an uploaded file could not be read: %s", type(error).__name__)
        return Fault.BROKEN.encode()
    return done.stdout
