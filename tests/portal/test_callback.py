"""“We’ll set this one up with you by phone”: asked for, kept, shown again, and closed by booking."""

import datetime as dt

import pytest
from django.urls import reverse

from scheduling.models import AuditEvent, Draft, Offering, Task
from scheduling.queries.drafts import digest_of
from tests.factories.journey import NOW, bookable, ready_draft
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.safety import FIT_FORM, publish_safety
from tests.factories.scheduling import DraftFactory, ExamFactory, OfferingFactory
from tests.factories.screening import publish_preset

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
CALLER = {"name": "Ana Núñez", "phone": "(512) 555-0147 x12", "good_hours": "any"}


@pytest.fixture
def world():
    publish_safety(FIT_FORM)
    return bookable(bore_cm=60, weight_limit_lb=350, location__name="Riverside", location__slug="riverside")


@pytest.fixture
def draft(world, visitor, client):
    """A pacemaker: no time, no name, no number yet."""
    draft = DraftFactory(exam=world[1], laterality="left", visitor=visitor)
    client.post(url("fit", draft), {"fit": ["pacemaker"]})
    return draft


def url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def ask(client, draft, **caller):
    return client.post(url("callback", draft), {**CALLER, **caller})


def text(client, draft, query=""):
    return client.get(url("callback", draft) + query).content.decode()


def test_why_a_person_calls_is_said_before_anything_is_asked(client, draft):
    html = text(client, draft)

    assert "People of Riverside call you." in html
    assert "<h1>We’ll set this one up with you by phone</h1>" in html
    assert "Because of device." in html
    assert Task.objects.count() == 0
    assert html.index("Because of") < html.index('name="phone"')


def test_the_desk_gets_whom_to_call_when_and_about_what(client, world, draft):
    assert ask(client, draft, good_hours="afternoon").url == url("callback", draft)

    task = Task.objects.get()
    assert (task.kind, task.location, task.draft) == ("callback", world[0].location, draft)
    assert (task.contact_name, str(task.contact_phone)) == ("Ana Núñez", "+15125550147")
    assert (task.good_hours, task.reason) == (
        "afternoon",
        "Call to set up the visit: talk through the safety answers first",
    )
    assert task.due_at == dt.datetime(2026, 11, 30, 19, tzinfo=dt.UTC)  # 1 pm in Austin
    assert AuditEvent.objects.filter(event="callback.requested").count() == 1


def test_the_page_says_who_calls_and_by_when_and_comes_back_later(client, draft):
    ask(client, draft)

    for _ in range(2):
        html = text(client, draft)
        assert "Someone from Riverside calls you by Monday, November 30, 10:00\xa0am." in html
        assert "(512) 555-0147 x12" in html
        assert 'name="phone"' not in html


def test_nothing_that_was_typed_is_lost(client, draft):
    ask(client, draft)

    kept = Draft.objects.get(pk=draft.pk)
    assert (kept.phone, kept.phone_as_typed) == ("+15125550147", "(512) 555-0147 x12")
    assert (kept.laterality, kept.location.slug) == ("left", "riverside")
    assert kept.sheets.get().answers == {"fit": ["pacemaker"]}


def test_a_number_that_messages_go_to_is_not_replaced(client, draft):
    Draft.objects.filter(pk=draft.pk).update(by_text=True, phone="+15125550199", phone_as_typed="5125550199")

    ask(client, draft)

    assert Draft.objects.get(pk=draft.pk).phone == "+15125550199"
    html = text(client, draft)
    assert "512-555-0147" in html
    assert 'value="512-555-0147"' in text(client, draft, "?change")


def test_another_number_and_time_are_the_same_call(client, draft):
    ask(client, draft)
    first = Task.objects.get()

    assert 'value="Ana Núñez"' in text(client, draft, "?change")
    ask(client, draft, phone="512-555-0188", good_hours="morning")

    task = Task.objects.get()
    assert (task.pk, str(task.contact_phone), task.good_hours) == (first.pk, "+15125550188", "morning")


@pytest.mark.parametrize(
    ("caller", "words"),
    [
        ({"name": ""}, "Enter your name"),
        ({"phone": ""}, "Enter a phone number"),
        ({"phone": "555"}, "That number is too short"),
        ({"good_hours": ""}, "Choose a good time to call"),
        ({"good_hours": "night"}, "Choose a good time to call"),
    ],
)
def test_errors_keep_what_was_typed(client, draft, caller, words):
    page = ask(client, draft, **caller)

    assert page.status_code == 422
    assert words in page.content.decode()
    assert Task.objects.count() == 0


def test_the_nearest_center_comes_first_and_another_can_be_chosen(client, world, draft):
    near = {"latitude": 30.5, "longitude": -97.68, "name": "Round Rock", "city": "Round Rock"}
    far = ScannerFactory(**{f"location__{name}": value for name, value in near.items()})
    OfferingFactory(exam=world[1], location=far.location)
    tempe = ScannerFactory(location__latitude=33.42, location__longitude=-111.94)
    OfferingFactory(exam=world[1], location=tempe.location)
    Draft.objects.filter(pk=draft.pk).update(place="78701")

    html = text(client, draft)
    assert 'value="riverside" id="id_center_0" checked' in html
    assert "Riverside, Austin, TX (less than 1 mile)" in html
    assert html.index('value="riverside"') < html.index(f'value="{far.location.slug}"')
    assert "Round Rock, TX (about 16 miles)" in html
    assert tempe.location.slug not in html
    ask(client, draft, center=far.location.slug)

    assert Task.objects.get().location == far.location
    assert "Someone from Round Rock calls you" in text(client, draft)


