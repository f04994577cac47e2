"""The site with its scanner locks taken out: what the rivals' test must be able to notice.

Between looking and writing it waits a little, so that rivals surely meet there.
"""

import time

from alliance.wsgi import application
from scheduling.actions import holds

__all__ = ["application"]

LINGER = 0.2  # seconds
insert_at_once = holds.insert_hold


def insert_slowly(*args, **kwargs):
    time.sleep(LINGER)
    return insert_at_once(*args, **kwargs)


holds.lock_scanners = lambda scanner_ids: []
holds.insert_hold = insert_slowly
