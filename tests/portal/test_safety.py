"""The short safety list while booking, from its page to the booked visit."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from scheduling.actions.holds import place_hold
from scheduling.models import Appointment, Draft, Screening, Task
from scheduling.queries.drafts import digest_of
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import ScannerFactory
from tests.factories.safety import publish_safety
from tests.factories.scheduling import ExamFactory, OfferingFactory
from tests.factories.screening import CT, MRI, AnswerSheetFactory, publish_preset

pytestmark = pytest.mark.django_db
LIST = {"device": "no", "metal_eye": "no", "metal_body": "no", "surgery": "no", "pregnant": "not_apply"}
PHONE = "+15125550147"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def world():
    return bookable()


@pytest.fixture
def version():
    return publish_safety(MRI)


def begin(client, world, *, version=None, fit="none", **fields) -> Draft:
    session = client.session
    session["visitor"] = "browser"
    session.save()
    draft = ready_draft(*world, visitor="browser", **fields)
    place_hold(
        draft_id=draft.pk,
        location_id=draft.location_id,
        starts_at=NINE_FORTY,
        now=NOW,
        by=PATIENT,
    )
    if version:
        AnswerSheetFactory(draft=draft, version=version, answers={"fit": [fit]}, answered_at=NOW)
    return draft


def url(draft, page="safety"):
    return reverse(f"portal:{page}", kwargs={"draft_id": draft.pk})


def text_of(client, draft, page="safety"):
    return client.get(url(draft, page)).content.decode()


def book(client, draft):
    draft = Draft.objects.get(pk=draft.pk)
    answer = client.post(url(draft, "check"), {"digest": digest_of(draft)})
    assert answer.status_code == 303, answer.content.decode()
    return client.get(answer.url).content.decode()


def test_the_list_is_on_one_page_and_nothing_is_chosen(client, world, version):
    html = text_of(client, begin(client, world, version=version))

    assert [name for name in LIST if f'name="{name}"' not in html] == []
    assert "checked" not in html
    assert html.count("Why we ask") == 5
    assert 'name="vessel"' not in html  # for later
    assert 'name="fit"' not in html  # answered before
    assert "<title>A few safety questions - " in html


def test_each_question_left_out_is_named(client, world, version):
    draft = begin(client, world, version=version)

    answer = client.post(url(draft), {**LIST, "metal_eye": ""})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count("Answer Yes, No or Not sure: Metal in an eye") == 2  # above the page and beside it
    assert html.count("checked") == len(LIST) - 1  # what was answered stays


def test_nothing_to_flag_goes_on_without_a_word(client, world, version):
    draft = begin(client, world, version=version)

    answer = client.post(url(draft), LIST)

    assert (answer.status_code, answer.url) == (303, url(draft, "check"))
    html = text_of(client, draft, "check")
    assert "Safety questions" in html
    assert "We need to check one thing with you" not in html
    assert "Your visit is booked" in book(client, draft)
    assert not Task.objects.filter(kind=Task.Kind.REVIEW).exists()


@pytest.mark.parametrize("said", ["yes", "not_sure"])
def test_a_flag_keeps_the_time_and_says_who_calls_and_by_when(client, world, version, said):
    draft = begin(client, world, version=version, phone=PHONE)

    answer = client.post(url(draft), {**LIST, "metal_eye": said})

    assert answer.url == f"{url(draft, 'check')}?kept"
    html = text_of(client, draft, "check")
    assert "We want to ask about your eye." in html
    assert "You can book now: your time is kept. We call you by Monday, November 30, 10:15\xa0am." in html
    booked = book(client, draft)
    assert "Your time is saved. We will call you first" in booked
    assert "We call by Monday, November 30, 10:00\xa0am" in booked
    task = Task.objects.get(kind=Task.Kind.REVIEW)
    assert task.appointment == Appointment.objects.get(draft=draft)


def test_a_flag_is_said_at_once_where_other_questions_come_before_the_summary(client, world, version):
    publish_preset("a", starts=NOW - dt.timedelta(days=1))
    draft = begin(client, world, version=version, phone=PHONE)

    answer = client.post(url(draft), {**LIST, "metal_eye": "yes"})

    assert answer.url == f"{url(draft, 'covid')}?kept"
    line = "Your time is kept. We need to check one thing with you, and call you about it."
    assert line in client.get(answer.url).content.decode()
    assert line not in text_of(client, draft, "covid")


def test_where_we_have_no_number_it_is_asked_for(client, world, version):
    draft = begin(client, world, version=version)

    answer = client.post(url(draft), {**LIST, "metal_eye": "yes"})

    assert answer.url == f"{url(draft, 'number')}?kept"


def test_who_would_rather_call_is_told_to(client, world, version):
    draft = begin(client, world, version=version, calls_us=True)

    client.post(url(draft), {**LIST, "metal_eye": "yes"})

    html = text_of(client, draft, "check")
    assert "Please call us about it before you come" in html
    assert "We call you" not in html


def test_a_visit_that_comes_first_is_what_the_call_comes_before(client, world, version):
    draft = begin(client, world, version=version, phone=PHONE)
    client.post(url(draft), {**LIST, "metal_eye": "yes"})
    late = NINE_FORTY - dt.timedelta(minutes=50)

    with time_machine.travel(late, tick=False):
        place_hold(
            draft_id=draft.pk, location_id=draft.location_id, starts_at=NINE_FORTY, now=NOW, by=PATIENT
        )
        html = text_of(client, draft, "check")

    assert "We call you before your visit." in html


def test_a_note_only_joins_what_to_prepare(client):
    version = publish_safety(CT, modality="CT")
    machine = ScannerFactory(modality="CT", has_contrast=True)
    exam = ExamFactory(modality="CT", contrast="with")
    OfferingFactory(exam=exam, location=machine.location)
    draft = begin(client, (machine, exam), version=version, laterality="")
    answers = dict.fromkeys(("reaction", "kidney", "diabetes", "thyroid"), "no") | {"metformin": "yes"}

    answer = client.post(url(draft), answers)

    assert answer.url == url(draft, "check")
    html = text_of(client, draft, "check")
    assert "We need a kidney blood test that is no more than 30 days old." in html
    assert "tell the technologist that you take metformin" in html
    assert "We need to check one thing" not in html


def test_rather_by_phone_goes_on_and_a_person_calls(client, world, version):
    draft = begin(client, world, version=version, phone=PHONE)

    answer = client.post(url(draft), {"by_phone": "by_phone"})

    assert answer.url == f"{url(draft, 'check')}?kept"
    html = text_of(client, draft, "check")
    assert "You answer on the phone" in html
    assert "We ask you the safety questions on the phone." in html
    assert "We will call you first" in book(client, draft)
    assert Task.objects.filter(kind=Task.Kind.REVIEW).count() == 1


def test_half_an_answer_is_not_needed_to_ask_for_the_phone(client, world, version):
    draft = begin(client, world, version=version, phone=PHONE)

    client.post(url(draft), {"metal_eye": "yes", "by_phone": "by_phone"})

    assert draft.sheets.get().answers == {"fit": ["none"]}


@pytest.mark.parametrize("page", ["get", "post", "phone"])
def test_an_exam_without_such_questions_has_no_page(client, world, page):
    draft = begin(client, world)
    send = {
        "get": lambda: client.get(url(draft)),
        "post": lambda: client.post(url(draft), LIST),
        "phone": lambda: client.post(url(draft), {"by_phone": "by_phone"}),
    }[page]

    answer = send()

    assert (answer.status_code, answer.url) == (303, url(draft, "check"))
    assert "Safety questions" not in text_of(client, draft, "check")


def test_the_list_is_asked_before_anything_is_booked(client, world, version):
    draft = begin(client, world, version=version)

    assert client.get(url(draft, "check")).url == url(draft)
    answer = client.post(url(draft, "check"), {"digest": digest_of(Draft.objects.get(pk=draft.pk))})
    assert answer.url == url(draft)


def test_answers_can_be_changed_and_are_shown_as_they_were_given(client, world, version):
    draft = begin(client, world, version=version)
    client.post(url(draft), LIST)

    assert f'href="{url(draft)}"' in text_of(client, draft, "check")
    assert text_of(client, draft).count("checked") == len(LIST)


def test_somebody_else_is_not_asked_about_a_pregnancy(client, world, version):
    draft = begin(
        client, world, version=version, booking_for="other", booker_name="Luis", booker_relation="partner"
    )

    html = text_of(client, draft)
    assert 'name="pregnant"' not in html
    assert "Answer for Ana." in html
    client.post(url(draft), {key: value for key, value in LIST.items() if key != "pregnant"})
    line = "On the day, the technologist asks the patient a few more questions in private."
    assert line in book(client, draft)
    record = Screening.objects.get(superseded_by=None)
    assert (record.answered_by, record.effects) == ("proxy", ["ask_in_private"])
    assert "pregnant" not in record.answers


def test_another_birth_date_asks_what_now_applies(client, world, version):
    draft = begin(client, world, version=version, birth_date=dt.date(1950, 5, 17))
    client.post(url(draft), {key: value for key, value in LIST.items() if key != "pregnant"})
    assert client.get(url(draft, "check")).status_code == 200

    Draft.objects.filter(pk=draft.pk).update(birth_date=dt.date(1990, 5, 17))

    assert client.get(url(draft, "check")).url == url(draft)


def test_back_leads_past_pages_that_are_not_asked(client, world, version):
    draft = begin(client, world, version=version)
    client.post(url(draft), LIST)

    assert f'href="{url(draft)}"' in text_of(client, draft, "check")  # no health questions here
    assert f'href="{url(draft, "contact")}"' in text_of(client, draft)


def test_the_page_speaks_spanish(client, world, version):
    draft = begin(client, world, version=version)

    with translation.override("es"):
        html = text_of(client, draft)

    assert "¿Alguna vez le ha entrado un pedazo de metal en un ojo, por ejemplo" in html


def test_a_changed_answer_after_the_summary_was_shown_is_not_booked_unseen(client, world, version):
    draft = begin(client, world, version=version, phone=PHONE)
    client.post(url(draft), LIST)
    seen = digest_of(Draft.objects.get(pk=draft.pk))
    client.post(url(draft), {"by_phone": "by_phone"})

    answer = client.post(url(draft, "check"), {"digest": seen})

    assert answer.status_code == 409