def test_without_a_place_a_center_has_to_be_chosen(client, world, draft):
    OfferingFactory(exam=world[1], location=ScannerFactory().location)
    Draft.objects.filter(pk=draft.pk).update(place="")

    assert 'id="id_center_0" checked' not in text(client, draft)
    page = ask(client, draft, center="")
    assert page.status_code == 422
    assert "Choose a center" in page.content.decode()
    assert ask(client, draft, center="nowhere").status_code == 422


def test_an_exam_that_no_center_has_leaves_the_phone(client, draft):
    Offering.objects.all().delete()

    html = text(client, draft)

    assert 'name="phone"' not in html
    assert "If you would rather call us" in html
    assert ask(client, draft).status_code == 422


def test_changed_answers_go_on_with_booking_which_closes_the_callback(client, world, draft, visitor):
    ask(client, draft)
    ready = ready_draft(*world)
    names = ("starts_at", "given_name", "family_name", "birth_date", "by_email", "email", "booking_for")
    Draft.objects.filter(pk=draft.pk).update(
        location=world[0].location, **{name: getattr(ready, name) for name in names}
    )

    assert client.post(url("fit", draft), {"fit": ["none"]}).url == url("check", draft)
    assert client.get(url("callback", draft)).url == url("check", draft)
    assert Task.objects.get().closed_at is None
    fresh = Draft.objects.get(pk=draft.pk)
    client.post(url("check", draft), {"digest": digest_of(fresh)})

    assert Task.objects.get(kind="callback").outcome == "Booked online"


def test_posting_where_nobody_has_to_call_goes_on(client, draft):
    client.post(url("fit", draft), {"fit": ["none"]})

    assert ask(client, draft).url == url("where", draft)
    assert Task.objects.count() == 0


def test_no_scanner_anywhere_is_said_kindly(client, draft):
    client.post(url("fit", draft), {"fit": ["weight"], "weight": "700"})

    assert "We want to find a scanner with enough room for you." in text(client, draft)
    ask(client, draft)
    assert Task.objects.get().reason == "Call to set up the visit: find a scanner with enough room"


def test_too_young_shares_the_page_with_what_is_known_filled_in(client, world, visitor):
    Offering.objects.update(minimum_age=60)
    draft = ready_draft(*world, visitor=visitor, phone="+15125550147", phone_as_typed="512-555-0147")
    client.post(url("fit", draft), {"fit": ["none"]})

    html = text(client, draft)
    assert "For a patient of this age we plan the visit with you first." in html
    assert 'value="Ana Núñez"' in html
    assert 'value="512-555-0147"' in html
    assert f'href="{url("patient", draft)}"' in html
    ask(client, draft)

    task = Task.objects.get()
    assert (task.reason, task.due_at) == (
        "Call to set up the visit: younger than this exam’s minimum age",
        NOW + HOUR,
    )
    assert Draft.objects.get(pk=draft.pk).starts_at == draft.starts_at
    assert "Someone from Riverside" in text(client, draft)


def test_the_desk_reads_when_it_suits_and_no_answer(client, world, draft):
    ask(client, draft, good_hours="evening")
    client.logout()
    client.force_login(AssignmentFactory(location=world[0].location, role="front_desk").user)

    page = client.get("/desk/tasks/").content.decode()

    assert "Good time to call: Evening, after 5 pm" in page
    assert "Knee MRI" in page
    assert "left" in page
    assert "pacemaker" not in page


def test_another_browser_sees_nothing(client, draft):
    client.session.flush()
    client.cookies.clear()

    assert client.get(url("callback", draft)).status_code == 404


def test_a_chest_scan_without_an_order_may_ask_for_a_call_from_the_page_that_explains(client, visitor):
    publish_preset("a")
    machine, _ = bookable(modality="XR")
    exam = ExamFactory(chest_respiratory=True, modality="XR")
    OfferingFactory(exam=exam, location=machine.location)
    draft = DraftFactory(exam=exam, order_status="none", visitor=visitor)

    explained = client.post(url("covid-test", draft), {"why_chest": "yes"}).url.split("?")[0]

    assert explained == url("covid-outcome", draft)
    assert f'href="{url("callback", draft)}"' in client.get(explained).content.decode()
    assert f'href="{explained}"' in text(client, draft)
    assert client.get(url("where", draft)).url == explained
    ask(client, draft)
    assert Task.objects.get().reason == "Call about the screening answers"


def test_a_program_that_fills_in_everything_is_no_call_for_the_desk(client, draft):
    asked = ask(client, draft, leave_empty="x")

    assert asked.status_code == 422
    assert "Please press the button once more" in asked.content.decode()
    assert Task.objects.count() == 0
    assert 'name="phone" value="(512) 555-0147 x12"' in asked.content.decode()


def test_where_every_center_is_far_the_nearest_are_offered(client, world, draft):
    for _ in range(4):
        OfferingFactory(exam=world[1], location=ScannerFactory().location)
    Draft.objects.filter(pk=draft.pk).update(place="New York, NY")

    assert text(client, draft).count('name="center"') == 3
