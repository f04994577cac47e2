"""How a patient handles a page: with a mouse (or finger), or with nothing but keys."""

from playwright.sync_api import Page

from tests.e2e.inspection import SOURCE as INSPECTION

SEEN = """async () => {
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));  // scrolled by then
    const element = document.activeElement;
    return !element || element === document.body ? ['nothing has the focus'] : inspection.stop(element);
}"""


class ByMouse:
    def __init__(self, page: Page) -> None:
        self.page = page

    def type(self, name: str, text: str) -> None:
        self.page.locator(f"[name={name}]").fill(text)

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f"input[name={name}][value={value}] + label").click()

    def tick(self, name: str, value: str = "on") -> None:
        which = f"[value={value}]" if value != "on" else ""
        self.page.locator(f"input[name={name}]{which} + label").click()

    def birth_date(self, month: str, day: str, year: str) -> None:
        self.page.locator("[name=birth_date_month]").select_option(month)
        self.type("birth_date_day", day)
        self.type("birth_date_year", year)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def take_a_time(self, number: int) -> None:
        self.page.locator(".slot").nth(number).click()

    def take_a_suggestion(self, number: int) -> None:
        self.page.locator(".suggestion").nth(number).click()


class ByKeyboard(ByMouse):
    """Every stop on the way has to be outlined and on top."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        page.add_init_script(INSPECTION)
        page.evaluate(INSPECTION)

    def _step(self, key: str = "Tab") -> None:
        self.page.keyboard.press(key)
        fault = self.page.evaluate(SEEN)
        assert fault == [], f"{self.page.url}: {fault}"

    def _reach(self, selector: str, number: int = 0) -> None:
        target = self.page.locator(selector).nth(number)
        target.wait_for(state="attached")
        here = "(element) => element === document.activeElement"
        for _ in range(150):
            if target.evaluate(here):
                return
            self._step()
        raise AssertionError(f"{self.page.url}: no Tab leads to {selector}")

    def type(self, name: str, text: str) -> None:
        self._reach(f"[name={name}]")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """The first radio by Tab, the others by arrow; Shift+Tab and Tab come back to the chosen one."""
        radio = f"input[name={name}]"
        self._reach(radio)
        self.page.keyboard.press("Space")
        for _ in range(self.page.locator(radio).count()):
            if self.page.evaluate("document.activeElement.value") == value:
                break
            self._step("ArrowDown")
        self._step("Shift+Tab")
        self._step()
        assert self.page.locator(f"{radio}[value={value}]").is_checked()

    def tick(self, name: str, value: str = "on") -> None:
        box = f"input[name={name}]" + (f"[value={value}]" if value != "on" else "")
        self._reach(box)
        self.page.keyboard.press("Space")
        assert self.page.locator(box).is_checked()

    def birth_date(self, month: str, day: str, year: str) -> None:
        self._reach("[name=birth_date_month]")
        for _ in range(int(month)):
            self.page.keyboard.press("ArrowDown")
        self.type("birth_date_day", day)
        self.type("birth_date_year", year)

    def press(self, words: str) -> None:
        self._reach(f'main button:not(.button-link):has-text("{words}")')
        self._leave("Enter")

    def follow(self, words: str) -> None:
        self._reach(f'main a:has-text("{words}")')
        self._leave("Enter")

    def take_a_time(self, number: int) -> None:
        self._reach(".slot", number)
        self._leave("Space")

    def take_a_suggestion(self, number: int) -> None:
        self._reach(".suggestion", number)
        self._leave("Enter")

    def _leave(self, key: str) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
