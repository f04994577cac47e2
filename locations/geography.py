"""Places in the United States, from text. No database.

ZIP codes, towns and their positions come from GeoNames by way of the package `zipcodes` (see NOTICE).
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import zipcodes

LONGEST_TEXT = 80
ZIP_CODE = re.compile(r"([0-9]{5})(?:[- ]?[0-9]{4})?")
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA",
    "colorado": "CO", "connecticut": "CT", "delaware": "DE", "district of columbia": "DC",
    "florida": "FL", "georgia": "GA", "guam": "GU", "hawaii": "HI", "idaho": "ID", "illinois": "IL",
    "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME",
    "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH",
    "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC",
    "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA",
    "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD",
    "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virgin islands": "VI",
    "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """Degrees; north and east are positive. Refuses what is not on the globe, NaN included."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"not a position: {self.latitude}, {self.longitude}")


@dataclass(frozen=True)
class Place:
    name: str  # "Austin, TX 78704" or "Austin, TX"
    point: Point


def place_from_text(text: str) -> Place | None:
    """A ZIP code, ZIP+4, or town with or without its state; None for anything else.

    A town without a state is the one with the most ZIP codes, so the caller should show the name.
    """
    if len(text) > LONGEST_TEXT:
        return None
    zip_code = ZIP_CODE.fullmatch(text.strip())
    return _place_of_zip_code(zip_code[1]) if zip_code else _place_of_town(_words(text))


def _place_of_zip_code(zip_code: str) -> Place | None:
    rows = [row for row in zipcodes.matching(zip_code) if _is_placed(row)]
    if not rows:
        return None
    return Place(f"{rows[0]['city']}, {rows[0]['state']} {zip_code}", _middle(rows))


def _place_of_town(words: list[str]) -> Place | None:
    for town, state in _readings(words):
        name = " ".join(ABBREVIATIONS.get(word, word).capitalize() for word in town)
        criteria = {"city": name, "state": state} if state else {"city": name}
        rows = [row for row in zipcodes.filter_by(**criteria) if _is_placed(row)]
        if rows:
            most = state or Counter(row["state"] for row in rows).most_common(1)[0][0]
            return Place(f"{name}, {most}", _middle([row for row in rows if row["state"] == most]))
    return None


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z]+", plain.lower()) if re.fullmatch(r"[a-zA-Z .,'-]*", plain) else []


def _readings(words: list[str]) -> list[tuple[list[str], str]]:
    """Ways to split into town and state: with a code, with a name of up to three words, without one."""
    readings: list[tuple[list[str], str]] = []
    if len(words) > 1 and words[-1].upper() in STATES.values():
        readings.append((words[:-1], words[-1].upper()))
    for count in (3, 2, 1):
        state = STATES.get(" ".join(words[-count:]))
        if len(words) > count and state:
            readings.append((words[:-count], state))
    return [*readings, (words, "")] if words else []


def _is_placed(row: dict[str, str]) -> bool:
    """Military post has no position of its own: it stands at 0, 0."""
    return float(row["lat"]) != 0


def _middle(rows: list[dict[str, str]]) -> Point:
    return Point(
        latitude=round(sum(float(row["lat"]) for row in rows) / len(rows), 4),
        longitude=round(sum(float(row["long"]) for row in rows) / len(rows), 4),
    )
