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
from tests.factories.locations import ClosureFactory, NoticeFactory, ScannerFactory
from tests.factories.scheduling import BOOKED_AT, ExamFactory, FullDraftFactory, OfferingFactory
from tests.factories.screening import REVIEWED_ON, A, AnswerSheetFactory, QuestionnaireFactory, publish_preset

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


def draft_of(*, answers=None, answered_at=None, **fields):
    """With answers to the form, as far as they are given."""
    version = publish_preset("a")
    draft = FullDraftFactory(**{"visitor": "browser", "starts_at": NEAR, **fields})
    if answers is not None:
        AnswerSheetFactory(draft=draft, version=version, answers=answers, answered_at=answered_at)
    return draft


def sheet_of(draft):
    return draft.sheets.get(kind="respiratory")


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
    assert sheet_of(draft).answers == {"emerg": "no", **CLEAR}
    sheet = sheet_of(draft)
    assert (sheet.language, sheet.answered_at, sheet.version.number) == ("en", NOW, 1)
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
    draft = draft_of(answers={"emerg": "no", **COUGH})

    again = client.get(url(draft, "covid-questions"))

    assert again.context["form"].initial["sympt"] == ["cough"]
    assert 'value="cough" id="id_sympt_2" checked' in again.content.decode()


def test_an_error_stands_beside_its_field_and_keeps_what_was_chosen(client):
    draft = draft_of()
    send(client, draft, {"emerg": "no"}, "covid")

    answer = client.post(url(draft, "covid-questions"), {**CLEAR, "pos": ""})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error:" in html
    assert '<a href="#id_pos_0">Positive test: Choose yes or no</a>' in html
    assert 'value="none" id="id_sympt_0" checked' in html


def test_a_follow_up_that_the_page_could_not_know_is_asked_next(client):
    draft = draft_of()
    send(client, draft, {"emerg": "no"}, "covid")

    assert send(client, draft, COUGH) == url(draft, "covid-more")
    more = client.get(url(draft, "covid-more"))
    assert asked_keys(more) == ["immuno"]
    draft.refresh_from_db()
    assert (sheet_of(draft).answered_at, missing_steps(draft, now=NOW)) == (None, [Step.COVID])

    assert send(client, draft, {"immuno": "no"}, "covid-more") == url(draft, "covid-outcome")
    draft.refresh_from_db()
    assert sheet_of(draft).answered_at == NOW


def test_answers_that_hide_a_follow_up_forget_it(client):
    draft = draft_of(answers={"emerg": "no", **COUGH, "immuno": "yes"})

    assert send(client, draft, CLEAR) == url(draft, "check")

    draft.refresh_from_db()
    assert sheet_of(draft).answers == {"emerg": "no", **CLEAR}


def test_a_review_goes_on_with_a_word(client):
    draft = draft_of(answers={"emerg": "no", **COUGH})
    send(client, draft, {"immuno": "no"}, "covid-more")

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "You can book, and we will call you" in html
    assert "We keep your time. We will call you before your visit" in html
    assert "What number can we call?" in html
    assert f'href="{url(draft, "check")}"' not in html
    assert client.get(url(draft, "check")).url == url(draft, "number")
    assert Task.objects.count() == 0  # opened with the booking


def positive_draft(client, extra=None, **fields):
    """Answered for Thursday, November 26: the first possible day is Friday, December 4."""
    draft = draft_of(answers={"emerg": "no"}, **fields)
    send(client, draft, {**POSITIVE, **(extra or {})})
    more = {"immuno": "no"} if extra else {"pos_ill": "no", "immuno": "no"}
    assert send(client, draft, more, "covid-more") == url(draft, "covid-outcome")
    draft.refresh_from_db()
    return draft


def test_a_positive_test_offers_the_first_possible_day(client):
    draft = positive_draft(client)

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "Your first day can be Friday, December 4." in html
    assert "There is no fee" in html
    assert "call you" not in html[html.index("<main") :]
    assert draft.starts_at == NEAR  # nothing is let go before the patient picks another time
    assert Task.objects.count() == 0


def offered(draft):
    """The draft's center gets a scanner that can take the draft's exam."""
    ScannerFactory(location=draft.location)
    OfferingFactory(exam=draft.exam, location=draft.location)


def test_the_way_on_leads_to_the_first_day_that_has_times(client):
    draft = positive_draft(client)
    offered(draft)
    ClosureFactory(
        location=draft.location,
        starts_at=dt.datetime(2026, 12, 4, 6, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 12, 5, 6, tzinfo=dt.UTC),
    )

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "Your first day can be Friday, December 4." in html
    assert f'href="{url(draft, "time")}?day=2026-12-05"' in html
    assert "See times from Saturday, December 5" in html


def test_the_time_page_starts_where_the_answers_allow_it(client):
    draft = positive_draft(client)
    offered(draft)

    page = client.get(url(draft, "time") + "?day=2026-11-27")

    times = page.context["times"]
    assert "From Friday, December 4, because of your answers." in page.content.decode()
    assert times.day == dt.date(2026, 12, 4)
    assert times.days[0].date == dt.date(2026, 12, 4)
    assert times.suggestions[0].day == "Friday, December 4"


