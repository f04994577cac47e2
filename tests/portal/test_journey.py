"""From the center to the booked visit, page by page, as a browser without scripts does it."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from scheduling.models import Appointment, Draft, Offering, Task
from scheduling.portal.time_page import value_of
from scheduling.queries.access import visit_token
from scheduling.queries.drafts import digest_of
from tests.factories.journey import NINE_FORTY, bookable
from tests.factories.locations import ClosureFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory, PatientFactory

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
PATIENT = {
    "booking_for": "self",
    "given_name": "Ana",
    "family_name": "Núñez",
    "birth_date_month": "5",
    "birth_date_day": "17",
    "birth_date_year": "1980",
}
CONTACT = {"by_email": "on", "email": "ana@example.com"}


def url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def time_url(draft):
    return f"{url('time', draft)}?center={draft.location.slug}"


def choose(client, draft, starts_at=NINE_FORTY):
    return client.post(time_url(draft), {"opening": value_of(starts_at)})


def book(client, draft, **changed):
    draft.refresh_from_db()
    return client.post(url("check", draft), {"digest": digest_of(draft), **changed})


def test_straight_path(client, empty_draft):
    answer = choose(client, empty_draft)
    assert (answer.status_code, answer.url) == (303, url("patient", empty_draft))

    answer = client.post(answer.url, PATIENT)
    assert (answer.status_code, answer.url) == (303, url("contact", empty_draft))

    answer = client.post(answer.url, CONTACT)
    assert (answer.status_code, answer.url) == (303, url("check", empty_draft))

    page = client.get(answer.url)
    assert b"Book this visit" in page.content
    answer = client.post(answer.url, {"digest": page.context["digest"]})
    assert answer.status_code == 303

    visit = Appointment.objects.get(status="booked")
    booked = client.get(answer.url)
    assert visit.spoken_code in booked.content.decode()
    assert "9:40\xa0am" in booked.content.decode()


def test_where_lists_centers_with_distance_and_next_time(client, empty_draft):
    answer = client.post(url("where", empty_draft), {"near": "78704"})
    assert (answer.status_code, answer.url) == (303, url("where", empty_draft))

    page = client.get(answer.url).content.decode()

    assert "1 center has this exam" in page
    assert "miles" in page
    assert "Next time: Today, Monday, November 30, 11 am" in page or "11:00\xa0am" in page


def test_unknown_place_is_an_error_beside_the_field(client, empty_draft):
    page = client.post(url("where", empty_draft), {"near": "Nowhere"})

    assert page.status_code == 422
    assert "We don’t know that place. Try a 5-digit ZIP code" in page.content.decode()


def test_time_page_without_a_center_asks_for_one(client, empty_draft):
    Draft.objects.filter(pk=empty_draft.pk).update(location=None)

    assert client.get(url("time", empty_draft)).url == url("where", empty_draft)


def test_time_page_shows_days_and_times_of_the_center(client, empty_draft):
    page = client.get(time_url(empty_draft)).content.decode()

    assert "Soonest here" in page
    assert "Monday, November 30" in page


def test_day_without_times_names_the_next(client, world, empty_draft):
    answer = client.get(f"{time_url(empty_draft)}&day=2026-11-29")

    assert "No times left on Sunday, November 29" in answer.content.decode()
    assert "Next open: Today, Monday, November 30" in answer.content.decode()


def test_day_on_which_the_center_is_closed_says_why(client, world, empty_draft):
    midnight = dt.datetime(2026, 12, 2, 6, tzinfo=dt.UTC)
    ClosureFactory(
        location=world[0].location, kind="holiday", starts_at=midnight, ends_at=midnight + 24 * 60 * MINUTE
    )

    page = client.get(f"{time_url(empty_draft)}&day=2026-12-02").content.decode()

    assert "is closed on Wednesday, December 2 (holiday)" in page


def test_chosen_day_comes_without_suggestions_and_leads_to_its_times(client, empty_draft):
    page = client.get(f"{time_url(empty_draft)}&day=2026-12-01").content.decode()

    assert "Soonest here" not in page
    assert f'href="{time_url(empty_draft)}&amp;' in page
    assert '#day"' in page


@pytest.mark.parametrize("day", ["not-a-day", "2026-02-31", "9999-12-31"])
def test_nonsense_in_the_address_is_harmless(client, empty_draft, day):
    assert client.get(f"{time_url(empty_draft)}&day={day}&part=x&all=1").status_code == 200


def test_lost_race_shows_near_times_and_keeps_the_draft(client, world, empty_draft):
    AppointmentFactory(scanner=world[0], exam=world[1])

    answer = choose(client, empty_draft)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone just took 9:40\xa0am. These are close." in page
    assert "Close to it" in page


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "0001-01-01T00:00Z",
        "9999-12-31T23:59Z",
        "2026-12-01T09:00Z",
        "2026-12-01T15:07Z",
        "2020-01-01T15:00Z",
        "2027-12-01T15:40Z",
    ],
)
def test_edited_times_are_refused(client, empty_draft, value):
    answer = client.post(time_url(empty_draft), {"opening": value})

    assert answer.status_code in (409, 422)
    assert Appointment.objects.count() == 0


def test_a_time_at_another_center_is_held_there(client, world, empty_draft):
    other = ScannerFactory(location__minimum_notice_minutes=30)
    OfferingFactory(exam=world[1], location=other.location)
    page = client.get(time_url(empty_draft)).content.decode()
    button = re.search(r'value="([^"]+)" formaction="([^"]+)"', page)

    answer = client.post(button[2], {"opening": button[1]})

    assert (answer.status_code, answer.url) == (303, url("patient", empty_draft))
    assert Appointment.objects.get().scanner == other
    empty_draft.refresh_from_db()
    assert empty_draft.location == other.location


def test_no_time_chosen_is_said(client, empty_draft):
    page = client.post(time_url(empty_draft)).content.decode()

    assert "Choose a time, or ask for the waitlist" in page


def test_center_without_the_exam_is_not_found(client, empty_draft):
    Offering.objects.update(is_active=False)

    assert choose(client, empty_draft).status_code == 404


def test_other_browsers_draft_is_not_found(client, world, empty_draft):
    Draft.objects.update(visitor="another browser")

    for name in ("where", "time", "patient", "contact", "check", "clear", "callback", "keep"):
        assert client.get(url(name, empty_draft)).status_code == 404
        assert client.post(url(name, empty_draft)).status_code == 404


def test_missing_names_are_errors_and_lose_nothing(client, empty_draft):
    page = client.post(url("patient", empty_draft), {**PATIENT, "family_name": "", "birth_date_year": "52"})

    text = page.content.decode()
    assert page.status_code == 422
    assert "<title>Error:" in text
    assert "Enter the last name, or check “one name only”" in text
    assert "Add the year, with 4 numbers, like 1952" in text
    assert 'value="Ana"' in text


def test_one_name_only(client, empty_draft):
    client.post(
        url("patient", empty_draft), {**PATIENT, "given_name": "Sukarno", "family_name": "", "one_name": "on"}
    )

    empty_draft.refresh_from_db()
    assert (empty_draft.given_name, empty_draft.family_name) == ("Sukarno", "")


def test_someone_else_books(client, empty_draft):
    other = {**PATIENT, "booking_for": "other"}
    assert client.post(url("patient", empty_draft), other).status_code == 422

    client.post(url("patient", empty_draft), {**other, "booker_name": "Eva", "booker_relation": "daughter"})

    empty_draft.refresh_from_db()
    assert (empty_draft.booker_name, empty_draft.booker_relation) == ("Eva", "daughter")


def test_minor_needs_a_guardian_and_nobody_else_is_asked(client, empty_draft):
    assert "guardian" not in client.get(url("patient", empty_draft)).content.decode()
    child = {**PATIENT, "birth_date_year": "2015"}

    page = client.post(url("patient", empty_draft), child)

    assert page.status_code == 422
    words = "Enter the name of the parent or guardian who comes to the visit"
    assert words in page.content.decode()
    assert client.post(url("patient", empty_draft), {**child, "guardian_name": "Eva"}).status_code == 303
    empty_draft.refresh_from_db()
    assert empty_draft.guardian_name == "Eva"


def test_who_books_for_a_child_is_proposed_as_the_guardian(client, empty_draft):
    mother = {"booking_for": "other", "booker_name": "Eva Ruiz", "booker_relation": "mother"}

    page = client.post(url("patient", empty_draft), {**PATIENT, **mother, "birth_date_year": "2015"})

    assert "Check that this is the parent or guardian who comes to the visit" in page.content.decode()
    assert 'name="guardian_name" value="Eva Ruiz"' in page.content.decode()


def test_contact_needs_one_way(client, empty_draft):
    page = client.post(url("contact", empty_draft), {})

    assert page.status_code == 422
    assert "Choose at least one way to reach you" in page.content.decode()


def test_typo_in_the_email_is_asked_about_once(client, empty_draft):
    typed = {"by_email": "on", "email": "ana@gmial.com"}

    page = client.post(url("contact", empty_draft), typed)
    assert "Did you mean ana@gmail.com" in page.content.decode()
    assert 'name="asked_about" value="ana@gmial.com"' in page.content.decode()

    answer = client.post(url("contact", empty_draft), {**typed, "asked_about": "ana@gmial.com"})
    assert answer.status_code == 303


def test_phone_is_kept_as_typed_and_as_e164(client, empty_draft):
    client.post(url("contact", empty_draft), {"by_call": "on", "phone": "(512) 555-0147"})

    empty_draft.refresh_from_db()
    assert (empty_draft.phone, empty_draft.phone_as_typed) == ("+15125550147", "(512) 555-0147")


def test_too_young_ends_with_a_call(client, draft):
    Offering.objects.update(minimum_age=60)

    answer = client.post(url("patient", draft), PATIENT)

    assert answer.url == url("callback", draft)
    answer = client.post(answer.url, {"name": "Ana", "phone": "512-555-0147", "good_hours": "any"})
    assert "Monday, November 30, 10:00\xa0am" in client.get(answer.url).content.decode()
    assert Task.objects.get().draft == draft


def test_double_click_and_refresh_are_one_booking(client, draft):
    choose(client, draft)

    first, second = book(client, draft), book(client, draft)

    assert first.url == second.url
    assert Appointment.objects.count() == 1


def test_back_after_booking_says_it_is_booked(client, draft):
    book(client, draft)

    for name in ("where", "time", "patient", "contact", "check"):
        page = client.get(url(name, draft))
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]  # it holds the link
        assert "This visit is already booked" in page.content.decode()
    refused = client.post(url("patient", draft), PATIENT)
    assert (refused.status_code, "no-store" in refused["Cache-Control"]) == (409, True)


def test_back_after_canceling_does_not_say_that_it_is_booked(client, draft):
    booked = book(client, draft).url
    client.post(booked.replace("/booked/", "/cancel/"))

    assert client.get(booked).url == booked.replace("booked/", "")
    page = client.get(url("check", draft)).content.decode()
    assert "This visit was canceled" in page
    assert "already booked" not in page


def test_same_key_with_other_content_is_refused(client, draft):
    book(client, draft)

    assert book(client, draft, digest="0" * 64).status_code == 422
    assert Appointment.objects.count() == 1


def test_confirming_a_lost_time_keeps_everything(client, world, draft):
    AppointmentFactory(scanner=world[0], exam=world[1])

    answer = book(client, draft)

    assert answer.status_code == 409
    assert (
        "Someone just took 9:40\xa0am. These are close. All your answers are kept." in answer.content.decode()
    )
    assert f'href="{time_url(draft)}&amp;day=2026-12-02#day"' in answer.content.decode()  # not the check page
    draft.refresh_from_db()
    assert draft.given_name == "Ana"


def test_expired_hold_is_quietly_taken_again(client, draft, clock):
    choose(client, draft)
    clock.shift(20 * MINUTE)
    assert "We are no longer holding this time" in client.get(url("check", draft)).content.decode()

    assert book(client, draft).status_code == 303


def test_keep_holding(client, draft, clock):
    choose(client, draft)
    clock.shift(8 * MINUTE)

    answer = client.post(url("keep", draft))

    assert answer.status_code == 303
    assert Appointment.objects.get().hold_extensions == 1


def test_clear_my_answers(client, draft):
    choose(client, draft)

    assert client.get(url("clear", draft)).status_code == 200
    client.post(url("clear", draft))

    assert not Draft.objects.exists()
    assert not Appointment.objects.exists()


def test_pages_with_answers_are_not_kept_by_the_browser(client, draft):
    for name in ("patient", "contact", "check"):
        assert "no-store" in client.get(url(name, draft))["Cache-Control"]


def test_titles_and_addresses_say_nothing_of_exam_or_person(client, draft):
    choose(client, draft)
    pages = ("where", "time", "patient", "contact", "check", "change-exam", "other-exam", "draft-order-first")
    for name in pages:
        page = client.get(url(name, draft), follow=True).content.decode()
        title = page.partition("<title>")[2].partition("</title>")[0]
        assert not {"Knee", "MRI", "Ana"} & set(title.replace("-", " ").split())
        addresses = re.findall(r'(?:href|action|formaction)="([^"]*)"', page)
        assert [found for found in addresses if draft.exam.slug in found or "draft=" in found] == []
    sent = {"exam": draft.exam.slug, "laterality": "left", "order_status": "none"}
    for name in ("change-exam", "other-exam"):
        assert draft.exam.slug not in client.post(url(name, draft), sent)["Location"]


def test_booked_page_needs_the_browser_that_booked(client, draft, django_user_model):
    answer = book(client, draft)
    visit = Appointment.objects.get()
    client.cookies.clear()

    locked = client.get(answer.url)

    assert locked.url == reverse("portal:visit", kwargs={"token": visit_token(visit)})


def test_draft_lives_a_day_after_the_last_answer(client, empty_draft, clock):
    for _ in range(3):
        clock.shift(dt.timedelta(hours=23))
        assert client.post(url("patient", empty_draft), PATIENT).status_code == 303

    clock.shift(dt.timedelta(hours=25))
    assert client.get(url("patient", empty_draft)).status_code == 404


def test_center_that_stopped_offering_the_exam_is_said(client, draft):
    Offering.objects.update(is_active=False)

    answer = book(client, draft)

    assert answer.status_code == 409
    words = "That center does not offer this exam any more. Please choose another center."
    assert words in answer.content.decode()


def test_late_repeat_of_the_confirmation_does_not_open_the_visit(client, draft, clock):
    booked = book(client, draft).url
    clock.shift(dt.timedelta(hours=5))

    again = book(client, draft)

    assert again.url == booked
    assert client.get(booked).status_code == 303


def test_booked_page_promises_only_the_reminders_that_are_planned(client, draft):
    page = client.get(book(client, draft).url).content.decode()

    assert "until we remind you shortly before your visit" in page or "until your visit" in page
    assert "three days before" not in page


def test_booked_page_of_a_patient_without_email_says_that_we_call(client, draft):
    Draft.objects.update(by_email=False, by_call=True, phone="+15125550147")

    page = client.get(book(client, draft).url).content.decode()

    assert "We call you to confirm." in page


def test_place_typed_on_the_home_page_is_not_asked_again(client, empty_draft):
    Draft.objects.update(place="")
    client.get("/", {"near": "78704"})

    page = client.get(url("where", empty_draft)).content.decode()

    assert 'value="78704"' in page
    assert "miles" in page


def test_longer_scan_that_does_not_fit_asks_for_a_time_and_says_why(client, world, draft):
    choose(client, draft)
    AppointmentFactory(
        scanner=world[0], exam=world[1], starts_at=NINE_FORTY + 60 * MINUTE, patient__given_name="Ben"
    )

    answer = client.post(url("change-exam", draft), {"laterality": "both", "order_status": "have_it"})

    assert answer.url == url("time", draft)
    assert "Please choose a time again. Everything else is kept." in client.get(answer.url).content.decode()


@pytest.mark.parametrize("why", ["two at a time", "too many"])
def test_another_visit_in_the_way_is_not_revealed(client, world, draft, why):
    """Whatever is in the way: the same page, with the answers kept and the center's phone."""
    machine, exam = world
    patient = PatientFactory(given_name=draft.given_name, family_name=draft.family_name)
    if why == "too many":
        machine.location.future_visits_limit = 1
        machine.location.save()
    at = NINE_FORTY if why == "two at a time" else NINE_FORTY + 30 * HOUR
    other = AppointmentFactory(scanner=bookable()[0], exam=exam, patient=patient, starts_at=at)
    choose(client, draft)

    answer = book(client, draft)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Please call us to book this visit. We keep everything you typed." in page
    assert "Book this visit</button>" not in page
    assert 'href="tel:+1-512-555-0142">Call (512) 555-0142</a>' in page
    assert not [word for word in (other.code, other.scanner.location.name) if word in page]
    assert Appointment.objects.filter(draft=draft, status="held").exists()
    assert "Ana" in client.get(url("check", draft)).content.decode()
