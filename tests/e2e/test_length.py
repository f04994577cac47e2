"""How long a journey is: pages, typing, and nothing asked twice. With every questionnaire that ships."""

import pytest
from django.core.management import call_command

from scheduling.models import Appointment
from tests.e2e.test_book import be_well, find, say_who_and_how_to_reach, take_a_time_at_riverside
from tests.e2e.walk import ByKeyboard, ByMouse
from tests.e2e.watch import Watch, Watched

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NAMING = ("guðr", "connor", "1952", "gudrun@", "knee", "chest", "hand", "mri", "x-ray", "ct ")
# An average typist presses a key in 0.28 s and points at a thing in 1.1 s: the keystroke-level model of
# Card, Moran and Newell.
SECONDS_A_KEY, SECONDS_A_CHOICE = 0.28, 1.1
UNANSWERED = """() => [...document.querySelectorAll('main form[method=post] :is(input, select, textarea)')]
    .filter(field => field.name && field.type !== 'hidden' && field.checkVisibility())
    .filter(field => /radio|checkbox/.test(field.type)
        ? ![...document.getElementsByName(field.name)].some(each => each.checked) : !field.value)
    .map(field => field.name)"""


class Measured(Watched):
    """Counts what is typed and chosen, and notes what each page asks."""

    def __init__(self, page, watch: Watch) -> None:
        super().__init__(page, watch)
        self.keys, self.choices = 0, 0
        self.asked: list[set[str]] = []

    def type(self, name: str, text: str) -> None:
        super().type(name, text)
        self.keys += len(text)

    def choose(self, name: str, value: str) -> None:
        super().choose(name, value)
        self.choices += 1

    def tick(self, name: str, value: str = "on") -> None:
        super().tick(name, value)
        self.choices += 1

    def look(self) -> None:
        super().look()
        self.choices += 1
        self.asked.append(set(self.page.evaluate(UNANSWERED)))

    @property
    def seconds(self) -> float:
        return self.keys * SECONDS_A_KEY + self.choices * SECONDS_A_CHOICE

    @property
    def asked_twice(self) -> set[str]:
        names = [name for page in self.asked for name in page]
        return {name for name in names if names.count(name) > 1}


def nothing_applies(way: ByMouse) -> None:
    way.tick("fit", "none")
    way.press("Continue")


def answer_no(way: ByMouse) -> None:
    names = way.page.locator("main input[value=no]").evaluate_all("radios => radios.map(radio => radio.name)")
    assert 4 <= len(names) <= 7
    for name in names:
        way.choose(name, "no")
    way.press("Continue")


def hand_x_ray(way: ByMouse) -> None:
    find(way, "hand x-ray")
    way.choose("laterality", "left")
    way.choose("order_status", "have_it")
    way.press("Continue")
    take_a_time_at_riverside(way)
    say_who_and_how_to_reach(way)
    be_well(way)


def knee_mri(way: ByMouse) -> None:
    find(way, "knee mri")
    way.choose("laterality", "left")
    way.choose("order_status", "have_it")
    way.press("Continue")
    nothing_applies(way)
    take_a_time_at_riverside(way)
    say_who_and_how_to_reach(way)
    answer_no(way)
    be_well(way)


def chest_ct(way: ByMouse) -> None:
    """The longest: with contrast, and with the explanation that it is no COVID-19 test."""
    find(way, "chest ct")
    way.choose("contrast", "with")
    way.choose("order_status", "have_it")
    way.press("Continue")
    way.choose("why_chest", "not_sure")
    way.press("Continue")
    way.follow("Go on, and call me about it")
    nothing_applies(way)
    take_a_time_at_riverside(way)
    say_who_and_how_to_reach(way, phone="512-555-0147")  # we call about it
    answer_no(way)
    be_well(way)


@pytest.mark.parametrize(("journey", "most"), [(hand_x_ray, 10), (knee_mri, 14), (chest_ct, 14)])
def test_few_pages_little_typing_and_nothing_twice(live_server, world, make_page, journey, most):
    call_command("load_questionnaires", verbosity=0)
    page = make_page()
    watch = Watch(page, NAMING)
    way = Measured(page, watch)
    page.goto(live_server.url)
    watch.look()
    journey(way)
    way.press("Book this visit")

    print(f"{len(watch.sizes)} pages, {way.keys} keys, {way.choices} choices: {way.seconds:.0f} s")
    print([path for path, _ in watch.sizes])
    assert Appointment.objects.get(status="booked")
    assert len(watch.sizes) <= most
    assert way.seconds <= 60
    assert way.asked_twice == set()
    assert watch.leaks + watch.heavy == []


@pytest.mark.parametrize(
    ("way_of", "options"),
    [
        pytest.param(ByKeyboard, {"width": 1280}, id="by keyboard"),
        pytest.param(ByMouse, {"width": 320, "java_script_enabled": False}, id="without scripts"),
    ],
)
def test_the_longest_way(live_server, world, make_page, way_of, options):
    call_command("load_questionnaires", verbosity=0)
    page = make_page(**options)
    page.goto(live_server.url)
    way = way_of(page)
    chest_ct(way)
    way.press("Book this visit")
    page.wait_for_url("**/booked/")
    assert Appointment.objects.get(status="booked").exam.slug == "chest-ct-with-contrast"
