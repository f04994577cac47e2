import datetime as dt
import re

import pytest

from scheduling.messaging.render import render
from scheduling.models import Message, Version
from scheduling.queries.access import visit_token, waitlist_token
from tests.factories.messages import NOT_ABOUT_A_VISIT, MessageFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory
from tests.factories.screening import AnswerSheetFactory, publish_preset
from tests.factories.waitlist import WaitlistFactory, WaitlistMessageFactory

pytestmark = pytest.mark.django_db

KINDS = [kind for kind in Message.Kind.values if kind not in NOT_ABOUT_A_VISIT]
WORDS_THAT_TELL = {"knee", "rodilla", "mri", "scan", "covid", "ana", "núñez", "left"}


@pytest.fixture
def visit():
    return AppointmentFactory(
        scanner__location__name="Lakeside",
        exam=ExamFactory(has_sides=True),
        laterality="left",
        code="ABCD2345",
    )


def message_of(visit, kind, **values):
    return MessageFactory(appointment=visit, kind=kind, **values)


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("confirmation", "Your appointment on Tuesday, December 1"),
        ("reminder_72h", "Reminder: your appointment on Tuesday, December 1"),
        ("reminder_24h", "Reminder: your appointment on Tuesday, December 1"),
        ("moved", "New time: your appointment is now on Tuesday, December 1"),
        ("taken_back", "Your appointment on Tuesday, December 1 is booked again"),
        ("links", "The link that you asked for"),
        ("canceled", "Your appointment on Tuesday, December 1 is canceled"),
    ],
)
def test_subjects_say_only_the_day(visit, kind, subject):
    assert render(message_of(visit, kind)).subject == subject


@pytest.mark.parametrize("kind", KINDS)
def test_reminders_ask_for_what_is_not_answered_yet(visit, kind):
    publish_preset("a")
    visit.refresh_from_db()
    link = f"/visit/{visit_token(visit)}/health/"
    mail = message_of(visit, kind, due_at=visit.starts_at - dt.timedelta(hours=30))
    assert (link in render(mail).text, link in render(mail).html) == (
        kind in ("reminder_72h", "reminder_24h", "health"),
    ) * 2

    AnswerSheetFactory(
        draft=None,
        appointment=visit,
        version=Version.objects.get(),
        answered_at=visit.starts_at - dt.timedelta(hours=40),
    )
    assert link not in render(mail).text + render(mail).html


def test_the_confirmation_as_text(visit):
    assert (
        render(message_of(visit, "confirmation")).text
        == f"""\
Your visit is booked.

Tuesday, December 1
9:40\xa0am CST
Please arrive by 9:10\xa0am.

Lakeside
1100 Congress Avenue
Austin, TX 78701
(512) 555-0142

How to get ready, change the time, or cancel:
http://127.0.0.1:8000/visit/{visit_token(visit)}/

Your visit code is ABCD 2345. Have it at hand when you call us.

Questions? Call (512) 555-0142. Please do not reply to this email: nobody reads the replies.

Alliance
"""
    )


def test_the_cancellation_as_text(visit):
    assert (
        render(message_of(visit, "canceled")).text
        == f"""\
Your visit is canceled. There is nothing you need to do.

Tuesday, December 1
9:40\xa0am CST

Lakeside
(512) 555-0142

If you did not expect that, call us. If you would like another time, you can book it here:
http://127.0.0.1:8000/visit/{visit_token(visit)}/

Questions? Call (512) 555-0142. Please do not reply to this email: nobody reads the replies.

Alliance
"""
    )


def test_who_canceled_can_take_it_back(visit):
    message, words = message_of(visit, "canceled"), "take it back while the time is still free"
    assert words not in render(message).text + render(message).html
    visit.canceled_by = "patient:visit 1"
    assert words in render(message).text
    assert words in render(message).html
    assert "If you did not expect" not in render(message).text + render(message).html


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["subject", "text", "html"])
def test_no_message_tells_what_the_visit_is_for_or_who_comes(visit, kind, part):
    visit.cancel_reason = "left knee"
    content = getattr(render(message_of(visit, kind)), part).lower()
    words = set(re.findall(r"\w+", content.replace(visit_token(visit).lower(), "")))
    assert WORDS_THAT_TELL & words == set()


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_says_what_the_text_says(visit, kind):
    html = render(message_of(visit, kind)).html
    for fact in [
        "Tuesday, December 1",
        "9:40\xa0am CST",
        "Lakeside",
        'lang="en"',
        "tel:+1-512-555-0142",
    ]:
        assert fact in html
    assert visit_token(visit) in html
    assert ("Please arrive by 9:10\xa0am." in html) is (kind not in ("canceled", "center_waiting", "links"))


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_places_are_text_in_text_and_escaped_in_html(visit, kind):
    visit.scanner.location.name = "O’Hara & Sons <i>"
    visit.scanner.location.save()
    content = render(message_of(visit, kind))
    assert "O’Hara & Sons <i>" in content.text
    assert "O’Hara &amp; Sons &lt;i&gt;" in content.html
    assert "<i>" not in content.html


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        ("+15125550147", "We will call you first: we need to check one thing with you."),
        ("", "Please call us first: we need to check one thing with you."),
    ],
)
def test_a_visit_that_waits_for_a_person_says_who_calls_whom(visit, phone, words):
    visit.phone = phone
    visit.save()
    message = message_of(visit, "confirmation")
    assert words.lower() not in render(message).text.lower()
    visit.tasks.create(
        kind="review",
        location=visit.scanner.location,
        reason="Screening",
        due_at=visit.created_at,
        created_at=visit.created_at,
    )
    for part in (render(message).text, render(message).html):
        assert words in part
        assert "booked" not in part


