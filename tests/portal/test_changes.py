"""Taking a cancel back, and booking again with everything that is known already."""

import datetime as dt

import pytest
from django.urls import reverse

from scheduling.models import Appointment, AuditEvent, Draft, Message, Offering
from scheduling.portal.again import near_times
from scheduling.portal.limits import HOLDS
from scheduling.queries.access import visit_token
from tests.factories.journey import NINE_FORTY, NOW
from tests.factories.locations import ScannerFactory
from tests.factories.scheduling import AppointmentFactory, PatientFactory

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
BIRTH_DATE = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
TAKEN = "The time is no longer free, so you cannot take it back."


@pytest.fixture
def visit(world):
    return AppointmentFactory(scanner=world[0], exam=world[1], laterality="left", phone="+15125550147")


@pytest.fixture
def opened(client, visit):
    client.post(url("visit", visit), BIRTH_DATE)
    return client


@pytest.fixture
def canceled(opened, visit):
    opened.post(url("cancel", visit), {"reason": "Feeling better"})
    return visit


def url(name, visit):
    return reverse(f"portal:{name}", kwargs={"token": visit_token(visit)})


def page_of(client, visit):
    return client.get(url("visit", visit)).content.decode()


def someone_books(visit, **fields):
    return AppointmentFactory(**{"scanner": visit.scanner, "exam": visit.exam, **fields})


def test_cancel_offers_another_time_first(opened, visit):
    page = opened.get(url("cancel", visit)).content.decode()

    assert page.index("Change the time instead") < page.index("Why are you canceling?")


def test_cancel_is_taken_back(opened, canceled):
    assert "Did you cancel by mistake? The time is still free." in page_of(opened, canceled)

    answer = opened.post(url("take-back", canceled))

    assert (answer.status_code, answer.url) == (303, url("visit", canceled))
    page = page_of(opened, canceled)
    assert "Your visit is booked again" in page
    assert "I will come" in page
    canceled.refresh_from_db()
    assert (canceled.status, canceled.cancel_reason, canceled.ical_sequence) == ("booked", "", 2)
    assert set(Message.objects.filter(status="pending").values_list("ical_sequence", flat=True)) == {2}
    calendar = opened.get(url("calendar", canceled)).content.decode()
    assert "SEQUENCE:2" in calendar
    assert "STATUS:CONFIRMED" in calendar


def test_taken_back_twice_is_taken_back_once(opened, canceled):
    assert opened.post(url("take-back", canceled)).status_code == 303
    assert opened.post(url("take-back", canceled)).status_code == 303

    assert AuditEvent.objects.filter(event="visit.taken_back").count() == 1
    assert Message.objects.filter(kind="taken_back").count() == 1


def test_a_time_that_someone_else_has_now(opened, canceled):
    """Taken between looking and pressing: the refusal names times close to it, to book at once."""
    someone_books(canceled)

    answer = opened.post(url("take-back", canceled))
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Someone just took that time. These are close." in page
    assert page.count("Close to it") == 3
    assert TAKEN not in page  # it is said already
    assert "Book this scan again" in page
    assert Appointment.objects.get(pk=canceled.pk).status == "canceled"


def test_a_patient_who_is_elsewhere_by_now(opened, canceled):
    """A refusal that tells nothing about the other visit."""
    someone_books(canceled, scanner=ScannerFactory(), patient=canceled.patient)

    answer = opened.post(url("take-back", canceled))

    assert answer.status_code == 409
    assert "Your visit stays as it is. Please call us." in answer.content.decode()


def test_a_canceled_visit_is_taken_out_of_the_calendar(opened, canceled, clock):
    words = "Take it out of my calendar"
    assert words in page_of(opened, canceled)
    file = opened.get(url("calendar", canceled)).content.decode()
    assert f"UID:{canceled.ical_uid}" in file
    assert "SEQUENCE:1" in file
    assert "STATUS:CANCELLED" in file

    clock.move_to(NINE_FORTY)
    opened.post(url("visit", canceled), BIRTH_DATE)
    assert words not in page_of(opened, canceled)


def test_the_page_offers_only_what_works(opened, canceled):
    someone_books(canceled)

    page = page_of(opened, canceled)
    assert TAKEN in page
    assert "Take it back" not in page


def test_a_close_time_is_held_by_pressing_it(opened, canceled):
    someone_books(canceled)
    near = opened.post(url("take-back", canceled)).context["near"]

    answer = opened.post(url("again", canceled), {"opening": near[0].value})

    draft = Draft.objects.get()
    held = Appointment.objects.get(draft=draft)
    assert held.status == "held"
    assert held.starts_at.strftime("%Y-%m-%dT%H:%MZ") == near[0].value
    assert answer.url == reverse("portal:check", kwargs={"draft_id": draft.pk})


def test_a_close_time_that_is_gone_too_leads_to_the_times(opened, canceled):
    at = NINE_FORTY + 60 * MINUTE
    someone_books(canceled, starts_at=at)

    answer = opened.post(url("again", canceled), {"opening": at.strftime("%Y-%m-%dT%H:%MZ")})

    assert answer.url == reverse("portal:time", kwargs={"draft_id": Draft.objects.get().pk})


