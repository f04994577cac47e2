"""Inviting, roles, access and second factors: what each act does, refuses and leaves in the audit."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from locations.models import Assignment, User
from scheduling.actions import staff_access
from scheduling.exceptions import AccessTaken, EmailTaken, LastAdministrator, NotFound, OwnAccess
from scheduling.models import AuditEvent, Message, StaffLink
from scheduling.rules.actors import Actor
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory, LocationFactory, UserFactory

pytestmark = pytest.mark.django_db
Role = Assignment.Role


@pytest.fixture
def ruth():
    """Of all locations."""
    return AssignmentFactory(role=Role.ADMINISTRATOR, location=None).user


@pytest.fixture
def here():
    return LocationFactory(name="Riverside")


@pytest.fixture
def local(here):
    """Administrator of one location."""
    return AssignmentFactory(role=Role.ADMINISTRATOR, location=here).user


@pytest.fixture
def dana(here):
    return AssignmentFactory(role=Role.FRONT_DESK, location=here, user__email="dana@alliance.example").user


def by(user):
    return {"now": NOW, "by": Actor.staff(user.pk)}


def signed_in(user):
    session = SessionStore()
    session["x"] = 1
    session.save()
    UserSession.objects.create(user=user, session_key=session.session_key, ip="10.0.0.1")
    return session.session_key


def is_open(key):
    return SessionStore().exists(key)


def events(person=None):
    found = AuditEvent.objects.order_by("pk")
    if person:
        found = found.filter(object_kind="user", object_id=str(person.pk))
    return [event.event for event in found]


def mails(person):
    unsent = Message.objects.unsent().filter(staff=person)
    return list(unsent.order_by("pk").values_list("kind", flat=True))


def test_an_invitation_makes_an_account_that_opens_nothing_yet(ruth, here):
    done = staff_access.invite(
        email=" New@Alliance.Example ", role=Role.FRONT_DESK, places=[here], **by(ruth)
    )
    person = User.objects.get(email="new@alliance.example")
    assert (done.person, done.is_new, done.added) == (person, True, 1)
    assert (person.is_active, person.is_invited, person.has_usable_password()) == (True, True, False)
    link = StaffLink.objects.get(user=person)
    assert (link.kind, link.ends_at) == ("join", NOW + dt.timedelta(days=3))
    assert mails(person) == ["staff_invited"]
    assert events(person) == ["staff.invited", "staff.roles_changed"]
    event = AuditEvent.objects.get(event="staff.roles_changed")
    assert (event.before, event.after) == ({"roles": []}, {"roles": [["front_desk", here.pk]]})
    assert (event.actor_kind, event.actor_name) == ("staff", str(ruth.pk))


def test_who_is_here_already_gets_the_role_and_no_second_account(ruth, here, dana):
    wanted = {"email": "DANA@alliance.example", "role": Role.TECHNOLOGIST, "places": [here]}
    done = staff_access.invite(**wanted, **by(ruth))
    assert (done.person, done.is_new, done.added) == (dana, False, 1)
    again = staff_access.invite(**wanted, **by(ruth))
    assert (again.is_new, again.added) == (False, 0)
    assert (mails(dana), StaffLink.objects.count()) == ([], 0)
    assert events(dana) == ["staff.roles_changed"]
    assert not User.objects.get(pk=dana.pk).is_invited


def test_who_was_sent_away_is_not_let_in_by_an_invitation(ruth, here):
    gone = UserFactory(is_active=False, email="gone@alliance.example")
    with pytest.raises(AccessTaken):
        staff_access.invite(email=gone.email, role=Role.FRONT_DESK, places=[here], **by(ruth))
    assert not gone.assignments.exists()


def test_an_administrator_of_one_location_gives_roles_there_only(local, here, dana):
    elsewhere = LocationFactory()
    for places in ([elsewhere], [here, elsewhere], [None], []):
        with pytest.raises(NotFound):
            staff_access.invite(
                email="new@alliance.example", role=Role.FRONT_DESK, places=places, **by(local)
            )
        with pytest.raises(NotFound):
            staff_access.add_roles(person_id=dana.pk, role=Role.AUDITOR, places=places, **by(local))
    assert not User.objects.filter(email="new@alliance.example").exists()
    assert staff_access.add_roles(person_id=dana.pk, role=Role.AUDITOR, places=[here], **by(local)) == 1


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.TECHNOLOGIST, Role.RADIOLOGIST, Role.AUDITOR])
def test_no_other_role_lets_anybody_in(here, dana, role):
    other = AssignmentFactory(role=role, location=None).user
    gone = AssignmentFactory(role=Role.ADMINISTRATOR, location=None, user__is_active=False).user
    for doer in (other, gone):
        with pytest.raises(NotFound):
            staff_access.add_roles(person_id=dana.pk, role=Role.AUDITOR, places=[here], **by(doer))


ACCOUNT = {
    "change_account": {"email": "mine@alliance.example", "first_name": "A", "last_name": "B"},
    "end_access": {},
    "give_access": {},
    "reset_factor": {},
    "invite_again": {},
}


@pytest.mark.parametrize("act", ACCOUNT)
@pytest.mark.parametrize("other", ["elsewhere", "everywhere", "superuser", "nowhere here"])
def test_an_account_that_opens_more_than_is_theirs_is_not_theirs_to_take_over(local, here, dana, act, other):
    """Who sets an email or a second factor anew could sign in as that person."""
    if other == "superuser":
        User.objects.filter(pk=dana.pk).update(is_superuser=True)
    elif other == "nowhere here":
        dana.assignments.update(location=LocationFactory())
    else:
        place = LocationFactory() if other == "elsewhere" else None
        AssignmentFactory(user=dana, location=place, role=Role.AUDITOR)
    User.objects.filter(pk=dana.pk).update(is_invited=act == "invite_again")
    with pytest.raises(NotFound):
        getattr(staff_access, act)(person_id=dana.pk, **ACCOUNT[act], **by(local))
    assert User.objects.get(pk=dana.pk).email == "dana@alliance.example"
    assert events() == []


def test_taking_access_away_ends_every_session_and_link_at_once(ruth, dana):
    keys = [signed_in(dana), signed_in(dana)]
    others = signed_in(ruth)
    StaffLink.objects.create(
        user=dana, kind="password", key="k", made_at=NOW, ends_at=NOW + dt.timedelta(hours=1)
    )
    staff_access.end_access(person_id=dana.pk, **by(ruth))
    dana.refresh_from_db()
    assert not dana.is_active
    assert [is_open(key) for key in keys] == [False, False]
    assert is_open(others)
    assert StaffLink.objects.get().withdrawn_at == NOW
    assert dana.assignments.count() == 1
    assert events(dana) == ["staff.access_ended", "staff.sessions_ended"]
    staff_access.end_access(person_id=dana.pk, **by(ruth))
    assert len(events(dana)) == 2

    staff_access.give_access(person_id=dana.pk, **by(ruth))
    dana.refresh_from_db()
    assert dana.is_active
    assert (events(dana)[-1], mails(dana)) == ("staff.access_given", [])
    staff_access.give_access(person_id=dana.pk, **by(ruth))
    assert len(events(dana)) == 3


def test_an_invitation_is_withdrawn_and_given_again(ruth, here):
    person = staff_access.invite(
        email="new@alliance.example", role=Role.AUDITOR, places=[here], **by(ruth)
    ).person
    staff_access.end_access(person_id=person.pk, **by(ruth))
    assert events(person)[-1] == "staff.invitation_withdrawn"
    with pytest.raises(NotFound):
        staff_access.invite_again(person_id=person.pk, **by(ruth))
    staff_access.give_access(person_id=person.pk, **by(ruth))
    assert StaffLink.objects.filter(user=person, used_at=None, withdrawn_at=None).count() == 1


def test_inviting_again_makes_the_old_link_useless(ruth, here):
    person = staff_access.invite(
        email="new@alliance.example", role=Role.AUDITOR, places=[here], **by(ruth)
    ).person
    old = StaffLink.objects.get()
    staff_access.invite_again(person_id=person.pk, **by(ruth))
    old.refresh_from_db()
    assert old.withdrawn_at == NOW
    assert StaffLink.objects.filter(withdrawn_at=None).count() == 1
    assert mails(person) == ["staff_invited"]  # the first had not left, and will carry the new link
    assert AuditEvent.objects.filter(event="staff.invited").last().pk
    User.objects.filter(pk=person.pk).update(is_invited=False)
    with pytest.raises(NotFound):
        staff_access.invite_again(person_id=person.pk, **by(ruth))


def test_taking_a_role_away_ends_sessions(ruth, dana, here):
    held = AssignmentFactory(user=dana, location=here, role=Role.TECHNOLOGIST)
    key = signed_in(dana)
    staff_access.remove_role(person_id=dana.pk, assignment_id=held.pk, **by(ruth))
    assert not is_open(key)
    assert [each.role for each in dana.assignments.all()] == ["front_desk"]
    event = AuditEvent.objects.get(event="staff.roles_changed")
    assert event.before == {"roles": [["front_desk", here.pk], ["technologist", here.pk]]}
    assert event.after == {"roles": [["front_desk", here.pk]]}
    with pytest.raises(NotFound):
        staff_access.remove_role(person_id=dana.pk, assignment_id=held.pk, **by(ruth))


def test_a_role_elsewhere_is_not_theirs_to_take(local, dana):
    held = AssignmentFactory(user=dana, role=Role.TECHNOLOGIST)
    with pytest.raises(NotFound):
        staff_access.remove_role(person_id=dana.pk, assignment_id=held.pk, **by(local))


def test_a_role_of_somebody_else_is_not_taken_through_ones_own_page(ruth, dana):
    other = AssignmentFactory()
    with pytest.raises(NotFound):
        staff_access.remove_role(person_id=dana.pk, assignment_id=other.pk, **by(ruth))


def test_nobody_takes_their_own_last_role_as_administrator(ruth, here):
    AssignmentFactory(role=Role.ADMINISTRATOR, location=None)  # not the last of the site
    held = ruth.assignments.get()
    with pytest.raises(OwnAccess):
        staff_access.remove_role(person_id=ruth.pk, assignment_id=held.pk, **by(ruth))
    for act in (staff_access.end_access, staff_access.reset_factor):
        with pytest.raises(OwnAccess):
            act(person_id=ruth.pk, **by(ruth))
    second = AssignmentFactory(user=ruth, role=Role.ADMINISTRATOR, location=here)
    staff_access.remove_role(person_id=ruth.pk, assignment_id=second.pk, **by(ruth))
    desk = AssignmentFactory(user=ruth, role=Role.FRONT_DESK, location=here)
    staff_access.remove_role(person_id=ruth.pk, assignment_id=desk.pk, **by(ruth))
    assert list(ruth.assignments.all()) == [held]


@pytest.mark.parametrize("left", ["invited", "without access", "of one location"])
def test_the_last_administrator_who_can_sign_in_stays(ruth, here, left):
    fields = {"invited": {"user__is_invited": True}, "without access": {"user__is_active": False}}
    place = here if left == "of one location" else None
    AssignmentFactory(role=Role.ADMINISTRATOR, location=place, **fields.get(left, {}))
    process = {"now": NOW, "by": Actor.process("test")}
    for act, about in (
        (staff_access.end_access, {}),
        (staff_access.remove_role, {"assignment_id": ruth.assignments.get().pk}),
    ):
        with pytest.raises(LastAdministrator):
            act(person_id=ruth.pk, **about, **process)
    ruth.refresh_from_db()
    assert (ruth.is_active, ruth.assignments.count(), events()) == (True, 1, [])


def test_the_last_of_all_is_kept_where_there_is_none_of_all_locations(local):
    with pytest.raises(LastAdministrator):
        staff_access.end_access(person_id=local.pk, now=NOW, by=Actor.process("test"))
    AssignmentFactory(role=Role.ADMINISTRATOR)
    staff_access.end_access(person_id=local.pk, now=NOW, by=Actor.process("test"))


def test_a_new_email_is_told_to_the_old_one_and_ends_open_links(ruth, dana):
    StaffLink.objects.create(
        user=dana, kind="password", key="k", made_at=NOW, ends_at=NOW + dt.timedelta(hours=1)
    )
    changed = staff_access.change_account(
        person_id=dana.pk, email="D.Ng@Alliance.example", first_name="Dana", last_name="Ng", **by(ruth)
    )
    dana.refresh_from_db()
    assert (changed, dana.email, str(dana)) == (True, "d.ng@alliance.example", "Dana Ng")
    mail = Message.objects.get(staff=dana)
    assert (mail.kind, mail.address) == ("email_changed", "dana@alliance.example")
    assert StaffLink.objects.get().withdrawn_at == NOW
    event = AuditEvent.objects.get(event="staff.changed")
    assert event.before == {"email": "dana@alliance.example", "first_name": "Sam", "last_name": "Rivera"}
    assert event.after == {"email": "d.ng@alliance.example", "first_name": "Dana", "last_name": "Ng"}
    same = {"email": dana.email, "first_name": "Dana", "last_name": "Ng"}
    assert staff_access.change_account(person_id=dana.pk, **same, **by(ruth)) is False
    assert len(events(dana)) == 1


def test_an_email_that_somebody_else_has_is_refused(ruth, dana):
    with pytest.raises(EmailTaken):
        staff_access.change_account(
            person_id=dana.pk, email=ruth.email.upper(), first_name="Dana", last_name="", **by(ruth)
        )


def test_a_mistyped_email_of_an_invitation_is_mended_with_a_new_link(ruth, here):
    person = staff_access.invite(
        email="nwe@alliance.example", role=Role.AUDITOR, places=[here], **by(ruth)
    ).person
    old = StaffLink.objects.get()
    staff_access.change_account(
        person_id=person.pk, email="new@alliance.example", first_name="", last_name="", **by(ruth)
    )
    old.refresh_from_db()
    assert old.withdrawn_at == NOW
    assert [mail.address for mail in Message.objects.unsent()] == ["new@alliance.example"]


def test_a_lost_second_factor_is_forgotten_and_its_owner_is_told(ruth, dana):
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=dana, type=kind, data={})
    key = signed_in(dana)
    staff_access.reset_factor(person_id=dana.pk, **by(ruth))
    assert not Authenticator.objects.filter(user=dana).exists()
    assert (is_open(key), mails(dana)) == (False, ["factor_reset"])
    event = AuditEvent.objects.get(event="staff.factor_reset")
    assert event.before == {"kinds": ["recovery_codes", "totp"]}
