"""The checks of tests/e2e/inspection.py must be able to fail: one page with every fault they look for."""

from pathlib import Path

import pytest

from tests.e2e.inspection import Inspection

pytestmark = pytest.mark.e2e

PAGE = "http://faulty.test/"
FAULTY = Path(__file__).with_name("faulty.html").read_text()


@pytest.fixture
def faulty(chromium):
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    page.route("**/*", lambda route: route.fulfill(body=FAULTY, content_type="text/html"))
    page.goto(PAGE)
    yield page
    page.close()


def asked(page, what: str, *arguments: object) -> str:
    inspection = Inspection(page, "page")
    inspection.ask(what, *arguments, where="here")
    return "\n".join(inspection.faults)


@pytest.mark.parametrize(
    ("what", "arguments", "faults"),
    [
        (
            "layout",
            (),
            [
                "180 px too wide",
                "“Wide and wide and wide and wide and wide and wide and wide” runs out of the window",
                "“Sticks far out” sticks out of its box",
                "“Cut off in the middle” is cut off",
                "“Under here” lies over “Over there”",
                "“A long name of a month” does not fit",
                'lies over <button class="pile button">Two',
            ],
        ),
        ("brokenWords", (), ["the word “Squeezed” breaks"]),
        ("targets", (44, 24), ["a target of 30.0 x 30.0", "<select"]),
        ("slotsInARow", (), ["not two times in a row"]),
        ("header", (), ["the header is 120 px high"]),
        ("dead", (), ['<button type="button">Dead', '<a class="bare" href="#nowhere">']),
        ("errors", (), ["no summary of the errors"]),
        ("motion", (), ["moves: <p", "would move: <p", "scrolls smoothly"]),
        (
            "contrast",
            (),
            [
                'not told apart from its neighbors: <a href="#there" aria-current',
                "looks as if not chosen",
                'has no edge: <div class="panel"',
                "its bar is gone",
                "the hold ring does not show what is left",
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_found(faulty, what, arguments, faults):
    found = asked(faulty, what, *arguments)
    assert [fault for fault in faults if fault not in found] == [], found


def test_faults_of_the_focus_are_found(faulty):
    faulty.keyboard.press("Tab")
    found = asked(faulty, "stops")
    assert 'no outline: <a class="bare"' in found
    assert 'out of turn: <span tabindex="5"' in found
    assert "under " not in found
    faulty.evaluate("document.querySelector('.cover').hidden = false")
    assert 'under <div class="cover">' in asked(faulty, "stops")


def test_faults_on_paper_are_found(faulty):
    faulty.emulate_media(media="print")
    found = asked(faulty, "paper")
    for fault in ("printed: <nav>", "12px on paper: “Fine print”", "rgb(34, 34, 34) on paper: “A page”"):
        assert fault in found


def test_an_error_that_leads_nowhere_or_is_not_said_at_its_field_is_found(faulty):
    faulty.set_content(
        '<div class="summary" tabindex="-1"><a href="#a">Enter a</a> <a href="#b">Enter b</a></div>'
        '<p>Enter b</p><p id="a">no field</p><input id="b" aria-describedby="other"><p id="other">Hint</p>'
    )
    found = asked(faulty, "errors")
    for fault in ("the focus is on <body", "“Enter a” leads to <", "“Enter b” is not said at <input"):
        assert fault in found
