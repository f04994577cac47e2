"""A password alone opens nothing of the desk. The codes here are those that an app would show."""

import datetime as dt
import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from scheduling.models import AuditEvent
from tests.access.test_matrix import MATRIX, address_of, made, world  # noqa: F401 - fixtures
from tests.factories.locations import AssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "knee-and-shoulder-42"
SIGN_IN, CODE, SET_UP = "/desk/sign-in/", "/desk/sign-in/code/", "/desk/account/app/"


@pytest.fixture
def dana():
    user = UserFactory(email="dana@alliance.example", first_name="Dana", last_name="Ng")
    user.set_password(PASSWORD)
    user.save()
    AssignmentFactory(user=user)
    return user


@pytest.fixture
def secret(dana):
    secret = generate_totp_secret()
    TOTP.activate(dana, secret)
    return secret


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC), tick=False)
    return time_machine


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def by_password(client, next_url="", **extra):
    form = {"login": "dana@alliance.example", "password": PASSWORD, "next": next_url}
    return client.post(SIGN_IN, form, **extra)


def type_code(client, code):
    return client.post(CODE, {"code": code})


def test_with_a_code_the_desk_opens_where_the_person_wanted_to_go(client, dana, secret, clock):
    answer = by_password(client, "/desk/search/")
    assert (answer.status_code, answer["Location"]) == (303, CODE)
    assert client.get("/desk/search/").status_code == 302
    assert not AuditEvent.objects.exists()

    answer = type_code(client, code_of(secret))
    assert (answer.status_code, answer["Location"]) == (303, "/desk/search/")
    assert client.get("/desk/search/").status_code == 200
    assert AuditEvent.objects.get().event == "staff.signed_in"


def test_a_wrong_code_says_so_beside_the_field_and_five_of_them_wait(client, dana, secret, clock):
    by_password(client)
    for _ in range(5):
        answer = type_code(client, "000000")
        assert answer.status_code == 422
        assert "That code is not right." in answer.content.decode()
    answer = type_code(client, code_of(secret))
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert client.get("/desk/tasks/").status_code == 302


def test_a_code_opens_once_whatever_process_is_asked(client, dana, secret, clock, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    }  # as another process
    code, other = code_of(secret), Client()
    by_password(client)
    assert type_code(client, code).status_code == 303
    by_password(other)
    answer = type_code(other, code)
    assert answer.status_code == 422
    assert "used already" in answer.content.decode()
    clock.shift(30)
    assert type_code(other, code_of(secret)).status_code == 303


def test_a_recovery_code_opens_once_and_may_be_typed_in_groups(client, dana, secret, clock):
    code = RecoveryCodes.activate(dana).generate_codes()[0]
    other = Client()
    by_password(client)
    assert type_code(client, f"{code[:4]} {code[4:]}").status_code == 303
    by_password(other)
    assert type_code(other, code).status_code == 422


def test_who_has_no_second_factor_is_led_to_set_one_up_and_then_on(client, dana, clock):
    assert by_password(client, "/desk/search/")["Location"] == "/desk/search/"
    answer = client.get("/desk/search/")
    assert (answer.status_code, answer["Location"]) == (303, SET_UP)
    page = client.get(SET_UP).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert "/desk/tasks/" not in page  # nothing that would only lead back here

    answer = client.post(SET_UP, {"code": code_of(client.session["mfa.totp.secret"])})
    assert (answer.status_code, answer["Location"]) == (303, "/desk/account/codes/")
    shown = client.get("/desk/account/codes/").content.decode()
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    assert len(codes) == 10
    assert all(f"{code[:4]} {code[4:]}" in shown for code in codes)
    assert 'href="/desk/search/"' in shown
    assert codes[0][:4] + " " + codes[0][4:] not in client.get("/desk/account/codes/").content.decode()
    assert client.get("/desk/tasks/").status_code == 200
    assert AuditEvent.objects.filter(event="staff.factor_added").count() == 1


def test_a_session_from_before_the_factor_was_set_up_starts_again(client, dana, clock):
    by_password(client)
    TOTP.activate(dana, generate_totp_secret())
    assert client.get("/desk/tasks/")["Location"] == f"{SIGN_IN}?next=/desk/tasks/"
    assert "_auth_user_id" not in client.session


