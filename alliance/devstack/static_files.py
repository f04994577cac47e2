"""Collect the static files when one of them changed: hashing and compressing all of them takes seconds."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from alliance.devstack.paths import LOCAL

KEPT = LOCAL / "static-files"


def fingerprint() -> str:
    """Of the names, sizes and times of everything the site would collect."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"\0{name}\0{found.st_size}\0{found.st_mtime_ns}".encode())
    return digest.hexdigest()


def collect_if_changed(kept: Path = KEPT) -> bool:
    wanted = fingerprint()
    if kept.exists() and kept.read_text() == wanted and Path(settings.STATIC_ROOT).is_dir():
        return False
    kept.unlink(missing_ok=True)  # until all is collected
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    kept.write_text(wanted)
    return True
