"""Names, phones, emails and birth dates of real people: from the page to the visit, the desk and back."""

import datetime as dt
from html import unescape

import pytest
from django.urls import reverse

from locations.models import Assignment
from scheduling.actions.tasks import open_task
from scheduling.models import Appointment, Task
from scheduling.queries.access import visit_token
from scheduling.queries.drafts import digest_of
from scheduling.queries.visit_search import find_visits
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import AssignmentFactory
from tests.factories.scheduling import FullDraftFactory

pytestmark = pytest.mark.django_db

ANA = {
    "booking_for": "self",
    "given_name": "Ana",
    "family_name": "Núñez",
    "birth_date_month": "5",
    "birth_date_day": "17",
    "birth_date_year": "1980",
}
# As typed; what else finds them. An empty last name is "one name only".
NAMES = {
    ("Sinéad", "O'Connor"): ["oconnor", "O’Connor", "sinead"],
    ("Brian", "D’Arcy"): ["darcy", "d'arcy"],
    ("Björk", "Guðmundsdóttir"): ["gudmundsdottir", "bjork"],
    ("Thị Lan", "Nguyễn"): ["nguyen", "NGUYEN thi lan"],
    ("小龙", "李"): ["李", "小龙"],
    ("O", ""): ["o"],
    ("Sukarno", ""): ["sukarno"],
    ("María José", "Núñez Ortega"): ["nunez", "ortega maria", "Nuñez Ortega"],
    ("Jean-Luc", "van 't Hoff"): ["van t hoff", "jean luc", "Van 't Hoff"],
    ("Kealoha", "ʻAkaka"): ["akaka", "'akaka"],
    ("McDONALD", "deSouza"): ["mcdonald desouza"],
    ("a" * 100, "é" * 100): ["e" * 100],
}


@pytest.fixture
def world(time_machine):
    time_machine.move_to(NOW, tick=False)
    return bookable()


@pytest.fixture
def begin(client, world):
    """A draft of this browser with nothing answered but exam, center and time."""
    session = client.session
    session["visitor"] = "this-browser"
    session.save()
    nobody = {"given_name": "", "family_name": "", "birth_date": None, "booking_for": "", "by_email": False}
    return ready_draft(*world, visitor="this-browser", **nobody, email="")


def url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def text(answer) -> str:
    return unescape(answer.content.decode())


def book(client, draft) -> Appointment:
    draft.refresh_from_db()
    assert client.post(url("check", draft), {"digest": digest_of(draft)}).status_code == 303
    return Appointment.objects.get(draft=draft, status="booked")


def desk_page(client, location) -> str:
    desk = AssignmentFactory(role=Assignment.Role.FRONT_DESK, location=location).user
    client.force_login(desk)
    return text(client.get(reverse("frontdesk:tasks")))


@pytest.mark.parametrize(("given", "family"), NAMES, ids=lambda name: name[:12])
def test_a_name_is_stored_shown_and_found(client, begin, given, family):
    typed = {**ANA, "given_name": given, "family_name": family, **({} if family else {"one_name": "on"})}
    full = f"{given} {family}".strip()

    assert client.post(url("patient", begin), typed).status_code == 303
    assert client.post(url("contact", begin), {"by_call": "on", "phone": "512-555-0147"}).status_code == 303
    assert full in text(client.get(url("check", begin)))
    visit = book(client, begin)

    assert (visit.patient.given_name, visit.patient.family_name) == (given, family)
    assert full in text(client.get(reverse("portal:visit", args=[visit_token(visit)])))
    assert full in desk_page(client, visit.location)  # its call list: no email was given
    for words in [full, full.upper(), *NAMES[given, family]]:
        assert list(find_visits(words, now=NOW)) == [visit], words


@pytest.mark.parametrize("family", ["Ortega", ""])
def test_a_last_name_next_to_one_name_only_is_let_go(client, begin, family):
    answer = client.post(url("patient", begin), {**ANA, "family_name": family, "one_name": "on"})

    assert answer.status_code == 303
    begin.refresh_from_db()
    assert (begin.family_name, begin.one_name) == ("", True)


PHONES = {
    "512-555-0147": "+15125550147",
    "(512) 555 0147": "+15125550147",
    "512.555.0147": "+15125550147",
    "+1 512 555 0147": "+15125550147",
    "1 (512) 555-0147": "+15125550147",
    "512-555-0147 x12": "+15125550147",
    "512-555-0147, ext. 1234": "+15125550147",
    "+52 55 5555 1234": "+525555551234",
    "011 44 20 7946 0018": "+442079460018",
    "+353 1 234 5678": "+35312345678",
}


