"""A board asks while another desk's change is still being saved."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from scheduling.actions.arrivals import mark_arrived
from scheduling.actions.visits import write_note
from scheduling.queries.board import board_version
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.locations import UserFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
LONG = 20  # seconds, before a test that hangs is given up


def test_a_change_that_takes_long_is_seen_though_a_younger_one_was_saved_before_it():
    machine, exam = bookable()
    slow, quick = (
        AppointmentFactory(
            scanner=machine,
            exam=exam,
            patient=PatientFactory(given_name=name),
            starts_at=NINE_FORTY + dt.timedelta(hours=hours),
        )
        for hours, name in enumerate(("Slow", "Quick"))
    )
    written, go_on = threading.Event(), threading.Event()

    def take_long():
        try:
            with transaction.atomic():
                mark_arrived(visit_id=slow.pk, version=slow.version, now=NINE_FORTY, by=Actor.staff(1))
                written.set()
                go_on.wait(LONG)
        finally:
            connection.close()

    other_desk = threading.Thread(target=take_long)
    other_desk.start()
    assert written.wait(LONG)
    user = UserFactory()
    write_note(visit_id=quick.pk, text="Came by bus", user=user, now=NINE_FORTY, by=Actor.staff(user.pk))
    seen = board_version(machine.location)
    go_on.set()
    other_desk.join()
    assert board_version(machine.location) > seen
