import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from scheduling.actions.moving import move_visit
from scheduling.actions.questionnaires import publish, save_version
from scheduling.actions.safety import answer_safety_page
from scheduling.actions.second_screen import ask_aloud
from scheduling.exceptions import DraftIncomplete, EditConflict, NotFound, TooLate
from scheduling.models import Appointment, AuditEvent, Screening, SecondScreen, Task
from scheduling.queries.questionnaires import published_spec, spec_of
from scheduling.queries.second_screen import COUNTS_FOR, counts, current_of, last_second_screen
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.safety import visit_with_answers
from tests.factories.screening import REVIEWED_ON

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
START = NINE_FORTY + 7 * DAY
CHECK_IN = START - 20 * MINUTE
NOTHING = {
    "fit": ["none"],
    **dict.fromkeys(("device", "metal_eye", "metal_body", "surgery"), "no"),
    **dict.fromkeys(("vessel", "joint", "capsule", "patch", "glucose", "companion"), "no"),
    "pregnant": "no",
    "wear": ["none"],
}


@pytest.fixture
def visit():
    return visit_with_answers(starts_at=START)


@pytest.fixture
def user():
    return AssignmentFactory().user


def ask(visit, user, answers=NOTHING, *, now=CHECK_IN, **values):
    current = current_of(visit)
    values = {"seen_record": current.pk if current else None, "companion": "nobody", **values}
    return ask_aloud(
        visit_id=visit.pk,
        answers=answers,
        language="en",
        user=user,
        signed_as="Dana Kim, technologist",
        now=now,
        by=Actor.staff(user.pk),
        **values,
    )


def begin(visit, status="in_exam"):
    """As a desk would, past every action."""
    return Appointment.objects.filter(pk=visit.pk).update(status=status)


def is_refused(visit) -> str:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        begin(visit)
    return error.value.__cause__.diag.constraint_name


def test_no_mri_begins_without_it(visit, user):
    begin(visit, "arrived")
    assert is_refused(visit) == "appointment_in_exam_is_screened_twice"

    record = ask(visit, user)

    assert begin(visit) == 1
    assert (record.answered_by, record.staff, record.disposition) == ("staff", user, "ok")
    signed = SecondScreen.objects.get()
    assert (signed.signed_as, signed.signed_at, signed.screening) == (
        "Dana Kim, technologist",
        CHECK_IN,
        record,
    )
    assert "magnet is always on" in signed.script
    assert "In the last 8 weeks" in signed.script or "last 8 weeks" in signed.script
    assert AuditEvent.objects.filter(event="screening.signed").count() == 1


@pytest.mark.parametrize("modality", ["CT", "XR"])
def test_other_scans_need_none(modality):
    visit = visit_with_answers(scanner=ScannerFactory(modality=modality), status="arrived")
    assert begin(visit) == 1


def test_what_is_told_then_is_reviewed_and_keeps_the_scan_from_beginning(visit, user):
    ask(visit, user, {**NOTHING, "metal_eye": "yes", "metal_eye_what": "Grinding, long ago"})

    task = Task.objects.get(kind="review", appointment=visit)
    begin(visit, "arrived")
    assert is_refused(visit) == "appointment_in_exam_is_reviewed"
    Task.objects.filter(pk=task.pk).update(closed_at=CHECK_IN, closed_by="staff:1")
    assert begin(visit) == 1


def test_what_was_released_already_is_no_new_work(user):
    told = {**NOTHING, "metal_eye": "yes", "metal_eye_what": "Grinding, long ago"}
    visit = visit_with_answers(starts_at=START)
    ask(visit, user, told, now=START - 3 * DAY)
    Task.objects.filter(kind="review").update(closed_at=CHECK_IN, closed_by="staff:1")

    ask(visit, user, told)

    assert not Task.objects.open().filter(kind="review").exists()
    ask(visit, user, {**told, "metal_eye_what": "Grinding, and welding last week"})
    assert Task.objects.open().filter(kind="review").exists()


def test_a_day_before_it_is_kept_and_not_signed(visit, user):
    record = ask(visit, user, now=START - COUNTS_FOR - SECOND)
    assert Screening.objects.get(appointment=visit, superseded_by=None) == record
    assert not SecondScreen.objects.exists()
    ask(visit, user, now=START - COUNTS_FOR)
    assert counts(last_second_screen(visit), visit)


