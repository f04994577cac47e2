"""Contrast of every pair of colors that the style sheets put together, read from tokens.css."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
COLORS = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", TOKENS.read_text()))

TEXT = 4.5  # WCAG 1.4.3
SHAPE = 3.0  # WCAG 1.4.11

PAIRS = [
    *[("ink", ground, 7.0) for ground in ("white", "paper", "mist", "plum-tint", "moss-tint", "brick-tint")],
    *[("ink", ground, 7.0) for ground in ("slate-tint", "amber-tint", "marigold")],
    *[("muted", ground, TEXT) for ground in ("white", "paper", "mist", "plum-tint", "moss-tint")],
    *[("plum", ground, TEXT) for ground in ("white", "paper", "mist", "plum-tint")],
    *[("plum-dark", ground, TEXT) for ground in ("white", "paper", "plum-tint")],
    *[("white", ground, TEXT) for ground in ("plum", "plum-dark", "muted")],
    *[(tone, "white", TEXT) for tone in ("moss", "brick", "slate", "amber")],
    *[(tone, "paper", TEXT) for tone in ("moss", "brick", "slate", "amber")],
    *[(tone, f"{tone}-tint", TEXT) for tone in ("moss", "brick", "slate", "amber")],
    *[("edge", ground, SHAPE) for ground in ("white", "paper", "mist")],
    ("marigold", "plum-dark", SHAPE),
    ("plum", "white", SHAPE),
]


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=str)
def test_pair_is_legible(front, ground, least):
    assert contrast(COLORS[front], COLORS[ground]) >= least


def test_every_color_used_is_a_token():
    for sheet in ("site.css", "desk.css"):
        colors = re.findall(r"#[0-9a-fA-F]{3,8}\b", (TOKENS.parent / sheet).read_text())
        assert set(colors) <= {"#000"}, sheet  # black for print only
