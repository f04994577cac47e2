import pytest
from django.db import IntegrityError, transaction

from tests.factories.scheduling import BOOKED_AT, AppointmentFactory
from tests.factories.walk_ins import WalkInFactory, waiting, xray_center

pytestmark = pytest.mark.django_db
LEFT = {"status": "left", "ended_at": BOOKED_AT, "left_because": "tired"}


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"draft": None}, "walk_in_waits_with_a_draft"),
        ({"status": "called", "called_at": BOOKED_AT, "draft": None}, "walk_in_waits_with_a_draft"),
        ({"status": "taken_in", "ended_at": BOOKED_AT}, "walk_in_taken_in_is_a_visit"),
        ({"status": "called"}, "walk_in_called_at_fits_status"),
        ({"called_at": BOOKED_AT}, "walk_in_called_at_fits_status"),
        ({"ended_at": BOOKED_AT}, "walk_in_ended_at_only_when_ended"),
        ({**LEFT, "ended_at": None}, "walk_in_ended_at_only_when_ended"),
        ({**LEFT, "left_because": ""}, "walk_in_left_because_of_something"),
        ({"left_because": "tired"}, "walk_in_left_because_of_something"),
    ],
)
def test_what_the_database_refuses(fields, constraint):
    walk_in = waiting(xray_center(), BOOKED_AT)
    for name, value in fields.items():
        setattr(walk_in, name, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        walk_in.save()


def test_whoever_left_is_forgotten_with_the_draft():
    room = xray_center()
    gone = waiting(room, BOOKED_AT)
    gone.status, gone.ended_at, gone.left_because = "left", BOOKED_AT, "tired"
    gone.save()
    gone.draft.delete()
    gone.refresh_from_db()
    assert gone.draft is None
    visit = AppointmentFactory(scanner=room, exam=room.exam, laterality="left", source="walk_in")
    taken = {"status": "taken_in", "ended_at": BOOKED_AT, "visit": visit}
    WalkInFactory(location=room.location, came_at=BOOKED_AT, **taken)
