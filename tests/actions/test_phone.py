import datetime as dt

import pytest

from scheduling.actions.answers import answer_screening
from scheduling.actions.booking import confirm_booking
from scheduling.actions.holds import place_hold
from scheduling.actions.phone import (
    agree_to_book,
    finish_later,
    hold_on_scanner,
    speak,
    start_phone_draft,
    take_over,
    throw_away,
)
from scheduling.exceptions import (
    AlreadyBooked,
    BookingNotOffered,
    Clashes,
    DraftIncomplete,
    IllegalMove,
    NotAnOpening,
    TooYoung,
)
from scheduling.models import Appointment, Draft, Task
from scheduling.queries.drafts import digest_of
from scheduling.queries.screening import still_to_answer, version_of
from scheduling.rules.actors import Actor
from scheduling.rules.screening import FormKind
from tests.factories.journey import NINE_FORTY, NOW, bookable, ready_draft
from tests.factories.locations import LocationFactory, ScannerFactory, UserFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import AppointmentFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
DESK = Actor.staff(7)


@pytest.fixture
def machine():
    machine, exam = bookable()
    machine.exam = exam
    return machine


def phone_call(machine, **answers):
    return ready_draft(
        machine,
        machine.exam,
        desk=machine.location,
        started_by=UserFactory(),
        source="phone",
        visitor="desk-1",
        **answers,
    )


def book(draft, *, now=NOW, reason=""):
    draft = Draft.objects.prefetch_related("sheets").get(pk=draft.pk)
    return confirm_booking(
        draft_id=draft.pk, digest=digest_of(draft), override_reason=reason, now=now, by=DESK
    ).visit


def test_each_call_keeps_a_time_of_its_own(machine):
    user, drafts = UserFactory(), []
    for number in range(2):
        draft = start_phone_draft(
            exam=machine.exam,
            laterality="left",
            order_status="have_it",
            location=machine.location,
            user=user,
            language="en",
            now=NOW,
        )
        at = NINE_FORTY + number * 60 * MINUTE
        place_hold(draft_id=draft.pk, location_id=machine.location.pk, starts_at=at, now=NOW, by=DESK)
        drafts.append(draft)
    assert Appointment.objects.filter(status="held", draft__in=drafts).count() == 2


def test_the_desk_books_at_once_and_by_phone(machine):
    draft = phone_call(machine, starts_at=None)
    soon = NOW + 5 * MINUTE
    place_hold(draft_id=draft.pk, location_id=machine.location.pk, starts_at=soon, now=NOW, by=DESK)
    visit = book(draft, now=NOW + MINUTE)
    assert (visit.starts_at, visit.source, visit.status) == (soon, "phone", "booked")


def test_a_hold_that_ran_out_is_taken_again_however_soon(machine):
    draft = phone_call(machine, starts_at=None)
    soon = NOW + 30 * MINUTE
    place_hold(draft_id=draft.pk, location_id=machine.location.pk, starts_at=soon, now=NOW, by=DESK)
    assert book(draft, now=NOW + 20 * MINUTE).starts_at == soon


def test_on_top_of_a_visit_with_a_reason_and_booked_so(machine):
    AppointmentFactory(scanner=machine, exam=machine.exam, starts_at=NINE_FORTY)
    draft = phone_call(machine, starts_at=None, given_name="Ben", email="ben@example.com")
    at = {"scanner_id": machine.pk, "starts_at": NINE_FORTY + 10 * MINUTE}
    with pytest.raises(Clashes):
        hold_on_scanner(draft_id=draft.pk, **at, now=NOW, by=DESK)
    hold = hold_on_scanner(draft_id=draft.pk, **at, reason="Urgent", now=NOW, by=DESK)
    assert (hold.overbooked, hold.overbook_reason, hold.status) == (True, "Urgent", "held")
    visit = book(draft)
    assert (visit.pk, visit.overbooked, visit.overbook_reason) == (hold.pk, True, "Urgent")


def test_outside_the_hours_with_a_reason(machine):
    draft = phone_call(machine, starts_at=None)
    evening = NINE_FORTY + 10 * 60 * MINUTE
    hold_on_scanner(
        draft_id=draft.pk, scanner_id=machine.pk, starts_at=evening, reason="Agreed", now=NOW, by=DESK
    )
    visit = book(draft)
    assert (visit.starts_at, visit.overbooked, visit.overbook_reason) == (evening, False, "Agreed")


