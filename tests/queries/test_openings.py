"""The centers of the factories are open from 7:00 to 19:00 in Austin; the exam takes 40 minutes and
its scanner 5 more. It is Tuesday, November 24, 10:00 am there, unless a test says otherwise."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from locations.models import OpeningHours
from scheduling.models import Appointment
from scheduling.queries.openings import (
    Opening,
    Wish,
    find_openings,
    first_opening_of_each,
    first_openings,
    is_bookable_time,
    openings_at,
)
from scheduling.rules.opening_hours import wall_instant
from tests.factories.locations import (
    ClosureFactory,
    LocationFactory,
    OpeningHoursFactory,
    OpenLocationFactory,
    ScannerFactory,
)
from tests.factories.scheduling import (
    BOOKED_AT,
    AppointmentFactory,
    ExamFactory,
    HoldFactory,
    OfferingFactory,
    PreparationFactory,
    ScannerLengthFactory,
    SidedExamFactory,
)

pytestmark = pytest.mark.django_db
AUSTIN = ZoneInfo("America/Chicago")
NOW = BOOKED_AT
DAY = date(2026, 12, 1)  # a Tuesday


def at(clock: str, day: date = DAY, zone: ZoneInfo = AUSTIN) -> datetime:
    hours, minutes = clock.split(":")
    return wall_instant(day, int(hours) * 60 + int(minutes), zone)


class Center:
    """One location that offers one exam."""

    def __init__(self, *, location=None, exam=None, offering=None, **scanner):
        self.location = location or OpenLocationFactory()
        self.exam = exam or ExamFactory()
        self.offering = OfferingFactory(exam=self.exam, location=self.location, **(offering or {}))
        self.scanner = ScannerFactory(location=self.location, modality=self.exam.modality, **scanner)

    def find(self, *, day=DAY, last=None, now=NOW, ignore=(), listed=False, **wish) -> list[Opening]:
        return find_openings(
            wish=Wish(exam_id=self.exam.pk, **wish),
            location_id=self.location.pk,
            first=day,
            last=last or day,
            now=now,
            ignore=ignore,
            avoid_stranding=listed,
        )

    def clocks(self, **options) -> list[str]:
        zone = self.location.zone
        return [f"{opening.starts_at.astimezone(zone):%H:%M}" for opening in self.find(**options)]

    def ends(self, **options) -> tuple[str, str]:
        clocks = self.clocks(**options)
        return clocks[0], clocks[-1]

    def at(self, clock: str | datetime, *, now=NOW, ignore=(), **wish) -> list[Opening]:
        return openings_at(
            wish=Wish(exam_id=self.exam.pk, **wish),
            location_id=self.location.pk,
            starts_at=at(clock) if isinstance(clock, str) else clock,
            now=now,
            ignore=ignore,
        )

    def book(self, clock: str, factory=AppointmentFactory, **values) -> Appointment:
        scanner = values.pop("scanner", self.scanner)
        return factory(scanner=scanner, exam=self.exam, starts_at=at(clock), **values)

    def hours(self, clocks: str, **values) -> None:
        opens, closes = (int(c.split(":")[0]) * 60 + int(c.split(":")[1]) for c in clocks.split("-"))
        for weekday in range(7):
            OpeningHoursFactory(location=self.location, weekday=weekday, opens=opens, closes=closes, **values)


@pytest.fixture
def center() -> Center:
    return Center()


def test_an_opening_says_all_that_a_booking_needs(center):
    first = center.find()[0]
    assert first == Opening(at("7:00"), center.location.pk, center.scanner.pk, 40, 5, 0)
    assert (first.ends_at, first.occupied_until, first.arrive_at) == (at("7:40"), at("7:45"), at("7:00"))


def test_an_empty_day_is_open_on_the_grid_from_opening_to_the_last_exam(center):
    clocks = center.clocks()
    assert (clocks[0], clocks[1], clocks[-1], len(clocks)) == ("07:00", "07:05", "18:20", 137)


def test_the_grid_is_the_locations():
    center = Center(location=OpenLocationFactory(start_grid_minutes=20))
    assert center.clocks()[:4] == ["07:00", "07:20", "07:40", "08:00"]


def test_turnover_runs_past_closing_unless_the_location_says_no():
    center = Center(location=OpenLocationFactory(turnover_inside_hours=True))
    assert center.ends() == ("07:00", "18:15")


@pytest.mark.parametrize("status", ["booked", "arrived", "in_exam", "done", "no_show"])
def test_a_visit_keeps_its_time_and_turnover_busy(center, status):
    center.book("10:00", status=status)
    around = [clock for clock in center.clocks() if "09:00" <= clock <= "11:00"]
    assert around == ["09:00", "09:05", "09:10", "09:15", "10:45", "10:50", "10:55", "11:00"]


def test_a_canceled_visit_keeps_nothing(center):
    center.book("10:00", status="canceled", canceled_at=NOW, canceled_by="patient")
    assert len(center.clocks()) == 137


def test_a_long_visit_keeps_its_own_length(center):
    center.book("10:00", ends_at=at("11:45"), occupied_until=at("11:50"))
    assert "11:00" not in center.clocks()
    assert center.at("11:00") == []
    assert center.at("11:50") != []


def test_a_no_show_gives_back_what_is_left_of_its_time(center):
    center.book("10:00", status="no_show", occupied_until=at("10:20"))
    assert "10:20" in center.clocks()
    assert "10:15" not in center.clocks()


def test_a_live_hold_is_busy_and_a_dead_one_is_not(center):
    center.book("10:00", factory=HoldFactory, held_until=NOW + timedelta(minutes=10))
    assert "10:00" not in center.clocks(now=NOW + timedelta(minutes=9))
    assert "10:00" in center.clocks(now=NOW + timedelta(minutes=10))
    assert center.at("10:00", now=NOW + timedelta(minutes=9)) == []


def test_an_overbooked_visit_is_busy_too(center):
    center.book("10:00", overbooked=True, overbook_reason="stroke")
    assert center.at("10:00") == []
    assert "10:40" not in center.clocks()
    assert "10:45" in center.clocks()


def test_the_visit_being_moved_is_not_in_its_own_way(center):
    visit = center.book("14:30", ends_at=at("16:30"), occupied_until=at("16:35"))
    assert center.at("15:00") == []
    assert [opening.scanner_id for opening in center.at("15:00", ignore={visit.pk})] == [center.scanner.pk]
    assert "15:00" in center.clocks(ignore={visit.pk})


def test_a_closure_of_the_location_closes_everything(center):
    ClosureFactory(location=center.location, starts_at=at("12:00"), ends_at=at("24:00"))
    assert center.ends() == ("07:00", "11:15")  # turnover doesn't run into it
    assert center.clocks(day=DAY + timedelta(days=1)) != []


def test_a_closure_of_one_scanner_leaves_the_other(center):
    other = ScannerFactory(location=center.location, bore_cm=80)
    ClosureFactory(
        location=center.location, scanner=center.scanner, starts_at=at("0:00"), ends_at=at("24:00")
    )
    assert {opening.scanner_id for opening in center.find()} == {other.pk}


def test_closures_and_visits_of_others_do_not_matter(center):
    elsewhere = ScannerFactory()
    ClosureFactory(location=elsewhere.location, starts_at=at("0:00"), ends_at=at("24:00"))
    center.book("10:00", scanner=elsewhere)
    assert len(center.clocks()) == 137


def test_nobody_waits_in_front_of_a_closed_door(center):
    center.exam.preparations.add(PreparationFactory(arrive_minutes=30), PreparationFactory(arrive_minutes=15))
    assert center.ends() == ("07:30", "18:20")
    assert center.find()[0].arrive_at == at("7:00")
    OpeningHours.objects.filter(location=center.location, kind="doors").update(opens=6 * 60 + 30)
    assert center.ends() == ("07:00", "18:20")


def test_a_closed_location_has_closed_doors(center):
    center.exam.preparations.add(PreparationFactory(arrive_minutes=30))
    ClosureFactory(location=center.location, starts_at=at("12:00"), ends_at=at("13:00"))
    assert [clock for clock in center.clocks() if "12:00" <= clock <= "13:30"] == ["13:30"]


def test_without_hours_for_doors_somebody_is_there_while_location_or_scanner_are_open(center):
    OpeningHours.objects.filter(location=center.location, kind="doors").delete()
    center.exam.preparations.add(PreparationFactory(arrive_minutes=30))
    assert center.ends() == ("07:30", "18:20")
    center.hours("19:00-23:00", scanner=center.scanner)
    assert center.ends() == ("19:00", "22:20")


def test_a_scanner_with_hours_of_its_own_follows_only_these(center):
    center.hours("8:00-12:00", scanner=center.scanner)
    assert center.ends() == ("08:00", "11:20")


def test_hours_go_to_midnight_and_round_the_clock():
    center = Center(location=LocationFactory())
    center.hours("20:00-24:00")
    assert center.ends() == ("20:00", "23:20")
    center.hours("0:00-20:00")
    assert center.ends() == ("00:00", "23:55")


def test_hours_count_only_in_their_season(center):
    OpeningHours.objects.update(effective_until=DAY)
    assert center.clocks(day=DAY - timedelta(days=1)) != []
    assert center.clocks() == []


def test_contrast_needs_a_capable_scanner_and_a_physician():
    center = Center(exam=ExamFactory(contrast="with"))
    assert center.clocks() == []
    with_contrast = ScannerFactory(location=center.location, has_contrast=True)
    OpeningHours.objects.filter(kind="contrast").update(opens=10 * 60, closes=12 * 60)
    assert center.ends() == ("10:00", "11:20")
    assert {opening.scanner_id for opening in center.find()} == {with_contrast.pk}
    OpeningHours.objects.filter(kind="contrast").delete()
    assert center.clocks() == []


def test_not_sure_about_contrast_is_planned_like_contrast(center):
    assert center.clocks(contrast_unsure=True) == []
    capable = ScannerFactory(location=center.location, has_contrast=True)
    OpeningHours.objects.filter(kind="contrast").update(opens=10 * 60, closes=12 * 60)
    assert center.ends(contrast_unsure=True) == ("10:00", "11:20")
    assert [o.scanner_id for o in center.at("10:00", contrast_unsure=True)] == [capable.pk]
    assert center.at("9:00", contrast_unsure=True) == []


@pytest.mark.parametrize(
    ("scanner", "wish", "fits"),
    [
        ({"weight_limit_lb": 350}, {"weight_lb": 350}, True),
        ({"weight_limit_lb": 350}, {"weight_lb": 351}, False),
        ({"weight_limit_lb": None}, {"weight_lb": 351}, True),
        ({"girth_limit_in": 60}, {"girth_in": 60}, True),
        ({"girth_limit_in": 60}, {"girth_in": 61}, False),
        ({"bore_cm": 70}, {"wide_bore": True}, True),
        ({"bore_cm": 60}, {"wide_bore": True}, False),
        ({"bore_cm": None}, {"wide_bore": True}, False),
        ({"is_active": False}, {}, False),
    ],
)
def test_only_scanners_that_fit_the_patient_are_offered(scanner, wish, fits):
    center = Center(**scanner)
    assert bool(center.clocks(**wish)) is fits
    assert bool(center.at("10:00", **wish)) is fits


def test_an_x_ray_room_has_no_bore_to_be_narrow():
    assert Center(exam=ExamFactory(modality="XR")).clocks(wide_bore=True) != []


@pytest.mark.parametrize("part", ["exam", "location", "offering", "scanner"])
def test_what_is_switched_off_is_not_offered(center, part):
    thing = getattr(center, part)
    type(thing).objects.filter(pk=thing.pk).update(is_active=False)
    assert center.clocks() == []
    assert center.at("10:00") == []


def test_an_exam_that_is_not_offered_here_has_no_times(center):
    elsewhere = Center(exam=center.exam)
    other_exam = ExamFactory()
    wish = Wish(exam_id=other_exam.pk)
    assert find_openings(wish=wish, location_id=elsewhere.location.pk, first=DAY, last=DAY, now=NOW) == []


def test_a_scanner_of_another_kind_does_not_count():
    center = Center(exam=ExamFactory(modality="CT"))
    center.scanner.delete()
    ScannerFactory(location=center.location)
    assert center.clocks() == []


@pytest.mark.parametrize(
    ("exam", "offering", "scanner_length", "wish", "minutes"),
    [
        ({}, {}, None, {}, 40),
        ({}, {}, None, {"laterality": "both"}, 75),
        ({}, {}, None, {"laterality": "left"}, 40),
        ({"minutes_both_sides": None}, {}, None, {"laterality": "both"}, 80),
        ({}, {"minutes": 50}, None, {}, 50),
        ({}, {"minutes": 90}, None, {"laterality": "both"}, 90),
        ({}, {"minutes_both_sides": 70}, None, {"laterality": "both"}, 70),
        ({}, {"minutes": 50}, {"minutes": 25}, {}, 25),
        ({}, {"minutes": 50}, {"minutes": 25, "minutes_both_sides": 45}, {"laterality": "both"}, 45),
        ({}, {}, None, {"extra_minutes": 15}, 55),
        ({}, {}, None, {"extra_minutes": 15, "laterality": "both"}, 90),
    ],
)
def test_the_length_is_the_scanners_else_the_locations_else_the_exams(
    exam, offering, scanner_length, wish, minutes
):
    center = Center(exam=SidedExamFactory(**exam), offering=offering)
    if scanner_length:
        ScannerLengthFactory(offering=center.offering, scanner=center.scanner, **scanner_length)
    assert {opening.minutes for opening in center.find(**wish)} == {minutes}
    assert [opening.minutes for opening in center.at("10:00", **wish)] == [minutes]


def test_notice_and_preparation_time_keep_today_from_being_too_near(center):
    today = NOW.astimezone(AUSTIN).date()  # 10:00, notice of two hours
    assert center.ends(day=today) == ("12:00", "18:20")
    center.exam.preparations.add(PreparationFactory(lead_minutes=240, arrive_minutes=30))
    assert center.ends(day=today) == ("14:30", "18:20")
    assert center.at(at("14:25", today)) == []
    assert center.at(at("14:30", today)) != []


def test_the_horizon_ends_with_its_last_day(center):
    last = NOW.astimezone(AUSTIN).date() + timedelta(days=60)
    days = {o.starts_at.astimezone(AUSTIN).date() for o in center.find(day=last, last=last + timedelta(9))}
    assert days == {last}
    assert center.at(at("10:00", last)) != []
    assert center.at(at("10:00", last + timedelta(days=1))) == []


@pytest.mark.parametrize(
    ("first", "last"), [(date.min, date.max), (date.max, date.max), (date.min, date.min)]
)
def test_absurd_dates_are_cut_to_what_can_be_booked(center, first, last):
    whole = center.clocks(day=NOW.date(), last=NOW.date() + timedelta(days=60))
    assert center.clocks(day=first, last=last) == (whole if first < last else [])


@pytest.mark.parametrize("moment", ["3:00", "9:07", "18:25", "19:00"])
def test_a_time_the_page_would_not_have_offered_is_refused(center, moment):
    wish = Wish(exam_id=center.exam.pk)
    assert center.at(moment) == []
    assert not is_bookable_time(wish=wish, location_id=center.location.pk, starts_at=at(moment), now=NOW)


@pytest.mark.parametrize("extreme", [(1, 1, 1), (9999, 12, 31, 23, 59)])
def test_past_and_absurd_times_are_refused(center, extreme):
    assert center.at(datetime(*extreme, tzinfo=UTC)) == []
    assert center.at(NOW - timedelta(days=1)) == []
    wish = Wish(exam_id=center.exam.pk)
    past = {"location_id": center.location.pk, "starts_at": NOW - timedelta(days=1), "now": NOW}
    assert not is_bookable_time(wish=wish, **past)


def test_a_taken_time_is_bookable_but_for_the_visit(center):
    center.book("10:00")
    ask = {"wish": Wish(exam_id=center.exam.pk), "location_id": center.location.pk, "now": NOW}
    assert center.at("10:00") == []
    assert is_bookable_time(**ask, starts_at=at("10:00"))
    ClosureFactory(location=center.location, starts_at=at("10:00"), ends_at=at("11:00"))
    assert not is_bookable_time(**ask, starts_at=at("10:00"))


def test_two_scanners_make_one_time_and_the_least_capable_takes_it():
    center = Center(has_contrast=True)
    narrow = ScannerFactory(location=center.location, bore_cm=60, weight_limit_lb=300)
    strong = ScannerFactory(
        location=center.location, bore_cm=60, weight_limit_lb=300, field_strength_tesla="3.0"
    )
    sturdy = ScannerFactory(location=center.location, bore_cm=60, weight_limit_lb=550)
    wide = ScannerFactory(location=center.location, bore_cm=70)
    order = [narrow, strong, sturdy, wide, center.scanner]
    assert [opening.scanner_id for opening in center.at("10:00")] == [scanner.pk for scanner in order]
    for taken, following in pairwise(order):
        center.book("10:00", scanner=taken)
        times = [opening for opening in center.find() if opening.starts_at == at("10:00")]
        assert [opening.scanner_id for opening in times] == [following.pk]


def test_scanners_of_equal_means_go_by_their_number(center):
    second = ScannerFactory(location=center.location)
    assert [opening.scanner_id for opening in center.at("10:00")] == [center.scanner.pk, second.pk]


def test_times_that_strand_minutes_are_hidden_but_not_refused(center):
    center.book("8:25")  # 7:00 to 8:25 is 85 minutes; two exams with turnover need 90
    assert [clock for clock in center.clocks(listed=True) if clock < "09:10"] == ["07:00", "07:40"]
    assert center.clocks()[:3] == ["07:00", "07:05", "07:10"]
    assert center.at("7:05") != []


def test_the_shortest_exam_of_the_scanner_says_what_is_stranded(center):
    OfferingFactory(location=center.location, exam=ExamFactory(minutes=15))
    OfferingFactory(location=center.location, exam=ExamFactory(minutes=5), is_active=False)
    OfferingFactory(location=center.location, exam=ExamFactory(minutes=5, is_active=False))
    OfferingFactory(location=center.location, exam=ExamFactory(minutes=5, contrast="with"))
    OfferingFactory(location=center.location, exam=ExamFactory(minutes=5, modality="CT"))
    OfferingFactory(exam=ExamFactory(minutes=5))
    center.book("8:25")
    assert [clock for clock in center.clocks(listed=True) if clock < "09:10"] == [
        *("07:00", "07:20", "07:40"),
    ]


def test_of_two_scanners_a_time_takes_the_one_where_it_strands_nothing(center):
    other = ScannerFactory(location=center.location)
    center.book("8:25")
    ClosureFactory(location=center.location, scanner=other, starts_at=at("0:00"), ends_at=at("7:30"))
    listed = {opening.starts_at: opening.scanner_id for opening in center.find(listed=True)}
    assert listed[at("7:00")] == center.scanner.pk
    assert listed[at("7:30")] == other.pk
    assert [opening.scanner_id for opening in center.at("7:30")] == [other.pk, center.scanner.pk]
    assert [opening.scanner_id for opening in center.at("7:35")] == [center.scanner.pk, other.pk]


def test_the_list_and_the_check_name_the_same_scanner(center):
    ScannerFactory(location=center.location)
    center.book("8:25")
    center.book("15:10")
    for opening in center.find(listed=True):
        assert center.at(opening.starts_at)[0] == opening
    every = {opening.starts_at for opening in center.find()}
    assert {time for time in quarter_hours() if center.at(time)} == every & set(quarter_hours())


def quarter_hours() -> list[datetime]:
    return [at("6:00") + n * timedelta(minutes=15) for n in range(60)]


def test_hiding_does_not_depend_on_the_days_that_are_asked_for():
    center = Center(location=LocationFactory())
    center.hours("0:00-24:00")
    AppointmentFactory(scanner=center.scanner, exam=center.exam, starts_at=at("22:30"))
    AppointmentFactory(scanner=center.scanner, exam=center.exam, starts_at=at("0:25", DAY + timedelta(1)))
    days = [DAY + timedelta(days=shift) for shift in range(-1, 3)]
    one_by_one = [opening for day in days for opening in center.find(day=day, listed=True)]
    assert center.find(day=days[0], last=days[-1], listed=True) == one_by_one
    assert "23:55" not in center.clocks(listed=True)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 8), ["00:00", "00:30", "01:00", "01:30", "03:00"]),
        (date(2026, 11, 1), ["00:00", "00:30", "01:00", "01:30", "02:00"]),
    ],
    ids=["spring", "autumn"],
)
def test_nights_when_the_clocks_change(day, expected):
    center = Center(location=LocationFactory(start_grid_minutes=30))
    center.hours("0:00-24:00")
    now = at("9:00", day - timedelta(days=3))
    assert center.clocks(day=day, now=now)[:5] == expected
    assert center.at(at("1:30", day), now=now) != []
    assert center.at(at("1:30", day) + timedelta(hours=1), now=now) != [] or day.month == 11


def test_nine_o_clock_stays_nine_o_clock(center):
    now = at("9:00", date(2026, 10, 30))
    found = center.find(day=date(2026, 10, 31), last=date(2026, 11, 2), now=now)
    clocks = [f"{opening.starts_at.astimezone(AUSTIN):%d %H:%M}" for opening in found]
    assert {"31 09:00", "01 09:00", "02 09:00"} <= set(clocks)


def centers(exam, *zones: str) -> list[Center]:
    return [Center(exam=exam, location=OpenLocationFactory(time_zone=zone)) for zone in zones]


def test_the_first_openings_anywhere_rise_and_keep_the_order_of_locations():
    exam = ExamFactory()
    austin, denver, austin_too = centers(exam, "America/Chicago", "America/Denver", "America/Chicago")
    ids = [austin_too.location.pk, denver.location.pk, austin.location.pk]
    found = first_openings(wish=Wish(exam_id=exam.pk), location_ids=ids, limit=4, now=at("5:00"))
    assert [(o.starts_at, o.location_id) for o in found] == [
        (at("7:00"), ids[0]),
        (at("7:00"), ids[2]),
        (at("7:45"), ids[0]),
        (at("7:45"), ids[2]),
    ]


def test_the_first_openings_name_each_time_of_a_location_once(center):
    ScannerFactory(location=center.location)
    ask = {"wish": Wish(exam_id=center.exam.pk), "location_ids": [center.location.pk], "now": at("5:00")}
    found = first_openings(**ask, limit=3)
    assert [o.starts_at for o in found] == [at("7:00"), at("7:45"), at("7:50")]
    assert {o.scanner_id for o in found} == {center.scanner.pk}


def test_the_first_openings_are_those_of_the_list(center):
    center.book("9:00")
    ScannerFactory(location=center.location, bore_cm=60)
    ask = {"wish": Wish(exam_id=center.exam.pk), "now": NOW}
    listed = center.find(day=date.min, last=date.max, listed=True)
    found = first_openings(**ask, location_ids=[center.location.pk], limit=len(listed))
    assert found == listed
    assert first_openings(**ask, location_ids=[center.location.pk], limit=10**6) == listed
    assert first_opening_of_each(**ask, location_ids=[center.location.pk]) == {center.location.pk: listed[0]}


@pytest.mark.parametrize("days_closed", [0, 1, 5, 30, 59])
def test_searches_go_on_until_something_is_free(days_closed):
    exam = ExamFactory()
    near, closed, empty = centers(exam, "America/Chicago", "America/Chicago", "America/Phoenix")
    opens = at("0:00", DAY + timedelta(days=days_closed))
    ClosureFactory(location=closed.location, starts_at=at("0:00", DAY - timedelta(days=1)), ends_at=opens)
    empty.scanner.delete()
    ids = [center.location.pk for center in (near, closed, empty)]
    ask = {"wish": Wish(exam_id=exam.pk), "location_ids": ids, "now": at("0:00")}
    first = first_opening_of_each(**ask)
    assert {pk: opening.starts_at for pk, opening in first.items()} == {
        near.location.pk: at("7:00"),
        closed.location.pk: at("7:00", DAY + timedelta(days=days_closed)),
    }
    assert first_openings(**ask, limit=1) == [first[near.location.pk]]


def test_nothing_is_found_where_nothing_is_offered():
    ask = {"wish": Wish(exam_id=ExamFactory().pk), "location_ids": [OpenLocationFactory().pk], "now": NOW}
    assert first_openings(**ask, limit=20) == []
    assert first_opening_of_each(**ask) == {}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_rows(django_assert_num_queries, rows):
    exam = ExamFactory()
    places = centers(exam, *["America/Chicago"] * rows)
    first = places[0]
    for number in range(rows):
        ScannerFactory(location=first.location)
        ClosureFactory(location=first.location, starts_at=at("18:00"), ends_at=at("18:30"))
        first.book(f"{9 + number}:00")
    ids = [center.location.pk for center in places]
    wish = Wish(exam_id=exam.pk)
    with django_assert_num_queries(4):
        assert first.find() != []
    with django_assert_num_queries(4):
        assert first.at("7:00") != []
    with django_assert_num_queries(4):
        assert first_openings(wish=wish, location_ids=ids, limit=20, now=NOW) != []
    with django_assert_num_queries(4):
        assert len(first_opening_of_each(wish=wish, location_ids=ids, now=NOW)) == rows


def test_the_longest_search_takes_six_queries(center, django_assert_num_queries):
    far = NOW + timedelta(days=100)
    AppointmentFactory(scanner=center.scanner, starts_at=NOW, ends_at=far, occupied_until=far)
    ask = {"wish": Wish(exam_id=center.exam.pk), "location_ids": [center.location.pk], "now": NOW}
    with django_assert_num_queries(6):
        assert first_openings(**ask, limit=20) == []
    with django_assert_num_queries(6):
        assert first_opening_of_each(**ask) == {}


def test_the_first_openings_from_a_day_on_begin_on_each_locations_own_day():
    exam = ExamFactory()
    austin, denver = centers(exam, "America/Chicago", "America/Denver")
    ids = [austin.location.pk, denver.location.pk]
    ask = {"wish": Wish(exam_id=exam.pk), "location_ids": ids, "now": NOW, "first": DAY + timedelta(days=9)}
    seven = at("7:00", ask["first"]), at("7:00", ask["first"], denver.location.zone)
    assert [o.starts_at for o in first_openings(**ask, limit=1)] == [seven[0]]
    assert [o.starts_at for o in first_opening_of_each(**ask).values()] == list(seven)


def test_a_first_day_past_the_horizon_has_no_openings(center):
    ask = {"wish": Wish(exam_id=center.exam.pk), "location_ids": [center.location.pk], "now": NOW}
    assert first_openings(**ask, limit=1, first=DAY + timedelta(days=400)) == []
    assert first_opening_of_each(**ask, first=DAY + timedelta(days=400)) == {}


def test_the_first_openings_for_a_visit_that_moves_count_its_own_time_as_free(center):
    visit = center.book("7:00")
    ask = {
        "wish": Wish(exam_id=center.exam.pk),
        "location_ids": [center.location.pk],
        "now": NOW,
        "first": DAY,
    }
    assert first_openings(**ask, limit=1)[0].starts_at == at("7:45")
    assert first_openings(**ask, limit=1, ignore=[visit.pk])[0].starts_at == at("7:00")
    assert first_opening_of_each(**ask, ignore=[visit.pk])[center.location.pk].starts_at == at("7:00")
