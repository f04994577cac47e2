import datetime as dt

import pytest

from tests.factories.journey import NOW, bookable, ready_draft


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Monday morning in Austin; the visits of these tests are on Tuesday."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def world(db):
    return bookable()


@pytest.fixture
def visitor(client):
    """The client has begun a booking before; its drafts are those of this token."""
    session = client.session
    session["visitor"] = "this-browser"
    session.save()
    return "this-browser"


@pytest.fixture
def draft(world, visitor):
    return ready_draft(*world, visitor=visitor)


@pytest.fixture
def empty_draft(world, visitor):
    """Only the exam and the center are answered."""
    return ready_draft(
        *world,
        visitor=visitor,
        starts_at=None,
        given_name="",
        family_name="",
        birth_date=None,
        by_email=False,
        email="",
        booking_for="",
    )


HOUR = dt.timedelta(hours=1)
