import io
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from locations.models import User
from scheduling.models import AuditEvent, StaffLink
from tests.factories.locations import UserFactory
from tests.logs import site_log

pytestmark = pytest.mark.django_db


def run(*args):
    out = io.StringIO()
    call_command("create_administrator", *args, stdout=out)
    return out.getvalue()


def link_in(text):
    return re.search(r"https?://[^/]+(/desk/\S+)", text)[1]


def test_it_works_on_an_empty_database_and_its_link_leads_into_the_desk(client):
    with site_log() as log:
        said = run("Ruth@Alliance.example")
        path = link_in(said)
        assert client.get(path).status_code == 200
        form = {"first_name": "Ruth", "password": "a-quiet-lichen-ring", "again": "a-quiet-lichen-ring"}
        answer = client.post(path, form)
    assert (answer.status_code, answer["Location"]) == (303, "/desk/")
    assert client.get("/desk/")["Location"] == "/desk/account/app/"
    ruth = User.objects.get()
    assert (ruth.email, ruth.is_superuser, ruth.is_staff) == ("ruth@alliance.example", False, False)
    token = path.split("/")[-2]
    assert token not in log.getvalue()
    assert not [event for event in AuditEvent.objects.all() if token in f"{event.before}{event.after}"]


def test_an_account_that_exists_needs_the_flag():
    UserFactory(email="ruth@alliance.example")
    with pytest.raises(CommandError, match="has an account already"):
        run("RUTH@alliance.example")
    assert not StaffLink.objects.exists()


def test_with_the_flag_it_is_a_way_back_in():
    ruth = UserFactory(email="ruth@alliance.example", is_active=False)
    Authenticator.objects.create(user=ruth, type="totp", data={})
    assert link_in(run("ruth@alliance.example", "--again")).startswith("/desk/password/")
    ruth.refresh_from_db()
    assert (ruth.is_active, ruth.assignments.get().role) == (True, "administrator")
    assert Authenticator.objects.exists()
    run("ruth@alliance.example", "--again", "--factor-lost")
    assert not Authenticator.objects.exists()
    assert StaffLink.objects.filter(withdrawn_at=None).count() == 1


def test_what_is_no_email_is_refused():
    with pytest.raises(CommandError, match="no email"):
        run("ruth")
