import pytest

from scheduling.rules.devices import Device, device_of

MOZILLA = "Mozilla/5.0"
KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) {KHTML} Chrome/131 Safari/537",
            "Chrome",
            "Windows",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) {KHTML} Chrome/131 Safari/537 Edg/131.0",
            "Edge",
            "Windows",
        ),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
            "Safari",
            "Mac",
        ),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1",
            "Safari",
            "iPhone",
        ),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0) CriOS/131.0 Mobile Safari/604.1", "Chrome", "iPhone"),
        (
            f"{MOZILLA} (Linux; Android 15; Pixel 9) {KHTML} Chrome/131 Safari/537",
            "Chrome",
            "Android",
        ),
        (
            f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {KHTML} Chrome/131 Safari/537",
            "Chrome",
            "Chromebook",
        ),
        (f"{MOZILLA} (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox", "Linux"),
        ("curl/8.5.0", "", ""),
        ("", "", ""),
    ],
)
def test_a_device_is_told_by_browser_and_system(agent, browser, system):
    assert device_of(agent) == Device(browser, system)
