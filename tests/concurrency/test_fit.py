"""Two tabs of one draft at once, in two real connections."""

import threading

import pytest
from django.db import connection, transaction

from scheduling.actions.answers import answer_screening
from scheduling.actions.callbacks import Caller, request_callback
from scheduling.actions.holds import place_hold
from scheduling.models import AnswerSheet, Appointment, Draft, GoodHours, Task
from scheduling.queries.wishes import needs_of_draft, needs_of_visit
from scheduling.rules.needs import Needs
from scheduling.rules.screening import FormKind, Stage
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ScannerFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import DraftFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def in_thread(work) -> threading.Thread:
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def answer(draft, *fit):
    answer_screening(
        draft_id=draft.pk,
        kind=FormKind.SAFETY,
        answers={"fit": list(fit)},
        until=Stage.BEFORE_TIME,
        language="en",
        now=NOW,
        by=PATIENT,
    )


def test_answers_changed_in_two_tabs_leave_one_sheet_and_a_time_that_fits_it():
    publish_safety()
    machine, exam = bookable(bore_cm=60)
    ScannerFactory(location=machine.location, bore_cm=70)
    draft = ready_draft(machine, exam)
    place_hold(draft_id=draft.pk, location_id=machine.location_id, starts_at=NINE_FORTY, now=NOW, by=PATIENT)

    with transaction.atomic():
        answer(draft, "tight")
        second = in_thread(lambda: answer(draft, "lift"))
        second.join(0.5)
        assert second.is_alive()
    second.join()

    held = Appointment.objects.get(status="held")
    assert AnswerSheet.objects.get().answers == {"fit": ["lift"]}
    assert needs_of_visit(held) == needs_of_draft(Draft.objects.get()) == Needs(extra_minutes=20)
    assert held.scanner == machine


def test_a_callback_that_is_asked_for_twice_at_once_is_one_task():
    publish_safety()
    machine, exam = bookable()
    draft = DraftFactory(exam=exam, laterality="left")
    answer(draft, "pacemaker")

    def ask(hours):
        caller = Caller(name="Ana", phone="+15125550147", phone_as_typed="512-555-0147", good_hours=hours)
        request_callback(draft_id=draft.pk, location=machine.location, caller=caller, now=NOW, by=PATIENT)

    with transaction.atomic():
        ask(GoodHours.MORNING)
        second = in_thread(lambda: ask(GoodHours.EVENING))
        second.join(0.5)
        assert second.is_alive()
    second.join()

    assert Task.objects.get().good_hours == "evening"
