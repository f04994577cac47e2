"""A version is published that asks everyone again: who, when, once, and what counts afterwards."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from locations.models import Location
from scheduling.actions.asking_again import answer_again
from scheduling.actions.asking_everyone import ask_everyone
from scheduling.actions.delivery import deliver_due
from scheduling.actions.questionnaires import publish, save_version, switch_off
from scheduling.models import Appointment, AskedAgain, Message, Publication, Task
from scheduling.queries.asking_again import is_fresh, is_to_come, publication_of
from scheduling.queries.asking_everyone import progress_of
from scheduling.queries.questionnaires import spec_of
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.scheduling import AppointmentFactory
from tests.factories.screening import REVIEWED_ON, AnswerSheetFactory, publish_preset

pytestmark = pytest.mark.django_db
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)
START = NINE_FORTY + 21 * DAY  # Tuesday, December 22
CHANGED = START - 40 * HOUR  # Sunday evening
ANSWERED = CHANGED - 10 * HOUR  # inside the window of 72 hours
VISIT_ON = dt.date(2026, 12, 22)
WELL = {"emerg": "no", "sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}
BY, PATIENT = Actor.staff(1), Actor.patient("visit 1")


@pytest.fixture
def version():
    return publish_preset("a")


@pytest.fixture
def visit(version):
    return booked(version)


def booked(version, *, answered_at=ANSWERED, starts_at=START, **fields):
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=starts_at, **fields)
    if answered_at:
        sheet = {"answers": WELL, "answered_at": answered_at, "language": "en"}
        AnswerSheetFactory(draft=None, appointment=visit, version=version, **sheet)
    return Appointment.objects.with_place().prefetch_related("sheets").get(pk=visit.pk)


def change(version, *, from_day=VISIT_ON, starts=CHANGED, now=None, **scope) -> Publication:
    about = {"approved_by": "Dr. Osei", "reviewed_on": REVIEWED_ON}
    newer = save_version(questionnaire=version.questionnaire, spec=spec_of(version), about=about)
    return publish(version=newer, starts=starts, asks_again_from=from_day, now=now or starts, by=BY, **scope)


def fresh(visit, now=CHANGED):
    visit = Appointment.objects.with_place().prefetch_related("sheets").get(pk=visit.pk)
    return is_fresh(visit, publication_of(visit, now=now))


def asked():
    return [row.appointment for row in AskedAgain.objects.all()]


def test_who_had_answered_is_asked_again_once(version, visit):
    publication = change(version)
    assert not fresh(visit)
    assert is_to_come(visit, now=CHANGED)

    assert (ask_everyone(now=CHANGED), ask_everyone(now=CHANGED)) == (1, 0)

    mail = Message.objects.get(kind="health")
    assert mail.appointment == visit
    publication.refresh_from_db()
    assert publication.all_asked_at == CHANGED
    progress = progress_of(publication)
    assert (progress.asked, progress.answered, progress.called) == (1, 0, 0)


def test_answered_again_it_counts(version, visit):
    publication = change(version)
    ask_everyone(now=CHANGED)
    for answers in ({"emerg": "no"}, {key: WELL[key] for key in WELL if key != "emerg"}):
        answer_again(visit_id=visit.pk, answers=answers, language="en", now=CHANGED + HOUR, by=PATIENT)
    assert fresh(visit, now=CHANGED + HOUR)
    assert progress_of(publication).answered == 1
    sent = []
    deliver_due(send=sent.append, now=CHANGED + DAY)  # only now: nobody is asked who has answered
    assert [message.kind for message in sent if message.kind == "health"] == []


@pytest.mark.parametrize(
    ("answered_at", "is_asked"),
    [
        (CHANGED - SECOND, True),
        (CHANGED, False),  # with the new version
        (START - 72 * HOUR, True),
        (START - 72 * HOUR - SECOND, False),  # is asked anyway: too early for the window
        (None, False),
    ],
)
def test_whose_answers_counted_until_now(version, answered_at, is_asked):
    booked(version, answered_at=answered_at)
    change(version)
    assert ask_everyone(now=CHANGED) == int(is_asked)


@pytest.mark.parametrize(
    ("starts_at", "is_asked"),
    [
        (dt.datetime(2026, 12, 22, 6, tzinfo=dt.UTC), True),  # midnight in Austin
        (dt.datetime(2026, 12, 22, 5, 59, tzinfo=dt.UTC), False),
    ],
)
def test_the_first_day_is_the_locations(version, starts_at, is_asked):
    visit = booked(version, starts_at=starts_at)
    change(version)
    assert ask_everyone(now=CHANGED) == int(is_asked)
    assert fresh(visit) is not is_asked


def test_before_it_starts_nobody_is_asked(version, visit):
    change(version, starts=CHANGED, now=ANSWERED)
    assert ask_everyone(now=CHANGED - SECOND) == 0
    assert fresh(visit, now=CHANGED - SECOND)
    assert ask_everyone(now=CHANGED) == 1


@pytest.mark.parametrize("scope", ["elsewhere", "modality", "own"])
def test_only_in_its_scope(version, visit, scope):
    if scope == "elsewhere":
        change(version, location=booked(version).location)
        AnswerSheetFactory._meta.model.objects.exclude(appointment=visit).delete()
    elif scope == "modality":
        change(version, modality="CT")
    else:  # the location has something of its own
        own = change(version, location=visit.location, from_day=None, starts=ANSWERED - HOUR)
        assert own.asks_again_from is None
        change(version)
    assert ask_everyone(now=CHANGED) == 0
    assert fresh(visit)


def test_who_has_no_email_is_called(version):
    visit = booked(version, email="", phone="+15125550147")
    publication = change(version)
    ask_everyone(now=CHANGED)
    assert not Message.objects.filter(kind="health").exists()
    assert "health questions again" in Task.objects.get(appointment=visit).reason
    assert progress_of(publication).called == 1


@pytest.mark.parametrize("status", ["arrived", "done", "no_show"])
def test_who_is_here_or_gone_is_not(version, visit, status):
    Appointment.objects.filter(pk=visit.pk).update(status=status)
    change(version)
    assert ask_everyone(now=CHANGED) == 0


def test_it_is_done_in_batches_and_goes_on_where_it_stopped(version, visit):
    others = [booked(version) for _ in range(4)]
    publication = change(version)
    assert ask_everyone(now=CHANGED, batch=2) == 2
    publication.refresh_from_db()
    assert publication.all_asked_at is None
    assert [ask_everyone(now=CHANGED, batch=2) for _ in range(3)] == [2, 1, 0]
    assert sorted(visit.pk for visit in asked()) == sorted(each.pk for each in [visit, *others])


def test_rolled_back_the_earlier_answers_count_again(version, visit):
    change(version)
    publish(version=version, starts=CHANGED + HOUR, now=CHANGED + HOUR, by=BY)
    assert ask_everyone(now=CHANGED + 2 * HOUR) == 0
    assert fresh(visit, now=CHANGED + 2 * HOUR)


def test_in_quiet_hours_the_mail_waits(version, visit):
    Location.objects.update(quiet_from=dt.time(17), quiet_until=dt.time(8))
    change(version)
    ask_everyone(now=CHANGED)
    eight_ten = dt.datetime(
        2026, 12, 21, 14, 10, tzinfo=dt.UTC
    )  # the first quarter hour on that is not quiet
    assert Message.objects.get(kind="health").due_at == eight_ten


def test_what_is_switched_off_asks_nobody_again(version):
    off = switch_off(questionnaire=version.questionnaire, starts=CHANGED, now=CHANGED, by=BY)
    for values, constraint in (
        ({"asks_again_from": VISIT_ON}, "publication_asks_again_what_it_has"),
        ({"all_asked_at": CHANGED}, "publication_asked_only_if_it_asks"),
    ):
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Publication.objects.filter(pk=off.pk).update(**values)
        assert error.value.__cause__.diag.constraint_name == constraint


def test_a_visit_is_asked_once_for_a_publication(version, visit):
    publication = change(version)
    ask_everyone(now=CHANGED)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        AskedAgain.objects.create(publication=publication, appointment=visit, by_email=True, asked_at=CHANGED)
    assert error.value.__cause__.diag.constraint_name == "asked_again_once"
