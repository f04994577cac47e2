"""How often one source may try. Wide for addresses, which whole clinics and phone networks share: a phone
network puts a town behind one IPv4 address. Narrow for one visit, one code, one person.
"""

from datetime import timedelta
from typing import Final, TypedDict


class Limit(TypedDict):
    kind: str
    limit: int
    window: timedelta


class LiveHolds(TypedDict):
    here: int
    everywhere: int


# Of one address at one moment; booked visits do not count. Even of a town behind one address, fifteen
# people do not choose times at one center within ten minutes; and fifteen times are at most a morning.
LIVE_HOLDS: Final = LiveHolds(here=15, everywhere=60)
DRAFTS: Final = Limit(kind="draft", limit=300, window=timedelta(hours=1))
SEARCHES: Final = Limit(kind="search", limit=60, window=timedelta(minutes=1))
HASTY: Final = Limit(kind="hasty", limit=10, window=timedelta(hours=1))
PRESSED_AGAIN: Final = Limit(kind="pressed-again", limit=10, window=timedelta(hours=1))
UPLOADS: Final = Limit(kind="upload", limit=200, window=timedelta(hours=1))  # files
# Megabytes, begun ones: what nobody books is kept for days, and a disk is not to be filled with it.
UPLOADED: Final = Limit(kind="uploaded", limit=1000, window=timedelta(hours=24))
CALLBACKS: Final = Limit(kind="callback", limit=20, window=timedelta(hours=1))
HOLDS: Final = Limit(kind="hold", limit=600, window=timedelta(hours=1))
BOOKINGS: Final = Limit(kind="booking", limit=600, window=timedelta(hours=1))
WAITLIST: Final = Limit(kind="waitlist", limit=60, window=timedelta(hours=1))
WAITLIST_BY_EMAIL: Final = Limit(kind="waitlist-email", limit=5, window=timedelta(hours=24))
FIND_VISIT: Final = Limit(kind="find-visit", limit=5, window=timedelta(minutes=15))
BIRTH_DATE: Final = Limit(kind="birth-date", limit=5, window=timedelta(minutes=15))
LOST_LINK: Final = Limit(kind="lost-link", limit=5, window=timedelta(hours=1))
LOST_LINK_BY_ADDRESS: Final = Limit(kind="lost-link-address", limit=30, window=timedelta(hours=1))
FIND_VISIT_BY_ADDRESS: Final = Limit(kind="find-visit-address", limit=30, window=timedelta(minutes=15))
