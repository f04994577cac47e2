"""What differs between machines: accounts, system packages, shared memory."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from alliance.devstack.console import say

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def is_root() -> bool:
    return os.geteuid() == 0


def unprivileged_account() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def dies_with_parent(stop_signal: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends the child `stop_signal` when its parent dies (Linux only)."""
    parent = os.getpid()

    def ask_kernel() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

    return ask_kernel


def has_shared_memory(folder: Path = Path("/dev/shm")) -> bool:
    try:  # for root, permission bits say nothing
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def apt_install(package: str) -> bool:
    """Try to install a Debian package; only root on a machine with apt can."""
    if not is_root() or not shutil.which("apt-get"):
        return False
    say(f"Installing {package} with apt-get …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quick = ["apt-get", "-qq", "-o", "Acquire::http::Timeout=15", "-o", "Acquire::Retries=1"]
    for command in ([*quick, "update"], [*quick, "install", "-y", package]):
        done = subprocess.run(command, env=env, capture_output=True, check=False)
    return done.returncode == 0