@pytest.mark.parametrize("typed", PHONES)
def test_a_phone_is_called_and_shown_as_typed(client, begin, typed):
    """Patient and desk read the extension; the link dials the number."""
    client.post(url("patient", begin), ANA)
    assert client.post(url("contact", begin), {"by_call": "on", "phone": typed}).status_code == 303
    assert f"Call {typed}" in text(client.get(url("check", begin)))
    visit = book(client, begin)

    assert (str(visit.phone), visit.phone_as_typed) == (PHONES[typed], typed)
    assert f"Call {typed}" in text(client.get(reverse("portal:visit", args=[visit_token(visit)])))
    desk = desk_page(client, visit.location)
    assert f">{typed}</a>" in desk
    assert f'"tel:{PHONES[typed]}"' in desk.replace("-", "")
    assert list(find_visits(PHONES[typed], now=NOW)) == [visit]


def test_a_number_from_a_contact_list_is_taken(client, begin):
    """Contact lists put invisible signs of direction around a number, and web pages wide spaces into it."""
    client.post(url("patient", begin), ANA)

    pasted = {"by_call": "on", "phone": "\u202a(512)\u00a0555-0147\u202c"}
    assert client.post(url("contact", begin), pasted).status_code == 303

    begin.refresh_from_db()
    assert (begin.phone, begin.phone_as_typed) == ("+15125550147", "(512) 555-0147")


def test_a_callback_shows_the_number_that_was_given_for_it(client, world):
    """A task's own number may be another than the visit's: then only it is right."""
    visit = FullDraftFactory(
        location=world[0].location, phone="+15125550147", phone_as_typed="512-555-0147 x12"
    )
    for phone in ("+15125550147", "+15125550199"):
        Task.objects.all().delete()
        open_task(
            kind=Task.Kind.CALLBACK,
            location=world[0].location,
            draft=visit,
            reason="x",
            contact_phone=phone,
            now=NOW,
            by=PATIENT,
        )
        assert ("x12" in desk_page(client, world[0].location)) is (phone == "+15125550147")


EMAILS = {
    "ana+mri@x.homes": "ana+mri@x.homes",
    "o'neil@x.ie": "o'neil@x.ie",
    "Ana.Ruiz@Example.COM": "Ana.Ruiz@Example.COM",
    "  ana@example.com  ": "ana@example.com",
    "\ufeffana@example.com": "ana@example.com",
    "a" * 60 + "@" + ".".join(["b" * 60] * 3) + ".example": "a" * 60
    + "@"
    + ".".join(["b" * 60] * 3)
    + ".example",
}


@pytest.mark.parametrize("typed", EMAILS, ids=lambda email: email.strip()[:20])
def test_an_email_is_taken(client, begin, typed):
    client.post(url("patient", begin), ANA)
    assert client.post(url("contact", begin), {"by_email": "on", "email": typed}).status_code == 303
    visit = book(client, begin)

    assert visit.email == EMAILS[typed]
    assert f"Email to {visit.email}" in text(client.get(reverse("portal:visit", args=[visit_token(visit)])))


@pytest.mark.parametrize(
    "typed", ["a@b", "ana@x.ie, ben@x.ie", "ana@x.ie ben@x.ie", "a" * 244 + "@example.com"]
)
def test_what_is_no_email_stays_in_its_field(client, begin, typed):
    page = client.post(url("contact", begin), {"by_email": "on", "email": typed})

    assert page.status_code == 422
    assert text(page).count("Enter an email like name@example.com") == 2  # above the page and at the field
    assert f'value="{typed}"' in text(page)


TODAY = NOW.date()
BORN = {
    "today": TODAY,
    "a leap day": dt.date(2000, 2, 29),
    "105 years ago": TODAY.replace(year=TODAY.year - 105),
}


@pytest.mark.parametrize("case", BORN)
def test_a_birth_date_is_kept_and_read_back_with_the_month_in_words(client, begin, case):
    born = BORN[case]
    parts = {"birth_date_month": born.month, "birth_date_day": born.day, "birth_date_year": born.year}
    answer = client.post(url("patient", begin), {**ANA, **parts, "guardian_name": "Eva Núñez"})
    client.post(url("contact", begin), {"by_call": "on", "phone": "512-555-0147"})

    begin.refresh_from_db()
    assert (answer.status_code, begin.birth_date) == (303, born)
    assert f"{born:%B} {born.day}, {born.year}" in text(client.get(url("check", begin)))


