"""From the answers to the booked visit: what is kept, who is told, what the patient reads."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from scheduling.models import Appointment, Screening, Task
from scheduling.queries.drafts import digest_of
from tests.factories.journey import NOW, bookable, ready_draft
from tests.factories.screening import publish_preset

pytestmark = pytest.mark.django_db
CLEAR = {"emerg": "no", "sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}
ILL = {"sympt_date": "2026-11-29", "fever_24h": "no", "better": "same", "immuno": "no"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def answered(client, answers, **fields):
    session = client.session
    session["visitor"] = "browser"
    session.save()
    publish_preset("a", starts=NOW - dt.timedelta(days=1))
    draft = ready_draft(*bookable(), visitor="browser", **fields)
    for page in ("covid", "covid-questions", "covid-more"):
        client.post(reverse(f"portal:{page}", kwargs={"draft_id": draft.pk}), {**CLEAR, **answers})
    draft.refresh_from_db()
    return draft


def book(client, draft):
    check = reverse("portal:check", kwargs={"draft_id": draft.pk})
    return client.post(check, {"digest": digest_of(draft)})


def text_of(client, url):
    return client.get(url).content.decode()


def test_a_clear_screening_is_kept_with_the_visit(client):
    draft = answered(client, {})

    answer = book(client, draft)

    assert answer.status_code == 303
    while_booking, screening = Screening.objects.order_by("pk")
    assert screening.supersedes == while_booking
    assert (while_booking.draft, while_booking.appointment) == (draft, None)
    assert (screening.appointment.status, screening.disposition) == ("booked", "ok")
    assert (screening.answers, screening.answered_at) == (CLEAR, NOW)
    assert not Task.objects.exclude(kind="missing_order").exists()
    assert "Your visit is booked" in text_of(client, answer.url)


def test_a_mask_is_part_of_getting_ready(client):
    draft = answered(client, {"sympt": ["nose"], **ILL})
    mask = "Please wear a mask that fits well from the door on."

    assert mask in text_of(client, reverse("portal:check", kwargs={"draft_id": draft.pk}))
    booked = book(client, draft).url

    assert mask in text_of(client, booked)
    assert "Your visit is booked" in text_of(client, booked)
    assert Screening.objects.get(superseded_by=None).disposition == "mask"


def test_a_review_books_and_says_who_calls(client):
    draft = answered(client, {"sympt": ["fever"], **ILL}, phone="+15125550147")

    booked = book(client, draft).url

    task = Task.objects.get(kind="review")
    assert (task.kind, task.appointment) == ("review", Appointment.objects.get())
    assert "Your time is saved. We will call you first" in text_of(client, booked)


def test_who_would_rather_call_is_told_to(client):
    draft = answered(client, {"sympt": ["fever"], **ILL}, calls_us=True)

    html = text_of(client, book(client, draft).url)

    assert "Your time is saved. Please call us first" in html
    assert "We will call you first" not in html


def test_a_room_to_prepare_is_no_reason_to_call(client):
    answers = {"sympt": ["cough"], **ILL}
    draft = answered(client, answers, why_chest="no")
    draft.exam.chest_respiratory = True
    draft.exam.save()

    booked = book(client, draft).url

    assert Task.objects.exclude(kind="missing_order").get().kind == "room"
    assert "Your visit is booked" in text_of(client, booked)
    assert "Your doctor needs this scan, so we do not delay it." in text_of(client, booked)


@pytest.mark.parametrize(
    "answers",
    [
        {"pos": "yes", "pos_which": "covid", "pos_date": "2026-11-28", "pos_ill": "no", "immuno": "no"},
        {"isol": "yes", "isol_end": "known", "isol_date": "2026-12-05"},
    ],
)
def test_a_deferred_visit_cannot_be_booked_for_that_day(client, answers):
    draft = answered(client, answers)

    answer = book(client, draft)

    assert answer.url == reverse("portal:covid", kwargs={"draft_id": draft.pk})
    assert client.get(answer.url).url == reverse("portal:covid-outcome", kwargs={"draft_id": draft.pk})
    assert Appointment.objects.exclude(status__in=["held", "expired"]).count() == 0
    assert Screening.objects.get().disposition == "defer"


def test_emergency_signs_cannot_be_booked_around(client):
    draft = answered(client, {"emerg": "yes"})

    answer = book(client, draft)

    assert answer.url == reverse("portal:covid", kwargs={"draft_id": draft.pk})
    assert Appointment.objects.exclude(status__in=["held", "expired"]).count() == 0


def test_a_chest_scan_without_an_order_cannot_be_booked_around(client):
    draft = answered(client, {}, why_chest="yes", order_status="none")
    draft.exam.chest_respiratory = True
    draft.exam.save()

    assert book(client, draft).url == reverse("portal:covid-outcome", kwargs={"draft_id": draft.pk})
    assert Appointment.objects.exclude(status__in=["held", "expired"]).count() == 0
