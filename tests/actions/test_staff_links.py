"""Choosing a password: once by a link, within its time, and whatever was open ends."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt

from locations.models import User
from scheduling.actions import staff_access, staff_links, staff_sessions
from scheduling.exceptions import NotFound
from scheduling.models import AuditEvent, Message, PasswordRequest, StaffLink
from scheduling.queries.staff import account_of
from scheduling.queries.staff_links import is_mail_wanted, link_of_token, staff_token
from scheduling.rules.actors import Actor
from tests.actions.test_staff_access import is_open, signed_in
from tests.factories.journey import NOW
from tests.factories.locations import UserFactory
from tests.factories.staff import StaffLinkFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a-quiet-lichen-ring"
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def dana():
    user = UserFactory(email="dana@alliance.example")
    user.set_password("the-old-lichen-ring")
    user.save()
    return user


@pytest.fixture
def link():
    return StaffLinkFactory(made_at=NOW)


def join(link, now=NOW):
    return staff_links.join(
        token=staff_token(link), first_name="Ana", last_name="Díaz", password=PASSWORD, now=now
    )


def password_link(user, **fields):
    return StaffLinkFactory(user=user, kind="password", made_at=NOW, ends_at=NOW + 2 * HOUR, **fields)


def test_joining_sets_name_and_password_once(link):
    user = join(link)
    user.refresh_from_db()
    assert (str(user), user.is_invited, user.check_password(PASSWORD)) == ("Ana Díaz", False, True)
    link.refresh_from_db()
    assert link.used_at == NOW
    event = AuditEvent.objects.get()
    assert (event.event, event.actor_name, event.after) == ("staff.joined", str(user.pk), {})
    with pytest.raises(NotFound):
        join(link)


@pytest.mark.parametrize("fault", ["too old", "withdrawn", "without access", "of the other kind", "forged"])
def test_a_link_that_has_ended_opens_nothing(link, fault):
    token, now = staff_token(link), NOW
    if fault == "too old":
        now = link.ends_at
    elif fault == "withdrawn":
        StaffLink.objects.update(withdrawn_at=NOW)
    elif fault == "without access":
        User.objects.update(is_active=False)
    elif fault == "of the other kind":
        StaffLink.objects.update(kind="password")
    else:
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    with pytest.raises(NotFound):
        link_of_token(token, StaffLink.Kind.JOIN, now=now)
    with pytest.raises(NotFound):
        staff_links.join(token=token, first_name="A", last_name="", password=PASSWORD, now=now)
    assert not User.objects.get().check_password(PASSWORD)


def test_a_link_works_until_its_last_minute(link):
    join(link, link.ends_at - MINUTE)


def test_a_forgotten_password_ends_all_sessions_and_the_wait_of_wrong_tries(dana):
    keys = [signed_in(dana), signed_in(dana)]
    AccessAttempt.objects.create(username=account_of(dana.email), failures_since_start=5)
    somebody = account_of("else@alliance.example")
    other = AccessAttempt.objects.create(username=somebody, failures_since_start=5)
    link = password_link(dana)
    staff_links.choose_password(token=staff_token(link), password=PASSWORD, now=NOW)
    dana.refresh_from_db()
    assert dana.check_password(PASSWORD)
    assert [is_open(key) for key in keys] == [False, False]
    assert list(AccessAttempt.objects.all()) == [other]
    assert Message.objects.get().kind == "password_set"
    changed, ended = AuditEvent.objects.order_by("pk")
    assert (changed.event, changed.after) == ("staff.password_changed", {"way": "link"})
    assert (ended.event, ended.before) == ("staff.sessions_ended", {"open": 2})
    with pytest.raises(NotFound):
        staff_links.choose_password(token=staff_token(link), password=PASSWORD, now=NOW)


def test_changing_it_keeps_this_session_only(dana):
    this, other = signed_in(dana), signed_in(dana)
    link = password_link(dana)
    staff_links.change_password(user=dana, password=PASSWORD, session_key=this, now=NOW)
    assert (is_open(this), is_open(other)) == (True, False)
    link.refresh_from_db()
    assert link.withdrawn_at == NOW


def ask(email, now=NOW):
    staff_links.ask_for_password(email=email, now=now)
    return staff_links.answer_password_requests(now=now)


def test_who_asks_gets_a_link_by_mail_and_what_was_typed_is_gone(dana):
    assert ask(" DANA@alliance.example") == 1
    link = StaffLink.objects.get()
    assert (link.user, link.kind, link.ends_at) == (dana, "password", NOW + 2 * HOUR)
    assert Message.objects.get().kind == "staff_password"
    assert not PasswordRequest.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.event, event.object_id) == ("staff.password_asked", str(dana.pk))
    assert event.actor_name == "sign-in"


def test_nobody_else_gets_anything(dana):
    UserFactory(email="gone@alliance.example", is_active=False)
    UserFactory(email="new@alliance.example", is_invited=True)
    for email in ("nobody@alliance.example", "gone@alliance.example", "new@alliance.example"):
        assert ask(email) == 1
    assert (Message.objects.count(), StaffLink.objects.count()) == (0, 0)


def test_asking_in_somebodys_name_makes_no_link_useless_and_floods_nobody(dana):
    for number in range(8):
        ask(dana.email, NOW + number * MINUTE)
        Message.objects.update(status="sent", sent_at=NOW)
    assert StaffLink.objects.count() == 1
    assert Message.objects.count() == 5
    ask(dana.email, NOW + HOUR + MINUTE)
    assert StaffLink.objects.filter(withdrawn_at=None).count() == 1
    assert StaffLink.objects.count() == 2


def test_a_request_that_waited_for_a_day_is_not_answered(dana):
    staff_links.ask_for_password(email=dana.email, now=NOW)
    assert staff_links.answer_password_requests(now=NOW + dt.timedelta(days=1)) == 1
    assert not Message.objects.exists()


def test_a_mail_without_an_open_link_never_leaves(dana, link):
    assert not is_mail_wanted(dana, "staff_password", now=NOW)
    assert is_mail_wanted(dana, "password_set", now=NOW)
    assert is_mail_wanted(link.user, "staff_invited", now=NOW)
    assert not is_mail_wanted(link.user, "staff_password", now=NOW)
    assert not is_mail_wanted(link.user, "staff_invited", now=link.ends_at)
    link.user.is_active = False
    assert not is_mail_wanted(link.user, "staff_invited", now=NOW)


def test_ending_one_session_of_ones_own(dana):
    key, other = signed_in(dana), signed_in(UserFactory())
    by = Actor.staff(dana.pk)
    rows = {row.session_key: row.pk for row in UserSession.objects.all()}
    assert staff_sessions.end_session(user=dana, session_id=rows[other], now=NOW, by=by) is False
    assert staff_sessions.end_session(user=dana, session_id=rows[key], now=NOW, by=by) is True
    assert staff_sessions.end_session(user=dana, session_id=rows[key], now=NOW, by=by) is False
    assert (is_open(key), is_open(other)) == (False, True)
    assert AuditEvent.objects.count() == 1


def test_old_rows_of_sessions_are_forgotten(dana):
    signed_in(dana)
    UserSession.objects.update(last_seen_at=NOW)
    day = dt.timedelta(days=1)
    assert staff_sessions.forget_old_sessions(kept=day, now=NOW + day) == 0
    assert staff_sessions.forget_old_sessions(kept=day, now=NOW + day + MINUTE) == 1


def test_the_first_administrator_is_made_by_a_process(db):
    by = Actor.process("create_administrator")
    link = staff_access.make_administrator(email="Ruth@alliance.example", now=NOW, by=by)
    ruth = link.user
    assert (ruth.email, ruth.is_invited, link.kind) == ("ruth@alliance.example", True, "join")
    held = ruth.assignments.get()
    assert (held.role, held.location) == ("administrator", None)
    assert not Message.objects.exists()
    assert {event.actor_name for event in AuditEvent.objects.all()} == {"create_administrator"}
