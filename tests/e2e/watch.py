"""What a browser asks for, gets and keeps on its way: how heavy it is, and what it would tell others."""

import gzip
import re
from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

from tests.e2e.walk import ByMouse
from tests.e2e.world import is_private

FIRST_VIEW, LATER_PAGE = 75_000, 15_000  # bytes
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, location.hash, history.state])"


class Watch:
    """Call `look` after each page. `naming` are words that no private page may tell, in lower case."""

    def __init__(self, page: Page, naming: tuple[str, ...]) -> None:
        self.page, self.naming = page, naming
        self.had: set[str] = set()
        self.new: list[Response] = []
        self.sizes: list[tuple[str, int]] = []
        self.leaks: list[str] = []
        self.status = 0
        page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        self.new.append(response)

    def look(self) -> None:
        """Everything asked for since the last look is read; the page that is open is weighed."""
        self.page.wait_for_load_state()
        for response in self.new:
            self._check(response, urlsplit(response.url).path)
        pages = [number for number, response in enumerate(self.new) if self._is_page(response)]
        here = pages[-1] if pages else 0
        self.status = self.new[here].status
        known = self.had | {response.url for response in self.new[:here]}
        weighed = [
            response
            for number, response in enumerate(self.new)
            if number == here or (number > here and response.url not in known and not is_redirect(response))
        ]
        total = sum(sent(response) for response in weighed)
        self.had |= {response.url for response in self.new if not self._is_page(response)}
        self.new.clear()
        path = urlsplit(self.page.url).path
        self.sizes.append((path, total))
        if is_private(path):
            self._find(f"title of {path}", self.page.title())
        self._find(f"storage on {path}", self.page.evaluate(STORED))

    def _is_page(self, response: Response) -> bool:
        is_ours = response.request.is_navigation_request() and response.frame == self.page.main_frame
        return is_ours and not is_redirect(response)

    @property
    def heavy(self) -> list[str]:
        """Pages over the budget; the first one brings the styles, scripts and face of all."""
        limits = [FIRST_VIEW] + [LATER_PAGE] * (len(self.sizes) - 1)
        return [
            f"{path} weighs {size / 1000:.1f} KB"
            for (path, size), limit in zip(self.sizes, limits, strict=True)
            if size > limit
        ]

    def _check(self, response: Response, path: str) -> None:
        if is_private(path):
            self._find("address", response.url)
            if "no-store" not in response.headers.get("cache-control", ""):
                self.leaks.append(f"{path} may be kept by the browser")
        referrer = response.request.headers.get("referer", "")
        if is_private(urlsplit(referrer).path):
            self._find(f"Referer of {path}", referrer)

    def _find(self, where: str, text: str) -> None:
        said = without_keys(text).lower()
        self.leaks += [f"{word!r} in the {where}: {text}" for word in self.naming if word in said]


def shown_to_anyone(mails: Iterable[EmailMessage]) -> str:
    """Sender, subject and everything a calendar or a file list shows."""
    heads = [f"{mail['From']} {mail['Subject']}" for mail in mails]
    files = [
        f"{part.get_filename()} {part.get_content()}" for mail in mails for part in mail.iter_attachments()
    ]
    return "\n".join(heads + files)


def told_by(texts: Mapping[str, str], naming: Iterable[str]) -> list[str]:
    """A line for each word that one of the texts says."""
    return [
        f"{word!r} in the {where}: {line}"
        for where, text in texts.items()
        for line in without_keys(text).splitlines()
        for word in naming
        if word in line.lower()
    ]


def without_keys(text: str) -> str:
    """Addresses without their random part, in which any short word stands now and then."""
    return re.sub(
        r"(/(?:visit|invitation|book|waitlist/entry|waitlist)/)(?!exam/|entry/)[^/\s]+", r"\1…", text
    )


def is_redirect(response: Response) -> bool:
    return 300 <= response.status < 400


def sent(response: Response) -> int:
    """Bytes on the wire as a production server compresses them; fonts are compressed already."""
    body = response.body()
    return len(body) if response.url.endswith(".woff2") else len(gzip.compress(body, 9))


class Watched(ByMouse):
    """Looks at each page that a press or a link leads to."""

    def __init__(self, page: Page, watch: Watch) -> None:
        super().__init__(page)
        self.watch = watch

    def look(self) -> None:
        self.watch.look()

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            super().press(words)
        self.look()

    def follow(self, words: str) -> None:
        with self.page.expect_navigation():
            super().follow(words)
        self.look()

    def follow_out(self, words: str) -> None:
        """A link of the page's head."""
        with self.page.expect_navigation():
            self.page.locator("header").get_by_role("link", name=words).click()
        self.look()

    def take_a_time(self, number: int) -> None:
        with self.page.expect_navigation():
            super().take_a_time(number)
        self.look()
