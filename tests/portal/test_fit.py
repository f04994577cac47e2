"""“Do any of these apply?”: asked before a time, and what it does to centers and times."""

import re

import pytest
from django.urls import reverse

from scheduling.models import Draft, Screening, Task
from scheduling.queries.access import hold_of_draft
from scheduling.queries.drafts import Step, digest_of, missing_steps
from tests.factories.journey import NINE_FORTY, NOW, bookable, ready_draft
from tests.factories.locations import ScannerFactory
from tests.factories.safety import FIT_FORM, publish_safety
from tests.factories.scheduling import DraftFactory, ExamFactory, OfferingFactory

pytestmark = pytest.mark.django_db
WEIGHT = {"fit": ["weight"], "weight": "400", "girth": ""}


@pytest.fixture
def narrow():
    publish_safety(FIT_FORM)
    return bookable(bore_cm=60, weight_limit_lb=350)


@pytest.fixture
def begun(narrow, visitor):
    """At the fit page, with nothing after it answered."""
    return DraftFactory(exam=narrow[1], laterality="left", visitor=visitor)


def wide_at(location):
    return ScannerFactory(location=location, bore_cm=70, weight_limit_lb=550)


def url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def send(client, draft, answers):
    answer = client.post(url("fit", draft), answers)
    assert answer.status_code == 303
    return answer.url


def text(client, address):
    return client.get(address).content.decode()


def again(draft):
    return Draft.objects.get(pk=draft.pk)


def test_the_exams_page_leads_to_it(client, narrow):
    exam = reverse("portal:exam", kwargs={"slug": narrow[1].slug})

    answer = client.post(exam, {"laterality": "left", "order_status": "have_it"})

    assert answer.url == url("fit", Draft.objects.get())


def test_one_list_with_what_has_to_be_known_below_its_answer(client, begun):
    html = text(client, url("fit", begun))

    assert re.search(r"<legend[^>]*><h1>\s*Do any of these apply\?\s*</h1>", html)
    assert html.index('value="weight"') < html.index('name="weight"') < html.index('value="tight"')
    assert html.index('class="option-or"') < html.index('value="none"')
    title = html[html.index("<title>") : html.index("</title>")]
    assert "Before you choose a time" in title


def test_none_of_these_leads_on_without_a_word(client, begun):
    assert send(client, begun, {"fit": ["none"]}) == url("where", begun)
    assert "We only show" not in text(client, url("where", begun))
    assert missing_steps(again(begun), now=NOW)[0] == Step.WHERE


def test_exams_without_such_questions_skip_the_page(client, begun):
    ct = ExamFactory(modality="CT")
    draft = DraftFactory(exam=ct, visitor=begun.visitor)

    assert missing_steps(draft, now=NOW)[0] == Step.WHERE
    assert client.get(url("fit", draft)).url == url("where", draft)
    assert text(client, url("where", draft)).count(url("change-exam", draft)) == 1
    assert url("fit", begun) in text(client, url("where", begun))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Choose at least one answer"),
        ({"fit": ["none", "tight"]}, "Choose what applies, or “None of these”, not both"),
        ({"fit": ["weight"], "weight": ""}, "Enter a whole number, without letters"),
        ({"fit": ["weight"], "weight": "a lot"}, "Enter a whole number, without letters"),
    ],
)
def test_errors_stand_beside_the_field(client, begun, answers, words):
    page = client.post(url("fit", begun), answers)

    assert page.status_code == 422
    assert words in page.content.decode()
    assert Screening.objects.count() == 0


