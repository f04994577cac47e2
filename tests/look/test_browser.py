"""The guards of tests/browser.py must be able to fail."""

import pytest

from tests.browser import Guard

pytestmark = pytest.mark.e2e
PAGE = "http://guarded.test/"


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def serve(page, body: str, **headers: str) -> None:
    page.route("**/*", lambda route: route.fulfill(body=body, content_type="text/html", headers=headers))
    page.goto(PAGE)


def test_asking_another_origin_is_a_fault(page):
    guard = Guard(page)
    serve(page, "<img src='/own.png'><img src='http://tracker.test/pixel.png'>")
    assert guard.faults == ["asked another origin: http://tracker.test/pixel.png"]


def test_breaking_the_content_security_policy_is_a_fault(page):
    guard = Guard(page)
    policy = {"Content-Security-Policy": "default-src 'self'"}
    serve(page, "<p style='color: red'>Red</p>", **policy)
    assert len(guard.faults) == 1
    assert guard.faults[0].startswith("content security policy: ")


def test_script_error_is_a_fault(page):
    guard = Guard(page)
    serve(page, "<script>nothing.here()</script>")
    assert guard.faults == ["script error: nothing is not defined"]


def test_axe_and_width_find_faults(page, check_axe, check_fits):
    serve(page, "<html lang='en'><title>x</title><main><h1>x</h1><img src='/a.png' width='3000'></main>")
    with pytest.raises(AssertionError, match="image-alt"):
        check_axe(page)
    with pytest.raises(AssertionError, match="too wide"):
        check_fits(page)
