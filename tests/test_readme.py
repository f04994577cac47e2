"""The README's table is what alliance/settings.py reads, with the same defaults."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
OF_DEV_PY = {"PORT", "CHROMIUM"}  # read before there are settings


def read_by_settings() -> dict[str, ast.Call]:
    tree = ast.parse((ROOT / "alliance" / "settings.py").read_text(encoding="utf-8"))
    return {
        node.args[0].value: node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
    }


def in_table() -> dict[str, str]:
    return {name: default for name, default, _ in ROW.findall(README)}


def test_every_variable_is_in_the_table_and_no_other():
    assert in_table().keys() == read_by_settings().keys() | OF_DEV_PY


def test_each_variable_has_one_row():
    names = [name for name, _, _ in ROW.findall(README)]
    assert len(names) == len(set(names))


def constant_default(call: ast.Call) -> object:
    value = next(keyword.value for keyword in call.keywords if keyword.arg == "default")
    return value.value if isinstance(value, ast.Constant) else None


CODED = {name: value for name, default in in_table().items() for value in re.findall(r"^`(.*)`$", default)}


@pytest.mark.parametrize("name", sorted(CODED.keys() - OF_DEV_PY - {"STAFF_IDLE_SECONDS"}))
def test_defaults_are_the_ones_of_the_settings(name):
    assert CODED[name] == str(constant_default(read_by_settings()[name]))


def test_idle_time_of_staff():
    assert CODED["STAFF_IDLE_SECONDS"] == str(15 * 60)


@pytest.mark.parametrize("name", [name for name, default in in_table().items() if default == "off"])
def test_switches_are_off(name):
    assert constant_default(read_by_settings()[name]) is False
