import datetime as dt

import pytest

from scheduling.actions.screening import record_for_draft, record_for_visit, record_screening
from scheduling.models import AuditEvent, Draft, Screening, Task
from scheduling.queries.questionnaires import spec_of
from scheduling.queries.screening import outcome_of, outcome_of_draft
from scheduling.rules.actors import Actor
from scheduling.rules.screening import FormKind
from tests.factories.locations import UserFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory, ExamFactory, FullDraftFactory
from tests.factories.screening import A, AnswerSheetFactory, publish_preset

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
BY = Actor.patient("draft 1")
RESPIRATORY = FormKind.RESPIRATORY
NEAR = dt.datetime(2026, 11, 26, 15, 40, tzinfo=dt.UTC)  # two days after NOW
CLEAR = {"emerg": "no", "sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}
COUGH = {
    **CLEAR,
    "sympt": ["cough"],
    "sympt_date": "2026-11-23",
    "fever_24h": "no",
    "better": "same",
    "immuno": "no",
}


def answered(answers, **fields):
    draft = FullDraftFactory(starts_at=NEAR, **fields)
    AnswerSheetFactory(draft=draft, version=publish_preset("a"), answers=answers, answered_at=NOW)
    return draft


def change(draft, **fields):
    draft.sheets.update(**fields)
    return draft


def booked(draft, *, by=BY):
    visit = AppointmentFactory(
        scanner__location=draft.location, exam=draft.exam, draft=draft, starts_at=draft.starts_at
    )
    return record_for_visit(appointment=visit, draft=draft, now=NOW, by=by)[0]


def tasks():
    return list(Task.objects.values_list("kind", "reason"))


def test_the_record_of_a_visit_is_complete():
    draft = answered(COUGH)

    screening = booked(draft)

    assert screening.version == screening.appointment.sheets.get().version
    assert (screening.draft, screening.appointment.draft) == (None, draft)
    assert (screening.disposition, screening.defer_until, screening.rule_keys) == (
        "review",
        None,
        ["symptoms"],
    )
    assert (screening.answers, screening.effects) == (COUGH, ["mask"])
    assert (screening.language, screening.answered_by, screening.answered_at) == ("en", "patient", NOW)


def test_the_text_is_kept_as_it_was_shown():
    shown = booked(answered({**CLEAR, "compan": "yes"})).shown

    assert [question["key"] for question in shown["questions"]] == list(CLEAR)
    assert shown["questions"][2] == {
        "key": "pos",
        "kind": "yes_no",
        "private": False,
        "text": "In the last 10 days, have you had a positive test for COVID-19, flu or RSV?",
        "hint": "",
        "choices": [],
    }
    assert shown["questions"][1]["choices"][0] == {"value": "none", "text": "None of these"}
    assert shown["messages"] == [
        {
            "rule": "companion_ill",
            "disposition": "ok",
            "private": False,
            "text": "Please come with someone who is well, or alone if you can.",
        }
    ]


def test_the_text_is_kept_in_the_language_it_was_shown_in():
    draft = answered(CLEAR)

    screening = booked(change(draft, language="es"))

    assert screening.language == "es"
    assert screening.shown["questions"][0]["text"] == (
        "En este momento, ¿tiene alguna de estas señales, nueva o que empeora?"
    )


def test_answers_to_hidden_questions_are_not_kept():
    screening = booked(answered({**CLEAR, "better": "worse", "isol_date": "2026-12-24"}))

    assert screening.answers == CLEAR


def test_a_clear_screening_opens_no_task_and_is_audited_without_answers():
    screening = booked(answered(CLEAR))

    event = AuditEvent.objects.get(event=AuditEvent.Event.SCREENED)
    assert tasks() == []
    assert (event.object_id, event.location_id) == (
        str(screening.pk),
        screening.appointment.scanner.location_id,
    )
    assert event.after == {"version": screening.version_id, "disposition": "ok"}


def test_a_review_keeps_the_visit_and_opens_a_task_for_it():
    screening = booked(answered(COUGH))

    task = Task.objects.get()
    assert (task.kind, task.appointment, task.location) == (
        "review",
        screening.appointment,
        screening.appointment.location,
    )
    assert task.reason == "Talk through the screening with the patient before the visit"
    assert task.due_at == NOW + dt.timedelta(hours=1)  # 10:00 am in Austin, a staffed hour
    assert screening.appointment.status == "booked"


def test_mild_signs_open_no_task():
    booked(answered({**COUGH, "sympt": ["nose"]}))

    assert tasks() == []


def test_a_chest_workup_tells_the_desk_to_make_the_room_ready():
    exam = ExamFactory(chest_respiratory=True, modality="XR")

    screening = booked(answered(COUGH, exam=exam, why_chest="no"))

    assert (screening.disposition, screening.effects) == ("mask", ["mask", "room_note", "alert_desk"])
    assert screening.answers["why_chest"] == "no"
    assert tasks() == [("room", "Prepare the room: the patient comes with a mask")]


def test_a_proxy_and_staff_are_told_apart():
    user = UserFactory()

    by_proxy = booked(answered(CLEAR, booking_for=Draft.BookingFor.OTHER))
    assert by_proxy.answered_by == "proxy"

    draft = FullDraftFactory(starts_at=NEAR)
    AnswerSheetFactory(draft=draft, version=by_proxy.version, answers=CLEAR, answered_at=NOW)
    by_staff = booked(draft, by=Actor.staff(user.pk))
    assert (by_staff.answered_by, by_staff.staff) == ("staff", user)


def recorded(draft):
    outcome = outcome_of(draft, RESPIRATORY, now=NOW)
    return record_for_draft(draft=draft, kind=RESPIRATORY, outcome=outcome, now=NOW, by=BY)


def test_an_emergency_is_recorded_at_once_and_logged_without_a_task():
    draft = answered({"emerg": "yes"})

    screening = recorded(draft)

    event = AuditEvent.objects.get(event=AuditEvent.Event.EMERGENCY)
    assert (screening.draft, screening.appointment, screening.disposition) == (draft, None, "emergency")
    assert (event.object_id, event.location_id) == (str(screening.pk), draft.location_id)
    assert tasks() == []


def test_the_same_answers_again_are_one_record():
    draft = answered({"emerg": "yes"})

    assert recorded(draft) == recorded(draft)
    assert Screening.objects.count() == 1
    assert AuditEvent.objects.filter(event=AuditEvent.Event.EMERGENCY).count() == 1


def test_other_answers_replace_and_keep_the_earlier_record():
    draft = answered({"emerg": "yes"})
    first = recorded(draft)

    second = recorded(change(draft, answers={"emerg": "yes", "emerg_usual": "no"}))
    at_booking = booked(change(draft, answers=CLEAR))

    assert (second.supersedes, at_booking.supersedes) == (first, second)
    assert list(Screening.objects.filter(superseded_by=None)) == [at_booking]


def test_a_callback_is_a_task_with_a_phone():
    draft = answered(
        {},
        exam=ExamFactory(chest_respiratory=True),
        order_status="none",
        why_chest="yes",
        phone="+15125550147",
    )

    recorded(draft)

    task = Task.objects.get()
    assert (task.kind, task.draft, task.contact_name, str(task.contact_phone)) == (
        "callback",
        draft,
        "Ana Núñez",
        "+15125550147",
    )


def test_a_callback_without_a_location_is_only_recorded():
    draft = answered({}, exam=ExamFactory(chest_respiratory=True), order_status="none", why_chest="yes")
    draft.location, draft.starts_at = None, None

    assert recorded(draft).disposition == "callback"
    assert tasks() == []


def test_the_name_of_a_caller_may_change_between_two_callbacks():
    draft = answered({}, exam=ExamFactory(chest_respiratory=True), order_status="none", why_chest="yes")
    recorded(draft)
    draft.family_name, draft.why_chest = "Núñez García", "not_sure"

    recorded(draft)

    assert tasks() == [("callback", "Call about the screening answers")]


def test_every_kind_of_answers_goes_with_the_visit():
    draft = answered(COUGH)
    AnswerSheetFactory(draft=draft, version=publish_safety(), answers={"kidney": "yes"}, answered_at=NOW)
    visit = AppointmentFactory(
        scanner__location=draft.location, exam=draft.exam, draft=draft, starts_at=draft.starts_at
    )

    health, safe = record_for_visit(appointment=visit, draft=draft, now=NOW, by=BY)

    assert (health.rule_keys, safe.rule_keys) == (["symptoms"], ["kidney"])
    assert {record.appointment for record in (health, safe)} == {visit}
    assert [(sheet.kind, sheet.draft) for sheet in visit.sheets.all()] == [
        ("respiratory", None),
        ("safety", None),
    ]
    assert tasks() == [("review", "Talk through the screening with the patient before the visit")]


def test_an_emergency_before_a_booked_visit_alerts_the_desk():
    version = publish_preset("a")
    visit = AppointmentFactory()
    draft = AnswerSheetFactory(version=version, answers={"emerg": "yes"}).draft

    for _ in range(2):
        record_screening(
            version=spec_of(version),
            shown=A.questions[:1],
            answers={"emerg": "yes"},
            outcome=outcome_of_draft(draft, now=NOW),
            appointment=visit,
            language="en",
            answered_at=NOW,
            now=NOW,
            by=BY,
        )

    first, second = Screening.objects.order_by("pk")
    assert second.supersedes == first
    assert tasks() == [("review", "Emergency signs were reported: 911 was advised")]
