"""What a visit says about a body stays on its pages; and those pages are small.

Other origins, breaches of the content security policy and script errors fail every browser test
(tests/browser.py).
"""

import pytest

from scheduling.tasks import deliver_due_messages
from tests.e2e.test_book import book
from tests.e2e.test_every_page import at_desk
from tests.e2e.watch import Watch, Watched, shown_to_anyone, told_by
from tests.e2e.world import Guide
from tests.logs import site_log

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NAMING = ("guðr", "gu%c3%b0r", "connor", "1952", "gudrun@", "knee", "mri")


def change_everything(way: Watched) -> None:
    """From the page with the code: another time, canceled, taken back, and looked for with a wrong date."""
    way.follow("Open my visit")
    way.follow("Change the time")
    way.take_a_time(5)
    way.press("Save the new time")
    way.follow("Cancel this visit")
    way.press("Cancel this visit")
    way.press("Take it back")
    code = way.page.locator(".code").inner_text()
    way.follow_out("My visit")
    way.type("code", code)
    way.birth_date("1", "2", "1952")
    way.press("Find my visit")
    assert way.page.title().startswith("Error: ")


def test_the_whole_journey_says_nothing_and_weighs_little(live_server, world, make_page, mail_server):
    page = make_page()
    watch = Watch(page, NAMING)
    with site_log() as log:
        page.goto(live_server.url)
        watch.look()
        way = Watched(page, watch)
        book(way)
        calendar = page.request.get(page.url.replace("/booked/", "/appointment.ics")).text()
        deliver_due_messages()
        change_everything(way)
        deliver_due_messages()

    for path, size in watch.sizes:
        print(f"{size / 1000:6.1f} KB  {path}")
    assert watch.leaks == []
    assert watch.heavy == []
    assert "BEGIN:VEVENT" in calendar
    shown = shown_to_anyone(mail_server.mails)
    assert "Appointment" in calendar + shown
    assert "Unprocessable Entity: /visit/" in log.getvalue()
    assert told_by({"calendar file": calendar, "mail": shown, "log": log.getvalue()}, NAMING) == []
    assert len(mail_server.mails) >= 2


def test_the_desk_names_nobody_in_addresses_and_titles(guide: Guide):
    visitor = guide(width=1280)
    watch = Watch(visitor.page, NAMING)
    at_desk(visitor)
    watch.look()
    assert watch.leaks == []
    assert visitor.page.title() == "Tasks - Alliance"
