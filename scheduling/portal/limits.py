"""How often one source may try: wide for addresses, which whole clinics and phone networks share."""

from datetime import timedelta
from typing import Final, TypedDict


class Limit(TypedDict):
    kind: str
    limit: int
    window: timedelta


HOLDS: Final = Limit(kind="hold", limit=600, window=timedelta(hours=1))
BOOKINGS: Final = Limit(kind="booking", limit=600, window=timedelta(hours=1))
FIND_VISIT: Final = Limit(kind="find-visit", limit=5, window=timedelta(minutes=15))
BIRTH_DATE: Final = Limit(kind="birth-date", limit=5, window=timedelta(minutes=15))
FIND_VISIT_BY_ADDRESS: Final = Limit(kind="find-visit-address", limit=30, window=timedelta(minutes=15))
