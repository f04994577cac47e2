"""Many patients want one time, over real HTTP on real PostgreSQL: one gets it, the others are told,
keep what they typed and see near times. Counts are printed (pytest -s).

The twin without lock and constraint books several: the rivals really meet.
"""

import datetime as dt
import threading
import time
from collections import Counter

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from scheduling.actions.canceling import cancel_visit
from scheduling.models import Appointment, Draft, Message
from scheduling.queries.drafts import digest_of
from scheduling.queries.openings import Wish, find_openings
from scheduling.rules.actors import Actor
from scheduling.tasks import deliver_due_messages
from tests.concurrency.conftest import running_server
from tests.factories.journey import bookable, ready_draft
from tests.factories.scheduling import AppointmentFactory, OfferingFactory, SidedExamFactory
from tests.http import HttpBrowser, Reply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
RIVALS = 50

OVERLAPS = """
    SELECT count(*) FROM scheduling_appointment a JOIN scheduling_appointment b
    ON a.scanner_id = b.scanner_id AND a.id < b.id AND a.occupied && b.occupied
    WHERE a.status = 'booked' AND b.status = 'booked'
"""


def first_time(machine, exam, *, after: int = 0) -> dt.datetime:
    now = timezone.now()
    today = now.date()
    found = find_openings(
        wish=Wish(exam_id=exam.pk, laterality="left"),
        location_id=machine.location_id,
        first=today,
        last=today + dt.timedelta(days=5),
        now=now,
        avoid_stranding=False,
    )
    day = next(one.starts_at.date() for one in found if one.starts_at > now + dt.timedelta(days=2))
    return [one for one in found if one.starts_at.date() == day][6 + after].starts_at


def rivals_of(machine, exam, starts_at, number=RIVALS) -> list[Draft]:
    return [
        ready_draft(machine, exam, starts_at=starts_at, given_name=f"Rival {n}", visitor=f"{starts_at}-{n}")
        for n in range(number)
    ]


def confirm_all(base: str, drafts: list[Draft]) -> tuple[list[Reply], float]:
    """All at once; the seconds until the last is answered."""
    browsers = [HttpBrowser.of_visitor(base, draft.visitor) for draft in drafts]
    forms = [{"digest": digest_of(Draft.objects.get(pk=draft.pk))} for draft in drafts]
    paths = [reverse("portal:check", kwargs={"draft_id": draft.pk}) for draft in drafts]
    replies: list[Reply] = []
    gate = threading.Barrier(len(drafts) + 1)

    def confirm(browser, path, form):
        gate.wait()
        replies.append(browser.post(path, form))

    threads = [
        threading.Thread(target=confirm, args=each) for each in zip(browsers, paths, forms, strict=True)
    ]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    return replies, time.monotonic() - began


def overlapping_pairs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        return cursor.fetchone()[0]


@pytest.fixture
def without_constraint(transactional_db):
    constraint = next(c for c in Appointment._meta.constraints if c.name == "appointment_no_overlap")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Appointment, constraint)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE scheduling_appointment CASCADE")
    with connection.schema_editor() as editor:
        editor.add_constraint(Appointment, constraint)


def test_fifty_rivals_for_one_time(server, mail_server):
    machine, exam = bookable()
    drafts = rivals_of(machine, exam, first_time(machine, exam))

    replies, seconds = confirm_all(server, drafts)

    statuses = Counter(reply.status for reply in replies)
    print(f"rivals {RIVALS}: {dict(statuses)} in {seconds:.2f} s")
    assert statuses == {303: 1, 409: RIVALS - 1}
    assert Appointment.objects.filter(status="booked").count() == 1
    told = [reply.text for reply in replies if reply.status == 409]
    assert all("Someone just took" in text and "These are close." in text for text in told)
    assert all('name="opening"' in text for text in told)
    assert Draft.objects.filter(given_name__startswith="Rival").count() == RIVALS
    deliver_due_messages()
    assert len(mail_server.mails) == 1


