"""Calendar files as two other programs read them: ical.js (Thunderbird's parser) and node-ical.

They run in the browser that is here anyway, set to the zone of the center. Ten zones, winter, summer and both
nights on which the clocks change.
"""

import datetime as dt
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event
from playwright.sync_api import Page

from locations.models import Location, Scanner
from scheduling.actions.canceling import cancel_visit, take_back
from scheduling.actions.moving import move_visit
from scheduling.calendar import visit_calendar
from scheduling.models import Appointment
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import LocationFactory
from tests.factories.scheduling import AppointmentFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

VENDOR = Path(__file__).parents[1] / "vendor"
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Indiana/Indianapolis",
    "America/Phoenix",  # these four never set their clocks
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
# What each library makes of a file, in words that both can say.
READ = """texts => {
    const clock = at => new Date(at).toLocaleString('sv-SE');
    const withIcalJs = text => {
        const file = new ICAL.Component(ICAL.parse(text));
        const [event] = file.getAllSubcomponents('vevent').map(each => new ICAL.Event(each));
        return {
            method: file.getFirstPropertyValue('method'),
            uid: event.uid,
            sequence: event.sequence,
            status: event.component.getFirstPropertyValue('status'),
            summary: event.summary,
            start: event.startDate.toJSDate().getTime(),
            end: event.endDate.toJSDate().getTime(),
            clock: clock(event.startDate.toJSDate()),
        };
    };
    const withNodeIcal = text => {
        const file = nodeIcal.default.parseICS(text);
        const [event] = Object.values(file).filter(each => each.type === 'VEVENT');
        return {
            method: event.method,
            uid: event.uid,
            sequence: Number(event.sequence),
            status: event.status,
            summary: event.summary,
            start: event.start.getTime(),
            end: event.end.getTime(),
            clock: clock(event.start),
        };
    };
    return texts.map(text => [withIcalJs(text), withNodeIcal(text)]);
}"""


@cache
def readers() -> str:
    """ical.js is a module of CommonJS; the other sets a name of its own."""
    ical_js = (VENDOR / "ical.js" / "ical.es5.min.cjs").read_text()
    node_ical = (VENDOR / "node-ical" / "node-ical.browser.js").read_text()
    return f"""() => {{
        const module = {{exports: {{}}}}, exports = module.exports;
        {ical_js}
        window.ICAL = module.exports.default ?? module.exports;
        {node_ical}
        window.nodeIcal = nodeIcal;
    }}"""


def read(page: Page, files: list[bytes]) -> list[list[dict[str, object]]]:
    if not page.evaluate("'nodeIcal' in window"):
        page.evaluate(readers())
    return page.evaluate(READ, [file.decode() for file in files])


def changes_of(zone: ZoneInfo, year: int) -> list[dt.datetime]:
    """The hours in which the clocks are set, in UTC."""
    first = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    hours = [first + number * HOUR for number in range(366 * 24)]
    return [at for at in hours if at.astimezone(zone).utcoffset() != (at - HOUR).astimezone(zone).utcoffset()]


def moments_of(zone: ZoneInfo) -> list[dt.datetime]:
    """Nine in the morning in every month, and round each change: the hours before and after it by five
    minutes, and nine o’clock on the days about it."""
    nines = [dt.datetime(2027, month, 15, 9, tzinfo=zone) for month in range(1, 13)]
    found = [at.astimezone(dt.UTC) for at in nines]
    for change in changes_of(zone, 2027):
        found += [change + minutes * MINUTE for minutes in (-60, -35, -5, 0, 5, 30, 55, 60, 90)]
        day = change.astimezone(zone).replace(hour=9, minute=0, fold=0)
        found += [(day + dt.timedelta(days=days)).astimezone(dt.UTC) for days in (-1, 0, 1)]
    return found


