"""The commands of dev.py. Each takes the words after its name and returns an exit code."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass

from alliance.devstack.browser import find_chromium
from alliance.devstack.console import SetupError, say
from alliance.devstack.environment import Servers, kept_secret_key, run_environment, test_environment
from alliance.devstack.network import DEFAULT_PORT
from alliance.devstack.paths import LOCAL, PYTHON, ROOT, VENV, Lock, free_test_slot
from alliance.devstack.processes import Supervisor, run_foreground
from alliance.devstack.redis import find_redis
from alliance.devstack.run import ENVIRONMENT, database, serve, stop_on_signals
from alliance.devstack.venv import ensure_venv

INTERRUPTED = 130

LONG_TRIALS = (
    "tests/chaos",
    "tests/concurrency",
    "tests/messaging/test_delivery.py",
    "tests/actions/test_lifecycle.py",
    "tests/access/test_enumeration.py",
    "tests/portal/test_fuzz.py",
    "tests/rules/test_parsers.py",
    "tests/forms/test_any_text.py",
)

CHECKS: dict[str, tuple[str, ...]] = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "."),
    "mypy": ("-m", "mypy", "."),
    "lint-imports": (str(VENV / "bin" / "lint-imports"),),
    "manage.py check": ("manage.py", "check", "--fail-level", "WARNING"),
    # without a database it warns that it cannot compare with what was applied; models and files are compared
    "makemigrations": ("-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run"),
}


def test(arguments: list[str]) -> int:
    def run_pytest(env: dict[str, str]) -> int:
        env["CHROMIUM"] = str(find_chromium(env))
        redis = find_redis()
        if redis:
            env["REDIS_SERVER"] = str(redis)
        run_foreground([PYTHON, "-m", "alliance.devstack.translations"], env, ROOT)
        # The browser tests come last and take long: who has none left takes them from the other.
        shared = ("-n", "2", "--dist", "worksteal")
        return run_foreground([PYTHON, "-m", "pytest", *shared, *arguments], env, ROOT)

    return with_throw_away_database(run_pytest, durable=False)


def chaos(arguments: list[str]) -> int:
    """One at a time and with what they counted shown: each of them loads the machine by itself."""
    patience = ("-o", "faulthandler_timeout=3600")
    return test(["-n", "0", "-s", "--long", *patience, *(arguments or LONG_TRIALS)])


def bench(arguments: list[str]) -> int:
    def run_benchmarks(env: dict[str, str]) -> int:
        return run_foreground([PYTHON, "-m", "benchmarks", *arguments], env, ROOT)

    return with_throw_away_database(run_benchmarks, durable=True)


def with_throw_away_database(work: Callable[[dict[str, str]], int], *, durable: bool) -> int:
    """Run `work` on a database that is gone afterwards; `durable` keeps its writes as slow as real ones."""
    stop_on_signals()
    ensure_venv()
    slot, lock = free_test_slot()
    try:
        with database(slot, Supervisor(), durable=durable, throw_away=True) as url:
            return work(test_environment(os.environ, url))
    finally:
        lock.release()


def lint(arguments: list[str]) -> int:
    """Every check, even after one that failed, so that one look shows all."""
    ensure_venv()
    env = test_environment(os.environ, os.environ.get("DATABASE_URL", "postgres:///alliance"))
    failed = []
    for name, command in CHECKS.items():
        say(f"== {name}")
        if run_foreground([str(PYTHON), *command], env, ROOT):
            failed.append(name)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def manage(arguments: list[str]) -> int:
    """manage.py on the database of `run`: the running one, or the same one started for this command."""
    ensure_venv()
    command = [str(PYTHON), "manage.py", *arguments]
    lock = Lock(LOCAL / "run.lock")
    if not lock.acquire():
        if not ENVIRONMENT.exists():
            raise SetupError("`run` is just starting. Try again when it says that it is ready.")
        return run_foreground(command, {**os.environ, **json.loads(ENVIRONMENT.read_text())}, ROOT)
    stop_on_signals()
    with database("run", Supervisor(), durable=True) as url:
        servers = Servers(database_url=None if os.environ.get("DATABASE_URL") else url)
        site_url = f"http://127.0.0.1:{DEFAULT_PORT}"
        env = run_environment(os.environ, servers, site_url=site_url, secret_key=kept_secret_key())
        return run_foreground(command, env, ROOT)


@dataclass(frozen=True)
class Command:
    run: Callable[[list[str]], int]
    summary: str


def show_help(arguments: list[str]) -> int:
    say(help_text())
    return 0


COMMANDS = {
    "run": Command(serve, "the site with all it needs, on http://127.0.0.1:8000 (PORT=9000 to choose)"),
    "test": Command(test, "all tests; words after it go to pytest: test tests/rules -k slots"),
    "lint": Command(lint, "style, types, layers, and whether a migration is missing"),
    "bench": Command(bench, "the benchmarks, on data they build"),
    "chaos": Command(chaos, "the long tests that kill processes under load"),
    "manage": Command(manage, "Django's manage.py, on the database of `run`: manage createsuperuser"),
    "help": Command(show_help, "this text"),
}


def help_text() -> str:
    lines = [f"  {name:<8}{command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(["Usage: python3 dev.py COMMAND", "", *lines])


def main(words: list[str]) -> int:
    name, *arguments = words or ["help"]
    command = COMMANDS.get("help" if name in {"-h", "--help"} else name)
    if command is None:
        say(f"There is no command `{name}`.\n\n{help_text()}")
        return 2
    try:
        return command.run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SetupError as problem:
        say(str(problem))
        return 1
    except PermissionError as problem:
        say(
            f"No permission for {problem.filename}. If another account made it, remove it or run as that one."
        )
        return 1
