"""Every invariant of the bookings is a named constraint, and each is broken here by plain SQL or a
plain save: admin, shell and imports cannot go around them."""

import datetime as dt

import pytest
from django.db import Error, connection, transaction

from scheduling.actions.holds import broken_constraint
from scheduling.models import Appointment, AuditEvent, LinkRequest, Message, Task
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.scheduling import (
    AppointmentFactory,
    DraftFactory,
    ExamFactory,
    HoldFactory,
    PatientFactory,
    SidedExamFactory,
)
from tests.factories.waitlist import WaitlistFactory

MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def constraint_broken_by(write) -> str | None:
    with pytest.raises(Error) as caught, transaction.atomic():
        write()
    return broken_constraint(caught.value)


def update(**values):
    return lambda: Appointment.objects.update(**values)


INSERT_OVERLAP = """
    INSERT INTO scheduling_appointment
        (status, scanner_id, exam_id, laterality, contrast_answer, starts_at, ends_at, occupied_until,
         arrive_at, overbooked, overbook_reason, overlap_reason, limit_reason, held_until, hold_extensions,
         ical_sequence, source, booking_referral, language, interpreter_language, order_status, email, phone,
         phone_as_typed, by_email, by_text, by_call, booker_name, booker_relation, guardian_name, created_at,
         canceled_by, cancel_reason, version, paying, insurance_plan, member_id, claim_number,
         accident_insurer, wants_estimate)
    SELECT 'held', scanner_id, exam_id, '', 'as_ordered', starts_at + %(later)s, ends_at + %(later)s,
        occupied_until + %(later)s, starts_at, %(overbooked)s, %(reason)s, '', '', now(), 0, 0, 'import', '',
        'en', '', 'none', '', '', '', false, false, false, '', '', '', now(), '', '', 0,
        '', '', '', '', '', false
    FROM scheduling_appointment
"""


def insert_by_sql(later: dt.timedelta, *, overbooked: bool = False) -> None:
    with connection.cursor() as cursor:
        reason = "squeezed in" if overbooked else ""
        cursor.execute(INSERT_OVERLAP, {"later": later, "overbooked": overbooked, "reason": reason})


@pytest.mark.parametrize("later", [0, 1, 30, 44])
def test_sql_insert_of_an_overlap_fails(later):
    AppointmentFactory()

    assert constraint_broken_by(lambda: insert_by_sql(later * MINUTE)) == "appointment_no_overlap"


def test_touching_visits_are_no_overlap():
    AppointmentFactory()  # 40 minutes and 5 of turnover

    insert_by_sql(45 * MINUTE)

    assert Appointment.objects.count() == 2


def test_deliberate_overbook_stays_out_of_the_constraint():
    AppointmentFactory()

    insert_by_sql(10 * MINUTE, overbooked=True)

    assert Appointment.objects.filter(overbooked=True).count() == 1


@pytest.mark.parametrize("status", ["expired", "canceled"])
def test_freed_time_can_be_taken_again(status):
    ended = AppointmentFactory()
    cancel = {"canceled_at": NOW, "canceled_by": "staff:1"} if status == "canceled" else {}
    Appointment.objects.filter(pk=ended.pk).update(status=status, **cancel)

    AppointmentFactory(scanner=ended.scanner, exam=ended.exam)

    assert Appointment.objects.count() == 2


def test_one_patient_cannot_be_in_two_places():
    visit = AppointmentFactory()
    other = bookable()[0]

    def second():
        AppointmentFactory(
            scanner=other, exam=visit.exam, patient=visit.patient, starts_at=NINE_FORTY + 20 * MINUTE
        )

    assert constraint_broken_by(second) == "appointment_patient_no_overlap"


def test_desk_may_give_a_reason_for_two_visits_at_a_time():
    visit = AppointmentFactory()

    AppointmentFactory(
        scanner=bookable()[0], exam=visit.exam, patient=visit.patient, overlap_reason="two short scans"
    )

    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"held_until": NOW}, "appointment_held_until_only_while_held"),
        ({"status": "held"}, "appointment_held_until_only_while_held"),
        ({"status": "canceled"}, "appointment_canceled_at_with_by"),
        ({"canceled_at": NOW}, "appointment_canceled_at_with_by"),
        ({"canceled_by": "staff:1"}, "appointment_canceled_at_with_by"),
        ({"ends_at": NINE_FORTY}, "appointment_ends_after_start"),
        ({"occupied_until": NINE_FORTY}, "appointment_busy_after_start"),
        ({"arrive_at": NINE_FORTY + MINUTE}, "appointment_arrive_before_start"),
        ({"arrived_at": NINE_FORTY}, "appointment_actual_times_fit_status"),
        ({"status": "arrived", "exam_started_at": NINE_FORTY}, "appointment_actual_times_fit_status"),
        (
            {"status": "done", "exam_started_at": NINE_FORTY, "exam_ended_at": NINE_FORTY - MINUTE},
            "appointment_actual_times_fit_status",
        ),
        ({"code": None}, "appointment_booked_has_identity"),
        ({"patient": None}, "appointment_booked_has_identity"),
        ({"booked_at": None}, "appointment_booked_has_identity"),
        ({"study_uid": None}, "appointment_booked_has_identity"),
        ({"link_key": None}, "appointment_booked_has_identity"),
        ({"overbooked": True}, "appointment_overbook_has_reason"),
        ({"laterality": "left"}, "appointment_laterality_needs_sides"),
    ],
)
def test_broken_row_is_refused(values, constraint):
    AppointmentFactory(exam=ExamFactory(has_sides=False))

    assert constraint_broken_by(update(**values)) == constraint


