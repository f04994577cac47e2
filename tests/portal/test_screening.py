import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from locations.models import Location
from scheduling.actions.questionnaires import publish, save_version, switch_off
from scheduling.models import AuditEvent, Draft, Screening, Task, Version
from scheduling.queries.drafts import Step, missing_steps
from scheduling.rules.actors import Actor
from scheduling.rules.screening import Disposition
from tests.factories.scheduling import BOOKED_AT, ExamFactory, FullDraftFactory
from tests.factories.screening import TODAY, A, QuestionnaireFactory, publish_preset

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT
NEAR = dt.datetime(2026, 11, 26, 15, 40, tzinfo=dt.UTC)  # two days after NOW
CLEAR = {"sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}
COUGH = {**CLEAR, "sympt": ["cough"], "sympt_date": "2026-11-23", "fever_24h": "no", "better": "same"}
POSITIVE = {**CLEAR, "pos": "yes", "pos_which": "covid", "pos_date": "2026-11-23"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def visitor(client):
    session = client.session
    session["visitor"] = "browser"
    session.save()


def draft_of(**fields):
    publish_preset("a")
    return FullDraftFactory(**{"visitor": "browser", "starts_at": NEAR, **fields})


def url(draft, page="covid"):
    return reverse(f"portal:{page}", kwargs={"draft_id": draft.pk})


def asked_keys(answer):
    return list(answer.context["form"].fields)


def send(client, draft, answers, page="covid-questions"):
    """The address the patient is sent to, by name."""
    answer = client.post(url(draft, page), answers)
    assert answer.status_code == 303
    return answer.url


def test_a_clear_form_is_two_pages_and_on_to_the_check(client):
    draft = draft_of()

    first = client.get(url(draft))
    assert (first.status_code, asked_keys(first)) == (200, ["emerg"])
    assert send(client, draft, {"emerg": "no"}, "covid") == url(draft, "covid-questions")
    assert send(client, draft, CLEAR) == url(draft, "check")

    draft.refresh_from_db()
    assert draft.screening_answers == {"emerg": "no", **CLEAR}
    assert (draft.screening_language, draft.screened_at) == ("en", NOW)
    assert draft.screening_version.number == 1
    assert missing_steps(draft, now=NOW) == []
    assert Screening.objects.get().draft == draft


def test_pages_with_answers_are_not_stored(client):
    draft = draft_of()

    assert "no-store" in client.get(url(draft))["Cache-Control"]


def test_the_title_says_nothing_about_the_person_or_the_scan(client):
    html = client.get(url(draft_of())).content.decode()

    title = html[html.index("<title>") : html.index("</title>")]
    assert "One question about your health" in title


def test_answers_are_shown_again(client):
    draft = draft_of(screening_answers={"emerg": "no", **COUGH})

    again = client.get(url(draft, "covid-questions"))

    assert again.context["form"].initial["sympt"] == ["cough"]
    assert 'value="cough" id="id_sympt_1" checked' in again.content.decode()


def test_an_error_stands_beside_its_field_and_keeps_what_was_chosen(client):
    draft = draft_of()
    send(client, draft, {"emerg": "no"}, "covid")

    answer = client.post(url(draft, "covid-questions"), {**CLEAR, "pos": ""})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error:" in html
    assert '<a href="#id_pos_0">Choose yes or no: ' in html
    assert 'value="none" id="id_sympt_10" checked' in html


def test_a_follow_up_that_the_page_could_not_know_is_asked_next(client):
    draft = draft_of()
    send(client, draft, {"emerg": "no"}, "covid")

    assert send(client, draft, COUGH) == url(draft, "covid-more")
    more = client.get(url(draft, "covid-more"))
    assert asked_keys(more) == ["immuno"]
    draft.refresh_from_db()
    assert (draft.screened_at, missing_steps(draft, now=NOW)) == (None, [Step.COVID])

    assert send(client, draft, {"immuno": "no"}, "covid-more") == url(draft, "covid-outcome")
    draft.refresh_from_db()
    assert draft.screened_at == NOW


def test_answers_that_hide_a_follow_up_forget_it(client):
    draft = draft_of(screening_answers={"emerg": "no", **COUGH, "immuno": "yes"})

    assert send(client, draft, CLEAR) == url(draft, "check")

    draft.refresh_from_db()
    assert draft.screening_answers == {"emerg": "no", **CLEAR}


def test_a_review_goes_on_with_a_word(client):
    draft = draft_of(screening_answers={"emerg": "no", **COUGH})
    send(client, draft, {"immuno": "no"}, "covid-more")

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "You can book, and we will call you" in html
    assert "We keep your time. We will call you before your visit" in html
    assert f'href="{url(draft, "check")}"' in html
    assert Task.objects.count() == 0  # opened with the booking


def test_a_positive_test_offers_the_first_possible_day(client):
    draft = draft_of(screening_answers={"emerg": "no"})
    send(client, draft, POSITIVE)
    assert send(client, draft, {"pos_ill": "no", "immuno": "no"}, "covid-more") == url(draft, "covid-outcome")

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "Your first day can be Friday, December 4." in html
    assert f'href="{url(draft, "time")}?day=2026-12-04"' in html
    assert "There is no fee" in html
    draft.refresh_from_db()
    assert draft.starts_at == NEAR  # nothing is let go before the patient picks another time


def test_a_later_time_makes_the_same_answers_fine(client):
    draft = draft_of(screening_answers={"emerg": "no", **POSITIVE})
    send(client, draft, {"pos_ill": "no", "immuno": "no"}, "covid-more")
    assert client.get(url(draft)).url == url(draft, "covid-outcome")

    Draft.objects.filter(pk=draft.pk).update(starts_at=NEAR + dt.timedelta(days=8))

    assert client.get(url(draft, "covid-outcome")).url == url(draft, "check")


def test_mild_signs_go_on_with_thanks(client):
    draft = draft_of(screening_answers={"emerg": "no", **COUGH, "sympt": ["nose"]})
    send(client, draft, {"immuno": "no"}, "covid-more")

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "<h1>Thank you. You can book this visit</h1>" in html
    assert "We will ask these questions again in the 3 days before your visit." in html


def publish_changed(change):
    """Preset A with its rules and questions changed, in force."""
    spec = change(A)
    version = save_version(
        questionnaire=QuestionnaireFactory(),
        spec=spec,
        about={"approved_by": "Dr. Osei", "reviewed_on": TODAY},
    )
    publish(version=version, starts=NOW, now=NOW, by=Actor.process("test"))


def test_a_center_may_call_first_for_other_reasons(client):
    def call_about_symptoms(spec):
        rules = tuple(
            replace(rule, disposition=Disposition.CALLBACK) if rule.key == "symptoms" else rule
            for rule in spec.rules
        )
        return replace(spec, rules=rules)

    publish_changed(call_about_symptoms)
    draft = FullDraftFactory(
        visitor="browser", starts_at=NEAR, screening_answers={"emerg": "no", **COUGH}, phone="+15125550147"
    )

    assert send(client, draft, {"immuno": "no"}, "covid-more") == url(draft, "covid-outcome")

    assert (
        "<h1>We need to talk with you first</h1>" in client.get(url(draft, "covid-outcome")).content.decode()
    )
    assert Task.objects.get().kind == "callback"


def test_a_version_without_emergency_signs_begins_with_its_short_page(client):
    def without_emergency(spec):
        return replace(
            spec,
            questions=tuple(q for q in spec.questions if not q.key.startswith("emerg")),
            rules=tuple(rule for rule in spec.rules if not rule.key.startswith("emerg")),
        )

    publish_changed(without_emergency)
    draft = FullDraftFactory(visitor="browser", starts_at=NEAR)

    assert client.get(url(draft)).url == url(draft, "covid-questions")
    assert send(client, draft, CLEAR) == url(draft, "check")


@pytest.mark.parametrize("pos", ["", "perhaps"])
def test_an_answer_that_was_taken_away_asks_for_no_follow_ups_of_the_old_one(client, pos):
    old = {**CLEAR, "pos": "yes", "pos_which": "covid", "pos_date": "2026-11-25"}
    draft = draft_of(screening_answers={"emerg": "no", **old})

    answer = client.post(url(draft, "covid-questions"), {**CLEAR, "pos": pos})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["pos"]


def test_usual_for_me_without_an_emergency_changes_nothing(client):
    draft = draft_of(screening_answers={"emerg": "no", **COUGH})
    send(client, draft, {"immuno": "no"}, "covid-more")

    assert send(client, draft, {}, "covid-outcome") == url(draft, "covid-outcome")

    draft.refresh_from_db()
    assert "emerg_usual" not in draft.screening_answers


def test_emergency_signs_show_911_at_once_and_are_logged(client):
    draft = draft_of()

    assert send(client, draft, {"emerg": "yes"}, "covid") == url(draft, "covid-outcome")

    html = client.get(url(draft, "covid-outcome")).content.decode()
    assert "<h1>Call 911 now</h1>" in html
    assert 'href="tel:911"' in html
    assert "COVID" not in html[html.index("<main") : html.index("</main")]
    screening = Screening.objects.get()
    assert (screening.draft, screening.disposition) == (draft, "emergency")
    assert AuditEvent.objects.filter(event=AuditEvent.Event.EMERGENCY).count() == 1
    draft.refresh_from_db()
    assert missing_steps(draft, now=NOW) == [Step.COVID]


def test_no_page_of_questions_leads_around_an_emergency(client):
    draft = draft_of()
    send(client, draft, {"emerg": "yes"}, "covid")

    assert client.get(url(draft)).url == url(draft, "covid-outcome")
    assert send(client, draft, CLEAR) == url(draft, "covid-outcome")
    draft.refresh_from_db()
    assert draft.screened_at is None


def test_usual_for_me_goes_on_and_is_looked_at(client):
    draft = draft_of()
    send(client, draft, {"emerg": "yes"}, "covid")

    assert send(client, draft, {}, "covid-outcome") == url(draft, "covid-questions")
    assert send(client, draft, CLEAR) == url(draft, "covid-outcome")

    html = client.get(url(draft, "covid-outcome")).content.decode()
    assert "We keep your time. We will call you to talk about how you are feeling." in html
    draft.refresh_from_db()
    assert draft.screening_answers["emerg_usual"] == "yes"
    assert draft.screened_at == NOW


def test_a_slip_of_the_finger_can_be_put_right(client):
    draft = draft_of()
    send(client, draft, {"emerg": "yes"}, "covid")

    again = client.get(f"{url(draft)}?change")

    assert asked_keys(again) == ["emerg"]
    assert send(client, draft, {"emerg": "no"}, "covid") == url(draft, "covid-questions")
    assert Screening.objects.get().disposition == "emergency"  # what was said stays on record


@pytest.mark.parametrize("page", ["covid", "covid-questions", "covid-more", "covid-outcome", "covid-test"])
def test_nothing_is_asked_where_the_form_is_off(client, page):
    draft = draft_of()
    Location.objects.update(screening_on=False)

    assert client.get(url(draft, page)).url in (url(draft, "check"), url(draft, "covid-questions"))


@pytest.mark.parametrize("page", ["covid", "covid-questions", "covid-more", "covid-test", "covid-outcome"])
def test_nothing_is_kept_where_the_form_is_off(client, page):
    draft = draft_of()
    switch_off(
        questionnaire=Version.objects.get().questionnaire, starts=NOW, now=NOW, by=Actor.process("test")
    )

    assert send(client, draft, {"emerg": "yes", **CLEAR}, page) == url(draft, "check")

    draft.refresh_from_db()
    assert draft.screening_answers == {}


def test_another_browser_finds_nothing(client):
    draft = draft_of(visitor="someone else")

    assert client.get(url(draft)).status_code == 404
    assert client.post(url(draft), {"emerg": "no"}).status_code == 404


def chest_draft(**fields):
    return draft_of(exam=ExamFactory(chest_respiratory=True, modality="CT"), **fields)


def test_a_chest_exam_asks_first_what_it_is_for(client):
    draft = chest_draft()
    assert missing_steps(draft, now=NOW)[0] == Step.COVID_TEST

    asked = client.get(url(draft, "covid-test"))

    assert asked_keys(asked) == ["why_chest"]
    assert send(client, draft, {"why_chest": "no"}, "covid-test") == url(draft, "covid")


def test_other_exams_are_not_asked_what_they_are_for(client):
    assert client.get(url(draft_of(), "covid-test")).status_code == 303


@pytest.mark.parametrize("why", ["yes", "not_sure"])
def test_with_an_order_it_is_explained_and_goes_on(client, why):
    draft = chest_draft()

    assert send(client, draft, {"why_chest": why}, "covid-test") == url(draft, "covid-outcome")

    html = client.get(url(draft, "covid-outcome")).content.decode()
    assert "<h1>A chest scan cannot tell if you have COVID-19</h1>" in html
    assert "Call 911 if" in html
    assert "Guidance last reviewed November 26, 2026." in html
    assert "My doctor ordered this scan for another reason" in html
    assert f'href="{url(draft, "covid")}"' in html
    assert Screening.objects.count() == 0


@pytest.mark.parametrize("why", ["yes", "not_sure"])
def test_without_an_order_online_booking_ends(client, why):
    draft = chest_draft(order_status="none")

    assert send(client, draft, {"why_chest": why}, "covid-test") == url(draft, "covid-outcome")

    html = client.get(url(draft, "covid-outcome")).content.decode()
    main = html[html.index("<main") : html.index("</main")]
    assert "<h1>A chest scan cannot tell if you have COVID-19</h1>" in main
    assert 'href="tel:+18005550142"' in main
    assert "My doctor ordered" not in main
    assert Screening.objects.get().disposition == "callback"
    assert client.get(url(draft)).url == url(draft, "covid-outcome")


def test_spanish_is_asked_and_kept_in_spanish(client):
    draft = draft_of()

    with translation.override("es"):
        html = client.get(url(draft)).content.decode()
        client.post(url(draft), {"emerg": "no"})

    assert "¿tiene alguna de estas señales, nueva o que empeora?" in html
    draft.refresh_from_db()
    assert draft.screening_language == "es"