def test_only_centers_with_a_wider_scanner_are_offered_and_it_is_said(client, narrow, begun):
    machine, exam = narrow
    wide = wide_at(ScannerFactory().location)
    OfferingFactory(exam=exam, location=wide.location)

    html = text(client, send(client, begun, {"fit": ["tight"]}))

    assert f"?center={wide.location.slug}" in html
    assert f"?center={machine.location.slug}" not in html
    assert "We only show times on our wider scanners, and plan 15 more minutes." in html
    assert "1 more center does this exam, but has no scanner like that." in html
    assert "Wide-bore MRI" in html


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"fit": ["tight"]}, "We only show times on our wider scanners, and plan 15 more minutes."),
        (WEIGHT, "We only show times on our scanners with more room."),
        (
            {**WEIGHT, "fit": ["weight", "tight", "lift"]},
            "with more room, and plan 35 more minutes.",
        ),
        ({"fit": ["lift"]}, "We plan 20 more minutes for your visit, so that nobody has to hurry."),
    ],
)
def test_the_time_page_says_what_was_filtered(client, narrow, begun, answers, words):
    machine, _ = narrow
    wide_at(machine.location)
    send(client, begun, answers)

    html = text(client, f"{url('time', begun)}?center={machine.location.slug}")

    assert words in html
    assert 'name="opening"' in html


def test_times_are_those_of_scanners_that_fit(client, narrow, begun):
    machine, _ = narrow
    wide = wide_at(machine.location)
    send(client, begun, WEIGHT)

    answer = client.post(
        f"{url('time', begun)}?center={machine.location.slug}", {"opening": "2026-12-01T15:40Z"}
    )

    assert answer.url == url("patient", begun)
    assert hold_of_draft(begun, now=NOW).scanner == wide


def test_not_sure_goes_on_and_a_person_looks(client, narrow, visitor):
    draft = ready_draft(*narrow, visitor=visitor, phone="+15125550147")

    assert send(client, draft, {"fit": ["not_sure"]}) == url("check", draft)
    answer = client.post(url("check", draft), {"digest": digest_of(again(draft))})

    assert "We will call you" in text(client, answer.url) or "call you first" in text(client, answer.url)
    assert Task.objects.get(kind="review").appointment.starts_at == NINE_FORTY


def test_who_is_not_sure_and_gave_no_number_is_asked_for_one(client, narrow, visitor):
    draft = ready_draft(*narrow, visitor=visitor)

    assert send(client, draft, {"fit": ["not_sure"]}) == url("number", draft)


def test_answers_are_shown_again_and_can_be_changed_from_the_check(client, narrow, visitor):
    draft = ready_draft(*narrow, visitor=visitor)
    send(client, draft, {"fit": ["lift"]})

    assert url("fit", draft) in text(client, url("check", draft))
    assert 'value="lift" id="id_fit_4" checked' in text(client, url("fit", draft))


def test_changed_answers_that_cost_the_time_say_so(client, narrow, visitor):
    machine, exam = narrow
    wide = wide_at(machine.location)
    draft = ready_draft(machine, exam, visitor=visitor)
    client.post(f"{url('time', draft)}?center={machine.location.slug}", {"opening": "2026-12-01T15:40Z"})
    wide.location.closures.create(
        scanner=wide, kind="downtime", starts_at=NINE_FORTY, ends_at=NINE_FORTY.replace(hour=20)
    )

    answer = send(client, draft, {"fit": ["tight"]})

    assert answer == url("time", draft)
    assert "Your answers changed how long the scan takes" in text(client, answer)


def test_no_time_is_shown_to_who_has_to_be_called_first(client, narrow, begun):
    assert send(client, begun, {"fit": ["pacemaker"]}) == url("callback", begun)

    for address in (url("where", begun), f"{url('time', begun)}?center={narrow[0].location.slug}"):
        assert client.get(address).url == url("callback", begun)
    answer = client.post(
        f"{url('time', begun)}?center={narrow[0].location.slug}", {"opening": "2026-12-01T15:40Z"}
    )
    assert answer.url == url("callback", begun)
    assert client.get(url("check", begun)).url == url("callback", begun)


def test_the_number_of_queries_does_not_grow_with_centers(
    client, narrow, begun, django_assert_max_num_queries
):
    wide_at(narrow[0].location)
    send(client, begun, {"fit": ["tight"]})
    with django_assert_max_num_queries(100) as few:
        client.get(url("where", begun))
    for _ in range(3):
        OfferingFactory(exam=narrow[1], location=wide_at(ScannerFactory().location).location)

    with django_assert_max_num_queries(len(few)):
        html = text(client, url("where", begun))

    assert html.count("Wide-bore MRI") == 4
