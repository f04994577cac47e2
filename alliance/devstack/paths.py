"""Where this checkout keeps its things, and the locks that keep two runs apart."""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO

from alliance.devstack.console import SetupError

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = ROOT / ".local"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

TEST_SLOTS = 9  # test runs at once in one checkout


class Lock:
    """An advisory lock on a file; the kernel drops it when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = path.open("a")

    def acquire(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """Hold it beside others who share it; wait for one who has it alone. Gives up having it alone."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> None:
        self._file.close()


def socket_folder_path(tag: str, root: Path = ROOT) -> Path:
    """A path short enough for a Unix socket (107 bytes), one per account, checkout and tag."""
    base = Path("/tmp")
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir())
    digest = hashlib.sha256(f"{root}:{tag}".encode()).hexdigest()[:10]
    return base / f"alliance-{os.geteuid()}-{digest}"


def fresh_private_folder(path: Path, *, owners: frozenset[int] | None = None) -> Path:
    """An empty 0700 folder at `path`. What an earlier run left there is removed, unless it is a stranger's.

    Raises SetupError if the path is a link or belongs to none of `owners` (by default this account).
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owners or {os.geteuid()}):
            raise SetupError(
                f"{path} exists and is not ours. Remove it, then run the same command again."
            ) from None
        shutil.rmtree(path)
        path.mkdir(mode=0o700)
    return path


def free_test_slot() -> tuple[str, Lock]:
    """The first slot no other test run of this checkout holds: a name, and its lock."""
    for number in range(1, TEST_SLOTS + 1):
        lock = Lock(LOCAL / f"test-{number}.lock")
        if lock.acquire():
            return f"test-{number}", lock
        lock.release()
    raise SetupError(f"{TEST_SLOTS} test runs are going on in this checkout. Wait for one to end.")
