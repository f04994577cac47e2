import datetime as dt

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.urls import reverse

from locations.models import Assignment
from scheduling.models import AuditEvent
from tests.factories.locations import AssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "knee-and-shoulder-42"
SIGN_IN = "/desk/sign-in/"


@pytest.fixture
def dana():
    user = UserFactory(email="dana@alliance.example", first_name="Dana", last_name="Ng")
    user.set_password(PASSWORD)
    user.save()
    AssignmentFactory(user=user)
    return user


def try_to_sign_in(client, email="dana@alliance.example", password="wrong", **extra):
    return client.post(SIGN_IN, {"login": email, "password": password}, **extra)


def test_signing_in_leads_to_the_day_and_is_audited(client, dana):
    response = try_to_sign_in(client, "  Dana@Alliance.example ", PASSWORD)

    assert (response.status_code, response["Location"]) == (303, reverse("frontdesk:desk"))
    assert client.session["_auth_user_id"] == str(dana.pk)
    event = AuditEvent.objects.get()
    assert (event.event, event.actor_kind, event.actor_name) == ("staff.signed_in", "staff", str(dana.pk))


def test_signing_in_goes_where_the_person_wanted_to_go(client, dana):
    response = client.post(
        SIGN_IN, {"login": dana.email, "password": PASSWORD, "next": "/desk/tasks/?page=2"}
    )
    assert response["Location"] == "/desk/tasks/?page=2"


