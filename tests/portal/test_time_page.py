"""What the time page makes of openings. It is Monday, November 30, 9 am in Austin."""

import datetime as dt

import pytest

from scheduling.actions.holds import place_hold
from scheduling.exceptions import NotAnOpening, SlotTaken
from scheduling.portal.time_search import (
    TimeSearch,
    draft_times_context,
    search_of_draft,
    times_context,
)
from scheduling.queries.openings import Wish
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ClosureFactory, OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, OfferingFactory

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
MUELLER = {"name": "Mueller", "slug": "mueller", "latitude": 30.2985, "longitude": -97.7051}  # 3 miles away
DALLAS = {"name": "Dallas", "slug": "dallas", "latitude": 32.78, "longitude": -96.8}


@pytest.fixture
def world():
    return bookable()


def context(machine, exam, **options):
    draft = ready_draft(machine, exam)
    search = search_of_draft(draft, now=NOW)
    return times_context(search, machine.location, now=NOW, **options)


def page(machine, exam, **options):
    return context(machine, exam, **options)["times"]


def close(location, *, days=30):
    """From yesterday on."""
    ClosureFactory(location=location, starts_at=NOW - DAY, ends_at=NOW - DAY + days * DAY)


def another_center(exam, **values):
    other = ScannerFactory(location=OpenLocationFactory(**{**MUELLER, **values}))
    OfferingFactory(exam=exam, location=other.location)
    return other.location


def cards(times):
    return [(card.why, card.time, card.place) for card in times.suggestions]


# --- suggestions


def test_the_soonest_here_and_the_soonest_that_needs_no_time_off(world):
    assert cards(page(*world)) == [
        ("Soonest here", "11:00\xa0am", ""),
        ("Soonest evening or weekend", "5:00\xa0pm", ""),
    ]


def test_a_sooner_time_at_a_center_near_comes_first_and_is_taken_there(world):
    another_center(world[1], minimum_notice_minutes=30)

    times = page(*world)

    assert cards(times)[0] == ("Soonest near you", "9:30\xa0am", "Mueller, about 2.9 miles")
    assert times.suggestions[0].action.endswith("/time/?center=mueller")
    assert cards(times)[1][0] == "Soonest here"


def test_distance_is_told_from_where_the_person_is_and_not_without_it(world):
    another_center(world[1], minimum_notice_minutes=30)
    search = TimeSearch(wish=Wish(exam_id=world[1].pk), url="/here/")

    times = times_context(search, world[0].location, now=NOW)["times"]

    assert cards(times)[0] == ("Soonest near you", "9:30\xa0am", "Mueller")


def test_where_nobody_near_is_sooner_the_soonest_here_is_the_soonest_near(world):
    another_center(world[1])

    assert cards(page(*world))[0] == ("Soonest near you", "11:00\xa0am", world[0].location.name)


def test_a_center_far_away_is_not_suggested(world):
    another_center(world[1], minimum_notice_minutes=30, **DALLAS)

    assert cards(page(*world))[0] == ("Soonest here", "11:00\xa0am", "")


def test_a_time_on_another_clock_names_its_zone(world):
    another_center(world[1], minimum_notice_minutes=30, time_zone="America/Denver")
    close(world[0].location, days=2)

    assert cards(page(*world))[0][1] == "8:30\xa0am MST"


def test_no_time_is_suggested_twice(world):
    """All of today's and tomorrow's daytime is taken: the soonest is one in the evening."""
    five_pm = dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)
    ClosureFactory(location=world[0].location, starts_at=NOW, ends_at=five_pm)

    assert [card.why for card in page(*world).suggestions] == ["Soonest here"]


def test_suggestions_keep_to_the_first_day_that_the_answers_allow(world):
    another_center(world[1], minimum_notice_minutes=30)
    first = dt.date(2026, 12, 10)
    search = TimeSearch(wish=Wish(exam_id=world[1].pk), url="/here/", first_day=first)

    times = times_context(search, world[0].location, now=NOW)["times"]

    assert {card.day for card in times.suggestions} == {"Thursday, December 10"}
    assert times.first_day_words == "Thursday, December 10"


@pytest.mark.parametrize("query", [{"day": "2026-12-03"}, {"part": "morning"}])
def test_whoever_has_chosen_a_day_or_a_part_of_it_gets_no_suggestions_from_elsewhere(world, query):
    another_center(world[1], minimum_notice_minutes=30)

    times = page(*world, query=query)

    assert (times.is_chosen, times.elsewhere) == (True, None)


