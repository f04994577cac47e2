"""PostgreSQL refuses to run as root. Where we are root, it runs as somebody else.

First choice is a user namespace in which we look like an ordinary account: files stay ours, and a folder
below a private home works. Where the kernel refuses that (most containers), it runs as a real account from
a copy in a folder of its own.
"""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from alliance.devstack.console import SetupError
from alliance.devstack.machine import is_root, unprivileged_account
from alliance.devstack.paths import ROOT
from alliance.devstack.postgres_binaries import Binaries


@dataclass(frozen=True)
class RunAs:
    prefix: tuple[str, ...] = ()  # put before each command
    account: tuple[int, int] | None = None  # uid and gid to change to

    @property
    def uid(self) -> int:
        return self.account[0] if self.account else os.geteuid()

    def own(self, path: Path) -> None:
        if self.account:
            os.chown(path, *self.account)


def run_as() -> RunAs:
    if not is_root():
        return RunAs()
    account = unprivileged_account()
    if account is None:
        raise SetupError(
            "PostgreSQL refuses to run as root, and no other account exists. Run this as another user."
        )
    prefix = ("unshare", "--user", f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}", "--")
    if shutil.which("unshare") and _works(prefix):
        return RunAs(prefix=prefix)
    return RunAs(account=(account.pw_uid, account.pw_gid))


def _works(prefix: tuple[str, ...]) -> bool:
    return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0


def copy_for_account(
    binaries: Binaries, identity: RunAs, tag: str, base: Path = Path("/var/tmp")
) -> tuple[Binaries, Path]:
    """Binaries the account can read, and a folder for its data, both outside our private folders."""
    digest = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
    home = base / f"alliance-{digest}"
    home.mkdir(mode=0o711, exist_ok=True)
    if home.is_symlink() or home.lstat().st_uid != os.geteuid():
        raise SetupError(f"{home} exists and is not ours. Remove it, then run the same command again.")
    if binaries.movable:
        binaries = binaries.moved_to(_copied(binaries, home))
    return binaries, home / tag


def _copied(binaries: Binaries, home: Path) -> Path:
    source = binaries.folder.parent
    name = hashlib.sha256(f"{source}:{source.stat().st_mtime_ns}".encode()).hexdigest()[:10]
    target = home / f"install-{binaries.major}-{name}"
    if not target.exists():
        unfinished = target.with_name(target.name + f".{os.getpid()}")
        shutil.copytree(source, unfinished, symlinks=True)
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(
                    path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044)
                )
        for older in home.glob("install-*"):
            if older != unfinished:
                shutil.rmtree(older, ignore_errors=True)
        unfinished.rename(target)
    return target / "bin"