@pytest.mark.parametrize(
    ("born", "words"),
    [
        ((12, 2, 2026), "The date of birth must be in the past"),
        ((1, 1, 1800), "Check the year"),
        ((2, 31, 1980), "February has no day 31"),
        ((2, 29, 1999), "February 1999 has no day 29"),
    ],
)
def test_an_impossible_birth_date_is_refused_beside_its_field(client, begin, born, words):
    parts = dict(zip(("birth_date_month", "birth_date_day", "birth_date_year"), born, strict=True))
    page = client.post(url("patient", begin), {**ANA, **parts})

    assert page.status_code == 422
    assert text(page).count(words) == 2
    assert f'value="{born[2]}"' in text(page)
    assert 'value="Núñez"' in text(page)  # nothing else is lost


CHILD = {"booking_for": "other", "booker_name": "Eva Ruiz", "booker_relation": "mother"}
EIGHTEENTH = NINE_FORTY.astimezone(dt.timezone(-dt.timedelta(hours=6))).date()  # at the center


@pytest.mark.parametrize(("days", "asked"), [(0, False), (1, True)], ids=["18 that day", "18 a day later"])
def test_who_is_grown_up_on_the_day_of_the_visit_needs_no_guardian(client, begin, days, asked):
    """A minor today may be 18 then; the day is that of the center's clock."""
    born = EIGHTEENTH.replace(year=EIGHTEENTH.year - 18) + dt.timedelta(days=days)
    parts = {"birth_date_month": born.month, "birth_date_day": born.day, "birth_date_year": born.year}

    page = client.post(url("patient", begin), {**ANA, **parts})

    assert (page.status_code == 422) is asked
    assert ("Enter the name of the parent or guardian who comes to the visit" in text(page)) is asked


def test_an_earlier_time_asks_for_the_guardian_after_all(client, begin):
    born = EIGHTEENTH.replace(year=EIGHTEENTH.year - 18)
    parts = {"birth_date_month": born.month, "birth_date_day": born.day, "birth_date_year": born.year}
    client.post(url("patient", begin), {**ANA, **parts})
    client.post(url("contact", begin), {"by_call": "on", "phone": "512-555-0147"})
    assert client.get(url("check", begin)).status_code == 200

    begin.refresh_from_db()
    begin.starts_at -= dt.timedelta(days=1)
    begin.save(update_fields=["starts_at"])

    assert client.get(url("check", begin)).url == url("patient", begin)
    assert "Parent or guardian’s name" in text(client.get(url("patient", begin)))


def test_later_questions_name_the_patient_whom_someone_else_books_for(client, begin):
    client.post(url("patient", begin), {**ANA, **CHILD})

    page = client.get(url("contact", begin))
    assert "<h1>How should we reach you about Ana’s visit?</h1>" in text(page)
    assert "Ana" not in text(page).partition("</title>")[0]

    begin.refresh_from_db()
    begin.contrast_answer = "not_sure"
    begin.save(update_fields=["contrast_answer"])
    client.post(url("contact", begin), {"by_email": "on", "email": "eva@example.com"})
    assert "What number can we call about Ana’s visit?" in text(client.get(url("number", begin)))


def test_who_books_for_themselves_is_not_named(client, begin):
    client.post(url("patient", begin), ANA)
    assert "<h1>How should we reach you?</h1>" in text(client.get(url("contact", begin)))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"booker_name": ""}, "Enter your name"),
        ({"booker_relation": ""}, "Enter how you are related to the patient"),
        ({"booker_relation": "x" * 41}, "Use up to 40 letters to say how you are related"),
        ({"given_name": "x" * 101}, "That name is too long. Use up to 100 letters"),
        ({"given_name": ""}, "Enter the first name"),
        ({"family_name": ""}, "Enter the last name, or check “one name only”"),
    ],
)
def test_what_is_missing_is_said_twice_in_the_same_words(client, begin, typed, words):
    page = client.post(url("patient", begin), {**ANA, **CHILD, **typed})

    assert page.status_code == 422
    assert text(page).count(words) == 2
    assert all(f'value="{value}"' in text(page) for value in typed.values() if value)


def test_the_visit_says_who_booked_and_who_comes_along(client, begin):
    child = {"birth_date_year": "2015", "guardian_name": "Luis Ruiz"}
    client.post(url("patient", begin), {**ANA, **CHILD, **child})
    client.post(url("contact", begin), {"by_email": "on", "email": "eva@example.com"})
    check = text(client.get(url("check", begin)))
    visit = book(client, begin)

    assert "Eva Ruiz (mother)" in check
    assert "Luis Ruiz" in check
    assert (visit.booker_name, visit.booker_relation) == ("Eva Ruiz", "mother")
    assert visit.guardian_name == "Luis Ruiz"