def test_unequal_overlapping_times(server):
    machine, long_exam = bookable()
    short_exam = SidedExamFactory(minutes=15, minutes_both_sides=20)
    OfferingFactory(exam=short_exam, location=machine.location)
    nine = first_time(machine, long_exam)
    half_past = nine + dt.timedelta(minutes=30)
    drafts = rivals_of(machine, long_exam, nine, 25) + rivals_of(machine, short_exam, half_past, 25)

    replies, seconds = confirm_all(server, drafts)

    statuses = Counter(reply.status for reply in replies)
    print(f"unequal rivals {len(drafts)}: {dict(statuses)} in {seconds:.2f} s")
    assert statuses == {303: 1, 409: 49}
    assert overlapping_pairs() == 0


def test_cancel_among_the_rivals(server):
    """The desk cancels the visit that stands there while everyone tries for its time."""
    machine, exam = bookable()
    starts_at = first_time(machine, exam)
    standing = AppointmentFactory(scanner=machine, exam=exam, starts_at=starts_at)
    drafts = rivals_of(machine, exam, starts_at)

    def cancel():
        time.sleep(0.05)
        cancel_visit(visit_id=standing.pk, reason="", now=timezone.now(), by=Actor.staff(1))
        connection.close()

    canceling = threading.Thread(target=cancel)
    canceling.start()
    replies, _seconds = confirm_all(server, drafts)
    canceling.join()

    statuses = Counter(reply.status for reply in replies)
    print(f"rivals and a cancel: {dict(statuses)}")
    assert set(statuses) <= {303, 409}
    booked = Appointment.objects.filter(status="booked").count()
    assert booked == statuses[303] <= 1
    standing.refresh_from_db()
    assert standing.status == "canceled"
    if not booked:  # all came before the cancel: the next one gets the time
        replies, _seconds = confirm_all(server, drafts[:1])
        assert [reply.status for reply in replies] == [303]
    assert Appointment.objects.filter(status="booked").count() == 1


def test_twin_without_lock_and_constraint_books_several(transactional_db, without_constraint):
    machine, exam = bookable()
    drafts = rivals_of(machine, exam, first_time(machine, exam))

    with running_server("tests.concurrency.unlocked_wsgi:application") as base:
        replies, _seconds = confirm_all(base, drafts)

    booked = Appointment.objects.filter(status="booked").count()
    print(f"twin without lock and constraint: {booked} booked")
    assert booked > 1
    assert overlapping_pairs() > 0
    assert booked == sum(reply.status == 303 for reply in replies)


def test_constraint_alone_still_books_one(transactional_db):
    """Without the lock the database refuses all but one. Some learn it by a deadlock, a second each:
    that is what the lock is for, and why these are few."""
    machine, exam = bookable()
    drafts = rivals_of(machine, exam, first_time(machine, exam), 12)

    with running_server("tests.concurrency.unlocked_wsgi:application") as base:
        confirm_all(base, drafts)

    assert Appointment.objects.filter(status="booked").count() == 1
    assert overlapping_pairs() == 0


def test_same_key_fifty_times_is_one_booking(server):
    machine, exam = bookable()
    draft = ready_draft(machine, exam, starts_at=first_time(machine, exam), visitor="one")

    replies, seconds = confirm_all(server, [draft] * RIVALS)

    print(f"same key {RIVALS}: {Counter(reply.status for reply in replies)} in {seconds:.2f} s")
    assert {reply.status for reply in replies} == {303}
    assert len({reply.location for reply in replies}) == 1
    assert Appointment.objects.filter(status="booked").count() == 1
    assert Message.objects.filter(kind="confirmation").count() == 1


def test_same_key_with_a_changed_body_is_refused(server):
    machine, exam = bookable()
    draft = ready_draft(machine, exam, starts_at=first_time(machine, exam), visitor="one")
    confirm_all(server, [draft])
    browser = HttpBrowser.of_visitor(server, "one")

    reply = browser.post(reverse("portal:check", kwargs={"draft_id": draft.pk}), {"digest": "0" * 64})

    assert reply.status == 422
    assert Appointment.objects.filter(status="booked").count() == 1
