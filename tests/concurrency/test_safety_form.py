"""Two windows that answer the safety form of one visit at the same moment, in two real connections."""

import threading

import pytest
from django.db import connection, transaction

from scheduling.actions.canceling import cancel_visit
from scheduling.actions.safety import answer_safety_page, send_safety_form
from scheduling.exceptions import TooLate
from scheduling.models import AnswerSheet, Appointment, Screening
from scheduling.rules.actors import Actor
from tests.factories.safety import visit_with_answers
from tests.factories.scheduling import BOOKED_AT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
BY = Actor.patient("visit 1")
REST = {"joint": "no", "capsule": "no", "glucose": "no", "wear": ["none"], "companion": "no"}


def in_thread(work) -> threading.Thread:
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def answer(visit, answers):
    return answer_safety_page(visit_id=visit.pk, answers=answers, language="en", now=BOOKED_AT, by=BY)


def send(visit):
    return send_safety_form(visit_id=visit.pk, language="en", now=BOOKED_AT, by=BY)


def test_two_answers_at_once_are_both_kept():
    visit = visit_with_answers()

    with transaction.atomic():
        answer(visit, {"vessel": "yes"})
        other = in_thread(lambda: answer(visit, {"patch": "yes"}))
        other.join(0.5)
        assert other.is_alive()
    other.join()

    answers = AnswerSheet.objects.get(appointment=visit).answers
    assert (answers["vessel"], answers["patch"]) == ("yes", "yes")


def test_sent_twice_at_once_is_one_record():
    visit = visit_with_answers()
    answer(visit, {**REST, "vessel": "no", "patch": "no"})

    with transaction.atomic():
        send(visit)
        other = in_thread(lambda: send(visit))
        other.join(0.5)
        assert other.is_alive()
    other.join()

    assert Screening.objects.filter(appointment=visit).count() == 2  # the one from booking, and this


def test_an_answer_to_a_visit_that_is_being_canceled_comes_too_late():
    visit, refused = visit_with_answers(), []

    def too_late():
        try:
            answer(visit, {"vessel": "yes"})
        except TooLate as refusal:
            refused.append(refusal)

    with transaction.atomic():
        cancel_visit(visit_id=visit.pk, reason="", now=BOOKED_AT, by=BY)
        other = in_thread(too_late)
        other.join(0.5)
        assert other.is_alive()
    other.join()

    assert len(refused) == 1
    assert Appointment.objects.get(pk=visit.pk).status == "canceled"
    assert "vessel" not in AnswerSheet.objects.get(appointment=visit).answers
