import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import Appointment, AuditEvent, Message, Release, Task
from tests.factories.documents import DocumentFactory
from tests.factories.locations import AssignmentFactory
from tests.factories.safety import visit_with_answers
from tests.factories.scheduling import BOOKED_AT

pytestmark = pytest.mark.django_db
PHONE = "+15125550147"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(BOOKED_AT + dt.timedelta(hours=1), tick=False)
    return time_machine


@pytest.fixture
def visit():
    return visit_with_answers({"surgery": "not_sure", "device": "yes"}, phone=PHONE)


@pytest.fixture
def review(visit):
    return Task.objects.get(kind="review", appointment=visit)


FLAGS = "/desk/tasks/flags/"


def sign_in(client, visit, role=Assignment.Role.TECHNOLOGIST):
    user = AssignmentFactory(location=visit.location, role=role).user
    client.force_login(user)
    return user


def url(review, more=""):
    return f"/desk/reviews/{review.pk}/{more}"


def form(visit, **values):
    return {
        "note": "Loop recorder, MR Conditional",
        "conditions": "1.5 T",
        "scanners": [visit.scanner_id],
        "expires_on": "2026-12-31",
        **values,
    }


def test_a_technologist_reads_the_answers_as_they_were_shown(client, visit, review):
    sign_in(client, visit)

    assert visit.patient.full_name in client.get(FLAGS).content.decode()
    page = client.get(url(review)).content.decode()

    assert "Are you pregnant, or could you be?" in page
    assert "Not sure" in page
    assert "Form version 1." in page
    assert AuditEvent.objects.filter(event="visit.viewed", actor_kind="staff").exists()
    assert f'href="{url(review)}"' in client.get("/desk/tasks/").content.decode()


@pytest.mark.parametrize("role", [Assignment.Role.FRONT_DESK, Assignment.Role.ADMINISTRATOR])
def test_others_read_no_answers(client, visit, review, role):
    sign_in(client, visit, role)
    assert client.get(url(review)).status_code == 403
    assert client.post(url(review, "release/"), form(visit)).status_code == 403
    assert url(review) not in client.get("/desk/tasks/").content.decode()


def test_reviews_of_another_location_are_missing(client, visit, review):
    client.force_login(AssignmentFactory(role=Assignment.Role.TECHNOLOGIST).user)
    assert client.get(url(review)).status_code == 404
    assert visit.patient.full_name not in client.get(FLAGS).content.decode()


def test_a_release_is_written_down_and_the_review_is_done(client, visit, review):
    user = sign_in(client, visit)

    answer = client.post(url(review, "release/"), form(visit))

    assert (answer.status_code, answer["Location"]) == (303, FLAGS)
    made = Release.objects.get()
    assert (made.released_by, made.expires_on) == (user, dt.date(2026, 12, 31))
    assert "No answer waits for somebody to look at it." in client.get(FLAGS).content.decode()
    assert "Loop recorder, MR Conditional" in client.get(url(review)).content.decode()
    assert client.post(url(review, "release/"), form(visit)).status_code == 409


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"note": ""}, "Write what you found out"),
        ({"scanners": []}, "Choose the scanners it may be on"),
        ({"expires_on": "2026-11-01"}, "That is before the visit"),
        ({"expires_on": "soon"}, "Enter a day, such as 2026-12-31"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, visit, review, values, words):
    sign_in(client, visit)
    answer = client.post(url(review, "release/"), form(visit, **values))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "1.5 T" in page
    assert not Release.objects.exists()


def test_two_look_at_one_review(client, visit, review):
    first = sign_in(client, visit)
    assert client.post(url(review, "look/")).status_code == 303
    assert "You are looking at it" in client.get(url(review)).content.decode()

    sign_in(client, visit)
    assert f"{first} is looking at it." in client.get(url(review)).content.decode()
    answer = client.post(url(review, "release/"), form(visit))
    assert answer.status_code == 409
    assert "Loop recorder, MR Conditional" in answer.content.decode()  # what was typed is kept
    assert client.post(url(review, "look/")).status_code == 409
    assert client.post(url(review, "look/"), {"take_over": "1"}).status_code == 303
    assert client.post(url(review, "release/"), form(visit)).status_code == 303


