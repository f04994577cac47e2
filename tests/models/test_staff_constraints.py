"""What PostgreSQL refuses about links and mails of staff, by the name of the constraint."""

import pytest

from tests.factories.locations import UserFactory
from tests.factories.scheduling import BOOKED_AT
from tests.factories.staff import AccountMessageFactory, StaffLinkFactory
from tests.models.test_order_constraints import broken_by

pytestmark = pytest.mark.django_db


def test_a_person_has_one_open_link():
    link = StaffLinkFactory()
    assert broken_by(StaffLinkFactory, user=link.user, kind="password") == "staff_link_one_open"
    StaffLinkFactory(user=link.user, used_at=BOOKED_AT)
    StaffLinkFactory(user=link.user, withdrawn_at=BOOKED_AT)
    StaffLinkFactory()


def test_a_key_is_never_given_twice():
    link = StaffLinkFactory(used_at=BOOKED_AT)
    assert broken_by(StaffLinkFactory, key=link.key) == "staff_link_key_unique"


def test_a_link_works_for_a_time_and_ends_one_way():
    assert broken_by(StaffLinkFactory, ends_at=BOOKED_AT) == "staff_link_works_for_a_time"
    ended = {"used_at": BOOKED_AT, "withdrawn_at": BOOKED_AT}
    assert broken_by(StaffLinkFactory, **ended) == "staff_link_used_or_withdrawn"


def test_of_each_kind_one_mail_about_an_account_waits():
    mail = AccountMessageFactory()
    assert broken_by(AccountMessageFactory, staff=mail.staff) == "message_one_unsent_per_account"
    AccountMessageFactory(staff=mail.staff, kind="factor_reset")
    AccountMessageFactory(staff=mail.staff, status="sent", sent_at=BOOKED_AT)
    AccountMessageFactory(staff=UserFactory())
