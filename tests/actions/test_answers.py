import datetime as dt

import pytest

from scheduling.actions.answers import answer_chest_question, answer_screening
from scheduling.exceptions import AlreadyBooked, DraftIncomplete
from scheduling.models import Draft, Screening, Task
from scheduling.rules.actors import Actor
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory, ExamFactory, FullDraftFactory
from tests.factories.screening import publish_preset

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
NEAR = dt.datetime(2026, 11, 26, 15, 40, tzinfo=dt.UTC)
BY = Actor.patient("draft 1")
CLEAR = {"emerg": "no", "sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}


def answer(draft, answers, now=NOW):
    return answer_screening(draft_id=draft.pk, answers=answers, language="es", now=now, by=BY)


def test_pages_add_up_until_all_is_answered():
    version, draft = publish_preset("a"), FullDraftFactory(starts_at=NEAR)

    answer(draft, {"emerg": "no"})
    draft.refresh_from_db()
    assert (draft.screening_answers, draft.screened_at) == ({"emerg": "no"}, None)

    later = NOW + dt.timedelta(minutes=1)
    outcome = answer(draft, CLEAR, later)
    draft.refresh_from_db()
    assert (outcome.disposition, draft.screened_at, draft.updated_at) == ("ok", later, later)
    assert (draft.screening_version, draft.screening_language) == (version, "es")


def test_taking_an_answer_back_reopens_the_form():
    publish_preset("a")
    draft = FullDraftFactory(starts_at=NEAR)
    answer(draft, CLEAR)

    answer(draft, {"pos": "yes"})

    draft.refresh_from_db()
    assert draft.screened_at is None


ILL = {**CLEAR, "pos": "yes", "pos_which": "covid", "pos_date": "2026-11-23", "pos_ill": "no", "immuno": "no"}


def records():
    return list(Screening.objects.order_by("pk").values_list("disposition", "supersedes"))


def test_answers_that_are_changed_before_booking_stay_on_record():
    publish_preset("a")
    draft = FullDraftFactory(starts_at=NEAR)

    answer(draft, ILL)
    answer(draft, {"pos": "no"})

    ill, clear = Screening.objects.order_by("pk")
    assert records() == [("defer", None), ("ok", ill.pk)]
    assert (ill.draft, ill.answers, ill.answered_at, ill.language) == (draft, ILL, NOW, "es")
    assert clear.answers == CLEAR
    assert Task.objects.count() == 0  # nothing is booked


def test_a_set_that_is_not_complete_is_no_record():
    publish_preset("a")
    draft = FullDraftFactory(starts_at=NEAR)

    answer(draft, {"emerg": "no"})
    answer(draft, {key: value for key, value in CLEAR.items() if key != "compan"})

    assert records() == []


def test_the_same_answers_sent_again_are_one_record():
    publish_preset("a")
    draft = FullDraftFactory(starts_at=NEAR)

    for minutes in range(3):
        answer(draft, CLEAR, NOW + dt.timedelta(minutes=minutes))

    assert records() == [("ok", None)]


def test_the_same_answers_with_another_outcome_are_another_record():
    """The patient chooses a day three weeks later, when the test no longer matters."""
    publish_preset("a")
    draft = FullDraftFactory(starts_at=NEAR)
    answer(draft, ILL)

    Draft.objects.filter(pk=draft.pk).update(starts_at=NEAR + dt.timedelta(weeks=3))
    answer(draft, ILL)

    first = Screening.objects.earliest("pk")
    assert records() == [("defer", None), ("ok", first.pk)]


def test_nothing_is_asked_before_anything_is_in_force():
    draft = FullDraftFactory()

    with pytest.raises(DraftIncomplete):
        answer(draft, CLEAR)


def test_a_booked_draft_takes_no_answers():
    publish_preset("a")
    draft = FullDraftFactory(starts_at=NEAR)
    AppointmentFactory(draft=draft)

    with pytest.raises(AlreadyBooked):
        answer(draft, CLEAR)


@pytest.mark.parametrize(
    ("order", "disposition", "records"), [("have_it", "review", 0), ("none", "callback", 1)]
)
def test_the_chest_question(order, disposition, records):
    publish_preset("a")
    draft = FullDraftFactory(exam=ExamFactory(chest_respiratory=True), order_status=order)

    outcome = answer_chest_question(draft_id=draft.pk, answer="yes", now=NOW, by=BY)

    draft.refresh_from_db()
    assert (outcome.disposition, draft.why_chest, Screening.objects.count()) == (disposition, "yes", records)


def test_the_chest_question_without_rules_leads_nowhere():
    draft = FullDraftFactory(exam=ExamFactory(chest_respiratory=True))

    assert answer_chest_question(draft_id=draft.pk, answer="yes", now=NOW, by=BY) is None