def test_side_is_kept_where_the_exam_has_sides():
    visit = AppointmentFactory(exam=SidedExamFactory(), laterality="left")

    assert visit.laterality == "left"


@pytest.mark.parametrize(
    "name", ["code", "accession", "requested_procedure_id", "sps_id", "study_uid", "ical_uid", "link_key"]
)
def test_identifiers_are_unique(name):
    first = AppointmentFactory()
    later = {"starts_at": NINE_FORTY + 120 * MINUTE}

    def second():
        AppointmentFactory(
            scanner=first.scanner,
            exam=first.exam,
            patient=PatientFactory(given_name="Ben"),
            **{name: getattr(first, name)},
            **later,
        )

    assert constraint_broken_by(second) == f"appointment_{name}_unique"


def test_one_draft_is_one_visit():
    first = AppointmentFactory(draft=DraftFactory())

    def second():
        HoldFactory(scanner=first.scanner, draft=first.draft, starts_at=NINE_FORTY + 120 * MINUTE)

    assert constraint_broken_by(second) == "appointment_one_per_draft"


def test_audit_can_neither_be_changed_nor_deleted():
    AuditEvent.objects.create(
        at=NOW, event="visit.booked", actor_kind="process", actor_name="test", object_kind="x", object_id="1"
    )

    assert (
        constraint_broken_by(lambda: AuditEvent.objects.update(actor_name="me")) == "auditevent_append_only"
    )
    assert constraint_broken_by(lambda: AuditEvent.objects.all().delete()) == "auditevent_append_only"


def message(**values) -> Message:
    values = {"kind": "confirmation", "ical_sequence": 0, "due_at": NOW, "drop_after": NINE_FORTY, **values}
    return Message.objects.create(created_at=NOW, **values)


def test_one_unsent_message_per_key():
    visit = AppointmentFactory()
    message(appointment=visit)

    assert constraint_broken_by(lambda: message(appointment=visit)) == "message_one_unsent_per_key"


def test_one_unsent_message_per_kind_to_whoever_waits():
    entry = WaitlistFactory()
    message(waitlist_entry=entry)

    assert constraint_broken_by(lambda: message(waitlist_entry=entry)) == "message_one_unsent_per_entry"


def test_a_message_is_about_one_thing():
    both = {"appointment": AppointmentFactory(), "waitlist_entry": WaitlistFactory()}

    assert constraint_broken_by(lambda: message(**both)) == "message_about_one_thing"
    assert constraint_broken_by(message) == "message_about_one_thing"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "sending"}, "message_claim_only_while_sending"),
        ({"claimed_until": NOW}, "message_claim_only_while_sending"),
        ({"status": "sent"}, "message_sent_at_only_when_sent"),
        ({"sent_at": NOW}, "message_sent_at_only_when_sent"),
    ],
)
def test_broken_message_is_refused(values, constraint):
    message(appointment=AppointmentFactory())

    assert constraint_broken_by(lambda: Message.objects.update(**values)) == constraint


def task(**values) -> Task:
    return Task.objects.create(kind="callback", reason="Call", due_at=NOW, created_at=NOW, **values)


def test_task_is_about_something_and_closed_by_someone():
    location = bookable()[0].location

    assert constraint_broken_by(lambda: task(location=location)) == "task_is_about_something"
    task(location=location, contact_name="Ana")
    assert constraint_broken_by(lambda: Task.objects.update(closed_at=NOW)) == "task_closed_at_with_by"


def test_one_open_task_of_a_kind():
    visit, draft = AppointmentFactory(), DraftFactory()
    location = visit.scanner.location
    task(appointment=visit, location=location)
    task(draft=draft, location=location)

    again_for_visit = constraint_broken_by(lambda: task(appointment=visit, location=location))
    again_for_draft = constraint_broken_by(lambda: task(draft=draft, location=location))

    assert again_for_visit == "task_one_open_per_appointment_and_kind"
    assert again_for_draft == "task_one_open_per_draft_and_kind"


@pytest.mark.parametrize("contact", [{}, {"email": "ana@example.com", "phone": "+15125550147"}])
def test_a_lost_link_is_asked_for_in_one_way(contact):
    def ask():
        LinkRequest.objects.create(birth_date=NOW.date(), created_at=NOW, **contact)

    assert constraint_broken_by(ask) == "linkrequest_one_way"
