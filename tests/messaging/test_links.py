"""Mail scanners open every link: opening one, in any way but a pressed button, changes nothing."""

import re

import pytest
from django.db import connection
from django.utils import timezone

from scheduling.messaging.render import render
from scheduling.models import Message
from tests.factories.locations import UserFactory
from tests.factories.messages import ABOUT_ACCOUNTS, MessageFactory, StaffMessageFactory
from tests.factories.orders import InvitationFactory
from tests.factories.staff import AccountMessageFactory, StaffLinkFactory
from tests.factories.waitlist import WaitlistMessageFactory

pytestmark = pytest.mark.django_db


def everything_stored() -> dict[str, str]:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {}
        for table in tables:
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t")
            found[table] = cursor.fetchone()[0]
        return found


def about_account(kind):
    """With the link that is open."""
    link = {"staff_invited": "join", "staff_password": "password"}.get(kind)
    user = StaffLinkFactory(kind=link, made_at=timezone.now()).user if link else UserFactory()
    return AccountMessageFactory(kind=kind, staff=user)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("kind", Message.Kind.values)
def test_opening_the_links_of_a_mail_changes_nothing(client, kind, method):
    invitations = ("order_invited", "order_reminded")
    others = {"waitlist": WaitlistMessageFactory, "overdue": StaffMessageFactory}
    others |= dict.fromkeys(invitations, InvitationFactory)
    others |= dict.fromkeys(ABOUT_ACCOUNTS, about_account)
    message = others.get(kind, MessageFactory)(kind=kind)
    content = render(message)
    links = set(re.findall(r"https?://[^\s\"<]+", content.text + content.html))
    before = everything_stored()
    answers = {link: getattr(client, method)(link, follow=True).status_code for link in links}
    assert answers or kind in ("password_set", "email_changed")  # these lead nowhere: nothing can be feigned
    assert everything_stored() == before
    if kind in ABOUT_ACCOUNTS:
        assert set(answers.values()) <= {200}
        return
    pages = {"waitlist": "/waitlist/entry/", "overdue": "/desk/tasks/"}
    page = {**pages, **dict.fromkeys(invitations, "/invitation/")}.get(kind, "/visit/")
    assert {link: code for link, code in answers.items() if page in link and code != 200} == {}
    assert any(page in link for link in links)
