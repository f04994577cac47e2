import pytest

from alliance.devstack.browser import find_chromium


@pytest.fixture
def script(tmp_path):
    def write(code: int):
        path = tmp_path / f"browser {code}"
        path.write_text(f"#!/bin/sh\nexit {code}\n")
        path.chmod(0o755)
        return path

    return write


def test_chosen_browser_comes_first(script):
    assert find_chromium({"CHROMIUM": str(script(0))}) == script(0)


def test_browser_of_playwright_that_does_not_start_is_passed_over(script, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    cache = tmp_path / ".cache/ms-playwright/chromium-1200/chrome-linux"
    cache.mkdir(parents=True)
    script(0).rename(cache / "chrome")

    assert find_chromium({"HOME": str(tmp_path), "CHROMIUM": str(script(1))}) == cache / "chrome"


def test_the_shell_comes_before_the_whole_browser(script, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("chromium", "chromium-headless-shell"):
        script(0).rename(tmp_path / name)

    assert find_chromium({"HOME": str(tmp_path)}) == tmp_path / "chromium-headless-shell"


def test_a_shell_that_does_not_start_leaves_the_whole_browser(script, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    script(1).rename(tmp_path / "chromium-headless-shell")
    script(0).rename(tmp_path / "chromium")

    assert find_chromium({"HOME": str(tmp_path)}) == tmp_path / "chromium"