@pytest.mark.parametrize(
    ("zone", "starts_at", "day", "time"),
    [
        ("America/Los_Angeles", (2026, 12, 2, 4, 30), "Tuesday, December 1", "8:30\xa0pm PST"),
        ("America/Phoenix", (2026, 7, 1, 16, 0), "Wednesday, July 1", "9:00\xa0am MST"),
        ("America/Chicago", (2026, 3, 8, 14, 0), "Sunday, March 8", "9:00\xa0am CDT"),
        ("America/Chicago", (2026, 3, 9, 14, 0), "Monday, March 9", "9:00\xa0am CDT"),
        (
            "America/Chicago",
            (2026, 11, 1, 6, 30),
            "Sunday, November 1",
            "1:30\xa0am\xa0CDT",
        ),
        (
            "America/Chicago",
            (2026, 11, 1, 7, 30),
            "Sunday, November 1",
            "1:30\xa0am\xa0CST",
        ),
        ("America/Chicago", (2026, 11, 2, 15, 0), "Monday, November 2", "9:00\xa0am CST"),
    ],
)
def test_times_are_on_the_wall_clock_of_the_location(zone, starts_at, day, time):
    starts_at = dt.datetime(*starts_at, tzinfo=dt.UTC)
    visit = AppointmentFactory(
        scanner__location__time_zone=zone, starts_at=starts_at, created_at=starts_at - dt.timedelta(days=1)
    )
    lines = render(message_of(visit, "confirmation")).text.splitlines()
    assert lines[2:4] == [day, time]


def test_an_arrival_before_midnight_names_its_day():
    visit = AppointmentFactory(starts_at=dt.datetime(2026, 12, 1, 6, 15, tzinfo=dt.UTC))  # 12:15 am
    assert "Please arrive by 11:45\xa0pm on Monday, November 30." in render(message_of(visit, "moved")).text


@pytest.fixture
def waiting():
    entry = WaitlistFactory(
        draft__location__name="O’Hara & Sons <i>", weekdays=[0, 1, 2, 3, 4], parts=["morning"]
    )
    return WaitlistMessageFactory(waitlist_entry=entry, kind="waitlist")


def test_the_mail_of_the_waitlist_as_text(waiting):
    content = render(waiting)
    assert content.subject == "You are on our waitlist"
    assert (
        content.text
        == f"""\
You are on the waitlist. When a time that suits you frees up, we tell you. Until then no time is held for you.

O’Hara & Sons <i>
Monday, November 30 to Sunday, December 6
Monday to Friday, Morning

To change the days, or to leave the waitlist:
http://127.0.0.1:8000/waitlist/entry/{waitlist_token(waiting.waitlist_entry)}/

Questions? Call (512) 555-0142. Please do not reply to this email: nobody reads the replies.

Alliance
"""
    )


def test_the_mail_of_the_waitlist_tells_neither_who_nor_what_for(waiting):
    content = render(waiting)
    for part in (content.subject, content.text, content.html):
        words = set(
            re.findall(r"\w+", part.lower().replace(waitlist_token(waiting.waitlist_entry).lower(), ""))
        )
        assert WORDS_THAT_TELL & words == set()
    assert waitlist_token(waiting.waitlist_entry) in content.html
    assert "O’Hara &amp; Sons &lt;i&gt;" in content.html
    assert "Monday to Friday, Morning" in content.html


def test_who_waits_for_something_earlier_is_told_that_the_visit_stays(visit):
    entry = WaitlistFactory(draft=None, appointment=visit)
    content = render(WaitlistMessageFactory(waitlist_entry=entry, kind="waitlist"))
    assert "Your visit on Tuesday, December 1 stays booked.\n" in content.text
    assert "Your visit on Tuesday, December 1 stays booked." in content.html
