"""A real browser for tests: fixtures for tests/e2e and tests/look.

A page that asks another origin, breaks the content security policy or has a script error fails its test.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, JSHandle, Page, Request, sync_playwright

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
# What the width alone can change, where the same elements are seen.
LAYOUT_RULES = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Playwright's event loop runs in the test's own thread, where Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

AxeCheck = Callable[..., None]
FitCheck = Callable[[Page], None]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        path = found if Path(found).exists() else None  # else Playwright's own download
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


class Guard:
    """Remembers what a page must never do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.home = ""
        self.faults: list[str] = []
        page.on("request", self._request)
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))

    def _request(self, request: Request) -> None:
        if request.url.startswith(("data:", "about:", "blob:")):
            return
        if request.is_navigation_request():
            self.home = _origin(request.url)
        elif _origin(request.url) != self.home:
            self.faults.append(f"asked another origin: {request.url}")

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and ("Content Security Policy" in text or "Refused to" in text):
            self.faults.append(f"content security policy: {text}")


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3]) if url.startswith("http") else ""


@pytest.fixture
def make_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`make_page(width=390, java_script_enabled=False)`: a guarded page in a context (cookies) of its own."""
    guards: list[Guard] = []

    def make(*, width: int = 390, height: int = 844, **options: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.set_default_timeout(10_000)
        guards.append(Guard(page))
        return page

    yield make
    for guard in guards:
        guard.page.context.close()
    faults = [fault for guard in guards for fault in guard.faults]
    assert faults == [], "\n".join(faults)


@pytest.fixture
def browser_page(make_page: Callable[..., Page]) -> Page:
    return make_page(width=1280, height=900)


@pytest.fixture(scope="session")
def check_axe() -> AxeCheck:
    source = AXE.read_text()

    def check(page: Page, *, inside: str | JSHandle = "html", only_layout: bool = False) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)  # over the debugging protocol, so the page's own policy stays strict
        # What passes is not written down: that halves the time.
        by_tag, by_rule = {"type": "tag", "values": AXE_TAGS}, {"type": "rule", "values": LAYOUT_RULES}
        options = {"runOnly": by_rule if only_layout else by_tag, "resultTypes": ["violations"]}
        found = page.evaluate("([inside, options]) => axe.run(inside, options)", [inside, options])
        told = [
            f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]
        assert told == [], "\n".join([page.url, *told])

    return check


@pytest.fixture(scope="session")
def check_fits() -> FitCheck:
    def check(page: Page) -> None:
        wide, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= inner, f"{page.url} is {wide - inner} px too wide"

    return check
