"""Moving a visit: the time page, old beside new, one button. The old time stays until then."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from scheduling.models import Appointment, AuditEvent, Authorization, Message
from scheduling.queries.access import visit_token
from tests.factories.journey import NINE_FORTY, NOW
from tests.factories.locations import ClosureFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory, PatientFactory, PreparationFactory
from tests.factories.screening import AnswerSheetFactory, publish_preset

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
BIRTH_DATE = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
TEN_TEN = NINE_FORTY + 30 * MINUTE
TWO_PM = NINE_FORTY + 260 * MINUTE


@pytest.fixture
def visit(world):
    return AppointmentFactory(scanner=world[0], exam=world[1], laterality="left")


@pytest.fixture
def opened(client, visit):
    client.post(url("visit", visit), BIRTH_DATE)
    return client


def url(name, visit, **query):
    address = reverse(f"portal:{name}", kwargs={"token": visit_token(visit)})
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def value(starts_at):
    return starts_at.strftime("%Y-%m-%dT%H:%MZ")


def check_url(visit, starts_at, center=None):
    return url("move-check", visit, center=(center or visit.location).slug, time=value(starts_at))


def save(client, visit, starts_at, *, center=None, version=None):
    sent = {"version": visit.version if version is None else version}
    return client.post(check_url(visit, starts_at, center), sent)


def test_the_whole_way(opened, visit):
    page = opened.get(url("move", visit)).content.decode()
    assert "Your visit is on Tuesday, December 1, 2026, 9:40\xa0am. That time stays yours" in page

    pressed = opened.post(url("move", visit), {"opening": value(TWO_PM)})
    assert (pressed.status_code, pressed.url) == (303, check_url(visit, TWO_PM).replace(":", "%3A"))
    asked = opened.get(pressed.url).content.decode()
    assert "Nothing is changed yet." in asked
    assert "9:40\xa0am" in asked
    assert "2:00\xa0pm" in asked
    assert "Please arrive by 2:00\xa0pm" in asked
    assert Appointment.objects.values("starts_at").get() == {"starts_at": NINE_FORTY}

    saved = opened.post(pressed.url, {"version": visit.version})

    assert (saved.status_code, saved.url) == (303, url("visit", visit))
    page = opened.get(saved.url).content.decode()
    assert "Your visit has a new time" in page
    assert "It replaces Tuesday, December 1, 9:40\xa0am." in page
    moved = Appointment.objects.get()
    assert (moved.starts_at, moved.ical_sequence, moved.code) == (TWO_PM, 1, visit.code)
    told = Message.objects.filter(status="pending").values_list("kind", "ical_sequence")
    assert set(told) >= {("moved", 1)}
    assert {sequence for _kind, sequence in told} == {1}
    calendar = opened.get(url("calendar", visit)).content.decode()
    assert f"UID:{visit.ical_uid}" in calendar
    assert "SEQUENCE:1" in calendar
    assert "DTSTART:20261201T200000Z" in calendar


def test_half_an_hour_later_is_over_its_own_time(opened, visit):
    save(opened, visit, TEN_TEN)

    visit.refresh_from_db()
    assert visit.starts_at == TEN_TEN


def test_looking_changes_nothing(opened, visit):
    before, events = Appointment.objects.values().get(), AuditEvent.objects.count()

    for address in (url("move", visit), url("move-where", visit), check_url(visit, TWO_PM)):
        assert opened.get(address).status_code == 200
        assert opened.head(address).status_code == 200
    opened.post(url("move", visit), {"opening": value(TWO_PM)})

    assert Appointment.objects.values().get() == before
    assert AuditEvent.objects.count() == events


def test_pressing_twice_is_one_move(opened, visit):
    first, second = save(opened, visit, TWO_PM), save(opened, visit, TWO_PM)

    assert first.url == second.url == url("visit", visit)
    visit.refresh_from_db()
    assert (visit.starts_at, visit.ical_sequence) == (TWO_PM, 1)
    assert AuditEvent.objects.filter(event="visit.moved").count() == 1
    assert Message.objects.filter(kind="moved").count() == 1


def test_back_after_saving_leads_to_the_visit(opened, visit):
    save(opened, visit, TWO_PM)

    assert opened.get(check_url(visit, TWO_PM)).url == url("visit", visit)


def test_the_time_it_has_is_no_new_time(opened, visit):
    answer = opened.post(url("move", visit), {"opening": value(NINE_FORTY)})

    assert answer.status_code == 422
    assert "That is the time you have now. Nothing was changed." in answer.content.decode()


@pytest.mark.parametrize("opening", ["", "soon", "2026-12-01T20:00", "99999-01-01T00:00Z"])
def test_no_time_at_all(opened, visit, opening):
    for address in (url("move", visit), url("move-check", visit, time=opening)):
        answer = opened.post(address, {"opening": opening, "version": 0})
        assert answer.status_code == 422
        assert "That time cannot be booked." in answer.content.decode()
    assert opened.get(url("move-check", visit, time=opening)).status_code == 422


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999"])
def test_a_form_without_the_version_it_showed(opened, visit, version):
    assert save(opened, visit, TWO_PM, version=version).status_code == 422
    assert Appointment.objects.get().starts_at == NINE_FORTY


def look(client, visit, starts_at):
    return client.get(check_url(visit, starts_at))


@pytest.mark.parametrize("ask", [look, save])
def test_a_time_that_someone_took_meanwhile(opened, visit, ask):
    AppointmentFactory(scanner=visit.scanner, exam=visit.exam, starts_at=TWO_PM)

    answer = ask(opened, visit, TWO_PM)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Someone just took 2:00\xa0pm. These are close." in page
    assert page.count("Close to it") == 3
    assert 'name="opening"' in page
    assert "That time stays yours" in page
    assert Appointment.objects.get(pk=visit.pk).starts_at == NINE_FORTY


@pytest.mark.parametrize("ask", [look, save])
def test_a_time_that_never_was_one(opened, visit, ask):
    answer = ask(opened, visit, NINE_FORTY + 7 * MINUTE)

    assert answer.status_code == 409
    assert "That time cannot be booked." in answer.content.decode()


def test_someone_changed_the_visit_meanwhile(opened, visit):
    Appointment.objects.update(version=7)

    answer = save(opened, visit, TWO_PM)

    assert answer.status_code == 409
    assert "Someone else changed this a moment ago." in answer.content.decode()
    assert Appointment.objects.get().starts_at == NINE_FORTY


def test_too_close_to_the_visit_the_page_says_to_call(opened, visit):
    visit.scanner.location.contact_until_minutes = 48 * 60
    visit.scanner.location.save()

    assert opened.get(url("move", visit)).url == url("visit", visit)
    assert opened.get(check_url(visit, TWO_PM)).url == url("visit", visit)
    answer = save(opened, visit, TWO_PM)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "It is too late to change this visit online. Please call us." in page
    assert "(512) 555-0142" in page
    assert url("move", visit) not in page


def test_a_canceled_visit_does_not_move(opened, visit):
    Appointment.objects.update(status="canceled", canceled_at=NOW, canceled_by="staff:1")

    assert opened.get(url("move", visit)).url == url("visit", visit)
    answer = save(opened, visit, TWO_PM)
    assert answer.status_code == 409
    assert "This visit can no longer be changed that way." in answer.content.decode()


def test_another_center(opened, visit):
    other = ScannerFactory(location__name="Lakeside", location__latitude=31)
    OfferingFactory(exam=visit.exam, location=other.location)

    centers = opened.get(url("move-where", visit)).content.decode()
    assert "2 centers have this exam" in centers
    assert centers.index(visit.location.name) < centers.index("Lakeside")
    assert f"{url('move', visit)}?center={other.location.slug}" in centers
    times = opened.get(url("move", visit, center=other.location.slug)).content.decode()
    assert "Knee MRI, left at Lakeside" in times
    asked = opened.get(check_url(visit, NINE_FORTY, other.location)).content.decode()
    assert "Lakeside" in asked

    save(opened, visit, NINE_FORTY, center=other.location)

    assert Appointment.objects.get().scanner == other
    page = opened.get(url("visit", visit)).content.decode()
    assert f"It replaces Tuesday, December 1, 9:40\xa0am at {visit.location.name}." in page


def test_a_center_in_another_time_zone_says_so(opened, visit):
    other = ScannerFactory(location__time_zone="America/Phoenix")
    OfferingFactory(exam=visit.exam, location=other.location)

    asked = opened.get(check_url(visit, TWO_PM, other.location)).content.decode()

    assert "9:40\xa0am CST" in asked
    assert "1:00\xa0pm MST" in asked
    assert "CST" not in opened.get(check_url(visit, TWO_PM)).content.decode()


def test_moving_without_end(opened, visit):
    """Each move writes a mail."""
    for number in range(20):
        visit.refresh_from_db()
        assert save(opened, visit, TWO_PM if number % 2 else TEN_TEN).status_code == 303
    visit.refresh_from_db()

    assert save(opened, visit, NINE_FORTY).status_code == 429
    assert Appointment.objects.get().ical_sequence == 20


def test_another_center_has_another_price(opened, visit):
    """Said before it is saved, to whoever pays themselves."""
    other = ScannerFactory()
    OfferingFactory(exam=visit.exam, location=other.location, price=Decimal("480.00"))
    words = "Self-pay price: $480"
    assert words not in opened.get(check_url(visit, NINE_FORTY, other.location)).content.decode()
    Appointment.objects.update(paying="self", price_shown=Decimal("420.00"))

    assert words not in opened.get(check_url(visit, TWO_PM)).content.decode()
    assert words in opened.get(check_url(visit, NINE_FORTY, other.location)).content.decode()
    save(opened, visit, NINE_FORTY, center=other.location)

    assert Appointment.objects.get().price_shown == Decimal("480.00")
    assert words in opened.get(url("visit", visit)).content.decode()


@pytest.mark.parametrize("slug", ["nowhere", "a/b", "%00"])
def test_a_center_that_does_not_have_the_exam(opened, visit, slug):
    ScannerFactory(location__slug="elsewhere")

    for center in (slug, "elsewhere"):
        assert opened.get(url("move", visit, center=center)).status_code == 404
        assert opened.post(url("move-check", visit, center=center, time=value(TWO_PM))).status_code == 404


def test_a_closed_center_still_shows_its_visits_other_days(opened, visit):
    ClosureFactory(location=visit.location, starts_at=TWO_PM - DAY, ends_at=TWO_PM + DAY)

    page = opened.get(url("move", visit, day="2026-12-01")).content.decode()
    assert "is closed on Tuesday, December 1" in page
    assert save(opened, visit, TWO_PM).status_code == 409


def test_fasting_needs_its_hours(opened, visit, clock):
    """Four hours without food can't begin at nine for a scan at noon today."""
    visit.exam.preparations.add(PreparationFactory(lead_minutes=240))
    page = opened.get(url("move", visit, day="2026-11-30")).content.decode()

    assert "12:55\xa0pm" not in page
    assert "1:00\xa0pm" in page
    assert save(opened, visit, NOW + 180 * MINUTE).status_code == 409
    assert save(opened, visit, NOW + 240 * MINUTE).status_code == 303


