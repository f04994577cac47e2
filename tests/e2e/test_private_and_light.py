"""What a visit says about a body stays on its pages; and those pages are small.

Other origins, breaches of the content security policy and script errors fail every browser test
(tests/browser.py).
"""

import gzip
from urllib.parse import urlsplit

import pytest

from tests.e2e.test_book import book
from tests.e2e.test_every_page import at_desk
from tests.e2e.walk import ByMouse
from tests.e2e.world import Guide, is_private

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NAMING = ("guðr", "gu%c3%b0r", "connor", "1952", "gudrun@", "knee", "mri")
FIRST_VIEW, LATER_PAGE = 75_000, 15_000  # bytes
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, location.hash, history.state])"


class Watch:
    """What the browser asked for and got on its way; read after each page by `look`."""

    def __init__(self, page) -> None:
        self.page = page
        self.had: set[str] = set()
        self.new: list = []
        self.sizes: list[tuple[str, int]] = []
        self.leaks: list[str] = []
        page.on("response", self._keep)

    def _keep(self, response) -> None:
        self.new.append(response)

    def look(self) -> None:
        self.page.wait_for_load_state()
        total = 0
        for response in self.new:
            path = urlsplit(response.url).path
            self._check(response, path)
            if not 300 <= response.status < 400 and response.url not in self.had:
                total += sent(response)
                if not response.request.is_navigation_request():
                    self.had.add(response.url)
        self.new.clear()
        path = urlsplit(self.page.url).path
        self.sizes.append((path, total))
        if is_private(path):
            self._find(f"title of {path}", self.page.title())
        self._find(f"storage on {path}", self.page.evaluate(STORED))

    def _check(self, response, path: str) -> None:
        if is_private(path):
            self._find("address", response.url)
            if "no-store" not in response.headers.get("cache-control", ""):
                self.leaks.append(f"{path} may be kept by the browser")
        referrer = response.request.headers.get("referer", "")
        if is_private(urlsplit(referrer).path):
            self._find(f"Referer of {path}", referrer)

    def _find(self, where: str, text: str) -> None:
        self.leaks += [f"{word} in the {where}: {text}" for word in NAMING if word in text.lower()]


def sent(response) -> int:
    """Bytes on the wire as a production server compresses them; fonts are compressed already."""
    body = response.body()
    return len(body) if response.url.endswith(".woff2") else len(gzip.compress(body, 9))


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
    watch = Watch(page)
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
    (_, first), *later = watch.sizes
    assert first <= FIRST_VIEW
    assert [(path, size) for path, size in later if size > LATER_PAGE] == []


def test_from_home_to_the_code_in_ten_page_loads(live_server, world, make_page):
    page = make_page()
    loads = []
    page.on("load", lambda page: loads.append(urlsplit(page.url).path))
    page.goto(live_server.url)
    book(ByMouse(page))
    assert len(loads) == 10, loads


def test_the_desk_names_nobody_in_addresses_and_titles(guide: Guide):
    visitor = guide(width=1280)
    watch = Watch(visitor.page)
    at_desk(visitor)
    watch.look()
    assert watch.leaks == []
    assert visitor.page.title() == "Tasks - Alliance"