def test_choosing_anew_frees_the_first(machine):
    draft = phone_call(machine, starts_at=None)
    for minutes in (0, 10):
        hold_on_scanner(
            draft_id=draft.pk,
            scanner_id=machine.pk,
            starts_at=NINE_FORTY + minutes * MINUTE,
            now=NOW,
            by=DESK,
        )
    assert Appointment.objects.get(status="held").starts_at == NINE_FORTY + 10 * MINUTE


def test_what_is_no_place(machine):
    draft = phone_call(machine, starts_at=None)
    with pytest.raises(NotAnOpening):
        hold_on_scanner(draft_id=draft.pk, scanner_id=machine.pk, starts_at=NOW - MINUTE, now=NOW, by=DESK)
    ct = ScannerFactory(location=machine.location, modality="CT")
    with pytest.raises(NotAnOpening):
        hold_on_scanner(draft_id=draft.pk, scanner_id=ct.pk, starts_at=NINE_FORTY, now=NOW, by=DESK)


def test_a_pacemaker_holds_no_time_at_the_desk_either(machine):
    publish_safety()
    draft = phone_call(machine, starts_at=None)
    answer_screening(
        draft_id=draft.pk,
        kind=FormKind.SAFETY,
        answers={"fit": ["pacemaker"]},
        language="en",
        now=NOW,
        by=Actor.staff(draft.started_by_id),
    )
    with pytest.raises(BookingNotOffered):
        hold_on_scanner(draft_id=draft.pk, scanner_id=machine.pk, starts_at=NINE_FORTY, now=NOW, by=DESK)


def test_throwing_it_away_frees_the_time_and_forgets(machine):
    draft = phone_call(machine, starts_at=None, phone="+15125550147")
    place_hold(draft_id=draft.pk, location_id=machine.location.pk, starts_at=NINE_FORTY, now=NOW, by=DESK)
    throw_away(draft_id=draft.pk, now=NOW, by=DESK)
    assert not Draft.objects.filter(pk=draft.pk).exists()
    assert not Appointment.objects.filter(status="held").exists()


def test_throwing_away_what_was_to_be_finished_ends_its_task(machine):
    draft = phone_call(machine, starts_at=None, phone="+15125550147")
    finish_later(draft_id=draft.pk, now=NOW, by=DESK)
    throw_away(draft_id=draft.pk, now=NOW, by=DESK)
    assert not Task.objects.open().exists()
    assert Draft.objects.get(pk=draft.pk).given_name == ""


def test_a_booked_call_is_over(machine):
    draft = phone_call(machine)
    visit = book(draft)
    assert visit.status == "booked"
    for act in (
        lambda: finish_later(draft_id=draft.pk, now=NOW, by=DESK),
        lambda: speak(draft_id=draft.pk, language="es", now=NOW),
        lambda: hold_on_scanner(
            draft_id=draft.pk, scanner_id=machine.pk, starts_at=NINE_FORTY, now=NOW, by=DESK
        ),
    ):
        with pytest.raises(AlreadyBooked):
            act()


def test_finishing_later_needs_a_name_and_a_phone_and_keeps_the_time_for_a_day(machine):
    draft = phone_call(machine, starts_at=None, birth_date=None)
    place_hold(
        draft_id=draft.pk,
        location_id=machine.location.pk,
        starts_at=NINE_FORTY + 2 * 24 * 60 * MINUTE,
        now=NOW,
        by=DESK,
    )
    with pytest.raises(DraftIncomplete):
        finish_later(draft_id=draft.pk, now=NOW, by=DESK)
    Draft.objects.filter(pk=draft.pk).update(phone="+15125550147")
    task = finish_later(draft_id=draft.pk, now=NOW, by=DESK)
    assert (task.kind, task.draft_id, task.location) == ("missing_details", draft.pk, machine.location)
    assert Appointment.objects.get(status="held").held_until == NOW + dt.timedelta(hours=24)
    assert finish_later(draft_id=draft.pk, now=NOW, by=DESK) == task


def test_without_a_time_the_rest_is_kept(machine):
    draft = phone_call(machine, starts_at=None, phone="+15125550147")
    Draft.objects.filter(pk=draft.pk).update(location=None)
    assert finish_later(draft_id=draft.pk, now=NOW, by=DESK).location == machine.location