def test_the_first_day_that_the_health_answers_allow(opened, visit):
    answers = {"pos": "yes", "pos_which": "covid", "pos_date": "2026-11-29", "pos_ill": "no"}
    visit.starts_at, visit.ends_at = visit.starts_at + 20 * DAY, visit.ends_at + 20 * DAY
    visit.occupied_until, visit.arrive_at = visit.occupied_until + 20 * DAY, visit.arrive_at + 20 * DAY
    visit.save()
    AnswerSheetFactory(
        version=publish_preset("a"), draft=None, appointment=visit, answers=answers, answered_at=NOW
    )

    page = opened.get(url("move", visit)).content.decode()
    assert "because of your answers." in page
    assert "Tuesday, December 1," not in page
    centers = opened.get(url("move-where", visit)).content.decode()
    assert "Next time: Thursday, December 10, 7:00\xa0am" in centers
    answer = save(opened, visit, NINE_FORTY)

    assert answer.status_code == 409
    assert "Because of your answers, please choose a later day." in answer.content.decode()
    assert save(opened, visit, visit.starts_at - DAY).status_code == 303


def test_younger_than_another_center_allows(opened, visit):
    other = ScannerFactory()
    OfferingFactory(exam=visit.exam, location=other.location, minimum_age=60)

    answer = save(opened, visit, NINE_FORTY, center=other.location)

    assert answer.status_code == 409
    assert Appointment.objects.get().scanner == visit.scanner


