"""Cleaning in a process of its own: a picture that crashes its decoder, or wants all the memory there is,
takes nobody's booking with it. What the process holds is gone with it."""

import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from scheduling.uploads.kinds import LARGEST_FILE, CleanFile, ContentType, Fault, Refused

logger = logging.getLogger(__name__)

PATIENCE: Final = 60  # seconds of the clock
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


def clean_apart(content: bytes) -> CleanFile:
    """As cleaning.clean_file. Raises Refused: a file that breaks its process is broken."""
    if not content:
        raise Refused(Fault.EMPTY)
    if len(content) > LARGEST_FILE:
        raise Refused(Fault.TOO_BIG)
    first_line, _end, cleaned = _run(content).partition(b"\n")
    said = first_line.decode()
    if said in ContentType._value2member_map_:
        return CleanFile(ContentType(said), cleaned)
    raise Refused(Fault(said) if said in Fault._value2member_map_ else Fault.BROKEN)


def _run(content: bytes) -> bytes:
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603  # our own program, without a shell
                _COMMAND,
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # libraries print what they read
                env={},
                timeout=PATIENCE,
                check=True,
            )
        except (subprocess.SubprocessError, OSError) as error:
            logger.warning("an uploaded file could not be read: %s", type(error).__name__)
            return Fault.BROKEN.encode()
    return done.stdout