def test_secrets_are_kept_encrypted_and_old_keys_still_read_them(client, dana, secret, clock, settings):
    kept = Authenticator.objects.get().data["secret"]
    assert secret not in kept
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "y" * 60
    by_password(client)
    assert type_code(client, code_of(secret)).status_code == 303
    settings.SECRET_KEY_FALLBACKS = []
    assert get_adapter().decrypt(kept) != secret


OPEN_TO_ALL = {
    "account_login",
    "mfa_authenticate",
    "frontdesk:sign-out",
    "account_join",
    "account_new_password",
    "account_forgot",
    "account_forgot_sent",
}
WAY_IN = {"mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}


def test_a_password_alone_opens_no_staff_page(world, clock):  # noqa: F811
    """Every address of the desk, of the administrators' screens and of the admin, by every role."""
    names = [name for name in MATRIX if not name.startswith(("portal:", "locations:", "demo"))]
    addresses = {name: address_of(world, name) for name in names if name not in OPEN_TO_ALL | WAY_IN}
    addresses |= {name: reverse(name) for name in ("admin:index", "admin:scheduling_appointment_changelist")}
    found = {}
    for role in ("front desk", "technologist", "radiologist", "administrator", "auditor"):
        user = world.users[role]
        user.set_password(PASSWORD)
        user.save()
        client = Client()
        client.post(SIGN_IN, {"login": user.email, "password": PASSWORD})
        for name, address in addresses.items():
            for ask in (client.get, client.post):
                answer = ask(address)
                found[name, role] = (answer.status_code, answer.get("Location"))
    assert len(addresses) > 75
    assert set(found.values()) == {(303, SET_UP)}


def test_changing_factors_asks_again_who_it_is(client, dana, secret, clock):
    by_password(client)
    type_code(client, code_of(secret))
    answer = client.get("/desk/account/codes/new/")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/desk/account/again/?next=%2Fdesk%2Faccount%2Fcodes%2Fnew%2F",
    )
    clock.shift(30)
    answer = client.post(
        "/desk/account/again/", {"code": code_of(secret), "next": "/desk/account/codes/new/"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/desk/account/codes/new/")
    assert client.post("/desk/account/codes/new/")["Location"] == "/desk/account/codes/"
    assert client.get("/desk/account/codes/").context["can_view_codes"]
    clock.shift(301)
    assert client.get("/desk/account/codes/new/").status_code == 302


def test_the_last_factor_cannot_be_removed_and_another_can(client, dana, secret, clock):
    by_password(client)
    type_code(client, code_of(secret))
    clock.shift(30)
    client.post("/desk/account/again/", {"code": code_of(secret), "next": "/desk/account/"})
    answer = client.post("/desk/account/app/remove/")
    assert answer.status_code == 422
    assert "This app stays" in answer.content.decode()

    key = Authenticator.objects.create(user=dana, type="webauthn", data={"name": "Key", "credential": {}})
    assert client.post("/desk/account/app/remove/")["Location"] == "/desk/account/"
    assert list(dana.authenticator_set.filter(type="totp")) == []
    answer = client.post(f"/desk/account/passkeys/{key.pk}/remove/")
    assert answer.status_code == 422
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_another_persons_passkey_is_missing(client, dana, clock):
    client.force_login(dana)
    other = Authenticator.objects.create(user=UserFactory(), type="webauthn", data={"name": "Key"})
    addresses = [f"/desk/account/passkeys/{pk}/remove/" for pk in (other.pk, 10**9)]
    assert len({client.get(address).status_code for address in addresses}) == 1


@pytest.mark.parametrize(
    "credential", ["", "x", "{}", "[]", '{"id": 1}', '{"id": "a", "response": {}}', "\0"]
)
def test_a_passkey_that_no_browser_made_is_refused(client, dana, secret, clock, credential):
    by_password(client)
    client.get(CODE)
    assert client.post(CODE, {"credential": credential}).status_code == 422


def test_a_demonstration_shows_the_way_in_and_no_other_site_does(client, dana, secret, clock, settings):
    for is_demo in (False, True):
        settings.DEMO = is_demo
        assert (PASSWORD in (page := client.get(SIGN_IN).content.decode())) is False
        assert ("try-the-open-ring" in page) is is_demo
        by_password(other := Client())
        assert (code_of(secret) in other.get(CODE).content.decode()) is is_demo
        row = f"<dt>Front desk</dt><dd><code>{dana.email}</code></dd>"
        assert (row in page) is is_demo