def test_the_patient_is_elsewhere_then(opened, visit):
    """A refusal that tells nothing about the other visit."""
    other = ScannerFactory(location=visit.location)
    AppointmentFactory(scanner=other, exam=visit.exam, patient=visit.patient, starts_at=TWO_PM)

    answer = save(opened, visit, TWO_PM)

    assert answer.status_code == 409
    assert "Your visit stays as it is. Please call us." in answer.content.decode()
    assert Appointment.objects.get(pk=visit.pk).starts_at == NINE_FORTY


def test_a_word_given_for_the_old_time_does_not_hold_for_the_new(opened, visit):
    opened.post(url("come", visit), {"sequence": 0})
    visit.refresh_from_db()

    save(opened, visit, TWO_PM)

    assert "I will come" in opened.get(url("visit", visit)).content.decode()


@pytest.mark.parametrize("name", ["move", "move-where", "move-check"])
def test_moving_needs_the_birth_date(client, visit, name):
    assert client.get(url(name, visit)).status_code == 303
    client.post(check_url(visit, TWO_PM), {"version": 0})

    assert Appointment.objects.get().starts_at == NINE_FORTY


def test_nothing_private_in_the_addresses_and_titles(opened, visit):
    OfferingFactory(exam=visit.exam, location=ScannerFactory().location)
    PatientFactory()
    for address in (url("move", visit), url("move-where", visit), check_url(visit, TWO_PM)):
        title = opened.get(address).content.decode().partition("<title>")[2].partition("</title>")[0]
        for word in ("Knee", "MRI", "Ana", "left"):
            assert word not in title
            assert word.lower() not in address


def test_the_insurer_is_asked_again_where_its_approval_is_for_other_days(opened, visit):
    until = visit.starts_at.date()
    Authorization.objects.create(
        appointment=visit, state="approved", number="A-1", valid_until=until, changed_at=NOW
    )
    for starts_at, is_said in ((TWO_PM, False), (TWO_PM + DAY, True)):
        page = opened.get(check_url(visit, starts_at)).content.decode()
        assert ("We will ask it again for the new time" in page) == is_said