def test_answers_after_it_take_it_back(visit, user):
    ask(visit, user)
    page = {"answers": {"metal_eye": "yes"}, "language": "en"}
    answer_safety_page(visit_id=visit.pk, now=CHECK_IN, by=Actor.patient("visit 1"), **page)

    assert not counts(last_second_screen(visit), visit)
    begin(visit, "arrived")
    Task.objects.update(closed_at=CHECK_IN, closed_by="staff:1")
    assert is_refused(visit) == "appointment_in_exam_is_screened_twice"


def test_a_visit_that_moves_to_another_day_is_screened_again(visit, user):
    ask(visit, user)
    Appointment.objects.filter(pk=visit.pk).update(
        starts_at=START + DAY, ends_at=START + DAY + HOUR, occupied_until=START + DAY + HOUR, status="arrived"
    )
    visit.refresh_from_db()
    assert not counts(last_second_screen(visit), visit)
    assert is_refused(visit) == "appointment_in_exam_is_screened_twice"


def test_it_asks_the_patient_what_is_private_also_where_somebody_booked(user):
    visit = visit_with_answers(starts_at=START, booker_name="Ben")
    without = {key: answer for key, answer in NOTHING.items() if key != "pregnant"}
    with pytest.raises(DraftIncomplete):
        ask(visit, user, without)

    record = ask(visit, user, {**NOTHING, "pregnant": "not_sure"})

    assert "clinical_check" in record.rule_keys
    assert Task.objects.open().filter(kind="review", appointment=visit).count() == 1


def test_who_stays_is_named_and_answers_for_the_companion(visit, user):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ask(visit, user, companion="no_flags")
    assert error.value.__cause__.diag.constraint_name == "second_screen_names_who_stays"
    record = ask(visit, user, companion="no_flags", companion_name="Ben")
    assert record.answers["companion"] == "yes"
    assert ask(visit, user, companion="waits_outside").answers["companion"] == "no"


def test_what_the_patient_answers_meanwhile_is_not_overwritten(visit, user):
    with pytest.raises(EditConflict):
        ask(visit, user, seen_record=None)
    assert Screening.objects.filter(appointment=visit).count() == 1


@pytest.mark.parametrize("status", ["in_exam", "done", "no_show"])
def test_only_before_a_scan(visit, user, status):
    ask(visit, user)
    begin(visit, status)
    with pytest.raises(TooLate):
        ask(visit, user)


def test_where_nothing_is_in_force_nothing_can_be_signed(user):
    visit = visit_with_answers(starts_at=START)
    visit.sheets.all().delete()
    published_spec.cache_clear()
    visit.screenings.first().version.publications.all().delete()
    with pytest.raises(NotFound):
        ask(visit, user)


def test_it_stays_as_it_was_signed(visit, user):
    ask(visit, user)
    for change in (
        lambda: SecondScreen.objects.update(signed_as="Somebody else"),
        lambda: SecondScreen.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ask_aloud(
            visit_id=visit.pk,
            answers=NOTHING,
            seen_record=current_of(visit).pk,
            language="en",
            user=user,
            signed_as="",
            now=CHECK_IN,
            by=Actor.staff(user.pk),
        )
    assert error.value.__cause__.diag.constraint_name == "second_screen_is_signed"


def test_a_move_keeps_the_private_answer_of_who_was_asked(user):
    machine, exam = bookable()
    visit = visit_with_answers(scanner=machine, exam=exam, starts_at=START, booker_name="Ben")
    ask(visit, user, {**NOTHING, "pregnant": "yes"}, now=START - 3 * DAY)
    visit.refresh_from_db()
    records = Screening.objects.filter(appointment=visit).count()

    move_visit(
        visit_id=visit.pk,
        version=visit.version,
        location_id=visit.location.pk,
        starts_at=START + DAY,
        now=START - 2 * DAY,
        by=Actor.staff(1),
    )

    assert Screening.objects.filter(appointment=visit).count() == records


def test_it_is_asked_by_the_version_in_force_now(visit, user):
    older = current_of(visit).version
    about = {"approved_by": "Dr. Osei", "reviewed_on": REVIEWED_ON}
    newer = save_version(questionnaire=older.questionnaire, spec=spec_of(older), about=about)
    publish(version=newer, starts=START - DAY, now=START - DAY, by=Actor.staff(1))
    assert ask(visit, user).version == newer
