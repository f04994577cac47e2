"""A world to book in; see tests/e2e/world.py."""

from collections.abc import Callable

import pytest

from tests.e2e.world import Guide, make_world
from tests.factories.journey import NOW
from tests.messaging.conftest import mail_server

__all__ = ["mail_server"]


@pytest.fixture
def clock(time_machine):
    """Monday, 9 am in Austin, and running: the server lives in this process."""
    time_machine.move_to(NOW)
    return time_machine


@pytest.fixture
def world(live_server, settings, clock):
    settings.SITE_URL = live_server.url
    return make_world()


@pytest.fixture
def guide(live_server, world, make_page) -> Callable[..., Guide]:
    """`guide(width=320)`: a browser of its own, to be put on any page."""

    def make(**options: object) -> Guide:
        return Guide(make_page(**options), live_server.url, world)

    return make
