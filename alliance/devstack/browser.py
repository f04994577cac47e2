"""Chromium for the browser tests: on the machine, else apt-get, else Playwright's own download.

The headless shell comes first: the whole browser without a window takes about twice the processor time.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from alliance.devstack.console import SetupError, say
from alliance.devstack.machine import apt_install
from alliance.devstack.paths import PYTHON

SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")


def find_chromium(env: dict[str, str]) -> Path:
    """A Chromium that starts; raise SetupError if there is none and none can be had."""
    for candidate in _candidates(env):
        if _starts(candidate, env):
            return candidate
    raise SetupError(
        "The browser tests need Chromium, and none was found or could be fetched. "
        "On Debian or Ubuntu: apt-get install chromium; or set CHROMIUM to its path."
    )


def _candidates(env: Mapping[str, str]) -> Iterator[Path]:
    if env.get("CHROMIUM"):
        yield Path(env["CHROMIUM"])
    yield from _on_machine(SHELL)
    yield from _of_playwright(env)
    if apt_install(SHELL):
        yield from _on_machine(SHELL)
    yield from _on_machine(*NAMES)
    yield from (app for name in MAC_APPS if (app := Path("/Applications") / name).exists())
    if apt_install(NAMES[0]):
        yield from _on_machine(*NAMES)
    say("Fetching a Chromium with Playwright …")
    subprocess.run([PYTHON, "-m", "playwright", "install", SHELL], env=env, capture_output=True, check=False)
    yield from _of_playwright(env)


def _on_machine(*names: str) -> Iterator[Path]:
    yield from (Path(found) for found in map(shutil.which, names) if found)


def _of_playwright(env: Mapping[str, str]) -> Iterator[Path]:
    home = Path(env.get("HOME", "/"))
    given = env.get("PLAYWRIGHT_BROWSERS_PATH")
    for cache in (
        [Path(given)] if given else [home / ".cache/ms-playwright", home / "Library/Caches/ms-playwright"]
    ):
        for shell in ("headless_shell", SHELL.replace("chromium", "chrome")):
            yield from sorted(cache.glob(f"chromium_headless_shell-*/*/{shell}"), reverse=True)
        yield from sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
        yield from sorted(cache.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*"), reverse=True)


def _starts(browser: Path, env: Mapping[str, str]) -> bool:
    """False too for a stub, or for a browser whose system libraries are missing."""
    try:
        said = subprocess.run(
            [browser, "--version"], env={**os.environ, **env}, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0