def test_what_is_missing_is_on_the_list_of_the_desk_that_was_called(machine):
    """The caller rings there again, although the scan is to be elsewhere."""
    called = LocationFactory()
    draft = phone_call(machine, phone="+15125550147")
    Draft.objects.filter(pk=draft.pk).update(desk=called)
    assert finish_later(draft_id=draft.pk, now=NOW, by=DESK).location == called


def test_booking_it_closes_what_was_missing(machine):
    draft = phone_call(machine, phone="+15125550147")
    finish_later(draft_id=draft.pk, now=NOW, by=DESK)
    book(draft)
    assert not Task.objects.open().filter(kind="missing_details").exists()


def test_too_young_with_a_reason_only(machine):
    machine.location.offerings.update(minimum_age=12)
    draft = phone_call(machine, birth_date=dt.date(2020, 1, 1), guardian_name="Ana")
    with pytest.raises(TooYoung):
        book(draft)
    assert book(draft, reason="Agreed with the technologist").status == "booked"


def test_the_callers_language(machine):
    draft = phone_call(machine)
    speak(draft_id=draft.pk, language="es", now=NOW)
    assert book(draft).language == "es"


# ---- set up by phone


@pytest.fixture
def asked_to_call(machine):
    """A patient with a pacemaker, who was told online that somebody calls."""
    publish_safety()
    draft = ready_draft(machine, machine.exam, starts_at=None, phone="+15125550147")
    answers = {"fit": ["pacemaker"]}
    answer_screening(
        draft_id=draft.pk,
        kind=FormKind.SAFETY,
        answers=answers,
        language="en",
        now=NOW,
        by=Actor.patient("x"),
    )
    return draft, Task.objects.get(kind="callback", draft=draft)


def test_what_was_begun_online_goes_on_at_the_desk(machine, asked_to_call):
    draft, task = asked_to_call
    user = UserFactory()
    taken = take_over(task_id=task.pk, user=user, now=NOW, by=Actor.staff(user.pk))
    assert (taken.pk, taken.desk, taken.started_by, taken.source) == (
        draft.pk,
        machine.location,
        user,
        "phone",
    )
    assert taken.visitor != draft.visitor
    assert taken.given_name == "Ana"
    assert take_over(task_id=task.pk, user=UserFactory(), now=NOW, by=DESK).started_by == user


def test_a_call_that_is_done_is_not_taken_over(asked_to_call):
    _draft, task = asked_to_call
    Task.objects.filter(pk=task.pk).update(closed_at=NOW, closed_by="x")
    with pytest.raises(IllegalMove):
        take_over(task_id=task.pk, user=UserFactory(), now=NOW, by=DESK)
    with pytest.raises(IllegalMove):
        take_over(task_id=TaskFactory(contact_name="Bo").pk, user=UserFactory(), now=NOW, by=DESK)


def test_once_somebody_agreed_a_time_is_held_and_the_scan_waits_for_its_review(machine, asked_to_call):
    draft, task = asked_to_call
    user = UserFactory()
    by = Actor.staff(user.pk)
    place = {
        "draft_id": draft.pk,
        "location_id": machine.location.pk,
        "starts_at": NINE_FORTY,
        "now": NOW,
        "by": by,
    }
    take_over(task_id=task.pk, user=user, now=NOW, by=by)
    with pytest.raises(BookingNotOffered):
        place_hold(**place)
    agree_to_book(draft_id=draft.pk, reason="Dr. Osei: conditional device", now=NOW, by=by)
    place_hold(**place)
    found = Draft.objects.prefetch_related("sheets").get(pk=draft.pk)
    left = still_to_answer(version_of(found, FormKind.SAFETY, now=NOW), found, now=NOW)
    answers = {question.key: "no" for question in left}
    answer_screening(draft_id=draft.pk, kind=FormKind.SAFETY, answers=answers, language="en", now=NOW, by=by)
    found = Draft.objects.prefetch_related("sheets").get(pk=draft.pk)
    visit = confirm_booking(draft_id=draft.pk, digest=digest_of(found), now=NOW, by=by).visit
    assert visit.status == "booked"
    assert Task.objects.open().filter(appointment=visit, kind="review").exists()
    assert not Task.objects.open().filter(kind="callback").exists()


def test_only_the_desk_agrees(machine):
    with pytest.raises(IllegalMove):
        agree_to_book(draft_id=ready_draft(machine, machine.exam).pk, reason="x", now=NOW, by=DESK)
