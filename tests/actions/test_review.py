import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from locations.models import Assignment
from scheduling.actions.moving import change_scanner, move_visit
from scheduling.actions.review import (
    ask_for_card,
    ask_for_later_day,
    cancel_reviewed,
    look_at,
    note,
    release,
    use_scanner,
)
from scheduling.exceptions import (
    EditConflict,
    ForRadiologist,
    IllegalMove,
    LookedAt,
    NoEmail,
    NotBefore,
    SlotTaken,
    TooLate,
)
from scheduling.models import Appointment, AuditEvent, Message, Release, ReviewNote, Task
from scheduling.queries.screening import not_before
from scheduling.queries.visits import other_scanners
from scheduling.rules.actors import Actor
from scheduling.rules.telling import UNDO_WITHIN
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
UNTIL, LATER = dt.date(2026, 12, 31), dt.date(2026, 12, 31)


@pytest.fixture
def review():
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY + 7 * DAY)
    return TaskFactory(kind=Task.Kind.REVIEW, appointment=visit, location=visit.location)


@pytest.fixture
def user(review):
    return AssignmentFactory(location=review.location, role=Assignment.Role.TECHNOLOGIST).user


def by(user):
    return Actor.staff(user.pk)


def look(task, user, *, at=NOW, **options):
    return look_at(task_id=task.pk, user=user, now=at, by=by(user), **options)


def let_go(task, user, *, at=NOW, **values):
    values = {
        "note": "Spoke with her: no device",
        "conditions": "1.5 T",
        "scanner_ids": [task.appointment.scanner_id],
        "expires_on": UNTIL,
        **values,
    }
    return release(task_id=task.pk, user=user, now=at, by=by(user), **values)


def move(visit, **where):
    where = {"location_id": visit.location.pk, "starts_at": visit.starts_at + DAY, **where}
    visit.refresh_from_db()
    return move_visit(visit_id=visit.pk, version=visit.version, now=NOW, by=Actor.staff(1), **where)


def open_reviews(visit):
    return [task.reason for task in visit.tasks.open().filter(kind="review")]


def test_a_release_closes_the_review_and_says_for_what(review, user):
    made = let_go(review, user)

    review.refresh_from_db()
    assert (review.outcome, review.closed_by) == ("Released", str(by(user)))
    assert (made.conditions, made.expires_on, made.released_by) == ("1.5 T", UNTIL, user)
    assert list(made.scanners.all()) == [review.appointment.scanner]
    event = AuditEvent.objects.get(event="review.released")
    assert "device" not in str(event.after)
    with pytest.raises(IllegalMove):
        let_go(review, user)


def test_one_looks_at_it_and_others_see_so_for_a_quarter_of_an_hour(review, user):
    other = AssignmentFactory(location=review.location, role=Assignment.Role.RADIOLOGIST).user
    look(review, user)

    for refused in (lambda: look(review, other, at=NOW + 14 * MINUTE), lambda: let_go(review, other)):
        with pytest.raises(LookedAt, match=str(user)):
            refused()
    look(review, user, at=NOW + 14 * MINUTE)  # goes on
    with pytest.raises(LookedAt):
        look(review, other, at=NOW + 20 * MINUTE)
    look(review, other, at=NOW + 30 * MINUTE)
    look(review, user, at=NOW + 31 * MINUTE, take_over=True)
    assert AuditEvent.objects.filter(event="task.taken").count() == 3
    let_go(review, user, at=NOW + 32 * MINUTE)


@pytest.mark.parametrize("status", ["done", "no_show"])
def test_a_visit_that_is_over_is_not_released(review, user, status):
    Appointment.objects.filter(pk=review.appointment_id).update(status=status)
    with pytest.raises(TooLate):
        let_go(review, user)
    assert not Release.objects.exists()


def test_a_move_within_the_release_asks_for_nothing(review, user):
    let_go(review, user)
    move(review.appointment)
    assert open_reviews(review.appointment) == []


@pytest.mark.parametrize("why", ["day", "scanner"])
def test_a_move_outside_the_release_is_reviewed_again(review, user, why):
    visit = review.appointment
    let_go(review, user, expires_on=NINE_FORTY.date() + 7 * DAY if why == "day" else UNTIL)
    if why == "scanner":
        visit.scanner.is_active = False
        visit.scanner.save()
        ScannerFactory(location=visit.location, modality=visit.scanner.modality)
    move(visit)
    assert open_reviews(visit) == ["The visit moved outside what was released: look at it again"]


@pytest.mark.parametrize(("kind", "is_refused"), [("review", True), ("labs", True), ("room", False)])
def test_nobody_is_scanned_over_an_open_review(kind, is_refused):
    visit = AppointmentFactory(status="arrived", scanner=ScannerFactory(modality="CT"))
    task = TaskFactory(kind=kind, appointment=visit, location=visit.location)
    mine = Appointment.objects.filter(pk=visit.pk)
    if is_refused:
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            mine.update(status="in_exam")
        assert error.value.__cause__.diag.constraint_name == "appointment_in_exam_is_reviewed"
        Task.objects.filter(pk=task.pk).update(closed_at=NOW, closed_by="staff:1")
    assert mine.update(status="in_exam") == 1


