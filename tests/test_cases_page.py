"""docs/cases.md and docs/checks.md name tests; each of them must be there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize(("name", "heading"), [("cases.md", "| Trial"), ("checks.md", "| Check")])
def test_every_row_names_tests_that_exist(name, heading):
    page = (ROOT / "docs" / name).read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith(heading)]
    assert rows
    assert [row for row in rows if not NAMED.search(row)] == []
    gone = []
    for file, name in NAMED.findall(page):
        path = ROOT / file
        tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            gone.append(f"{file}::{name}")
    assert gone == []
