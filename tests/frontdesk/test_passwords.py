"""An invitation is opened, a password is forgotten, a password is changed: through the pages, with codes as
an app would show them."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.utils import timezone

from scheduling.models import AuditEvent, PasswordRequest, StaffLink
from scheduling.queries.staff_links import staff_token
from scheduling.tasks import deliver_due_messages
from tests.access.test_matrix import address_of, made, world  # noqa: F401 - fixtures
from tests.factories.staff import StaffLinkFactory
from tests.frontdesk.test_second_factor import (
    CODE,
    PASSWORD,
    SET_UP,
    SIGN_IN,
    by_password,
    clock,
    code_of,
    dana,
    secret,
    type_code,
)
from tests.logs import site_log

__all__ = ["clock", "dana", "secret"]
pytestmark = pytest.mark.django_db
NEW = "a-quiet-lichen-ring"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"


@pytest.fixture
def invitation(clock):
    return StaffLinkFactory(user__email="ana@alliance.example", user__first_name="", made_at=timezone.now())


def path_of(link):
    page = "join" if link.kind == "join" else "password"
    return f"/desk/{page}/{staff_token(link)}/"


def joining(**changes):
    return {"first_name": "Ana", "last_name": "Díaz", "password": NEW, "again": NEW, **changes}


def signed_in(secret, clock, client=None):
    client = client or Client(headers={"user-agent": CHROME})
    by_password(client)
    clock.shift(30)
    assert type_code(client, code_of(secret)).status_code == 303
    return client


def test_an_invitation_leads_from_the_mail_to_the_second_factor(client, invitation, clock):
    path = path_of(invitation)
    page = client.get(path)
    assert page.status_code == 200
    assert "ana@alliance.example" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    answer = client.post(path, joining())
    assert (answer.status_code, answer["Location"]) == (303, "/desk/")
    assert client.get("/desk/")["Location"] == SET_UP
    assert client.get("/desk/tasks/").status_code == 303  # nothing of the desk before that
    assert client.get(SET_UP).status_code == 200
    answer = client.post(SET_UP, {"code": code_of(client.session["mfa.totp.secret"])})
    assert answer["Location"] == "/desk/account/codes/"
    assert client.get("/desk/tasks/").status_code == 200
    assert client.get("/desk/account/sessions/").status_code == 200
    names = set(AuditEvent.objects.values_list("event", flat=True))
    assert names == {"staff.joined", "staff.signed_in", "staff.factor_added"}


def test_looking_at_an_invitation_changes_nothing(client, invitation):
    for ask in (client.get, client.head, client.get):
        assert ask(path_of(invitation)).status_code == 200
    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_name": ""}, "Enter your first name"),
        ({"password": "", "again": ""}, "Enter a password"),
        ({"again": ""}, "Enter the password once more"),
        ({"again": "another-lichen-ring"}, "The two passwords differ."),
        ({"password": "short", "again": "short"}, "This password is too short."),
        ({"password": "password1234", "again": "password1234"}, "This password is too common."),
        ({"first_name": "Lichenring", "password": "lichenring12", "again": "lichenring12"}, "too similar"),
    ],
)
def test_what_is_wrong_is_told_and_the_link_still_works(client, invitation, changes, words):
    answer = client.post(path_of(invitation), joining(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    for typed in {changes.get("password", NEW), NEW} - {""}:
        assert f'value="{typed}"' not in answer.content.decode()
    assert client.post(path_of(invitation), joining()).status_code == 303


def test_a_link_that_has_ended_says_one_thing_whatever_it_was(client, invitation, dana, clock):
    used = path_of(invitation)
    client.post(used, joining())
    client.post("/desk/sign-out/")
    forgot = StaffLinkFactory(
        user=dana, kind="password", made_at=invitation.made_at, withdrawn_at=invitation.made_at
    )
    wrong = f"/desk/join/{staff_token(forgot)}/"
    pages = {client.get(path).content for path in (used, path_of(forgot), wrong, "/desk/join/made-up/")}
    answers = [client.post(path, joining()) for path in (used, path_of(forgot), wrong)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    pages |= {answer.content for answer in answers}
    assert len({re.sub(rb'name="csrf\w+" value="\w+"', b"", page) for page in pages}) == 1
    assert b"ask the administrator of your center" in pages.pop()


def test_a_link_in_the_browser_of_somebody_who_is_signed_in(client, invitation, dana, secret, clock):
    signed_in(secret, clock, client)
    page = client.get(path_of(invitation)).content.decode()
    assert "Dana Ng is signed in in this browser, and will be signed out." in page
    client.post(path_of(invitation), joining())
    assert client.session["_auth_user_id"] == str(invitation.user.pk)
    assert client.get("/desk/tasks/")["Location"] == SET_UP


def test_a_forgotten_password_is_chosen_anew_and_the_code_is_still_asked(dana, secret, clock):
    elsewhere, client = signed_in(secret, clock), Client()
    with site_log() as log:
        answer = client.post("/desk/password/", {"email": "Dana@alliance.example "})
        assert (answer.status_code, answer["Location"]) == (303, "/desk/password/sent/")
        assert client.get("/desk/password/sent/").status_code == 200
        deliver_due_messages()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["dana@alliance.example"], "The link that you asked for")
    path = re.search(r"https?://[^/]+(/desk/password/\S+)", sent.body)[1]
    assert path.split("/")[-2] not in log.getvalue()
    assert client.get(path).status_code == 200
    answer = client.post(path, {"password": NEW, "again": NEW})
    assert (answer.status_code, answer["Location"]) == (303, SIGN_IN)
    assert "Your password is changed. Sign in with the new one." in client.get(SIGN_IN).content.decode()
    assert elsewhere.get("/desk/tasks/").status_code == 302
    assert by_password(client).status_code == 422
    answer = client.post(SIGN_IN, {"login": dana.email, "password": NEW})
    assert (answer.status_code, answer["Location"]) == (303, CODE)
    assert client.get("/desk/tasks/").status_code == 302
    clock.shift(30)
    assert type_code(client, code_of(secret)).status_code == 303
    deliver_due_messages()
    assert [each.subject for each in mail.outbox[1:]] == ["Your password was changed"]
    kept = "".join(f"{event.before}{event.after}" for event in AuditEvent.objects.all())
    assert path.split("/")[-2] not in kept
    assert NEW not in kept


def test_asking_reads_and_takes_the_same_for_everybody(client, dana, django_assert_num_queries):
    answers = []
    for email in ("dana@alliance.example", "nobody@alliance.example"):
        with django_assert_num_queries(4):
            answers.append(client.post("/desk/password/", {"email": email}))
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, "/desk/password/sent/")}
    assert PasswordRequest.objects.count() == 2
    assert not StaffLink.objects.exists()
    assert client.post("/desk/password/", {"email": "x"}).status_code == 422


def test_asking_from_one_address_is_limited(client, clock):
    for _ in range(10):
        assert client.post("/desk/password/", {"email": "x@alliance.example"}).status_code == 303
    answer = client.post("/desk/password/", {"email": "x@alliance.example"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    other = client.post("/desk/password/", {"email": "x@alliance.example"}, REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 303
    assert PasswordRequest.objects.count() == 11


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(dana, secret, clock):
    here, elsewhere = signed_in(secret, clock), signed_in(secret, clock)
    form = {"old": PASSWORD, "password": NEW, "again": NEW}
    answer = here.post("/desk/account/password/", {**form, "old": "wrong"})
    assert answer.status_code == 422
    assert "That is not your password." in answer.content.decode()
    answer = here.post("/desk/account/password/", form)
    assert (answer.status_code, answer["Location"]) == (303, "/desk/account/")
    assert "Other sessions have ended." in here.get("/desk/account/").content.decode()
    assert elsewhere.get("/desk/tasks/").status_code == 302
    page = here.get("/desk/account/sessions/").content.decode()
    assert "This one" in page
    assert "You are signed in nowhere else." in page
    dana.refresh_from_db()
    assert dana.check_password(NEW)


def test_guessing_at_the_old_password_is_counted_as_at_the_sign_in(dana, secret, clock):
    client = signed_in(secret, clock)
    form = {"old": "wrong", "password": NEW, "again": NEW}
    codes = [client.post("/desk/account/password/", form).status_code for _ in range(6)]
    assert codes[:4] == [422] * 4
    assert codes[-1] == 429
    assert client.post("/desk/account/password/", {**form, "old": PASSWORD}).status_code == 429


def test_ones_own_sessions_are_listed_and_ended(dana, secret, clock):
    here, phone, tablet = (signed_in(secret, clock) for _ in range(3))
    UserSession.objects.filter(session_key=phone.session.session_key).update(
        user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 Mobile Safari/604.1"
    )
    clock.shift(120)
    here.get("/desk/account/")
    page = here.get("/desk/account/sessions/").content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Chrome on Windows This one" in words
    assert "Safari on iPhone Last used 2 minutes ago" in words
    assert words.index("This one") < words.index("Safari on iPhone")
    row = UserSession.objects.get(session_key=phone.session.session_key)
    said = here.post(f"/desk/account/sessions/{row.pk}/end/", follow=True).content.decode()
    assert "That session has ended." in said
    assert "Safari on iPhone" not in said
    assert phone.get("/desk/tasks/").status_code == 302
    said = here.post(f"/desk/account/sessions/{row.pk}/end/", follow=True).content.decode()
    assert "had ended already" in said
    assert tablet.get("/desk/tasks/").status_code == 200
    here.post("/desk/account/sessions/end/")
    assert tablet.get("/desk/tasks/").status_code == 302
    assert here.get("/desk/tasks/").status_code == 200


def test_a_session_that_was_away_too_long_is_not_listed(dana, secret, clock, settings):
    here, other = signed_in(secret, clock), signed_in(secret, clock)
    for _ in range(4):
        clock.shift(5 * 60)
        assert here.get("/desk/account/sessions/").status_code == 200
    page = here.get("/desk/account/sessions/").content.decode()
    assert page.count("Chrome on Windows") == 1
    assert "You are signed in nowhere else." in page
    assert other.get("/desk/tasks/").status_code == 302


def test_a_session_of_somebody_else_is_not_theirs_to_end(dana, secret, clock):
    client, stranger = signed_in(secret, clock), StaffLinkFactory().user
    row = UserSession.objects.create(user=stranger, session_key="k" * 32, ip="10.0.0.1")
    client.post(f"/desk/account/sessions/{row.pk}/end/")
    assert UserSession.objects.filter(pk=row.pk).exists()


def test_being_seen_is_written_down_once_a_minute(dana, secret, clock):
    client = signed_in(secret, clock)
    seen = []
    for _ in range(5):
        clock.shift(25)
        client.get("/desk/account/")
        seen.append(UserSession.objects.get().last_seen_at)
    assert len(set(seen)) == 2


def test_an_app_of_somebody_who_joined_is_theirs_alone(client, invitation, clock):
    """A second factor that was there before, as after access was given back, is asked."""
    TOTP.activate(invitation.user, generate_totp_secret())
    answer = client.post(path_of(invitation), joining())
    assert (answer.status_code, answer["Location"]) == (303, CODE)
    assert client.get("/desk/tasks/").status_code == 302
