"""What a visit says about a body stays on its pages; and those pages are small.

Other origins, breaches of the content security policy and script errors fail every browser test
(tests/browser.py).
"""

from urllib.parse import urlsplit

import pytest

from tests.e2e.test_book import book
from tests.e2e.test_every_page import at_desk
from tests.e2e.walk import ByMouse
from tests.e2e.watch import Watch
from tests.e2e.world import Guide

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NAMING = ("guðr", "gu%c3%b0r", "connor", "1952", "gudrun@", "knee", "mri")


class Watched(ByMouse):
    """Looks at each page that a press or a link leads to."""

    def __init__(self, page, watch: Watch) -> None:
        super().__init__(page)
        self.watch = watch

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            super().press(words)
        self.watch.look()

    def follow(self, words: str) -> None:
        with self.page.expect_navigation():
            super().follow(words)
        self.watch.look()

    def take_a_time(self, number: int) -> None:
        with self.page.expect_navigation():
            super().take_a_time(number)
        self.watch.look()


def test_the_whole_journey_says_nothing_and_weighs_little(live_server, world, make_page):
    page = make_page()
    watch = Watch(page, NAMING)
    page.goto(live_server.url)
    watch.look()
    way = Watched(page, watch)
    book(way)
    way.follow("Open my visit")
    way.follow("Cancel this visit")
    way.press("Cancel this visit")

    for path, size in watch.sizes:
        print(f"{size / 1000:6.1f} KB  {path}")
    assert watch.leaks == []
    assert len(watch.sizes) == 13
    assert watch.heavy == []


def test_from_home_to_the_code_in_ten_page_loads(live_server, world, make_page):
    page = make_page()
    loads = []
    page.on("load", lambda page: loads.append(urlsplit(page.url).path))
    page.goto(live_server.url)
    book(ByMouse(page))
    assert len(loads) == 10, loads


def test_the_desk_names_nobody_in_addresses_and_titles(guide: Guide):
    visitor = guide(width=1280)
    watch = Watch(visitor.page, NAMING)
    at_desk(visitor)
    watch.look()
    assert watch.leaks == []
    assert visitor.page.title() == "Tasks - Alliance"
