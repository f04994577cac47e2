"""“I would rather answer by phone”: the time stays, a person calls, and nothing else is asked online."""

import pytest

from scheduling.actions.answers import answer_screening, ask_by_phone
from scheduling.exceptions import AlreadyBooked, DraftIncomplete
from scheduling.models import Screening
from scheduling.queries.questionnaires import spec_of
from scheduling.queries.screening import outcome_of, still_to_answer
from scheduling.rules.actors import Actor
from scheduling.rules.screening import FormKind, Stage
from tests.factories.safety import publish_safety
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory, FullDraftFactory
from tests.factories.screening import MRI

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
BY = Actor.patient("draft 1")
SAFETY = FormKind.SAFETY
LIST = {"device": "no", "metal_eye": "no", "metal_body": "no", "surgery": "no", "pregnant": "not_apply"}


@pytest.fixture
def version():
    return publish_safety(MRI)


def on_the_phone(draft):
    return ask_by_phone(draft_id=draft.pk, kind=SAFETY, language="es", now=NOW, by=BY)


def answer(draft, answers, until=Stage.BOOKING):
    answer_screening(
        draft_id=draft.pk, kind=SAFETY, answers=answers, until=until, language="en", now=NOW, by=BY
    )


def missing(version, draft):
    draft = type(draft).objects.get(pk=draft.pk)
    return [question.key for question in still_to_answer(spec_of(version), draft, now=NOW)]


def test_a_person_asks_what_the_list_would(version):
    draft = FullDraftFactory()

    outcome = on_the_phone(draft)

    sheet = draft.sheets.get()
    assert (outcome.disposition, outcome.rule_keys) == ("review", ("asked_by_phone",))
    assert (sheet.prefers_phone, sheet.answered_at, sheet.language, sheet.answers) == (True, NOW, "es", {})
    assert missing(version, draft) == ["fit"]  # which decides about the time, and so is asked before it
    assert Screening.objects.get().rule_keys == ["asked_by_phone"]


def test_what_was_answered_before_stays(version):
    draft = FullDraftFactory()
    answer(draft, {"fit": ["tight"]}, until=Stage.BEFORE_TIME)

    on_the_phone(draft)

    assert draft.sheets.get().answers == {"fit": ["tight"]}
    assert outcome_of(draft, SAFETY, now=NOW).rule_keys == ("asked_by_phone", "tight_spaces")


def test_changing_what_decides_about_the_time_leaves_the_rest_to_the_phone(version):
    draft = FullDraftFactory()
    on_the_phone(draft)

    answer(draft, {"fit": ["none"]}, until=Stage.BEFORE_TIME)

    assert draft.sheets.get().prefers_phone is True
    assert missing(version, draft) == []


def test_who_answers_after_all_is_not_called_for_it(version):
    draft = FullDraftFactory()
    answer(draft, {"fit": ["none"]}, until=Stage.BEFORE_TIME)
    on_the_phone(draft)

    answer(draft, LIST)

    assert draft.sheets.get().prefers_phone is False
    assert outcome_of(draft, SAFETY, now=NOW).disposition == "ok"


def test_where_nothing_is_asked_nothing_is_asked_by_phone():
    with pytest.raises(DraftIncomplete):
        on_the_phone(FullDraftFactory())


def test_a_booked_draft_stays_as_it_is(version):
    draft = FullDraftFactory()
    AppointmentFactory(draft=draft)

    with pytest.raises(AlreadyBooked):
        on_the_phone(draft)
