"""Waiting, page by page, as a browser without scripts does it. It is Monday, November 30, 9 am in Austin."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from scheduling.models import Appointment, Draft, Message, WaitlistEntry
from scheduling.queries.access import visit_token, waitlist_token
from tests.factories.journey import NINE_FORTY, NOW, ready_draft
from tests.factories.locations import OpenLocationFactory, ScannerFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import AppointmentFactory, OfferingFactory
from tests.factories.screening import MRI, AnswerSheetFactory
from tests.factories.waitlist import WaitlistFactory
from tests.portal.test_journey import CONTACT, PATIENT
from tests.portal.test_visit import BIRTH_DATE

DAY = dt.timedelta(days=1)
WAIT = {
    "first_day": "2026-11-30",
    "last_day": "2026-12-20",
    "weekdays": ["0", "1", "2"],
    "parts": ["morning", "evening"],
    "notice": "24",
}


def url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def entry_url(entry, name="waitlist-entry"):
    return reverse(f"portal:{name}", kwargs={"token": waitlist_token(entry)})


def visit_url(visit, name="visit-waitlist"):
    return reverse(f"portal:{name}", kwargs={"token": visit_token(visit)})


def text_of(answer):
    return answer.content.decode()


@pytest.fixture
def waiting_draft(world, visitor):
    return ready_draft(*world, visitor=visitor, starts_at=None)


@pytest.fixture
def visit(client, world):
    """Opened by this browser."""
    visit = AppointmentFactory(scanner=world[0], exam=world[1], starts_at=NINE_FORTY + 7 * DAY)
    session = client.session
    session["open_visits"] = {str(visit.pk): NOW.isoformat()}
    session.save()
    return visit


def another_center(exam, **values):
    other = ScannerFactory(location=OpenLocationFactory(**values))
    OfferingFactory(exam=exam, location=other.location)
    return other.location


# --- from the times


def test_from_the_times_over_name_and_contact_to_the_waitlist(client, empty_draft):
    times = text_of(client.get(url("time", empty_draft)))
    assert f'href="{url("waitlist", empty_draft)}"' in times

    answer = client.get(url("waitlist", empty_draft))
    assert (answer.status_code, answer.url) == (303, url("patient", empty_draft) + "?for=waitlist")
    assert "For the waitlist" in text_of(client.get(answer.url))

    answer = client.post(answer.url, PATIENT)
    assert answer.url == url("contact", empty_draft) + "?for=waitlist"

    answer = client.post(answer.url, CONTACT)
    assert answer.url == url("waitlist", empty_draft)
    page = text_of(client.get(answer.url))
    assert "Email to ana@example.com" in page
    assert "Knee MRI, left" in page

    answer = client.post(answer.url, WAIT)
    entry = WaitlistEntry.objects.get()
    assert (answer.status_code, answer.url) == (303, entry_url(entry))
    page = text_of(client.get(answer.url))
    for words in (
        "You are on the waitlist",
        entry.center.name,
        "Monday, November 30 to Sunday, December 20",
        "Monday, Tuesday or Wednesday",
        "Morning or Evening",
        "1 day ahead",
    ):
        assert words in page, words


def test_a_form_with_errors_on_the_way_stays_on_the_way(client, empty_draft):
    page = client.post(url("patient", empty_draft) + "?for=waitlist", {**PATIENT, "family_name": ""})

    assert page.status_code == 422
    assert "For the waitlist" in text_of(page)
    assert 'action="' not in text_of(page).partition("<form")[2].partition(">")[0]  # sent to where it is


def test_what_was_told_for_the_waitlist_is_not_asked_again_for_a_booking(client, empty_draft):
    client.post(url("patient", empty_draft) + "?for=waitlist", PATIENT)
    client.post(url("contact", empty_draft) + "?for=waitlist", CONTACT)
    client.post(url("waitlist", empty_draft), WAIT)

    answer = client.post(url("time", empty_draft), {"opening": "2026-12-01T15:40Z"})

    assert answer.url == url("check", empty_draft)


def test_a_draft_with_name_and_contact_is_asked_only_when_it_could_come(client, waiting_draft):
    page = text_of(client.get(url("waitlist", waiting_draft)))

    names = set(re.findall(r'name="(\w+)"', page)) - {"csrfmiddlewaretoken", "viewport", "robots"}
    assert names - {"theme"} == {"first_day", "last_day", "weekdays", "parts", "notice"}


def test_centers_near_can_be_added(client, world, waiting_draft):
    mueller = another_center(world[1], name="Mueller", slug="mueller", latitude=30.2985, longitude=-97.7051)
    another_center(world[1], name="Dallas", slug="dallas", latitude=32.78, longitude=-96.8)
    page = text_of(client.get(url("waitlist", waiting_draft)))
    here = waiting_draft.location.slug
    assert re.search(rf'name="centers" value="{here}"[^>]*checked', page)
    assert "about 2.9 miles" in page
    assert "Dallas" not in page

    client.post(url("waitlist", waiting_draft), {**WAIT, "centers": [here, "mueller"]})

    assert set(WaitlistEntry.objects.get().locations.all()) == {waiting_draft.location, mueller}


def test_a_center_that_was_not_offered_is_refused(client, world, waiting_draft):
    another_center(world[1])
    answer = client.post(url("waitlist", waiting_draft), {**WAIT, "centers": ["elsewhere"]})

    assert answer.status_code == 422
    assert "Choose at least one center" in text_of(answer)


def test_before_a_center_is_chosen_the_nearest_is_proposed(client, world, waiting_draft):
    Draft.objects.update(location=None, place="78704")

    page = text_of(client.get(url("waitlist", waiting_draft)))

    assert 'value="2026-12-28" selected' in page  # four weeks ahead
    client.post(url("waitlist", waiting_draft), WAIT)
    assert WaitlistEntry.objects.get().center == world[0].location


def test_without_a_place_all_centers_are_proposed_a_to_z(client, world, waiting_draft):
    Draft.objects.update(location=None, place="")
    another_center(world[1], name="Aardvark", slug="aardvark")

    page = text_of(client.get(url("waitlist", waiting_draft)))

    assert page.index("Aardvark") < page.index(world[0].location.name)
    assert "mile" not in page


def test_where_all_centers_are_far_the_nearest_is_there(client, world, waiting_draft):
    Draft.objects.update(location=None, place="Anchorage, AK")

    assert client.get(url("waitlist", waiting_draft)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"weekdays": []}, "Choose at least one day of the week"),
        ({"weekdays": ["9"]}, "Choose at least one day of the week"),
        ({"parts": []}, "Choose at least one part of the day"),
        ({"notice": ""}, "Choose how soon before we must tell you"),
        ({"notice": "3"}, "Choose how soon before we must tell you"),
        ({"first_day": ""}, "Choose the first day"),
        ({"last_day": "2020-01-01"}, "Choose the last day"),
        ({"first_day": "2026-12-21"}, "Choose a last day that is not before the first"),
        (
            {"last_day": "2026-12-01", "weekdays": ["5"]},
            "None of these days of the week lies between the two days",
        ),
    ],
)
def test_errors_stand_beside_the_field_and_lose_nothing(client, waiting_draft, changed, words):
    answer = client.post(url("waitlist", waiting_draft), {**WAIT, **changed})

    page = text_of(answer)
    assert answer.status_code == 422
    assert page.count(words) == 2
    assert "<title>Error:" in page
    assert re.search('value="evening"[^>]*checked', page) or "parts" in changed
    assert not WaitlistEntry.objects.exists()


def test_opening_the_waitlist_again_shows_what_was_said_and_changes_it(client, waiting_draft):
    client.post(url("waitlist", waiting_draft), WAIT)

    page = text_of(client.get(url("waitlist", waiting_draft)))
    assert "Change what would suit you" in page
    assert re.search('value="24"[^>]*checked', page)
    assert 'value="2026-12-20" selected' in page

    client.post(url("waitlist", waiting_draft), {**WAIT, "notice": "2"})
    assert WaitlistEntry.objects.get().notice_hours == 2


def test_double_click_joins_once(client, waiting_draft):
    first, second = (client.post(url("waitlist", waiting_draft), WAIT) for _ in range(2))

    assert first.url == second.url
    assert Message.objects.count() == 1


def test_whoever_is_set_up_by_phone_is_led_there(client, waiting_draft):
    AnswerSheetFactory(
        draft=waiting_draft, version=publish_safety(MRI), answers={"fit": ["pacemaker"]}, answered_at=NOW
    )

    answer = client.post(url("waitlist", waiting_draft), WAIT)

    assert answer.status_code == 303
    assert "waitlist" not in answer.url
    assert not WaitlistEntry.objects.exists()


def test_where_no_center_can_do_it_the_journey_goes_on_without(client, world, waiting_draft):
    world[0].is_active = False
    world[0].save()

    assert client.get(url("waitlist", waiting_draft)).status_code == 303
    assert client.post(url("waitlist", waiting_draft), WAIT).status_code == 303


def test_a_center_that_drops_out_is_not_replaced_by_one_that_was_not_chosen(client, world, waiting_draft):
    other = another_center(world[1])
    here = waiting_draft.location.slug
    world[0].is_active = False
    world[0].save()

    refused = client.post(url("waitlist", waiting_draft), {**WAIT, "centers": [here]})
    assert (refused.status_code, "Choose at least one center" in text_of(refused)) == (422, True)

    client.post(url("waitlist", waiting_draft), {**WAIT, "centers": [other.slug]})
    assert list(WaitlistEntry.objects.get().locations.all()) == [other]


HONOLULU_LATE = dt.datetime(2026, 12, 1, 9, 30, tzinfo=dt.UTC)  # Monday night; in Austin it is Tuesday
OVER_IN_AUSTIN = {**WAIT, "last_day": "2026-11-30"}


def test_a_day_that_is_over_at_the_chosen_center_is_refused_with_words(client, world, clock, waiting_draft):
    another_center(world[1], slug="there", time_zone="Pacific/Honolulu")
    clock.move_to(HONOLULU_LATE, tick=False)
    here = waiting_draft.location.slug

    answer = client.post(url("waitlist", waiting_draft), {**OVER_IN_AUSTIN, "centers": [here]})

    assert answer.status_code == 409
    assert "No time could ever fit that. Choose other days or another center." in text_of(answer)


def test_a_change_to_a_day_that_is_over_at_the_chosen_center_is_refused(client, world, clock, entry):
    there = another_center(world[1], slug="there", time_zone="Pacific/Honolulu")
    entry.locations.add(there)
    clock.move_to(HONOLULU_LATE, tick=False)
    here = world[0].location.slug

    answer = client.post(entry_url(entry, "waitlist-change"), {**OVER_IN_AUSTIN, "centers": [here]})

    assert answer.status_code == 409
    assert "No time could ever fit that." in text_of(answer)


def test_a_visit_whose_day_is_over_at_the_chosen_center_is_refused(client, world, clock, visit):
    there = another_center(world[1], slug="there", time_zone="Pacific/Honolulu")
    clock.move_to(HONOLULU_LATE, tick=False)
    session = client.session
    session["open_visits"] = {str(visit.pk): HONOLULU_LATE.isoformat()}
    session.save()

    answer = client.post(visit_url(visit), {**OVER_IN_AUSTIN, "centers": [world[0].location.slug]})
    assert answer.status_code == 409

    fine = client.post(visit_url(visit), {**OVER_IN_AUSTIN, "centers": [there.slug]})
    assert fine.status_code == 303


def test_details_lost_in_another_window_are_asked_for(client, waiting_draft):
    Draft.objects.update(given_name="")

    answer = client.post(url("waitlist", waiting_draft), WAIT)

    assert answer.url == url("patient", waiting_draft) + "?for=waitlist"


def test_the_way_to_the_waitlist_stands_where_times_and_centers_are_chosen(client, empty_draft):
    for name in ("time", "where"):
        assert f'href="{url("waitlist", empty_draft)}"' in text_of(client.get(url(name, empty_draft))), name


def test_one_mailbox_is_not_flooded(client, world, visitor):
    """Its owner need not be the one who types it."""

    def join(email):
        draft = ready_draft(*world, visitor=visitor, starts_at=None, email=email)
        return client.post(url("waitlist", draft), WAIT).status_code

    assert [join(email) for email in ("x@example.com", "X@example.com") * 3] == [303] * 5 + [429]
    assert join("other@example.com") == 303
    assert Message.objects.filter(waitlist_entry__email__iexact="x@example.com").count() == 5


def test_one_address_does_not_fill_the_list(client, waiting_draft):
    statuses = {client.post(url("waitlist", waiting_draft), WAIT).status_code for _ in range(61)}

    assert statuses == {303, 429}


# --- from a visit


def test_from_my_visit(client, visit):
    assert "Tell me if something earlier frees up" in text_of(client.get(visit_url(visit, "visit")))
    page = text_of(client.get(visit_url(visit)))
    assert "Your visit on Tuesday, December 8, 2026, 9:40\xa0am stays booked." in page
    assert 'value="2026-12-08" selected' in page
    assert "2026-12-09" not in page

    answer = client.post(visit_url(visit), {**WAIT, "last_day": "2026-12-08"})

    entry = WaitlistEntry.objects.get()
    assert answer.url == entry_url(entry)
    assert "Your visit on Tuesday, December 8, 9:40\xa0am stays booked." in text_of(client.get(answer.url))
    assert "You are on the waitlist for an earlier time" in text_of(client.get(visit_url(visit, "visit")))


def test_a_visits_form_names_its_errors(client, visit):
    answer = client.post(visit_url(visit), {**WAIT, "last_day": "2026-12-08", "notice": ""})

    assert answer.status_code == 422
    assert "Choose how soon before we must tell you" in text_of(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visit_that_is_over_has_nothing_earlier(client, visit, clock, method):
    clock.move_to(visit.starts_at + DAY, tick=False)
    client.cookies.clear()
    client.post(visit_url(visit, "visit"), BIRTH_DATE)

    answer = getattr(client, method)(
        visit_url(visit), {**WAIT, "first_day": "2026-12-09", "last_day": "2026-12-09"}
    )

    assert answer.status_code == {"get": 303, "post": 409}[method]
    assert not WaitlistEntry.objects.exists()


def test_a_visit_where_no_scanner_is_left_leads_back(client, world, visit):
    world[0].is_active = False
    world[0].save()

    assert client.get(visit_url(visit)).url == visit_url(visit, "visit")
    assert client.post(visit_url(visit), WAIT).url == visit_url(visit, "visit")


def test_a_canceled_visit_says_so(client, visit):
    Appointment.objects.update(status="canceled", canceled_at=NOW, canceled_by="staff:1")

    answer = client.post(visit_url(visit), {**WAIT, "last_day": "2026-12-08"})

    assert answer.status_code == 409
    assert "This visit is canceled" in text_of(answer)


def test_the_date_of_birth_is_asked_first_and_leads_back(client, visit):
    client.cookies.clear()

    answer = client.get(visit_url(visit))

    assert answer.url == visit_url(visit, "visit") + "?to=visit-waitlist"


# --- by the link


@pytest.fixture
def entry(world):
    return WaitlistFactory(draft=ready_draft(*world, starts_at=None))


def test_the_link_shows_days_and_centers_and_neither_person_nor_exam(client, entry):
    answer = client.get(entry_url(entry))

    page = text_of(answer)
    assert entry.center.name in page
    assert "Any day" in page
    assert "someone at the center writes to you" in page
    words = set(re.findall(r"\w+", page))
    assert not {"Ana", "Núñez", "Knee", "MRI", "1980"} & (words - {"MRI"})
    assert "ana@example.com" not in page
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(client, entry, method):
    getattr(client, method)(entry_url(entry))
    getattr(client, method)(entry_url(entry, "waitlist-change"))

    assert WaitlistEntry.objects.get().status == "active"


def test_leaving_by_the_button(client, entry):
    answer = client.post(entry_url(entry))

    assert (answer.status_code, answer.url) == (303, entry_url(entry))
    assert "You have left the waitlist" in text_of(client.get(answer.url))
    assert client.post(entry_url(entry)).status_code == 303


def test_changing_by_the_link(client, entry):
    page = text_of(client.get(entry_url(entry, "waitlist-change")))
    assert re.search('value="2"[^>]*checked', page)

    answer = client.post(entry_url(entry, "waitlist-change"), {**WAIT, "last_day": "2026-12-06"})

    assert answer.url == entry_url(entry) + "?changed"
    page = text_of(client.get(answer.url))
    assert "Your changes are saved." in page
    assert "Monday, Tuesday or Wednesday" in page


def test_errors_of_a_change(client, entry):
    answer = client.post(entry_url(entry, "waitlist-change"), {**WAIT, "parts": []})

    assert answer.status_code == 422
    assert "Choose at least one part of the day" in text_of(answer)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("left", "You have left the waitlist"),
        ("filled", "You have a time now"),
        ("lapsed", "The last day that you gave us has passed"),
        ("removed", "Someone at the center has ended it."),
    ],
)
def test_a_link_to_a_place_that_has_ended_says_why(client, entry, status, words):
    because = "not_reached" if status == "removed" else ""
    WaitlistEntry.objects.update(status=status, removed_because=because, ended_at=NOW)

    page = text_of(client.get(entry_url(entry)))

    assert words in page
    assert "Leave the waitlist" not in page
    assert client.get(entry_url(entry, "waitlist-change")).url == entry_url(entry)
    assert client.post(entry_url(entry, "waitlist-change"), WAIT).url == entry_url(entry)


def test_a_change_that_fits_no_center_any_more(client, world, entry):
    world[0].is_active = False
    world[0].save()

    assert client.get(entry_url(entry, "waitlist-change")).url == entry_url(entry)
    assert client.post(entry_url(entry, "waitlist-change"), WAIT).url == entry_url(entry)


def test_a_link_with_one_sign_changed_opens_nothing(client, entry):
    token = waitlist_token(entry)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")

    answer = client.get(reverse("portal:waitlist-entry", kwargs={"token": forged}))

    assert answer.status_code == 404
    assert "This link no longer works" in text_of(answer)


def test_a_link_to_a_place_that_was_forgotten_opens_nothing(client, entry):
    WaitlistEntry.objects.update(status="left", ended_at=NOW, given_name="", by_email=False, birth_date=None)

    assert client.get(entry_url(entry)).status_code == 404


def test_the_link_of_a_visit_is_not_one_of_the_waitlist(client, visit, entry):
    crossed = reverse("portal:waitlist-entry", kwargs={"token": visit_token(visit)})

    assert client.get(crossed).status_code == 404
    assert client.get(reverse("portal:visit", kwargs={"token": waitlist_token(entry)})).status_code == 404


def test_who_waits_without_email_hears_that_we_call(client, entry):
    WaitlistEntry.objects.update(by_email=False, by_call=True, phone="+15125550147")

    page = text_of(client.get(entry_url(entry)))

    assert "someone at the center calls you" in page
    assert "Keep the address of this page" in page


def test_only_the_browser_that_is_choosing_is_led_back_to_the_times(client, world, waiting_draft):
    mine, other = WaitlistFactory(draft=waiting_draft), WaitlistFactory()

    assert url("time", waiting_draft) in text_of(client.get(entry_url(mine)))
    assert "/time/" not in text_of(client.get(entry_url(other)))
    client.cookies.clear()
    assert "/time/" not in text_of(client.get(entry_url(mine)))


def test_clearing_the_answers_says_that_the_place_stays(client, waiting_draft):
    words = "You stay on the waitlist."
    assert words not in text_of(client.get(url("clear", waiting_draft)))
    WaitlistFactory(draft=waiting_draft)

    assert words in text_of(client.get(url("clear", waiting_draft)))