def visit_at(location: Location, starts_at: dt.datetime) -> Appointment:
    """Not stored: the file is made of the row alone."""
    return Appointment(
        scanner=Scanner(location=location),
        starts_at=starts_at,
        ends_at=starts_at + 40 * MINUTE,
        arrive_at=starts_at - 30 * MINUTE,
        status=Appointment.Status.BOOKED,
        ical_uid="3f2c@alliance.example",
        ical_sequence=3,
    )


def test_the_clocks_of_these_zones_change_twice_or_never():
    changes = {name: len(changes_of(ZoneInfo(name), 2027)) for name in ZONES}
    assert set(changes.values()) == {0, 2}
    assert len(ZONES) == 10


@pytest.mark.parametrize("name", ZONES)
def test_both_read_the_moment_that_was_booked(make_page, name):
    zone, location = ZoneInfo(name), LocationFactory(name="Lakeside", time_zone=name)
    moments = moments_of(zone)
    page = make_page(timezone_id=name)
    found = read(page, [visit_calendar(visit_at(location, at), now=NOW) for at in moments])

    faults = []
    for at, readings in zip(moments, found, strict=True):
        said = {
            "method": "PUBLISH",
            "uid": "3f2c@alliance.example",
            "sequence": 3,
            "status": "CONFIRMED",
            "summary": "Appointment, Alliance Lakeside",
            "start": at.timestamp() * 1000,
            "end": (at + 40 * MINUTE).timestamp() * 1000,
            "clock": at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        }
        faults += [(at, reading) for reading in readings if reading != said]
    print(f"{name}: {len(moments)} files, each read by {len(found[0])}")
    assert faults == []


def test_one_entry_moves_vanishes_and_comes_back(make_page):
    """As a calendar keeps it: by its UID, the highest SEQUENCE last."""
    machine, exam = bookable()
    visit = AppointmentFactory(scanner=machine, exam=exam)
    patient = Actor.patient("test")
    files = [visit_calendar(visit, now=NOW)]
    moved = move_visit(
        visit_id=visit.pk,
        location_id=machine.location_id,
        starts_at=NINE_FORTY + 2 * HOUR,
        version=visit.version,
        now=NOW,
        by=patient,
    )
    files.append(visit_calendar(moved, now=NOW))
    canceled = cancel_visit(visit_id=visit.pk, reason="Knee is fine", now=NOW, by=patient)
    files.append(visit_calendar(canceled, now=NOW))
    files.append(visit_calendar(take_back(visit_id=visit.pk, now=NOW, by=patient), now=NOW))

    for reader in zip(*read(make_page(), files), strict=True):
        assert {entry["uid"] for entry in reader} == {visit.ical_uid}
        told = [(entry["sequence"], entry["status"]) for entry in reader]
        assert told == [(0, "CONFIRMED"), (1, "CONFIRMED"), (2, "CANCELLED"), (3, "CONFIRMED")]
        later = (NINE_FORTY + 2 * HOUR).timestamp() * 1000
        assert [entry["start"] for entry in reader[1:]] == [later] * 3


def with_time_zone_rules(starts_at: dt.datetime, zone: ZoneInfo) -> bytes:
    """What scheduling.calendar must not do: local times, and rules that the library makes up."""
    event = Event()
    event.add("uid", "twin@alliance.example")
    event.add("sequence", 0)
    event.add("dtstamp", NOW)
    event.add("dtstart", starts_at.astimezone(zone))
    event.add("dtend", (starts_at + 40 * MINUTE).astimezone(zone))
    event.add("summary", "Twin")
    event.add("status", "CONFIRMED")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Twin//EN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def test_twin_with_time_zone_rules_is_read_an_hour_wrong(make_page):
    """So this test can fail; and this is why the times are in UTC."""
    zone = ZoneInfo("America/Chicago")
    summer = dt.datetime(2027, 7, 15, 14, tzinfo=dt.UTC)
    page = make_page(timezone_id=zone.key)
    ((ical_js, _node_ical),) = read(page, [with_time_zone_rules(summer, zone)])

    assert abs(ical_js["start"] - summer.timestamp() * 1000) == HOUR.total_seconds() * 1000