# --- a lost time


def test_times_close_to_a_lost_one_are_not_five_minutes_apart(world):
    machine, exam = world
    AppointmentFactory(scanner=machine, exam=exam)

    found = page(machine, exam, around=NINE_FORTY, refusal=SlotTaken()).close_times

    assert [suggestion.time for suggestion in found] == ["8:55\xa0am", "10:25\xa0am", "11:10\xa0am"]
    assert {suggestion.day for suggestion in found} == {"Tomorrow, Tuesday, December 1"}


def test_what_was_lost_is_named_and_what_is_kept_is_said(world):
    found = context(*world, around=NINE_FORTY, refusal=SlotTaken())

    assert found["refusal_words"] == (
        "Someone just took 9:40\xa0am. These are close. All your answers are kept."
    )


def test_a_lost_time_with_nothing_close_promises_nothing(world):
    close(world[0].location, days=400)

    words = context(*world, around=NINE_FORTY, refusal=SlotTaken())["refusal_words"]

    assert words == "Someone just took 9:40\xa0am. All your answers are kept."


def test_a_time_that_was_never_offered_has_its_own_words(world):
    words = context(*world, around=NINE_FORTY, refusal=NotAnOpening())["refusal_words"]

    assert words.startswith("That time cannot be booked. Please choose one from the list.")


def test_nothing_is_close_where_nothing_was_lost(world):
    assert page(*world).close_times == []


# --- days


def test_two_weeks_of_days_with_how_much_is_free(world):
    days = page(*world).days

    assert (len(days), days[0].full, days[13].full) == (14, "Monday, November 30", "Sunday, December 13")
    assert [(day.count, day.marks) for day in days[:2]] == [(21, 3), (32, 4)]
    assert [day.number for day in days if day.current] == [30]


def test_a_day_without_times_has_its_place_and_no_marks(world):
    midnight = dt.datetime(2026, 12, 2, 6, tzinfo=dt.UTC)
    ClosureFactory(location=world[0].location, starts_at=midnight, ends_at=midnight + DAY)

    day = page(*world).days[2]

    assert (day.full, day.count, day.marks) == ("Wednesday, December 2", 0, 0)


def test_few_times_have_few_marks_even_on_the_emptiest_day(world):
    """All but one hour a day is closed."""
    for n in range(60):
        start = dt.datetime(2026, 11, 30, 18, tzinfo=dt.UTC) + n * DAY
        ClosureFactory(location=world[0].location, starts_at=start, ends_at=start + 23 * HOUR)

    assert {day.marks for day in page(*world).days if day.count} == {1}


def test_months_are_named_where_they_begin_for_eyes_that_skip_days_without_times(world):
    first_of_month = dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC)
    ClosureFactory(location=world[0].location, starts_at=first_of_month, ends_at=first_of_month + DAY)

    assert [(day.number, day.month) for day in page(*world).days[:4]] == [
        (30, "Nov"),
        (1, "Dec"),
        (2, "Dec"),
        (3, ""),
    ]


def test_days_reach_further_where_the_next_weeks_are_closed(world):
    close(world[0].location, days=26)

    times = page(*world)

    assert (len(times.days), times.days[0].full) == (14, "Friday, December 25")
    assert times.is_far_off


def test_later_days_and_back(world):
    first = page(*world)
    second = page(*world, query={"day": first.day_page.later.isoformat()})

    assert first.earlier is None
    assert first.later.label == "Later days, from Monday, December 14"
    assert first.later.url.endswith("&day=2026-12-14#days")
    assert second.days[0].full == "Monday, December 14"
    assert second.earlier.label == "Earlier days, from Monday, November 30"


def test_every_bookable_day_is_reached_by_going_later(world):
    times, seen = page(*world), []
    while True:
        seen += [day.date for day in times.days if day.count]
        if not times.later:
            break
        times = page(*world, query={"day": times.day_page.later.isoformat()})

    assert seen == [NOW.date() + n * DAY for n in range(61)]


def test_part_of_the_day_looks_through_the_whole_horizon_and_is_kept(world):
    times = page(*world, query={"part": "evening"})

    assert times.shown[-1].starts_at > NOW + 55 * DAY
    assert "part=evening" in times.days[3].url
    assert "part=evening" in times.later.url
    assert [group.heading for group in times.groups] == ["Evening"]