def test_signing_in_never_leads_to_another_site(client, dana):
    response = client.post(
        SIGN_IN, {"login": dana.email, "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert response["Location"] == reverse("frontdesk:desk")


def test_a_wrong_password_an_unknown_email_and_a_former_colleague_read_the_same(client, dana):
    UserFactory(email="gone@alliance.example", is_active=False)
    errors = []
    for email in ("dana@alliance.example", "nobody@alliance.example", "gone@alliance.example"):
        response = try_to_sign_in(client, email)
        assert response.status_code == 422
        errors.append(response.context["form"].errors.as_text())

    assert (
        errors
        == ["* __all__\n  * We could not sign you in. Check the email and the password, then try again."] * 3
    )


def test_a_failed_sign_in_is_audited_without_what_was_typed(client, dana):
    try_to_sign_in(client)
    try_to_sign_in(client, "Password1!", "x")
    try_to_sign_in(client, "a\0b", "x")

    events = AuditEvent.objects.order_by("pk").values_list("event", "object_id", "actor_name", "after")
    assert list(events) == [
        ("staff.sign_in_failed", str(dana.pk), "sign-in", {}),
        ("staff.sign_in_failed", "0", "sign-in", {}),
        ("staff.sign_in_failed", "0", "sign-in", {}),
    ]


def test_the_fifth_wrong_password_locks_the_account_for_this_address_only(client, dana):
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        for _ in range(4):
            assert try_to_sign_in(client).status_code == 422
        assert try_to_sign_in(client).status_code == 429
        clock.shift(90)
        response = try_to_sign_in(client, password=PASSWORD)
        colleague = UserFactory(email="lee@alliance.example")

        assert (response.status_code, response["Retry-After"]) == (429, "810")
        assert "Please wait 14 minutes" in response.content.decode()
        assert "_auth_user_id" not in client.session
        assert try_to_sign_in(client, colleague.email).status_code == 422
        assert try_to_sign_in(client, password=PASSWORD, REMOTE_ADDR="10.0.0.99").status_code == 303


def test_a_lock_ends_by_itself_and_trying_does_not_make_it_longer(client, dana):
    start = dt.datetime.now(dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(5):
            try_to_sign_in(client)
        clock.shift(14 * 60)
        assert try_to_sign_in(client).status_code == 429
        clock.shift(61)
        assert try_to_sign_in(client, password=PASSWORD).status_code == 303


def test_a_forged_forwarded_address_has_no_effect(client, dana):
    for number in range(4):
        try_to_sign_in(client, HTTP_X_FORWARDED_FOR=f"10.1.1.{number}")
    assert try_to_sign_in(client, HTTP_X_FORWARDED_FOR="10.1.1.9").status_code == 429


def test_the_counter_keeps_nothing_that_was_typed(client, dana):
    try_to_sign_in(client, "Password1!", "hunter2-in-the-wrong-box")
    kept = AccessAttempt.objects.get()
    assert "Password1!" not in f"{kept.username} {kept.post_data} {kept.get_data}"
    assert "hunter2" not in kept.post_data


def test_a_success_forgets_the_failures_before(client, dana):
    for _ in range(4):
        try_to_sign_in(client)
    assert try_to_sign_in(client, password=PASSWORD).status_code == 303
    assert not AccessAttempt.objects.exists()


def test_staff_sign_in_again_after_15_idle_minutes_and_each_page_starts_them_again(client, dana):
    start = dt.datetime.now(dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        client.force_login(dana)
        client.get("/desk/tasks/")
        for _ in range(3):
            clock.shift(14 * 60)
            assert client.get("/desk/tasks/").status_code == 200
        clock.shift(15 * 60 + 1)
        response = client.get("/desk/tasks/")
    assert (response.status_code, response["Location"]) == (302, f"{SIGN_IN}?next=/desk/tasks/")


def test_a_board_that_keeps_itself_up_to_date_does_not_keep_staff_signed_in(client, dana):
    board = f"/desk/at/{dana.assignments.get().location.slug}/2026-11-30/?since=1"
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        client.force_login(dana)
        client.get("/desk/tasks/")
        for _ in range(3):
            clock.shift(5 * 60)
            assert client.get(board).status_code == 200
        assert client.get("/desk/signed-in/").content == b"0"
        clock.shift(1)
        assert client.get(board).status_code == 302


def test_the_seconds_left_are_told_without_starting_them_again_until_somebody_says_so(client, dana):
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        client.force_login(dana)
        client.get("/desk/tasks/")
        clock.shift(13 * 60)
        assert [client.get("/desk/signed-in/").content for _ in range(2)] == [b"120", b"120"]
        assert client.post("/desk/signed-in/").content == b"900"
        assert client.get("/desk/signed-in/").content == b"900"


def test_a_booking_begun_in_the_same_browser_does_not_keep_staff_signed_in(client, dana):
    start = dt.datetime.now(dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        client.force_login(dana)
        client.get("/desk/tasks/")
        session = client.session
        session.set_expiry(24 * 3600)
        session.save()
        clock.shift(15 * 60 + 1)
        assert client.get("/desk/tasks/").status_code == 302
        assert client.get("/desk/tasks/").status_code == 302


def test_a_patients_session_lasts_a_day(client, settings):
    assert settings.SESSION_COOKIE_AGE == 24 * 3600
    client.session["visitor"] = "x"
    assert client.session.get_expiry_age() == 24 * 3600


def test_signing_out_ends_the_session(client, dana):
    client.force_login(dana)
    response = client.post("/desk/sign-out/")

    assert (response.status_code, response["Location"]) == (303, SIGN_IN)
    assert "_auth_user_id" not in client.session
    assert not Session.objects.filter(session_data__contains="auth").exists()


def test_a_link_cannot_sign_anyone_out(client, dana):
    client.force_login(dana)
    assert client.get("/desk/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session


def test_passwords_may_be_pasted_and_filled_in_by_a_manager(client):
    page = client.get(SIGN_IN).content.decode()
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="username"' in page
    assert "onpaste" not in page


def test_staff_pages_stay_in_no_cache(client, dana):
    client.force_login(dana)
    for path in (SIGN_IN, "/desk/tasks/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_the_bar_names_who_is_signed_in_and_hides_the_admin_from_the_desk(client, dana):
    client.force_login(dana)
    page = client.get("/desk/tasks/").content.decode()
    assert "Signed in: Dana Ng" in page
    assert "/admin/" not in page


def test_the_bar_leads_an_administrator_to_the_admin(client):
    boss = AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user
    client.force_login(boss)
    assert 'href="/admin/"' in client.get("/desk/tasks/").content.decode()


def test_the_short_address_asks_who_it_is(client):
    response = client.get("/desk/")
    assert (response.status_code, response["Location"]) == (302, f"{SIGN_IN}?next=/desk/")


def test_whoever_forgot_the_password_reads_whom_to_ask(client):
    page = client.get(SIGN_IN).content.decode()
    assert '<a class="tall" href="/desk/password/">I forgot my password</a>' in page
    assert "New here? Open the link in your invitation. An administrator of your center sends it" in page


def test_a_page_that_is_not_open_to_the_desk_stays_in_the_desks_frame(client, dana):
    client.force_login(dana)
    response = client.get("/admin/", follow=True)
    page = response.content.decode()
    assert response.status_code == 403
    assert "Back to the tasks" in page
    assert "Signed in: Dana Ng" in page
    assert "Go to the start page" not in page


def test_the_admin_leads_back_to_the_tasks(client):
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)
    page = client.get("/admin/").content.decode()
    assert '<a href="/desk/tasks/">Tasks</a>' in page
    assert "View site" not in page


def test_who_signs_in_and_leaves_without_a_click_is_idle_too(client, dana, settings):
    with time_machine.travel(dt.datetime(2026, 11, 30, 15, tzinfo=dt.UTC), tick=False) as clock:
        try_to_sign_in(client, password=PASSWORD)
        clock.shift(settings.STAFF_IDLE_SECONDS + 1)
        assert client.get("/desk/account/app/").status_code == 302
