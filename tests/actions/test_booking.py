import datetime as dt

import pytest

from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.drafts import save_answers
from scheduling.exceptions import (
    AlreadyBooked,
    DraftChanged,
    DraftIncomplete,
    ExamNotOffered,
    NotAnOpening,
    PatientBusy,
    SlotTaken,
    TooManyTries,
    TooManyVisits,
    TooYoung,
)
from scheduling.models import Appointment, AuditEvent, Message, Offering, Patient, Task
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from scheduling.rules.codes import CODE_SIGNS
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ClosureFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory
from tests.factories.tasks import TaskFactory

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
DESK = Actor.staff(7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return bookable()


def confirm(draft, *, digest=None, now=NOW, by=PATIENT, **options):
    draft.refresh_from_db()
    return confirm_booking(draft_id=draft.pk, digest=digest or digest_of(draft), now=now, by=by, **options)


def test_confirming_books_with_everything_a_visit_keeps(world):
    machine, exam = world
    Offering.objects.update(price=450)

    visit = confirm(ready_draft(machine, exam)).visit

    assert visit.status == Appointment.Status.BOOKED
    assert (visit.starts_at, visit.scanner, visit.laterality) == (NINE_FORTY, machine, "left")
    assert visit.held_until is None
    assert visit.patient.full_name == "Ana Núñez"
    assert (visit.email, visit.by_email) == ("ana@example.com", True)
    assert visit.price_shown == 450
    assert visit.source == "online"
    assert len(visit.code) == 8
    assert set(visit.code) <= set(CODE_SIGNS)
    assert [len(visit.accession), len(visit.requested_procedure_id), len(visit.sps_id)] == [16, 16, 16]
    assert visit.study_uid.startswith("2.25.")
    assert len(visit.study_uid) <= 64


def test_confirming_writes_audit_and_messages_in_the_same_transaction(world):
    visit = confirm(ready_draft(*world)).visit

    assert AuditEvent.objects.filter(event="visit.booked", object_id=str(visit.pk)).count() == 1
    kinds = set(Message.objects.filter(appointment=visit).values_list("kind", flat=True))
    assert "confirmation" in kinds


def test_repeated_submit_is_the_same_booking(world):
    draft = ready_draft(*world)
    first, second = confirm(draft), confirm(draft)

    assert (first.is_new, second.is_new) == (True, False)
    assert first.visit == second.visit
    assert Message.objects.filter(kind="confirmation").count() == 1


def test_same_draft_with_other_content_is_refused(world):
    draft = ready_draft(*world)
    confirm(draft)

    with pytest.raises(AlreadyBooked):
        confirm(draft, digest="0" * 64)


def test_answers_changed_since_the_check_page(world):
    draft = ready_draft(*world)
    seen = digest_of(draft)
    save_answers(draft_id=draft.pk, answers={"given_name": "Anna"}, now=NOW)

    with pytest.raises(DraftChanged):
        confirm(draft, digest=seen)

    assert Appointment.objects.count() == 0


@pytest.mark.parametrize(
    "lacking",
    [
        {"given_name": ""},
        {"birth_date": None},
        {"by_email": False},
        {"starts_at": None},
        {"birth_date": dt.date(2015, 1, 1)},
    ],
)
def test_incomplete_draft_is_refused(world, lacking):
    with pytest.raises(DraftIncomplete):
        confirm(ready_draft(*world, **lacking))


def test_minor_with_guardian_is_booked(world):
    visit = confirm(ready_draft(*world, birth_date=dt.date(2015, 1, 1), guardian_name="Eva")).visit

    assert visit.guardian_name == "Eva"


def test_below_the_minimum_age_a_person_calls(world):
    Offering.objects.update(minimum_age=12)

    with pytest.raises(TooYoung):
        confirm(ready_draft(*world, birth_date=dt.date(2015, 1, 1), guardian_name="Eva"))


def test_twelfth_birthday_on_the_day_of_the_visit_is_old_enough(world):
    Offering.objects.update(minimum_age=12)

    confirm(ready_draft(*world, birth_date=dt.date(2014, 12, 1), guardian_name="Eva"))

    assert Appointment.objects.get().status == "booked"


def test_offering_taken_back_meanwhile(world):
    draft = ready_draft(*world)
    Offering.objects.update(is_active=False)

    with pytest.raises(ExamNotOffered):
        confirm(draft)


def test_taken_time_is_refused_and_the_draft_keeps_its_answers(world):
    machine, exam = world
    AppointmentFactory(scanner=machine, exam=exam)
    draft = ready_draft(machine, exam, given_name="Ben")

    with pytest.raises(SlotTaken):
        confirm(draft)

    draft.refresh_from_db()
    assert (draft.given_name, draft.starts_at) == ("Ben", NINE_FORTY)


def test_closure_made_during_the_hold_is_respected(world):
    from scheduling.actions.holds import place_hold

    machine, exam = world
    draft = ready_draft(machine, exam)
    place_hold(draft_id=draft.pk, location_id=draft.location_id, starts_at=NINE_FORTY, now=NOW, by=PATIENT)
    ClosureFactory(
        location=machine.location, starts_at=NINE_FORTY - 60 * MINUTE, ends_at=NINE_FORTY + 60 * MINUTE
    )

    with pytest.raises(NotAnOpening):
        confirm(draft)


def test_patient_with_two_visits_at_a_time_is_asked_to_call(world):
    machine, exam = world
    other = bookable()[0]
    patient = PatientFactory()
    AppointmentFactory(scanner=other, exam=exam, patient=patient)

    with pytest.raises(PatientBusy):
        confirm(ready_draft(machine, exam))

    assert Appointment.objects.filter(scanner=machine).count() == 0


def test_same_name_birth_date_and_email_is_the_same_patient(world):
    machine, exam = world
    first = confirm(ready_draft(machine, exam)).visit
    second = confirm(
        ready_draft(machine, exam, given_name="ANA", family_name="Nunez", starts_at=NINE_FORTY + 60 * MINUTE)
    ).visit

    assert first.patient == second.patient
    assert first.patient.given_name == "Ana"


def test_family_sharing_an_email_stays_two_patients(world):
    machine, exam = world
    ana = confirm(ready_draft(machine, exam)).visit
    ben = confirm(ready_draft(machine, exam, given_name="Ben", starts_at=NINE_FORTY + 60 * MINUTE)).visit

    assert ana.patient != ben.patient
    assert Patient.objects.count() == 2


def test_not_sure_about_contrast_opens_a_task_and_keeps_the_time(world):
    machine, exam = world
    machine.has_contrast = True
    machine.save()

    visit = confirm(ready_draft(machine, exam, contrast_answer="not_sure", phone="+15125550147")).visit

    assert visit.status == "booked"
    assert Task.objects.filter(appointment=visit, kind=Task.Kind.MATCH_ORDER).count() == 1


def test_booking_after_all_ends_the_callback(world):
    draft = ready_draft(*world)
    task = TaskFactory(draft=draft, location=draft.location, kind=Task.Kind.CALLBACK)

    confirm(draft)

    task.refresh_from_db()
    assert (task.closed_at, task.outcome) == (NOW, "Booked online")


def coming_visits(world, count, **fields) -> list[Appointment]:
    """Of Ana, one a day from the day after her next one."""
    machine, exam = world
    patient = PatientFactory()
    return [
        AppointmentFactory(
            scanner=machine, exam=exam, patient=patient, starts_at=NINE_FORTY + day * DAY, **fields
        )
        for day in range(1, count + 1)
    ]


def test_the_sixth_coming_visit_is_the_desks_to_book(world):
    coming_visits(world, 4)
    confirm(ready_draft(*world))

    with pytest.raises(TooManyVisits) as refusal:
        confirm(ready_draft(*world, starts_at=NINE_FORTY + 60 * MINUTE))

    assert Appointment.objects.count() == 5
    assert (refusal.value.code, str(refusal.value)) == (PatientBusy.code, str(PatientBusy()))


def test_only_visits_that_are_still_ahead_count(world):
    over, canceled, *_coming = coming_visits(world, 6)
    Appointment.objects.filter(pk=over.pk).update(
        arrive_at=NOW, starts_at=NOW, ends_at=NOW + 40 * MINUTE, occupied_until=NOW + 45 * MINUTE
    )
    Appointment.objects.filter(pk=canceled.pk).update(
        status="canceled", canceled_at=NOW, canceled_by="patient:1"
    )

    assert confirm(ready_draft(*world)).is_new
    with pytest.raises(TooManyVisits):
        confirm(ready_draft(*world, starts_at=NINE_FORTY + 60 * MINUTE))


@pytest.mark.parametrize(("limit", "is_refused"), [(1, True), (2, False), (0, False)])
def test_the_location_sets_the_limit(world, limit, is_refused):
    world[0].location.future_visits_limit = limit
    world[0].location.save()
    coming_visits(world, 1)

    if is_refused:
        with pytest.raises(TooManyVisits):
            confirm(ready_draft(*world))
    else:
        assert confirm(ready_draft(*world)).is_new


def test_the_desk_lifts_the_limit_with_a_reason(world):
    coming_visits(world, 5)
    draft = ready_draft(*world)
    with pytest.raises(TooManyVisits):
        confirm(draft, by=DESK)

    visit = confirm(draft, by=DESK, override_reason="weekly check, asked by Dr. Lee").visit

    assert (visit.limit_reason, visit.overlap_reason) == ("weekly check, asked by Dr. Lee", "")
    booked = AuditEvent.objects.get(event="visit.booked")
    assert (booked.actor_kind, booked.after["lifted"]) == ("staff", ["future_visits"])


def test_the_desk_lets_two_visits_of_one_patient_overlap_with_a_reason(world):
    machine, exam = world
    AppointmentFactory(scanner=bookable()[0], exam=exam, patient=PatientFactory())

    visit = confirm(ready_draft(machine, exam), by=DESK, override_reason="two short scans").visit

    assert (visit.limit_reason, visit.overlap_reason) == ("", "two short scans")
    assert AuditEvent.objects.get(event="visit.booked").after["lifted"] == ["overlap"]


def test_a_reason_where_no_limit_is_met_lifts_nothing(world):
    visit = confirm(ready_draft(*world), by=DESK, override_reason="just in case").visit

    assert (visit.limit_reason, visit.overlap_reason) == ("", "")
    assert "lifted" not in AuditEvent.objects.get(event="visit.booked").after


def test_a_patient_lifts_no_limit(world):
    with pytest.raises(ValueError, match="only staff"):
        confirm(ready_draft(*world), override_reason="please")


def test_a_patient_books_twenty_times_an_hour_at_most(world):
    """Booked and canceled again and again: each sends mail."""

    def book_and_cancel(number, now=NOW, **options):
        visit = confirm(ready_draft(*world, visitor=f"v{number}"), now=now, **options).visit
        cancel_visit(visit_id=visit.pk, reason="", now=now, by=PATIENT)

    for number in range(20):
        book_and_cancel(number)

    with pytest.raises(TooManyTries):
        book_and_cancel(20)
    assert Appointment.objects.count() == 20
    assert confirm(ready_draft(*world, given_name="Ben", starts_at=NINE_FORTY + 60 * MINUTE)).is_new
    book_and_cancel(21, by=DESK)
    book_and_cancel(22, now=NOW + 60 * MINUTE)
