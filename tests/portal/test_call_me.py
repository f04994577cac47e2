"""“My doctor wrote something else”: one call for the desk, with what the order says."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from locations.models import Assignment
from scheduling.actions.tasks import close_task
from scheduling.forms.strangers import MADE_AT, TRAP
from scheduling.models import AuditEvent, Draft, Task
from scheduling.portal.limits import CALLBACKS
from scheduling.rules.actors import Actor
from tests.factories.journey import NOW, ready_draft
from tests.factories.locations import AssignmentFactory, LocationFactory, OpenLocationFactory

pytestmark = pytest.mark.django_db

ASK = "/book/call-me/"
ASKED = "/book/call-me/asked/"
ORDER = "Esophagram w/ barium"
AUSTIN = {"latitude": 30.27, "longitude": -97.74}


@pytest.fixture
def centers():
    riverside = OpenLocationFactory(name="Riverside", slug="riverside", **AUSTIN)
    return riverside, OpenLocationFactory(name="Elm Street", slug="elm", latitude=30.35, longitude=-97.74)


def typed(**changes) -> dict[str, str]:
    return {
        "order": ORDER,
        "name": "Ana Núñez",
        "phone": "512-555-0147 ext. 4",
        "good_hours": "any",
        "center": "riverside",
    } | changes


def hidden_fields(page) -> dict[str, str]:
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page.text)[1] for name in (MADE_AT,)}


def test_one_task_is_opened_and_the_page_says_who_calls_and_by_when(client, centers):
    assert client.post(ASK, typed()).status_code == 303

    page = client.get(ASKED).text.replace("\xa0", " ")
    assert "Someone from Riverside calls you by Monday, November 30, 10:00 am." in page
    assert "No visit is booked yet." in page
    task = Task.objects.get()
    assert (task.kind, task.location, task.note) == (Task.Kind.CALLBACK, centers[0], ORDER)
    assert (task.contact_name, task.contact_phone, task.phone_as_typed) == (
        "Ana Núñez",
        "+15125550147",
        "512-555-0147 ext. 4",
    )
    assert (task.draft, task.appointment) == (None, None)
    assert task.reason == "Call to find the exam that the order asks for"


def test_hours_that_suit_move_the_promise(client, centers):
    client.post(ASK, typed(good_hours="afternoon"))
    assert "November 30, 1:00 pm" in client.get(ASKED).text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"order": ""}, "Write what the order says, or call us and read it to us"),
        ({"order": "x" * 501}, "Write only what the order says, in 500 letters or less"),
        ({"name": ""}, "Enter your name"),
        ({"phone": ""}, "Enter a phone number"),
        ({"phone": "555"}, "That number is too short. Enter 10 numbers, like 512-555-0147"),
        ({"good_hours": ""}, "Choose a good time to call"),
        ({"center": ""}, "Choose a center"),
        ({"center": "elsewhere"}, "Choose a center"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_stays(client, centers, changes, words):
    page = client.post(ASK, typed(**changes))
    assert page.status_code == 422
    assert page.text.count(words) == 2
    assert "<title>Error: " in page.text
    for name in ("order", "name"):
        assert changes.get(name, typed()[name]) in page.text
    assert not Task.objects.exists()


def test_sent_twice_it_is_one_task(client, centers):
    client.post(ASK, typed())
    client.post(ASK, typed())
    assert Task.objects.count() == 1
    assert AuditEvent.objects.filter(event=AuditEvent.Event.TASK_OPENED).count() == 1


def test_sent_again_from_elsewhere_it_is_one_task_with_both_orders(centers):
    for order in ("Esophagram", "Barium swallow", "Esophagram"):
        Client().post(ASK, typed(order=order))
    assert Task.objects.get().note == "Esophagram\nBarium swallow"


def test_two_of_one_number_are_two_calls(centers):
    for name in ("Ana Núñez", "Ben Núñez"):
        Client().post(ASK, typed(name=name))
    assert Task.objects.count() == 2


def test_what_was_asked_can_be_changed(client, centers):
    client.post(ASK, typed())
    assert client.get(ASK)["Location"] == ASKED
    assert f'href="{ASK}?change"' in client.get(ASKED).text

    form = client.get(f"{ASK}?change").context["form"]
    assert {name: form[name].value() for name in form.fields if name in typed()} == typed()
    client.post(ASK, typed(order="Barium swallow", phone="512-555-0199", center="elm", name="Ana N."))

    task = Task.objects.get()
    assert (task.note, task.contact_name, str(task.contact_phone)) == (
        "Barium swallow",
        "Ana N.",
        "+15125550199",
    )
    assert task.location == centers[1]


def test_once_the_desk_is_done_the_form_begins_anew(client, centers):
    client.post(ASK, typed())
    close_task(task_id=Task.objects.get().pk, outcome="Booked", now=NOW, by=Actor.staff(1))

    assert client.get(ASKED)["Location"] == ASK
    assert client.get(ASK).context["form"]["order"].value() == ""
    client.post(ASK, typed())
    assert Task.objects.count() == 2


def test_nobody_else_sees_what_was_asked(client, centers):
    client.post(ASK, typed())
    assert Client().get(ASKED)["Location"] == ASK
    assert "Ana" not in Client().get(ASK).text


def test_clearing_forgets_it_here_and_the_desk_calls_all_the_same(client, centers):
    client.post(ASK, typed())
    assert client.post(ASKED)["Location"] == "/"
    assert client.get(ASKED)["Location"] == ASK
    assert Task.objects.open().count() == 1


def test_clearing_the_answers_of_a_booking_forgets_it_too(client, centers, draft):
    client.post(ASK, typed())
    client.post(reverse("portal:clear", args=[draft.pk]))
    assert client.get(ASKED)["Location"] == ASK


def test_the_center_nearest_to_the_remembered_place_comes_first(client, centers):
    OpenLocationFactory(name="Dallas", slug="dallas", latitude=32.78, longitude=-96.8)
    client.get("/", {"near": "78758"})  # the north of Austin
    page = client.get(ASK)
    names = [center.location.name for center in page.context["centers"]]
    assert names == ["Elm Street", "Riverside"]
    assert page.context["form"]["center"].value() == "elm"


def test_where_all_centers_are_far_the_nearest_three_are_offered(client):
    for number in range(4):
        LocationFactory(name=f"Center {number}", latitude=35 + number, longitude=-97.74)
    client.get("/", {"near": "78701"})
    names = [center.location.name for center in client.get(ASK).context["centers"]]
    assert names == ["Center 0", "Center 1", "Center 2"]


def test_without_a_place_all_centers_are_offered_and_none_is_chosen(client, centers):
    page = client.get(ASK)
    assert [center.location.name for center in page.context["centers"]] == ["Elm Street", "Riverside"]
    assert page.context["form"]["center"].value() == ""


def test_one_center_is_not_asked_for(client):
    only = OpenLocationFactory()
    assert "Which center" not in client.get(ASK).text
    answers = typed()
    del answers["center"]
    assert client.post(ASK, answers).status_code == 303
    assert Task.objects.get().location == only


def test_without_a_center_the_phone_is_left(client):
    assert "Call us and read us your order." in client.get(ASK).text
    page = client.post(ASK, typed())
    assert (page.status_code, Task.objects.count()) == (422, 0)
    assert "800-555-0142" in page.text


def test_what_was_typed_for_a_booking_is_not_asked_again(client, centers, world, visitor):
    draft = ready_draft(*world, visitor=visitor, phone="+15125550111", phone_as_typed="(512) 555-0111")
    Draft.objects.filter(pk=draft.pk).update(location=centers[1])
    form = client.get(ASK).context["form"]
    assert (form["name"].value(), form["phone"].value()) == ("Ana Núñez", "(512) 555-0111")
    assert form["center"].value() == "elm"


def test_the_search_leads_there_with_what_was_typed(client, centers):
    page = client.get("/book/exam/", {"q": "Esophagram & more"}).text
    assert "We could not find that" in page
    assert "Pick a body part, or call and read us your order." in page
    assert f'href="{ASK}?order=Esophagram%20%26%20more"' in page
    assert client.get(ASK, {"order": "Esophagram"}).context["form"]["order"].value() == "Esophagram"


def test_from_a_draft_no_exam_stands_in_the_address(client, centers, draft):
    client.post(reverse("portal:other-exam", args=[draft.pk]), {"q": "knee"})
    page = client.get(reverse("portal:other-exam", args=[draft.pk])).text
    assert f'href="{ASK}"' in page


def test_a_program_is_asked_to_press_again(client, centers):
    page = client.post(ASK, typed(**{TRAP: "x"}))
    assert page.status_code == 422
    assert "Please press the button once more" in page.text
    assert not Task.objects.exists()


def test_one_address_asks_so_often_and_no_more(client, centers, clock):
    fields = typed(**hidden_fields(client.get(ASK)))
    clock.shift(5)  # seconds, as it takes to type
    for number in range(CALLBACKS["limit"]):
        assert Client().post(ASK, fields | {"name": f"Caller {number}"}).status_code == 303
    assert Client().post(ASK, fields | {"name": "One more"}).status_code == 429
    assert Task.objects.count() == CALLBACKS["limit"]


def test_the_desk_reads_the_order_as_it_was_typed(client, centers):
    client.post(ASK, typed(order="<script>x</script>\nsecond line", good_hours="morning"))
    desk = AssignmentFactory(role=Assignment.Role.FRONT_DESK, location=centers[0]).user
    staff = Client()
    staff.force_login(desk)

    page = staff.get("/desk/tasks/").text

    assert "The order says:" in page
    assert "&lt;script&gt;x&lt;/script&gt;<br>second line" in page
    assert "512-555-0147 ext. 4" in page
    assert "Good time to call: Morning, before noon" in page


def test_the_audit_does_not_tell_the_order_nor_the_caller(client, centers):
    client.post(ASK, typed())
    told = str(list(AuditEvent.objects.values())).lower()
    assert not any(word in told for word in ("esophagram", "ana", "5550147"))


@pytest.mark.parametrize("path", [ASK, ASKED])
def test_pages_with_answers_are_kept_nowhere(client, centers, path):
    client.post(ASK, typed())
    page = client.get(path + "?change")
    assert "no-store" in page["Cache-Control"]
    assert 'content="noindex"' in page.text


def test_nothing_is_asked_by_opening_a_page(client, centers):
    client.get(ASK, {"order": "x"})
    client.get(ASKED)
    assert not Task.objects.exists()
