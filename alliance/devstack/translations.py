"""Program of the virtual environment: compile each .po file that is newer than its .mo, without gettext."""

import os
from pathlib import Path

import polib

from alliance.devstack.paths import ROOT


def compile_all(root: Path = ROOT) -> list[Path]:
    """The .mo files written."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        unfinished = target.with_suffix(f".{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(unfinished))
        unfinished.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_all()
