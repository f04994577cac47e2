import pytest

from scheduling.rules.exam_shorthand import LONGEST, Shorthand, read_shorthand


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("k mri l", Shorthand(("k", "mri"), "left")),
        ("Knee MRI right", Shorthand(("knee", "mri"), "right")),
        ("kn mri both", Shorthand(("kn", "mri"), "both")),
        ("l mri", Shorthand(("l", "mri"))),
        ("l", Shorthand(("l",))),
        ("ch ct w", Shorthand(("ch", "ct"), contrast="with")),
        ("ch ct w/o", Shorthand(("ch", "ct"), contrast="none")),
        ("br mri ww", Shorthand(("br", "mri"), contrast="with and without")),
        ("k mri w l", Shorthand(("k", "mri"), "left", "with")),
        ("", Shorthand(())),
        ("É 膝", Shorthand(("e", "膝"))),
    ],
)
def test_what_is_typed(typed, found):
    assert read_shorthand(typed) == found


def test_a_long_text_is_cut():
    assert sum(len(word) for word in read_shorthand("knee " * 999).words) <= LONGEST


@pytest.mark.parametrize(
    ("typed", "fits"),
    [("k mri", True), ("knee", True), ("mri k", True), ("ee mri", False), ("k ct", False), ("", False)],
)
def test_each_beginning_begins_a_word(typed, fits):
    assert read_shorthand(typed).fits({"knee", "mri", "rodilla"}) is fits
