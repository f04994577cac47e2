"""`make bench`: builds its own data in a database of its own, measures, prints, writes a file.

    python3 dev.py bench                                    everything, up to a million appointments
    python3 dev.py bench --sizes 1000 --suites openings     a quick look

A suite is a module of this package with `measure(size) -> Iterable[Row]`; add it to SUITES. Times
vary between machines by a factor of two, so read the ratios between the columns of one run first.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import perf_counter

import django
from django.db import connection

RESULTS = Path(__file__).parent / "results"
SIZES = [1_000, 100_000, 1_000_000]
SUITES = ["openings", "http", "messages"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of appointments")
    parser.add_argument("--suites", nargs="+", default=SUITES, choices=SUITES)
    arguments = parser.parse_args()
    sizes = sorted(arguments.sizes)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    django.setup()
    from benchmarks import dataset, report  # noqa: PLC0415 - they need Django to be set up

    suites = [import_module(f"benchmarks.{name}") for name in arguments.suites]
    rows = []
    with own_database():
        dataset.build_places()
        for size in sizes:
            start = perf_counter()
            dataset.fill_up_to(size)
            print(f"{size:,} appointments built in {perf_counter() - start:.0f} s")
            for suite in suites:
                for row in suite.measure(size):
                    print(f"  {row.work}: {row.median_ms:,.1f} ms {row.rate}", flush=True)
                    rows.append(row)
        server = connection.pg_version
    report.show(rows)
    written = report.write(rows, RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M}.json", postgres=server)
    print(f"\nWritten to {written}")
    failed = [row for row in rows if row.table_scans]
    if failed:
        raise SystemExit("A query read the whole table of appointments.")


@contextmanager
def own_database() -> Iterator[None]:
    """Made empty beside the configured one, and dropped at the end: nobody's data is touched."""
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