def test_another_part_of_the_day_keeps_the_day(world):
    parts = page(*world, query={"day": "2026-12-03", "part": "morning"}).parts

    assert [(part.label, part.current) for part in parts] == [
        ("Any time", False),
        ("Morning", True),
        ("Afternoon", False),
        ("Evening", False),
    ]
    assert all("day=2026-12-03" in part.url for part in parts)


def test_an_unknown_part_of_the_day_is_any(world):
    assert page(*world, query={"part": "night"}).part == ""


def test_a_day_far_ahead_is_shown_with_the_days_around_it(world):
    times = page(*world, query={"day": "2027-01-20"})

    assert times.day == dt.date(2027, 1, 20)
    assert times.groups != []
    assert times.day in [day.date for day in times.days]


def test_a_day_without_times_in_this_part_says_so_and_names_the_next(world):
    midnight = dt.datetime(2026, 12, 2, 6, tzinfo=dt.UTC)
    ClosureFactory(location=world[0].location, starts_at=midnight, ends_at=midnight + 12 * HOUR)

    times = page(*world, query={"day": "2026-12-02", "part": "morning"})

    assert times.none_left == "No morning times left on Wednesday, December 2."
    assert [(card.day, card.time) for card in times.next_open] == [("Thursday, December 3", "7:00\xa0am")]


# --- nothing at all


def test_a_center_without_times_leads_to_others_near_that_have_some(world):
    another_center(world[1])
    another_center(world[1], **DALLAS)
    close(world[0].location, days=400)

    found = context(*world)

    assert found["times"].news == f"{world[0].location.name} has no times open right now."
    assert [(row.name, row.distance, row.next) for row in found["others"]] == [
        ("Mueller", "about 2.9 miles", "Next time: Today, Monday, November 30, 11:00\xa0am")
    ]


def test_where_all_others_are_far_the_nearest_two_are_shown(world):
    another_center(world[1], **DALLAS)
    another_center(world[1], name="El Paso", slug="el-paso", latitude=31.76, longitude=-106.49)
    another_center(world[1], name="Miami", slug="miami", latitude=25.77, longitude=-80.19)
    close(world[0].location, days=400)

    assert [(row.name, row.distance) for row in context(*world)["others"]] == [
        ("Dallas", "about 182 miles"),
        ("El Paso", "about 528 miles"),
    ]


def test_a_late_first_time_leads_to_centers_that_are_sooner(world):
    another_center(world[1])
    later = another_center(world[1], name="Later", slug="later")
    close(world[0].location, days=26)
    close(later, days=40)

    found = context(*world)

    assert found["times"].news == (
        f"{world[0].location.name} has nothing open in the next two weeks. "
        "The first time is Friday, December 25, 9:00\xa0am."
    )
    assert [row.name for row in found["others"]] == ["Mueller"]


def test_a_part_of_the_day_without_times_says_so(world):
    for n in range(61):
        five_pm = dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC) + n * DAY
        ClosureFactory(location=world[0].location, starts_at=five_pm, ends_at=five_pm + 2 * HOUR)

    times = page(*world, query={"part": "evening"})

    assert times.news == (
        f"{world[0].location.name} has no evening times open. "
        "The first of any time is Monday, November 30, 11:00\xa0am."
    )
    assert times.shown == []
    assert "part" not in times.any_time_url


def test_nothing_is_said_of_the_center_while_it_has_times_soon(world):
    assert page(*world).news == ""


def test_others_are_looked_for_only_where_they_may_help(world):
    another_center(world[1])

    assert context(*world)["others"] == []


# --- the page of a draft


def test_ones_own_hold_is_named_and_stands_in_the_way_of_nothing(world):
    draft = ready_draft(*world)
    place = world[0].location
    place_hold(draft_id=draft.pk, location_id=place.pk, starts_at=NINE_FORTY, now=NOW, by=PATIENT)

    found = draft_times_context(draft, place, now=NOW, query={"day": "2026-12-01"})

    assert found["held"] == (
        "We are holding Tuesday, December 1, 9:40\xa0am for you. It stays yours until you take another time."
    )
    assert "9:40\xa0am" in {slot.label for group in found["times"].groups for slot in group.slots}


def test_the_page_names_exam_and_side(world):
    found = draft_times_context(ready_draft(*world), world[0].location, now=NOW)

    assert (found["what"], found["held"]) == ("Knee MRI, left", "")
