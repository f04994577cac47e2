"""How often one source may try: wide for addresses, which whole clinics and phone networks share."""

from datetime import timedelta
from typing import Final, TypedDict


class Limit(TypedDict):
    kind: str
    limit: int
    window: timedelta


LIVE_HOLDS: Final = 15  # of one address at one moment; booked visits do not count
DRAFTS: Final = Limit(kind="draft", limit=60, window=timedelta(hours=1))
SEARCHES: Final = Limit(kind="search", limit=120, window=timedelta(minutes=1))
CALLBACKS: Final = Limit(kind="callback", limit=20, window=timedelta(hours=1))
HOLDS: Final = Limit(kind="hold", limit=600, window=timedelta(hours=1))
BOOKINGS: Final = Limit(kind="booking", limit=600, window=timedelta(hours=1))
FIND_VISIT: Final = Limit(kind="find-visit", limit=5, window=timedelta(minutes=15))
BIRTH_DATE: Final = Limit(kind="birth-date", limit=5, window=timedelta(minutes=15))
FIND_VISIT_BY_ADDRESS: Final = Limit(kind="find-visit-address", limit=30, window=timedelta(minutes=15))