def test_centers_name_their_first_time_that_the_answers_allow(client):
    draft = positive_draft(client)
    offered(draft)

    page = client.get(url(draft, "where")).content.decode()

    assert "Next time: Friday, December 4, 7:00\xa0am" in page


def test_an_earlier_time_is_refused_with_words(client):
    draft = positive_draft(client)
    offered(draft)

    page = client.post(url(draft, "time"), {"opening": "2026-11-30T15:40Z"})

    assert page.status_code == 409
    assert "Because of your answers, please choose a later day." in page.content.decode()
    draft.refresh_from_db()
    assert draft.starts_at == NEAR
    assert send(client, draft, {"opening": "2026-12-04T15:40Z"}, "time") == url(draft, "check")


def test_the_check_page_leads_back_while_the_chosen_time_is_too_early(client):
    assert client.get(url(draft := positive_draft(client), "check")).url == url(draft, "covid-outcome")


def test_other_answers_open_the_earlier_days_again(client):
    draft = positive_draft(client)
    offered(draft)
    send(client, draft, CLEAR)

    assert "because of your answers" not in client.get(url(draft, "time")).content.decode()
    assert send(client, draft, {"opening": "2026-11-30T15:40Z"}, "time") == url(draft, "check")


WORSE = {"sympt": ["cough"], "sympt_date": "2026-11-23", "fever_24h": "no", "better": "worse"}


def test_who_is_put_off_and_getting_worse_is_called(client):
    draft = positive_draft(client, WORSE, phone="+15125550147")

    html = client.get(url(draft, "covid-outcome")).content.decode()

    task = Task.objects.get()
    assert (task.kind, task.draft, str(task.contact_phone)) == ("review", draft, "+15125550147")
    assert "Please come on a later day" in html
    assert "We will also call you to talk about how you are feeling." in html
    assert "Call 911 if you have trouble breathing" in html
    assert "What number can we call?" not in html


def test_a_number_given_on_the_page_reaches_the_desk(client):
    draft = positive_draft(client, WORSE)
    assert "What number can we call?" in client.get(url(draft, "covid-outcome")).content.decode()

    assert send(client, draft, {"who_calls": "we", "phone": "512 555 0147"}, "number") == url(draft, "check")

    assert str(Task.objects.get().contact_phone) == "+15125550147"
    html = client.get(url(draft, "covid-outcome")).content.decode()
    assert "We will also call you" in html
    assert "What number can we call?" not in html


def test_who_would_rather_call_is_not_promised_a_call(client):
    draft = positive_draft(client, WORSE)
    send(client, draft, {"who_calls": "they"}, "number")

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "Please call us to talk about how you are feeling" in html
    assert "We will also call you" not in html


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "Choose “This number”, or “I will call you”"),
        ({"who_calls": "we"}, "Enter a phone number"),
        (
            {"who_calls": "we", "phone": "555"},
            "That number is too short. Enter 10 numbers, like 512-555-0147",
        ),
    ],
)
def test_a_call_needs_a_whole_number(client, given, error):
    draft = positive_draft(client, WORSE)

    page = client.post(url(draft, "number"), given)

    assert page.status_code == 422
    assert error in page.content.decode()


def test_no_number_is_asked_where_nobody_calls(client):
    draft = draft_of(answered_at=NOW, answers={"emerg": "no", **CLEAR})

    assert client.get(url(draft, "number")).url == url(draft, "check")


def test_not_sure_about_contrast_asks_for_a_number_before_the_check(client):
    draft = draft_of(contrast_answer="not_sure", answered_at=NOW, answers={"emerg": "no", **CLEAR})
    assert client.get(url(draft, "check")).url == url(draft, "number")

    assert "<h1>What number can we call?" in client.get(url(draft, "number")).content.decode()
    assert send(client, draft, {"who_calls": "they"}, "number") == url(draft, "check")


def test_a_far_visit_says_that_the_questions_come_again(client):
    again = "We may ask these questions again before your visit."
    draft = draft_of(answers={"emerg": "no"})
    send(client, draft, CLEAR)

    assert again not in client.get(url(draft, "check")).content.decode()
    Draft.objects.update(starts_at=NEAR + dt.timedelta(days=4))
    assert again in client.get(url(draft, "check")).content.decode()


def test_who_answers_for_someone_else_is_told_for_whom(client):
    draft = draft_of(booking_for="other", given_name="Héctor", booker_name="Lupe", booker_relation="daughter")

    html = client.get(url(draft)).content.decode()

    assert "Answer for Héctor." in html
    assert "Héctor" not in html[: html.index("</title>")]
    Draft.objects.update(booking_for="self")
    assert "Answer for" not in client.get(url(draft)).content.decode()


def test_emergency_signs_are_a_list(client):
    html = client.get(url(draft_of())).content.decode()

    assert '<ul class="signs" id="id_emerg_helptext"><li>Trouble breathing</li>' in html
    assert 'aria-describedby="id_emerg_helptext"' in html


