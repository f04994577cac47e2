"""The browser's fixtures; see tests/browser.py."""

from tests.browser import browser_page, check_axe, check_fits, chromium, make_page

__all__ = ["browser_page", "check_axe", "check_fits", "chromium", "make_page"]
