import pytest

from locations.geography import Point, place_from_text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("78704", "Austin, TX 78704"),
        (" 78704 ", "Austin, TX 78704"),
        ("78704-1234", "Austin, TX 78704"),
        ("787041234", "Austin, TX 78704"),
        ("00501", "Holtsville, NY 00501"),
        ("Austin, TX", "Austin, TX"),
        ("austin tx", "Austin, TX"),
        ("AUSTIN,TX", "Austin, TX"),
        ("Austin, Texas", "Austin, TX"),
        ("austin", "Austin, TX"),
        ("new york, new york", "New York, NY"),
        ("New York", "New York, NY"),
        ("Washington, District of Columbia", "Washington, DC"),
        ("St. Louis, MO", "Saint Louis, MO"),
        ("ft worth tx", "Fort Worth, TX"),
        ("San José, CA", "San Jose, CA"),
        ("Winston-Salem NC", "Winston Salem, NC"),
        ("O'Fallon, MO", "O Fallon, MO"),
    ],
)
def test_place_is_understood(text, name):
    place = place_from_text(text)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "00000",
        "99999",
        "7870",
        "787040",
        "78704-12",
        "09001",  # military post: a real ZIP code without a position
        "٧٨٧٠٤",
        "７８７０４",
        "78\x00704",
        "\x00",
        "Atlantis, TX",
        "TX",
        "Texas",
        ", , ,",
        "Austin; DROP TABLE",
        "<b>Austin</b>",
        "🏥",
        "x" * 1_000_000,
        "7" * 1_000_000,
    ],
)
def test_garbage_is_no_place(text):
    assert place_from_text(text) is None


def test_place_has_a_position():
    place = place_from_text("78704")
    assert place is not None
    assert place.point == Point(30.2428, -97.7658)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(90.1, 0), (0, 180.1), (float("nan"), 0), (0, float("inf"))]
)
def test_point_is_on_the_globe(latitude, longitude):
    with pytest.raises(ValueError, match="not a position"):
        Point(latitude, longitude)
