"""My visit: found by link or by code, shown after the date of birth, canceled by a button."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from scheduling.actions.moving import move_visit
from scheduling.models import Appointment, AuditEvent, Task
from scheduling.queries.access import visit_token
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW
from tests.factories.locations import ScannerFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory
from tests.factories.second_screens import SecondScreenFactory
from tests.files import jpeg

MINUTE = dt.timedelta(minutes=1)
BIRTH_DATE = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
WRONG = {**BIRTH_DATE, "birth_date_year": "1981"}


@pytest.fixture
def visit(world):
    return AppointmentFactory(scanner=world[0], exam=world[1])


def url(name, visit):
    return reverse(f"portal:{name}", kwargs={"token": visit_token(visit)})


@pytest.fixture
def opened(client, visit):
    client.post(url("visit", visit), BIRTH_DATE)
    return client


def test_link_shows_time_and_center_but_no_details(client, visit):
    page = client.get(url("visit", visit)).content.decode()

    assert "Tuesday, December 1, 2026, 9:40\xa0am" in page
    assert "What is the patient’s date of birth?" in page
    assert "Knee" not in page
    assert "Ana" not in page
    assert visit.spoken_code not in page


def test_birth_date_opens_the_details_and_is_in_the_history(client, visit):
    answer = client.post(url("visit", visit), BIRTH_DATE)
    assert answer.status_code == 303

    page = client.get(answer.url).content.decode()
    assert visit.spoken_code in page
    assert "Ana Núñez" in page
    assert AuditEvent.objects.get(event="visit.viewed").object_id == str(visit.pk)


def test_details_close_after_thirty_idle_minutes(opened, visit, clock):
    clock.shift(29 * MINUTE)
    assert visit.spoken_code in opened.get(url("visit", visit)).content.decode()
    clock.shift(29 * MINUTE)
    assert visit.spoken_code in opened.get(url("visit", visit)).content.decode()

    clock.shift(31 * MINUTE)
    assert visit.spoken_code not in opened.get(url("visit", visit)).content.decode()


@pytest.mark.parametrize(
    "name", ["visit", "booked", "move", "cancel", "visit-order", "visit-paying", "visit-waitlist"]
)
def test_every_page_of_an_open_visit_says_that_it_closes_and_can_keep_it_open(opened, visit, clock, name):
    clock.shift(dt.timedelta(seconds=20))
    page = opened.get(url(name, visit)).content.decode()
    assert "closes on this device after 30 minutes" in page
    assert (
        f'data-closes="1780" data-url="{url("visit", visit)}"' in page
    )  # a look within a minute renews nothing

    clock.shift(31 * MINUTE)
    assert "data-closes" not in opened.get(url("visit", visit)).content.decode()


def lapsed(client, visit, clock) -> None:
    """Its page was left open, and half filled in, for too long."""
    client.post(url("visit", visit), BIRTH_DATE)
    clock.shift(31 * MINUTE)


def test_what_was_typed_on_a_visit_that_closed_waits_for_the_birth_date(client, visit, clock):
    lapsed(client, visit, clock)
    cancel = url("cancel", visit)

    asked = client.post(cancel, {"reason": 'A "cold"'})
    wrong = client.post(cancel, {"reason": 'A "cold"', **WRONG})

    for page in (asked, wrong):
        assert page.status_code == 422
        assert "What is the patient’s date of birth?" in page.content.decode()
        assert "What you typed is kept" in page.content.decode()
        assert '<input type="hidden" name="reason" value="A &quot;cold&quot;">' in page.content.decode()
        assert "Knee" not in page.content.decode()
    assert ("Error:" in asked.content.decode(), "Error:" in wrong.content.decode()) == (False, True)
    visit.refresh_from_db()
    assert visit.status == "booked"

    assert client.post(cancel, {"reason": 'A "cold"', **BIRTH_DATE}).url == url("visit", visit)

    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == ("canceled", 'A "cold"')
    assert "data-closes" in client.get(url("visit", visit)).content.decode()
    assert AuditEvent.objects.filter(event="visit.viewed").count() == 2
    assert AuditEvent.objects.filter(event="visit.lookup_failed").count() == 1


def test_what_is_wrong_with_it_is_said_after_the_birth_date(client, visit, clock):
    lapsed(client, visit, clock)
    answer = client.post(url("cancel", visit), {"reason": "x" * 1000, **BIRTH_DATE})
    assert answer.status_code == 422
    assert "x" * 1000 in answer.content.decode()


def test_a_photo_has_to_be_chosen_again(client, visit, clock):
    lapsed(client, visit, clock)
    sent = {"paying": "insurance", "insurance_plan": "Aetna", "front": SimpleUploadedFile("a.jpg", jpeg())}

    page = client.post(url("visit-paying", visit), sent).content.decode()

    assert "Choose your photos and files again afterwards" in page
    assert 'name="insurance_plan" value="Aetna"' in page
    assert 'name="front"' not in page


def test_tries_on_such_a_page_count_as_any_other(client, visit, clock):
    lapsed(client, visit, clock)
    for name in ("cancel", "visit", "cancel", "visit", "cancel"):
        assert client.post(url(name, visit), {"reason": "x", **WRONG}).status_code == 422
    assert client.post(url("cancel", visit), {"reason": "x", **BIRTH_DATE}).status_code == 429
    assert client.post(url("visit", visit), BIRTH_DATE).status_code == 429


def test_last_tries_are_announced_with_the_wait_that_is_left(client, visit, clock):
    pages = []
    for _ in range(5):
        pages.append(client.post(url("visit", visit), WRONG).content.decode())
        clock.shift(3 * MINUTE)

    assert ["more tr" in page for page in pages] == [False, False, True, True, False]
    assert "2 more tries, then a wait of up to 9 minutes" in pages[2]
    assert "1 more try, then a wait of up to 6 minutes" in pages[3]
    assert "Wait 3 minutes before you try again" in pages[4]


def test_the_page_of_a_refusal_says_how_long_it_lasts(client, visit, clock):
    for _ in range(5):
        client.post(url("visit", visit), WRONG)
    clock.shift(dt.timedelta(minutes=13, seconds=30))

    blocked = client.post(url("visit", visit), WRONG)

    assert (blocked.status_code, blocked["Retry-After"]) == (429, "90")
    assert "There were too many tries. Wait 2 minutes, then try again." in blocked.content.decode()


def test_five_wrong_birth_dates_then_the_phone(client, visit):
    for _ in range(5):
        page = client.post(url("visit", visit), WRONG)
        assert page.status_code == 422
        assert "That is not the date of birth we have. Check it, or call us" in page.content.decode()

    blocked = client.post(url("visit", visit), BIRTH_DATE)

    assert blocked.status_code == 429
    assert blocked["Retry-After"] == "900"


@pytest.mark.parametrize("token", ["1", "1.x", "x", "1.2.3", "%00", "a" * 500])
def test_forged_links_are_not_found(client, visit, token):
    assert client.get(f"/visit/{token}/").status_code == 404


def test_link_ends_thirty_days_after_the_visit(client, visit, clock):
    clock.move_to(visit.ends_at + dt.timedelta(days=30))
    assert client.get(url("visit", visit)).status_code == 200

    clock.shift(MINUTE)
    assert client.get(url("visit", visit)).status_code == 404


def mistyped(visit, clock):
    return url("visit", visit)[:-2] + "/"


def thirty_one_days_later(visit, clock):
    clock.move_to(visit.ends_at + dt.timedelta(days=31))
    return url("visit", visit)


def purged(visit, clock):
    link = url("visit", visit)
    visit.delete()
    return link


@pytest.mark.parametrize("link_of", [mistyped, thirty_one_days_later, purged])
def test_a_link_that_opens_nothing_says_what_to_do(client, visit, clock, link_of):
    """One answer for all of them: it tells nobody which it is."""
    answer = client.get(link_of(visit, clock))
    page = answer.content.decode()

    assert answer.status_code == 404
    assert "We could not find that visit" in page
    assert 'href="tel:' in page
    assert reverse("portal:find-visit") in page
    assert reverse("portal:lost") in page
    assert page == client.get("/visit/anything/").content.decode()


def test_a_link_after_the_visit_opens_what_became_of_it(client, visit, clock):
    Appointment.objects.update(status="done")
    clock.move_to(visit.ends_at + dt.timedelta(days=7))
    client.post(url("visit", visit), BIRTH_DATE)

    page = client.get(url("visit", visit)).content.decode()
    assert "This visit is over" in page
    assert "Your results" in page
    assert visit.scanner.location.phone.as_national in page


@pytest.mark.parametrize("name", ["visit", "booked", "cancel", "calendar", "move", "move-where"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_any_link_changes_nothing(opened, visit, name, method):
    before = Appointment.objects.values().get()
    events = AuditEvent.objects.count()

    getattr(opened, method)(url(name, visit))

    assert Appointment.objects.values().get() == before
    assert AuditEvent.objects.count() == events


def test_code_and_birth_date_find_the_visit(client, visit):
    typed = f" {visit.code[:4].lower()}-{visit.code[4:]} "

    answer = client.post(reverse("portal:find-visit"), {"code": typed, **BIRTH_DATE})

    assert answer.url == url("visit", visit)
    assert visit.spoken_code in client.get(answer.url).content.decode()


def test_wrong_code_and_wrong_birth_date_look_alike(client, visit):
    find = reverse("portal:find-visit")
    wrong_date = client.post(find, {"code": visit.code, **WRONG})
    wrong_code = client.post(find, {"code": "22222222", **BIRTH_DATE})
    short_code = client.post(find, {"code": "abc", **BIRTH_DATE})

    for answer in (wrong_date, wrong_code, short_code):
        assert answer.status_code == 422
        words = "We could not find that visit. Check the code and date of birth, or call us"
        assert words in answer.content.decode()


def test_five_tries_per_code(client, visit):
    find = reverse("portal:find-visit")
    for _ in range(5):
        client.post(find, {"code": visit.code, **WRONG})

    assert client.post(find, {"code": visit.code, **BIRTH_DATE}).status_code == 429


def test_cancel_asks_first_and_then_cancels(opened, visit):
    assert "Cancel this visit?" in opened.get(url("cancel", visit)).content.decode()

    answer = opened.post(url("cancel", visit), {"reason": "Feeling better"})

    assert (answer.status_code, answer.url) == (303, url("visit", visit))
    page = opened.get(answer.url).content.decode()
    assert "This visit is canceled" in page
    assert "You canceled it on Monday, November 30." in page
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == ("canceled", "Feeling better")


def test_cancel_twice_is_calm(opened, visit):
    opened.post(url("cancel", visit))

    assert opened.post(url("cancel", visit)).status_code == 303
    assert opened.get(url("cancel", visit)).url == url("visit", visit)


def test_cancel_needs_the_birth_date(client, visit):
    client.post(url("cancel", visit))

    visit.refresh_from_db()
    assert visit.status == "booked"


def test_cancel_after_the_start_is_refused_in_words(opened, visit, clock):
    clock.move_to(NINE_FORTY - MINUTE)
    opened.post(url("visit", visit), BIRTH_DATE)
    clock.move_to(NINE_FORTY + MINUTE)

    answer = opened.post(url("cancel", visit))

    assert answer.status_code == 409
    assert "It is too late to change this visit online. Please call us." in answer.content.decode()


def test_visit_canceled_by_the_center_says_so(opened, visit):
    Appointment.objects.filter(pk=visit.pk).update(status="canceled", canceled_at=NOW, canceled_by="staff:1")

    assert (
        "The center canceled it on Monday, November 30." in opened.get(url("visit", visit)).content.decode()
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("arrived", "You are checked in"),
        ("in_exam", "You are checked in"),
        ("done", "This visit is over"),
        ("no_show", "You missed this visit"),
    ],
)
def test_visit_that_happens_or_happened(opened, visit, status, words):
    SecondScreenFactory(appointment=visit)
    Appointment.objects.filter(pk=visit.pk).update(status=status)

    page = opened.get(url("visit", visit)).content.decode()

    assert words in page
    assert "Cancel this visit" not in page
    assert "I will come" not in page


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (NINE_FORTY - 40 * 60 * MINUTE, "Your visit is booked"),
        (NINE_FORTY - 60 * MINUTE, "Your visit is today"),
        (NINE_FORTY, "Your visit has started"),
        (NINE_FORTY + 39 * MINUTE, "Your visit has started"),
        (NINE_FORTY + 40 * MINUTE, "The time of this visit is over"),
    ],
)
def test_the_page_follows_the_clock(client, visit, clock, now, words):
    clock.move_to(now)
    client.post(url("visit", visit), BIRTH_DATE)

    assert words in client.get(url("visit", visit)).content.decode()


def test_results_are_told_in_the_words_of_the_center(opened, visit):
    usual = "Your doctor tells you the results."
    assert usual in opened.get(url("visit", visit)).content.decode()

    location = visit.scanner.location
    location.results_en, location.results_es = "In 2 days, from your doctor.", "En 2 días, de su médico."
    location.save()

    page = opened.get(url("visit", visit)).content.decode()
    assert "In 2 days, from your doctor." in page
    assert usual not in page


@pytest.mark.parametrize("status", ["no_show", "canceled"])
def test_a_visit_that_never_was_promises_no_results(opened, visit, status):
    canceled = {"canceled_at": NOW, "canceled_by": "staff:1"} if status == "canceled" else {}
    Appointment.objects.filter(pk=visit.pk).update(status=status, **canceled)

    assert "Your results" not in opened.get(url("visit", visit)).content.decode()


def move_by_desk(visit, **changes):
    place = {"location_id": visit.scanner.location_id, "starts_at": NINE_FORTY + 120 * MINUTE, **changes}
    return move_visit(visit_id=visit.pk, version=visit.version, now=NOW, by=Actor.staff(1), **place)


def test_a_visit_the_center_moved_says_what_it_was(opened, visit):
    move_by_desk(visit)

    page = opened.get(url("visit", visit)).content.decode()

    assert "We changed your visit" in page
    assert "It was Tuesday, December 1, 9:40\xa0am." in page
    assert "11:40\xa0am" in page


def test_a_visit_moved_to_another_center_names_the_old_one(opened, visit):
    other = ScannerFactory()
    OfferingFactory(exam=visit.exam, location=other.location)
    move_by_desk(visit, location_id=other.location_id)

    page = opened.get(url("visit", visit)).content.decode()

    assert f"It was Tuesday, December 1, 9:40\xa0am at {visit.scanner.location.name}." in page


def test_once_the_patient_says_yes_a_change_is_no_news(opened, visit):
    moved = move_by_desk(visit)
    opened.post(url("come", visit), {"sequence": moved.ical_sequence})

    assert "We changed your visit" not in opened.get(url("visit", visit)).content.decode()


def test_a_visit_the_patient_moved_says_so_for_an_hour(opened, visit, clock):
    move_visit(
        visit_id=visit.pk,
        location_id=visit.scanner.location_id,
        starts_at=NINE_FORTY + 120 * MINUTE,
        version=visit.version,
        now=NOW,
        by=Actor.patient("visit"),
    )

    page = opened.get(url("visit", visit)).content.decode()
    assert "Your visit has a new time" in page
    assert "It replaces Tuesday, December 1, 9:40\xa0am." in page
    assert "We changed your visit" not in page

    for _ in range(3):
        clock.shift(20 * MINUTE)
        page = opened.get(url("visit", visit)).content.decode()
    assert "Your visit is booked" in page


def test_i_will_come(opened, visit):
    assert "I will come" in opened.get(url("visit", visit)).content.decode()

    answer = opened.post(url("come", visit), {"sequence": 0})

    assert (answer.status_code, answer.url) == (303, url("visit", visit))
    page = opened.get(answer.url).content.decode()
    assert "You told us that you will come" in page
    assert "I will come" not in page
    visit.refresh_from_db()
    assert visit.confirmed_at == NOW


@pytest.mark.parametrize("sent", [{}, {"sequence": "x"}, {"sequence": "1"}])
def test_i_will_come_to_a_time_that_is_not_the_one_shown(opened, visit, sent):
    answer = opened.post(url("come", visit), sent)

    assert answer.status_code == 409
    assert "Someone else changed this a moment ago." in answer.content.decode()
    visit.refresh_from_db()
    assert visit.confirmed_at is None


def test_i_will_come_needs_the_birth_date(client, visit):
    client.post(url("come", visit), {"sequence": 0})

    visit.refresh_from_db()
    assert visit.confirmed_at is None


def test_directions_parking_and_entrance_are_on_the_page(opened, visit):
    location = visit.scanner.location
    location.directions_en, location.parking_en = "Next to the library.", "Free, behind the building."
    location.entrance_en = "Use the east door."
    location.save()

    page = opened.get(url("visit", visit)).content.decode()

    for words in ("Next to the library.", "Free, behind the building.", "Use the east door."):
        assert words in page
    assert "destination=1100%20Congress%20Avenue%2C%20Austin%2C%20TX%2078701" in page


def test_an_interpreter_is_named(opened, visit):
    Appointment.objects.update(interpreter_language="Vietnamese")

    page = opened.get(url("visit", visit)).content.decode()
    assert "Interpreter" in page
    assert "Vietnamese" in page


def test_visit_that_waits_for_a_call_keeps_its_time(opened, visit):
    Appointment.objects.update(phone="+15125550147")
    Task.objects.create(
        kind="review",
        appointment=visit,
        location=visit.location,
        reason="Look",
        due_at=NOW + 60 * MINUTE,
        created_at=NOW,
    )

    for name in ("visit", "booked"):
        page = opened.get(url(name, visit)).content.decode()
        assert "We call by Monday, November 30, 10:00\xa0am. Your time is kept." in page


def test_calendar_file_names_the_center_and_the_time_only(opened, visit):
    answer = opened.get(url("calendar", visit))
    text = answer.content.decode()

    assert answer["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20261201T154000Z" in text
    assert f"UID:{visit.ical_uid}" in text
    assert "Knee" not in text
    assert "Ana" not in text


def test_calendar_file_needs_the_birth_date(client, visit):
    assert client.get(url("calendar", visit)).url == url("visit", visit)


@pytest.mark.parametrize(
    ("name", "to"), [("cancel", "cancel"), ("move", "move"), ("move-where", "move-where")]
)
def test_the_birth_date_leads_back_to_the_page_it_was_asked_on(client, visit, name, to):
    asked = client.get(url(name, visit)).url

    assert asked == f"{url('visit', visit)}?to={to}"
    assert client.post(asked, BIRTH_DATE).url == url(to, visit)


@pytest.mark.parametrize("to", ["", "close", "//evil.example", "home"])
def test_the_birth_date_leads_to_no_other_page(client, visit, to):
    assert client.post(f"{url('visit', visit)}?to={to}", BIRTH_DATE).url == url("visit", visit)


def test_link_made_with_an_old_key_opens_while_the_key_is_a_fallback(client, visit, settings):
    link = url("visit", visit)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 50

    assert client.get(link).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [old]
    assert client.get(link).status_code == 200


def test_closing_the_visit_on_a_shared_computer(opened, visit):
    answer = opened.post(url("close", visit))

    assert answer.url == reverse("portal:home")
    assert visit.spoken_code not in opened.get(url("visit", visit)).content.decode()


def test_lookups_by_code_are_in_the_history(client, visit):
    find = reverse("portal:find-visit")
    client.post(find, {"code": visit.code, **WRONG})
    client.post(find, {"code": visit.code, **BIRTH_DATE})

    events = AuditEvent.objects.order_by("pk").values_list("event", "object_id")
    assert list(events) == [("visit.lookup_failed", ""), ("visit.viewed", str(visit.pk))]


def test_wrong_birth_date_for_a_link_is_in_the_history_of_the_visit(client, visit):
    client.post(url("visit", visit), WRONG)

    assert AuditEvent.objects.get(event="visit.lookup_failed").object_id == str(visit.pk)


def test_cancel_button_is_there_only_as_long_as_it_works(opened, visit):
    visit.scanner.location.contact_until_minutes = 48 * 60
    visit.scanner.location.save()

    page = opened.get(url("visit", visit)).content.decode()

    assert "It is too close to your visit to change it online." in page
    assert reverse("portal:cancel", kwargs={"token": visit_token(visit)}) not in page


def test_missed_call_time_is_not_promised_again(opened, visit):
    Appointment.objects.update(phone="+15125550147")
    Task.objects.create(
        kind="review",
        appointment=visit,
        location=visit.location,
        reason="Look",
        due_at=NOW - 60 * MINUTE,
        created_at=NOW - 120 * MINUTE,
    )

    assert "We call soon. Your time is kept." in opened.get(url("visit", visit)).content.decode()
