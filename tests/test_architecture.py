"""The rules of docs/architecture.md that a reader of one file cannot see."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("alliance", "locations", "scheduling")
EDGES = (
    "scheduling/portal",
    "scheduling/frontdesk",
    "scheduling/manage",
    "scheduling/messaging",
    "scheduling/forms",
)
VIEWS = ("scheduling/portal/views", "scheduling/frontdesk/views", "scheduling/manage/views")
FUNCTION_LINES, MODULE_LINES, VIEW_METHOD_LINES = 40, 400, 15
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def sources(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sources(*folders):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Of the body without its docstring: long signatures and good explanations are no fault."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    assert node.end_lineno is not None
    return node.end_lineno - body[0].lineno + 1


def where(name: str, node: ast.expr | ast.stmt) -> str:
    return f"{name}:{node.lineno}"


def test_imports_follow_the_layers():
    done = subprocess.run(  # the command that `lint` runs too
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def attributes(tree: ast.AST, *names: str) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in names:
            yield node


def test_edges_reach_data_through_queries_only():
    found = [
        where(name, node)
        for folder in EDGES
        for name, tree in modules(folder)
        for node in attributes(tree, "objects", "_default_manager")
    ]
    views = ast.parse((ROOT / "locations" / "views.py").read_text(encoding="utf-8"))
    assert found + [where("locations/views.py", node) for node in attributes(views, "objects")] == []


def test_only_actions_assign_a_status():
    """`response.status = ` has no such name in Django, so every assignment is one of a row."""
    found = [
        where(name, node)
        for name, tree in modules(*PACKAGES)
        if not name.startswith("scheduling/actions/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in _targets(node)
        if isinstance(target, ast.Attribute) and target.attr == "status"
    ]
    assert found == []


def _targets(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[ast.expr]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from target.elts if isinstance(target, ast.Tuple) else [target]


def test_only_actions_update_a_status():
    found = [
        where(name, node)
        for name, tree in modules(*PACKAGES)
        if not name.startswith("scheduling/actions/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update"
        and any(keyword.arg == "status" for keyword in node.keywords)
    ]
    assert found == []


def test_functions_are_short():
    found = {
        where(name, node): length(node)
        for name, tree in modules(*PACKAGES)
        for node in functions(tree)
        if length(node) > FUNCTION_LINES
    }
    assert found == {}


def test_modules_are_short():
    counts = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources(*PACKAGES)}
    assert {name: count for name, count in counts.items() if count > MODULE_LINES} == {}


def test_methods_of_views_are_thin():
    found = {
        where(name, node): length(node)
        for name, tree in modules(*VIEWS)
        for view in ast.walk(tree)
        if isinstance(view, ast.ClassDef)
        for node in functions(view)
        if length(node) > VIEW_METHOD_LINES
    }
    assert found == {}


def test_nothing_is_called_utils_or_helpers():
    banned = {"utils", "util", "helpers", "helper", "common", "misc", "signals"}
    assert [str(path) for path in sources(*PACKAGES) if banned & {path.stem, path.parent.name}] == []


def test_nothing_listens_to_signals():
    found = [
        where(name, node)
        for name, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith((".signals", "django.dispatch"))
        and (node.module or "").startswith("django.")
    ]
    assert found == []


def test_imports_stand_at_the_top():
    found = [
        where(name, inner)
        for name, tree in modules("locations", "scheduling")
        for node in functions(tree)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_rules_never_ask_what_time_it_is():
    found = [
        where(name, node)
        for name, tree in modules("scheduling/rules", "scheduling/queries")
        for node in attributes(tree, "now", "utcnow", "today")
        if isinstance(node.value, ast.Name) and node.value.id in {"timezone", "datetime", "date"}
    ]
    assert found == []


def test_migrations_have_one_head_each():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert loader.detect_conflicts() == {}


MARKUP_WITH_CODE = {
    "script without a file": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript link": re.compile(r"javascript:", re.IGNORECASE),
}


@pytest.mark.parametrize("fault", MARKUP_WITH_CODE)
def test_templates_hold_no_code_that_the_csp_would_refuse(fault):
    pages = [path for path in TEMPLATES if "messages" not in path.relative_to(ROOT / "templates").parts]
    found = [
        str(path.relative_to(ROOT))
        for path in pages
        if MARKUP_WITH_CODE[fault].search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_templates_are_there_to_be_checked():
    assert len(TEMPLATES) > 20
    assert MARKUP_WITH_CODE["event handler"].search('<a href="/" onclick="go()">')
    assert MARKUP_WITH_CODE["script without a file"].search("<script>go()</script>")
