"""Administrators who act on each other at the same moment, in real connections."""

import threading

import pytest
from django.db import connection, transaction

from locations.models import Assignment, User
from scheduling.actions import staff_access, staff_links
from scheduling.exceptions import BookingError
from scheduling.models import StaffLink
from scheduling.queries.staff_admin import administrators
from scheduling.queries.staff_links import staff_token
from scheduling.rules.actors import Actor
from tests.concurrency.test_merging import in_thread
from tests.factories.journey import NOW
from tests.factories.locations import AssignmentFactory, LocationFactory, UserFactory
from tests.factories.staff import StaffLinkFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
Role = Assignment.Role


def administrator(location=None):
    return AssignmentFactory(role=Role.ADMINISTRATOR, location=location).user


def end_access(person, doer):
    staff_access.end_access(person_id=person.pk, now=NOW, by=Actor.staff(doer.pk))


def remove_role(person, doer):
    held = Assignment.objects.get(user=person)
    by = Actor.staff(doer.pk)
    staff_access.remove_role(person_id=person.pk, assignment_id=held.pk, now=NOW, by=by)


def at_once(*works):
    """All start together; what each was refused with."""
    barrier, refusals = threading.Barrier(len(works)), []

    def run(work):
        barrier.wait()
        try:
            work()
        except BookingError as refusal:
            refusals.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return refusals


@pytest.mark.parametrize("act", [end_access, remove_role])
@pytest.mark.parametrize("place", ["every location", "one location"])
@pytest.mark.parametrize("again", range(3))
def test_two_administrators_remove_each_other_and_one_stays(act, place, again):
    location = None if place == "every location" else LocationFactory()
    one, two = administrator(location), administrator(location)
    refusals = at_once(lambda: act(two, one), lambda: act(one, two))
    assert len(refusals) == 1
    assert administrators().count() == 1


def test_ten_who_remove_each_other_in_a_ring_leave_one():
    people = [administrator() for _ in range(10)]
    pairs = zip(people, [*people[1:], people[0]], strict=True)
    at_once(*(lambda doer=doer, person=person: end_access(person, doer) for doer, person in pairs))
    assert administrators().count() >= 1


def test_who_was_just_removed_does_nothing_more():
    one, two = administrator(), administrator()
    dana = AssignmentFactory().user
    with transaction.atomic():
        end_access(two, one)
        thread, refusals = in_thread(lambda: end_access(dana, two))
        thread.join(0.5)
        assert thread.is_alive()
    thread.join()
    assert [type(each).__name__ for each in refusals] == ["NotFound"]
    dana.refresh_from_db()
    assert dana.is_active


def test_two_invite_the_same_person_and_there_is_one_account():
    ruth, place = administrator(), LocationFactory()

    def invite():
        wanted = {"email": "new@alliance.example", "role": Role.FRONT_DESK, "places": [place]}
        staff_access.invite(**wanted, now=NOW, by=Actor.staff(ruth.pk))

    assert at_once(*[invite] * 4) == []
    new = User.objects.get(email="new@alliance.example")
    assert new.assignments.count() == 1
    assert StaffLink.objects.filter(user=new).count() == 1


def test_two_tabs_of_one_link_set_one_password():
    link = StaffLinkFactory(made_at=NOW)
    token = staff_token(link)

    def join(number):
        password = f"a-quiet-lichen-ring-{number}"
        staff_links.join(token=token, first_name="Ana", last_name="", password=password, now=NOW)

    refusals = at_once(*(lambda number=number: join(number) for number in range(4)))
    assert refusals == ["NotFound"] * 3


def test_a_link_that_is_withdrawn_while_it_is_used_opens_nothing():
    ruth, link = administrator(), StaffLinkFactory(made_at=NOW, user=UserFactory(is_invited=True))
    token = staff_token(link)
    with transaction.atomic():
        end_access(link.user, ruth)
        thread, refusals = in_thread(
            lambda: staff_links.join(token=token, first_name="A", last_name="", password="x", now=NOW)
        )
        thread.join(0.5)
        assert thread.is_alive()
    thread.join()
    assert [type(each).__name__ for each in refusals] == ["NotFound"]
    link.user.refresh_from_db()
    assert link.user.is_invited