def test_a_cancel_by_the_center_is_not_the_patients_to_take_back(opened, visit):
    Appointment.objects.update(status="canceled", canceled_at=NOW, canceled_by="staff:1")

    page = page_of(opened, visit)
    assert "Take it back" not in page
    assert TAKEN not in page
    assert opened.post(url("take-back", visit)).status_code == 409


def test_after_the_start_nothing_is_taken_back(client, canceled, clock):
    clock.move_to(NINE_FORTY)
    client.post(url("visit", canceled), BIRTH_DATE)

    page = page_of(client, canceled)
    assert "Take it back" not in page
    assert TAKEN not in page
    answer = client.post(url("take-back", canceled))
    assert answer.status_code == 409
    assert "It is too late to change this visit online." in answer.content.decode()


@pytest.mark.parametrize("name", ["take-back", "again"])
def test_buttons_need_the_birth_date(client, visit, name):
    Appointment.objects.update(status="canceled", canceled_at=NOW, canceled_by="patient:1")

    assert client.post(url(name, visit)).url == url("visit", visit)
    assert Appointment.objects.get().status == "canceled"
    assert not Draft.objects.exists()


def test_booking_again_asks_for_nothing_that_is_known(opened, canceled):
    Appointment.objects.update(
        booker_name="Eva Núñez", booker_relation="daughter", interpreter_language="Spanish", by_call=True
    )

    answer = opened.post(url("again", canceled))

    draft = Draft.objects.get()
    assert answer.url == reverse("portal:time", kwargs={"draft_id": draft.pk})
    assert draft.exam == canceled.exam
    assert (draft.laterality, draft.order_status, draft.location) == ("left", "have_it", canceled.location)
    assert (draft.given_name, draft.family_name, draft.birth_date) == ("Ana", "Núñez", dt.date(1980, 5, 17))
    assert (draft.email, draft.by_email, draft.by_call) == ("ana@example.com", True, True)
    assert (draft.phone, draft.phone_as_typed) == ("+15125550147", "(512) 555-0147")
    assert (draft.booking_for, draft.booker_name, draft.booker_relation) == ("other", "Eva Núñez", "daughter")
    assert (draft.interpreter_language, draft.one_name) == ("Spanish", False)
    assert opened.get(answer.url).status_code == 200


def test_pressed_twice_books_again_once(opened, canceled):
    first = opened.post(url("again", canceled))
    Draft.objects.update(interpreter_language="vi")

    assert opened.post(url("again", canceled)).url == first.url

    assert Draft.objects.get(visitor=opened.session["visitor"]).interpreter_language == "vi"


def test_who_may_hold_no_more_times_goes_on_without_one(opened, canceled, monkeypatch):
    monkeypatch.setitem(HOLDS, "limit", 0)
    at = near_times(canceled, now=NOW)[0].value

    answer = opened.post(url("again", canceled), {"opening": at})

    draft = Draft.objects.get(visitor=opened.session["visitor"])
    assert answer.url == reverse("portal:time", kwargs={"draft_id": draft.pk})


def test_a_patient_with_one_name_books_again(client, world):
    visit = someone_books(
        AppointmentFactory.build(scanner=world[0], exam=world[1]),
        patient=PatientFactory(given_name="Sukarno", family_name=""),
        status="no_show",
    )
    client.post(url("visit", visit), BIRTH_DATE)
    client.post(url("again", visit))

    draft = Draft.objects.get()
    assert (draft.given_name, draft.family_name, draft.one_name) == ("Sukarno", "", True)
    assert (draft.phone, draft.phone_as_typed, draft.booking_for) == ("", "", "self")


def test_an_order_that_was_received_is_one_the_patient_has(opened, canceled):
    Appointment.objects.update(order_status="received")
    opened.post(url("again", canceled))

    assert Draft.objects.get().order_status == "have_it"


def test_after_a_visit_that_took_place_the_order_is_asked_for_again(opened, visit):
    Appointment.objects.update(status="done")

    answer = opened.post(url("again", visit))

    draft = Draft.objects.get()
    assert draft.order_status == "none"
    assert answer.url == reverse("portal:change-exam", kwargs={"draft_id": draft.pk})
    assert opened.get(answer.url).status_code == 200


def test_a_center_that_stopped_the_exam_is_chosen_anew(opened, canceled):
    Offering.objects.update(is_active=False)

    answer = opened.post(url("again", canceled), {"opening": "2026-12-01T15:40Z"})

    assert answer.url == reverse("portal:where", kwargs={"draft_id": Draft.objects.get().pk})


@pytest.mark.parametrize("status", ["done", "no_show"])
def test_the_page_of_a_past_visit_books_again(opened, visit, status):
    Appointment.objects.update(status=status)

    assert "Book this scan again" in page_of(opened, visit)


@pytest.mark.parametrize("name", ["come", "take-back", "again", "cancel", "move-check"])
def test_a_link_that_opens_nothing_has_one_answer(client, visit, name):
    answer = client.post(reverse(f"portal:{name}", kwargs={"token": visit_token(visit)[:-1]}))

    assert answer.status_code == 404
    assert "We could not find that visit" in answer.content.decode()
    assert "800-555-0142" in answer.content.decode()