def test_a_release_is_never_edited(review, user):
    made = let_go(review, user)
    for change in (
        lambda: Release.objects.filter(pk=made.pk).update(note="x"),
        made.delete,
        made.scanners.clear,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.fixture
def radiologist(review):
    return AssignmentFactory(location=review.location, role=Assignment.Role.RADIOLOGIST).user


def write(task, user, text="Medtronic, model unknown", **options):
    return note(task_id=task.pk, text=text, user=user, now=NOW, by=by(user), **options)


def test_what_is_passed_on_a_radiologist_decides(review, user, radiologist):
    look(review, user)
    write(review, user, passes_on=True)

    review.refresh_from_db()
    assert (review.for_radiologist, review.owner) == (True, None)
    with pytest.raises(ForRadiologist):
        let_go(review, user)
    assert let_go(review, radiologist).task == review
    assert AuditEvent.objects.filter(event="task.passed_on").count() == 1
    assert "Medtronic" not in str(list(AuditEvent.objects.values_list("after")))
    with pytest.raises(IllegalMove):
        write(review, user)


def test_a_visit_that_leaves_a_radiologists_release_is_theirs_again(review, user, radiologist):
    write(review, user, passes_on=True)
    let_go(review, radiologist, expires_on=NINE_FORTY.date() + 7 * DAY)
    move(review.appointment)
    assert Task.objects.open().get(appointment=review.appointment).for_radiologist


def test_a_note_is_kept_also_while_another_looks_and_is_never_edited(review, user, radiologist):
    look(review, radiologist)
    write(review, user)
    write(review, user, passes_on=True)
    review.refresh_from_db()
    assert review.owner is None
    for change in (ReviewNote.objects.all().delete, lambda: ReviewNote.objects.update(text="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write(review, user, text="")
    assert error.value.__cause__.diag.constraint_name == "review_note_has_words"


def later(task, user, **at):
    return ask_for_later_day(
        task_id=task.pk, first_day=LATER, text="Stent of last week", user=user, by=by(user), **at
    )


def card(task, user, **at):
    return ask_for_card(task_id=task.pk, user=user, by=by(user), **at)


def test_a_later_day_is_asked_for_by_mail_and_the_time_is_kept(review, user):
    visit = review.appointment
    later(review, user, now=NOW)
    later(review, user, now=NOW)  # pressed twice

    visit.refresh_from_db()
    assert (visit.status, visit.starts_at) == ("booked", NINE_FORTY + 7 * DAY)
    assert not_before(visit, now=NOW) == LATER
    assert Message.objects.get(kind="later_day").due_at == NOW
    assert Task.objects.open().filter(pk=review.pk).exists()
    assert "Stent" in ReviewNote.objects.first().text
    with pytest.raises(NotBefore):
        move_visit(
            visit_id=visit.pk,
            version=visit.version,
            location_id=visit.location.pk,
            starts_at=visit.starts_at + DAY,
            now=NOW,
            by=Actor.patient("visit 1"),
        )
    let_go(review, user)  # as it is, after all
    visit.refresh_from_db()
    assert visit.not_before is None


@pytest.mark.parametrize("ask", [later, card])
def test_who_has_no_email_is_not_written_to(review, user, ask):
    Appointment.objects.update(email="", phone="+15125550147")
    with pytest.raises(NoEmail):
        ask(review, user, now=NOW)
    assert not Message.objects.exists()
    assert not ReviewNote.objects.exists()


@pytest.mark.parametrize("ask", [later, card])
def test_a_visit_that_began_is_not_asked_about(review, user, ask):
    with pytest.raises(TooLate):
        ask(review, user, now=review.appointment.starts_at)


def test_the_card_is_asked_for_once(review, user):
    card(review, user, now=NOW)
    card(review, user, now=NOW)
    assert Message.objects.filter(kind="card").count() == 1


def use(task, user, scanner, version=0):
    return use_scanner(
        task_id=task.pk, scanner_id=scanner.pk, version=version, user=user, now=NOW, by=by(user)
    )


def test_another_scanner_at_the_same_time(review, user):
    visit = review.appointment
    other = ScannerFactory(location=visit.location, modality=visit.scanner.modality)
    assert list(other_scanners(visit, now=NOW)) == [other]

    moved = use(review, user, other)

    assert (moved.scanner, moved.starts_at, moved.ical_sequence) == (other, visit.starts_at, 0)
    assert not Message.objects.exists()
    assert use(review, user, other).version == moved.version  # a second press
    with pytest.raises(EditConflict):
        use(review, user, visit.scanner)
    AppointmentFactory(scanner=visit.scanner, starts_at=visit.starts_at)
    with pytest.raises(SlotTaken):
        use(review, user, visit.scanner, version=moved.version)
    assert AuditEvent.objects.filter(event="visit.scanner_changed").count() == 1


def test_another_scanner_leaves_a_release_behind(review, user):
    visit = review.appointment
    other = ScannerFactory(location=visit.location, modality=visit.scanner.modality)
    let_go(review, user)
    change_scanner(visit_id=visit.pk, scanner_id=other.pk, version=0, now=NOW, by=by(user))
    assert open_reviews(visit) == ["The visit moved outside what was released: look at it again"]


def test_a_cancel_closes_the_review_and_tells_the_patient(review, user):
    other = AssignmentFactory(location=review.location, role=Assignment.Role.RADIOLOGIST).user
    look(review, other)
    with pytest.raises(LookedAt):
        cancel_reviewed(task_id=review.pk, reason="Not here", user=user, now=NOW, by=by(user))
    cancel_reviewed(task_id=review.pk, reason="Hospital only", user=other, now=NOW, by=by(other))

    visit = Appointment.objects.get(pk=review.appointment_id)
    assert (visit.status, visit.cancel_reason) == ("canceled", "Hospital only")
    assert Message.objects.get(kind="canceled").due_at == NOW + UNDO_WITHIN
    assert open_reviews(visit) == []
    with pytest.raises(IllegalMove):
        cancel_reviewed(task_id=review.pk, reason="Again", user=other, now=NOW, by=by(other))
