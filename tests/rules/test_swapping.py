import datetime as dt

import pytest

from scheduling.rules.swapping import Spot, exchanged

NOW = dt.datetime(2026, 12, 1, 15, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("one", "other", "starts"),
    [
        ((1, 0, 20), (2, 30, 45), (30, 0)),  # two scanners: plainly
        ((1, 0, 20), (1, 30, 45), (30, 0)),
        ((1, 30, 45), (1, 0, 20), (0, 30)),  # asked the other way round
        ((1, 0, 45), (1, 25, 20), (45, 0)),  # the longer one comes first: the other waits for it
        ((1, -30, 20), (1, 15, 20), (20, 0)),  # who waits since half an hour ago: now
        ((1, -30, 20), (2, 15, 20), (15, 0)),
        ((1, -30, 20), (2, -10, 20), (0, 0)),
    ],
)
def test_each_starts_where_the_other_would_have(one, other, starts):
    spots = [Spot(scanner, NOW + at * MINUTE, takes * MINUTE) for scanner, at, takes in (one, other)]
    found = exchanged(*spots, now=NOW)
    assert tuple((start - NOW) / MINUTE for start in found) == starts
    assert exchanged(*reversed(spots), now=NOW) == tuple(reversed(found))
