"""A row of the table, how it is measured, and how it is shown."""

import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from django.db import connection

TABLE = "scheduling_appointment"


@dataclass(frozen=True, kw_only=True)
class Row:
    work: str
    size: int  # appointments in the table
    median_ms: float
    p95_ms: float
    queries: int
    results: int
    goal: str
    rate: str = ""
    table_scans: list[str] = field(default_factory=list)
    index_reads: list[str] = field(default_factory=list)


def measured(work: str, size: int, call: Callable[[], Sequence[Any] | dict], *, goal: str) -> Row:
    statements: list[tuple[str, Any]] = []

    def record(execute: Callable[..., Any], *statement: Any) -> Any:
        statements.append(statement[:2])
        return execute(*statement)

    with connection.execute_wrapper(record):
        results = len(call())
    times = list(timed(call, rounds=40))
    scans, reads = plans(statements)
    return Row(
        work=work,
        size=size,
        median_ms=round(median(times), 2),
        p95_ms=round(quantiles(times, n=20)[-1], 2),
        queries=len(statements),
        results=results,
        goal=goal,
        table_scans=scans,
        index_reads=reads,
    )


def timed(call: Callable[[], Any], *, rounds: int) -> Iterator[float]:
    for _ in range(3):
        call()
    for _ in range(rounds):
        start = perf_counter()
        call()
        yield (perf_counter() - start) * 1000


def plans(statements: list[tuple[str, Any]]) -> tuple[list[str], list[str]]:
    """How PostgreSQL reads the table of appointments: whole, and by which indexes."""
    scans, reads = set(), set()
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            for node in nodes(cursor.fetchone()[0][0]["Plan"]):
                if node.get("Relation Name") == TABLE and node["Node Type"] == "Seq Scan":
                    scans.add(node["Node Type"])
                elif node.get("Relation Name") == TABLE or "appointment" in node.get("Index Name", ""):
                    reads.add(f"{node['Node Type']} {node.get('Index Name', '')}".strip())
    return sorted(scans), sorted(reads)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def show(rows: Sequence[Row]) -> None:
    titles = ("work", "appointments", "median ms", "p95 ms", "ratio", "goal", "rate", "queries", "results")
    lines = [titles]
    for row in rows:
        smallest = min((one for one in rows if one.work == row.work), key=lambda one: one.size)
        times = (f"{row.median_ms:.1f}", f"{row.p95_ms:.1f}", f"{row.median_ms / smallest.median_ms:.2f}")
        counts = (str(row.queries or ""), str(row.results))
        lines.append((row.work, f"{row.size:,}", *times, row.goal, row.rate, *counts))
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    print()
    for line in lines:
        first, *others = line
        print(
            first.ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)),
        )
    largest = [row for row in rows if row.size == max(one.size for one in rows)]
    print(f"\nReading {TABLE} at the largest size (ratio: against the smallest size of this run):")
    for row in (row for row in largest if row.queries):
        found = ", ".join(row.table_scans or row.index_reads)
        print(f"  {row.work}: {'WHOLE TABLE, ' if row.table_scans else ''}{found}")


def write(rows: Sequence[Row], path: Path, **facts: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), **facts}
    path.write_text(json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=1))
    return path
