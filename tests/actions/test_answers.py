import datetime as dt

import pytest

from scheduling.actions.answers import answer_chest_question, answer_screening
from scheduling.exceptions import AlreadyBooked, DraftIncomplete
from scheduling.models import Draft, Screening, Task
from scheduling.rules.actors import Actor
from scheduling.rules.screening import FormKind, Stage
from tests.factories.safety import publish_safety
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory, ExamFactory, FullDraftFactory
from tests.factories.screening import publish_preset

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
NEAR = dt.datetime(2026, 11, 26, 15, 40, tzinfo=dt.UTC)
BY = Actor.patient("draft 1")
SAFETY = FormKind.SAFETY
CLEAR = {"emerg": "no", "sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}


def answer(draft, answers, now=NOW):
    return answer_screening(
        draft_id=draft.pk, kind=FormKind.RESPIRATORY, answers=answers, language="es", now=now, by=BY
    )


def test_pages_add_up_until_all_is_answered():
    version, draft = publish_preset("a"), FullDraftFactory(starts_at=NEAR)

    answer(draft, {"emerg": "no"})
    sheet = draft.sheets.get()
    assert (sheet.answers, sheet.answered_at) == ({"emerg": "no"}, None)

    later = NOW + dt.timedelta(minutes=1)
    outcome = answer(draft, CLEAR, later)
    draft.refresh_from_db()
    sheet.refresh_from_db()
    assert (outcome.disposition, sheet.answered_at, draft.updated_at) == ("ok", later, later)
    assert (sheet.version, sheet.language) == (version, "es")


def test_taking_an_answer_back_reopens_the_form():
    publish_preset("a")
    draft = FullDraftFactory(starts_at=NEAR)
    answer(draft, CLEAR)

    answer(draft, {"pos": "yes"})

    assert draft.sheets.get().answered_at is None


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


def answer_safety(draft, answers, until=Stage.BOOKING):
    return answer_screening(
        draft_id=draft.pk, kind=SAFETY, answers=answers, until=until, language="en", now=NOW, by=BY
    )


def test_answers_of_several_kinds_are_sheets_and_records_of_their_own():
    publish_preset("a")
    publish_safety()
    draft = FullDraftFactory(starts_at=NEAR)

    answer(draft, CLEAR)
    answer_safety(draft, {"fit": ["none"], "kidney": "no"})
    answer_safety(draft, {"kidney": "yes"})

    health, safe, changed = Screening.objects.order_by("pk")
    assert [sheet.kind for sheet in draft.sheets.all()] == ["respiratory", "safety"]
    assert (health.supersedes, safe.supersedes, changed.supersedes) == (None, None, safe)
    assert (health.disposition, changed.disposition) == ("ok", "review")


def test_each_stage_is_complete_for_itself():
    publish_safety()
    draft = FullDraftFactory(starts_at=NEAR)

    answer_safety(draft, {"fit": ["none"]}, until=Stage.BEFORE_TIME)
    assert draft.sheets.get().answered_at == NOW
    answer_safety(draft, {})
    assert draft.sheets.get().answered_at is None
    answer_safety(draft, {"kidney": "no"})
    assert draft.sheets.get().answered_at == NOW

    shown = [[q["key"] for q in record.shown["questions"]] for record in Screening.objects.order_by("pk")]
    assert shown == [["fit"], ["fit", "kidney"]]


def test_going_back_to_an_earlier_stage_keeps_what_was_answered_since():
    publish_safety()
    draft = FullDraftFactory(starts_at=NEAR)
    answer_safety(draft, {"fit": ["weight"], "weight": 400, "kidney": "yes"})

    answer_safety(draft, {"fit": ["none"]}, until=Stage.BEFORE_TIME)

    assert draft.sheets.get().answers == {"fit": ["none"], "kidney": "yes"}
    assert Screening.objects.latest("pk").answers == {"fit": ["none"], "kidney": "yes"}


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
