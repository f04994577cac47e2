"""Nine o'clock is nine o'clock on the day the clocks change and on the day after, wherever it is shown."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from locations.models import Assignment
from scheduling.calendar import visit_calendar
from scheduling.messaging.render import render
from scheduling.models import Appointment
from scheduling.portal.time_page import value_of
from scheduling.queries.access import visit_token
from scheduling.queries.drafts import digest_of
from tests.factories.journey import bookable, ready_draft
from tests.factories.locations import AssignmentFactory

AUSTIN = ZoneInfo("America/Chicago")
# Clocks are set back on Sunday, November 1, 2026 and forward on Sunday, March 14, 2027.
DAYS = {
    dt.date(2026, 10, 31): 14,
    dt.date(2026, 11, 1): 15,
    dt.date(2026, 11, 2): 15,
    dt.date(2027, 3, 13): 15,
    dt.date(2027, 3, 14): 14,
    dt.date(2027, 3, 15): 14,
}
pytestmark = pytest.mark.django_db


@pytest.fixture(params=DAYS, ids=str)
def visit(request, client, time_machine):
    """Chosen and booked through the pages, six days ahead."""
    day = request.param
    nine = dt.datetime.combine(day, dt.time(9), tzinfo=AUSTIN)
    assert nine.astimezone(dt.UTC).hour == DAYS[day]
    time_machine.move_to(nine.astimezone(dt.UTC) - dt.timedelta(days=6), tick=False)
    session = client.session
    session["visitor"] = "this-browser"
    session.save()
    draft = ready_draft(*bookable(), visitor="this-browser", starts_at=None)
    address = reverse("portal:time", kwargs={"draft_id": draft.pk})
    page = client.get(f"{address}?center={draft.location.slug}&day={day}&all=1").content.decode()
    value = value_of(nine.astimezone(dt.UTC))
    assert page.count(f'value="{value}"') >= 1
    chosen = client.post(f"{address}?center={draft.location.slug}", {"opening": value})
    assert chosen.status_code == 303
    draft.refresh_from_db()
    check = reverse("portal:check", kwargs={"draft_id": draft.pk})
    assert client.post(check, {"digest": digest_of(draft)}).status_code == 303
    return Appointment.objects.with_place().get(status="booked")


def words_of(visit: Appointment) -> str:
    day = visit.starts_at.astimezone(AUSTIN)
    return f"{day:%A, %B} {day.day}"


def test_pages_say_nine(client, visit):
    for name in ("visit", "booked"):
        page = client.get(reverse(f"portal:{name}", args=[visit_token(visit)])).content.decode()
        assert words_of(visit) in page
        assert "9 am" in page or "9:00\xa0am" in page
        assert "8:00\xa0am" not in page
        assert "10:00\xa0am" not in page


def test_every_message_says_nine(visit):
    kinds = set()
    for message in visit.messages.select_related("appointment__scanner__location"):
        content = render(message)
        kinds.add(message.kind)
        for text in (content.text, content.html):
            assert words_of(visit) in text
            assert f"9:00\xa0am {visit.starts_at.astimezone(AUSTIN).tzname()}" in text
    assert kinds == {"confirmation", "reminder_72h", "reminder_24h"}


def test_the_calendar_file_says_nine(visit):
    lines = visit_calendar(visit, now=visit.created_at).decode().replace("\r\n ", "").splitlines()

    day = visit.starts_at.astimezone(AUSTIN).date()
    assert f"DTSTART:{day:%Y%m%d}T{DAYS[day]}0000Z" in lines
    assert any(line.startswith("DESCRIPTION:") and "9:00\xa0am C" in line for line in lines)


def test_the_day_before_is_a_day_before(visit):
    """Both reminders leave outside the quiet hours (8 pm to 9 am), so never before nine on the wall."""
    for message in visit.messages.exclude(kind="confirmation"):
        wall = message.due_at.astimezone(AUSTIN)
        assert 9 <= wall.hour < 20
        assert message.due_at < visit.starts_at


def test_the_desk_sees_nine(client, visit):
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)

    page = client.get(reverse("admin:scheduling_appointment_change", args=[visit.pk])).content.decode()

    local = visit.starts_at.astimezone(AUSTIN)
    assert f"{words_of(visit)}, {local.year}, 9:00\xa0am {local.tzname()}" in page
