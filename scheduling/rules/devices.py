"""What somebody sits at, from what a browser says of itself: enough to tell one's own sessions apart."""

from dataclasses import dataclass

# The first that is found counts: most browsers also carry the names of those they stem from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """Names of products, the same in every language; empty where nothing is known."""

    browser: str
    system: str


def device_of(agent: str) -> Device:
    return Device(_first(agent, _BROWSERS), _first(agent, _SYSTEMS))


def _first(agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in agent), "")