def test_no_announcement_stands_above_the_call_to_911(client):
    NoticeFactory(
        text_en="If you feel ill, call us before you come",
        shown_from=NOW - dt.timedelta(days=1),
        shown_until=NOW + dt.timedelta(days=1),
    )
    draft = draft_of()
    assert "call us before you come" in client.get(url(draft)).content.decode()
    send(client, draft, {"emerg": "yes"}, "covid")

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "call us before you come" not in html
    assert (
        '<button class="button-link tall" aria-describedby="usual-hint">This is usual for me</button>' in html
    )


def test_a_later_time_makes_the_same_answers_fine(client):
    draft = draft_of(answers={"emerg": "no", **POSITIVE})
    send(client, draft, {"pos_ill": "no", "immuno": "no"}, "covid-more")
    assert client.get(url(draft)).url == url(draft, "covid-outcome")

    Draft.objects.filter(pk=draft.pk).update(starts_at=NEAR + dt.timedelta(days=8))

    assert client.get(url(draft, "covid-outcome")).url == url(draft, "check")


def test_mild_signs_go_on_with_thanks(client):
    draft = draft_of(answers={"emerg": "no", **COUGH, "sympt": ["nose"]})
    send(client, draft, {"immuno": "no"}, "covid-more")

    html = client.get(url(draft, "covid-outcome")).content.decode()

    assert "<h1>Thank you. You can book this visit</h1>" in html
    assert "We may ask these questions again before your visit." in html


def publish_changed(change):
    """Preset A with its rules and questions changed, in force."""
    spec = change(A)
    version = save_version(
        questionnaire=QuestionnaireFactory(),
        spec=spec,
        about={"approved_by": "Dr. Osei", "reviewed_on": REVIEWED_ON},
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
    draft = FullDraftFactory(visitor="browser", starts_at=NEAR, phone="+15125550147")
    version = Version.objects.latest("published_at")
    AnswerSheetFactory(draft=draft, version=version, answers={"emerg": "no", **COUGH})

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
    draft = draft_of(answers={"emerg": "no", **old})

    answer = client.post(url(draft, "covid-questions"), {**CLEAR, "pos": pos})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["pos"]


def test_usual_for_me_without_an_emergency_changes_nothing(client):
    draft = draft_of(answers={"emerg": "no", **COUGH})
    send(client, draft, {"immuno": "no"}, "covid-more")

    assert send(client, draft, {}, "covid-outcome") == url(draft, "covid-outcome")

    draft.refresh_from_db()
    assert "emerg_usual" not in sheet_of(draft).answers


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
    assert sheet_of(draft).answered_at is None


def test_usual_for_me_goes_on_and_is_looked_at(client):
    draft = draft_of()
    send(client, draft, {"emerg": "yes"}, "covid")

    assert send(client, draft, {}, "covid-outcome") == url(draft, "covid-questions")
    assert send(client, draft, CLEAR) == url(draft, "covid-outcome")

    html = client.get(url(draft, "covid-outcome")).content.decode()
    assert "We keep your time. We will call you to talk about how you are feeling." in html
    draft.refresh_from_db()
    assert sheet_of(draft).answers["emerg_usual"] == "yes"
    assert sheet_of(draft).answered_at == NOW


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

    assert not draft.sheets.exists()


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

    assert send(client, draft, {"why_chest": why}, "covid-test") == url(draft, "covid-outcome") + "?explain"

    html = client.get(url(draft, "covid-outcome")).content.decode()
    assert "<h1>A chest scan cannot tell if you have COVID-19</h1>" in html
    assert "Call 911 if" in html
    assert "Guidance last reviewed November 20, 2026." in html
    assert "If your doctor ordered this scan for another reason" in html
    assert "Go on, and call me about it" in html
    assert "I would rather get a test first" in html
    assert f'href="{url(draft, "covid")}"' in html
    assert Screening.objects.count() == 0


@pytest.mark.parametrize("why", ["yes", "not_sure"])
def test_without_an_order_online_booking_ends(client, why):
    draft = chest_draft(order_status="none")

    assert send(client, draft, {"why_chest": why}, "covid-test") == url(draft, "covid-outcome") + "?explain"

    html = client.get(url(draft, "covid-outcome")).content.decode()
    main = html[html.index("<main") : html.index("</main")]
    assert "<h1>A chest scan cannot tell if you have COVID-19</h1>" in main
    assert 'href="tel:+18005550142"' in main
    assert "If your doctor ordered" not in main
    assert Screening.objects.get().disposition == "callback"
    assert client.get(url(draft)).url == url(draft, "covid-outcome")


def test_spanish_is_asked_and_kept_in_spanish(client):
    draft = draft_of()

    with translation.override("es"):
        html = client.get(url(draft)).content.decode()
        client.post(url(draft), {"emerg": "no"})

    assert "¿tiene alguna de estas señales, nueva o que empeora?" in html
    draft.refresh_from_db()
    assert sheet_of(draft).language == "es"
