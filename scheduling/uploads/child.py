"""The process that sandbox starts: a file comes in, its kind goes out, and what is kept of it."""

import contextlib
import resource
import sys
from typing import Final

from scheduling.uploads.cleaning import clean_file
from scheduling.uploads.kinds import Refused

MEMORY: Final = 1536 * 1024 * 1024  # bytes of address space
SECONDS: Final = 30  # of computing
OPEN_FILES: Final = 32


def main() -> None:
    content = sys.stdin.buffer.read()
    _give_up_means()
    try:
        clean = clean_file(content)
    except Refused as refusal:
        sys.stdout.buffer.write(refusal.fault.encode())
    else:
        sys.stdout.buffer.write(clean.content_type.encode() + b"\n" + clean.content)


def _give_up_means() -> None:
    """Of writing files, and of using more memory or time than a file needs. A crash leaves no image of it."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS knows not all of them
            resource.setrlimit(what, (most, most))
