"""Looks at a page that is open as different people do; one load, every check.

The page is left at 390 px with nothing emulated.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).with_suffix(".js").read_text()
PATIENT = {"least": 44, "in_sentence": 24}  # CSS pixels
DESK = {"least": 24, "in_sentence": 24}
# WCAG 1.4.12
SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
# A sheet that the page's content security policy lets in.
WEAR = """css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""


class Inspection:
    """Of one page in one state; `faults` fills up as checks are made."""

    def __init__(self, page: Page, name: str, *, at_desk: bool = False) -> None:
        self.page, self.name, self.at_desk = page, name, at_desk
        self.faults: list[str] = []
        page.evaluate(SOURCE)

    def ask(self, what: str, *arguments: object, where: str) -> None:
        found = self.page.evaluate(f"arguments => inspection.{what}(...arguments)", list(arguments))
        self.faults += [f"{self.name}, {where}: {fault}" for fault in found]

    def size(self, width: int, height: int = 844) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def everything(self, check_axe: Callable[..., None]) -> list[str]:
        if self.name.endswith("error"):
            self.ask("errors", where="errors")
        self.page.keyboard.press("Tab")  # from now on the browser shows the focus
        targets = DESK if self.at_desk else PATIENT
        for width, height in ((320, 640), (1280, 900)):
            self.size(width, height)
            where = f"{width} px"
            self.ask("layout", where=where)
            self.ask("brokenWords", where=where)
            self.ask("targets", *targets.values(), where=where)
            self.ask("stops", where=where)
            self._axe(check_axe, where, is_first=width == 320)
        self.size(320, 640)
        self.ask("header", where="320 px")
        self.ask("slotsInARow", where="320 px")
        self.ask("dead", where="without scripts")
        self._zoomed()
        self._emulated()
        return self.faults

    def _axe(self, check_axe: Callable[..., None], where: str, *, is_first: bool) -> None:
        """Every rule for all that is seen; at the second width only for what it shows anew."""
        fresh = self.page.evaluate_handle("inspection.fresh()")
        try:
            if is_first:
                check_axe(self.page)
                return
            check_axe(self.page, only_layout=True)
            if fresh.evaluate("elements => elements.length > 0"):
                check_axe(self.page, inside=fresh)
        except AssertionError as fault:
            self.faults.append(f"{self.name}, {where}: {fault}")

    def _zoomed(self) -> None:
        self.size(640)
        self.ask("layout", where="zoom of 200 %")
        self.size(390)
        with self._wearing("html { font-size: 200% !important }"):
            self.ask("layout", where="text of 200 %")
        with self._wearing(SPACED):
            self.ask("layout", where="spaced text")

    def _emulated(self) -> None:
        with self._seen_with(reduced_motion="reduce"):
            self.ask("motion", where="reduced motion")
        with self._seen_with(forced_colors="active"):
            self.ask("stops", where="forced colors")
            self.ask("contrast", where="forced colors")
        with self._seen_with(media="print"):
            self.ask("paper", where="print")

    @contextmanager
    def _wearing(self, css: str) -> Iterator[None]:
        self.page.evaluate(WEAR, css)
        yield
        self.page.evaluate("document.adoptedStyleSheets = []")

    @contextmanager
    def _seen_with(self, **media: str) -> Iterator[None]:
        self.page.emulate_media(**media)
        yield
        self.page.emulate_media(**dict.fromkeys(media, "null"))
