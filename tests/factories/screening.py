"""The shipped rule sets as values."""

import tomllib
from datetime import date
from pathlib import Path

from scheduling.rules.screening import VersionSpec
from scheduling.rules.screening_data import version_from_data

PRESETS = Path(__file__).parents[2] / "scheduling" / "presets"
TODAY = date(2026, 12, 1)  # the Tuesday on which the rules' tests are answered


def preset(letter: str) -> VersionSpec:
    return version_from_data(tomllib.loads((PRESETS / f"respiratory_{letter}.toml").read_text()))


A, B = preset("a"), preset("b")