def test_a_note_and_a_try_are_kept_on_the_page(client, visit, review):
    user = sign_in(client, visit)

    answer = client.post(url(review, "note/"), {"text": "Left a message with her sister"})
    client.post(url(review, "tried/"), {"tries": 0})

    assert (answer.status_code, answer["Location"]) == (303, url(review))
    page = client.get(url(review)).content.decode()
    assert "Left a message with her sister" in page
    assert str(user) in page
    assert 'name="tries" value="1"' in page
    assert "Written down: no answer. Next try " in page
    assert client.post(url(review, "tried/"), {"tries": 0}).status_code == 409
    assert client.post(url(review, "tried/"), {"tries": 1, "result": "done"}).status_code == 409
    late = client.post(url(review, "tried/"), {"tries": 1, "next_try": "2026-12-24T09:00"})
    assert late.status_code == 409
    assert "The patient comes before that." in late.content.decode()
    assert 'value="2026-12-24T09:00"' in late.content.decode()
    review.refresh_from_db()
    assert review.tries == 1


@pytest.mark.parametrize(
    ("text", "words"), [("", "Write the note first"), ("x" * 501, "Use 500 letters or less")]
)
def test_a_note_without_words_is_none(client, visit, review, text, words):
    sign_in(client, visit)
    answer = client.post(url(review, "note/"), {"text": text})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_passed_on_to_a_radiologist(client, visit, review):
    sign_in(client, visit)
    client.post(url(review, "note/"), {"text": "Clip of 1994, no record", "pass_on": ""})

    page = client.get(url(review)).content.decode()
    assert "A radiologist decides this one." in page
    assert "Release this visit" not in page
    answer = client.post(url(review, "release/"), form(visit))
    assert (answer.status_code, Release.objects.exists()) == (409, False)
    assert "For a radiologist" in client.get(FLAGS).content.decode()
    sign_in(client, visit, Assignment.Role.RADIOLOGIST)
    assert "Clip of 1994, no record" in client.get(url(review)).content.decode()
    assert client.post(url(review, "release/"), form(visit)).status_code == 303


def test_what_rules_leave_to_a_radiologist(client):
    visit = visit_with_answers({"pregnant": "yes"})
    assert Task.objects.get(appointment=visit, kind="review").for_radiologist


def test_another_day_is_asked_for(client, visit, review):
    sign_in(client, visit)
    answer = client.post(url(review, "later/"), {"first_day": "2027-01-20", "text": "Stent of last week"})
    assert (answer.status_code, answer["Location"]) == (303, url(review))
    page = client.get(url(review)).content.decode()
    assert "Asked to come from Wed, Jan 20 on" in page
    assert "Stent of last week" in page
    assert Message.objects.filter(kind="later_day", appointment=visit).exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"first_day": ""}, "Enter the first possible day"),
        ({"first_day": "soon"}, "Enter a day, such as 2026-12-31"),
        ({"first_day": "2026-11-20"}, "Choose a day after that of the visit"),
        ({"first_day": "2029-01-01"}, "Choose a day within a year of the visit"),
        ({"text": ""}, "Write why"),
    ],
)
def test_a_day_that_cannot_be_is_said_so(client, visit, review, values, words):
    sign_in(client, visit)
    sent = {"first_day": "2027-01-20", "text": "Stent", **values}
    answer = client.post(url(review, "later/"), sent)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (422, True)
    assert '<details class="way" open><summary>A later day' in page


def test_the_card_is_asked_for_and_read(client, visit, review):
    sign_in(client, visit)
    assert "Ask for the device card by email" in client.get(url(review)).content.decode()
    client.post(url(review, "card/"))
    assert Message.objects.filter(kind="card", appointment=visit).exists()
    paper = DocumentFactory(appointment=visit, kind="device_card")
    assert f"/desk/documents/{paper.pk}/" in client.get(url(review)).content.decode()


def test_without_email_it_says_to_call(client, visit, review):
    Appointment.objects.update(email="")
    sign_in(client, visit)
    page = client.get(url(review)).content.decode()
    assert "There is no email address to write to." in page
    assert "Ask for the device card" not in page
    assert client.post(url(review, "card/")).status_code == 409


def test_a_free_scanner_is_offered_and_taken(client, visit, review):
    sign_in(client, visit)
    page = client.get(url(review)).content.decode()
    assert "No other scanner here is free at that time" in page
    answer = client.post(url(review, "scanner/"), {"scanner_id": visit.scanner_id + 1, "version": 0})
    assert answer.status_code == 409
    assert client.post(url(review, "scanner/"), {"scanner_id": "x"}).status_code == 422


def test_canceled_with_a_reason(client, visit, review):
    sign_in(client, visit)
    assert client.post(url(review, "cancel/"), {"reason": ""}).status_code == 422
    answer = client.post(url(review, "cancel/"), {"reason": "Hospital only"})
    assert answer["Location"] == FLAGS
    assert "Canceled. The patient is told." in client.get(FLAGS).content.decode()
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == ("canceled", "Hospital only")
    assert "Cancel this visit" not in client.get(url(review)).content.decode()
