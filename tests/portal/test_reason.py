"""What the scan is for, in the patient's own words: shown back, and looked at for COVID-19."""

import dataclasses

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from scheduling.actions.drafts import change_exam, start_draft_again
from scheduling.messaging.render import render
from scheduling.models import Appointment, AuditEvent, Draft, Message, Screening, Task
from scheduling.portal.exam_page import chest_note
from scheduling.queries.access import visit_token
from scheduling.queries.drafts import digest_of
from tests.factories.journey import NOW, PATIENT, ready_draft
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory, OfferingFactory
from tests.factories.screening import AnswerSheetFactory, publish_preset

pytestmark = pytest.mark.django_db

RULE_OUT = "Cough, rule out COVID-19"
EXPLAINED = "<h1>A chest scan cannot tell if you have COVID-19</h1>"
GO_ON = "Go on, and call me about it"


@pytest.fixture
def chest(db):
    """A chest X-ray that a center does without an order too."""
    publish_preset("a")
    machine = ScannerFactory(modality="XR")
    exam = ExamFactory(
        slug="chest-x-ray", modality="XR", chest_respiratory=True, order_required="center decides", minutes=10
    )
    OfferingFactory(exam=exam, location=machine.location)
    return machine, exam


def path(draft, page, query="") -> str:
    return reverse(f"portal:{page}", kwargs={"draft_id": draft.pk}) + query


def begin(client, *, reason, order="have_it") -> Draft:
    sent = client.post("/book/exam/chest-x-ray/", {"order_status": order, "reason": reason})
    draft = Draft.objects.get()
    assert sent["Location"] == path(draft, "covid-test")
    return draft


def answer(client, draft, why="no") -> str:
    return client.post(path(draft, "covid-test"), {"why_chest": why})["Location"]


def test_the_reason_is_asked_and_may_stay_empty(client, chest):
    page = client.get("/book/exam/chest-x-ray/").text
    assert "What is the scan for?" in page
    assert "As on the order, if it says. You can leave this empty." in page
    assert begin(client, reason="").reason == ""


def test_a_longer_reason_is_refused_and_kept_as_typed(client, chest):
    page = client.post("/book/exam/chest-x-ray/", {"order_status": "have_it", "reason": "x" * 201})
    assert page.status_code == 422
    assert page.text.count("Say what the scan is for in 200 letters or less") == 2
    assert f'value="{"x" * 201}"' in page.text


def test_with_an_order_it_is_explained_and_goes_on_flagged_for_a_call(client, chest):
    draft = begin(client, reason=RULE_OUT)

    told = answer(client, draft)
    assert told == path(draft, "covid-outcome", "?explain")
    page = client.get(told).text
    assert EXPLAINED in page
    assert GO_ON in page
    assert f'href="{path(draft, "where")}"' in page
    assert "If your doctor ordered this scan for another reason, or to follow COVID-19" in page
    assert "Guidance last reviewed" in page


@pytest.mark.parametrize(("address", "links"), [("https://tests.example/", 1), ("", 0)])
def test_there_is_no_link_to_nowhere(address, links):
    chest = dataclasses.replace(chest_note(None), testing_url=address, source_url="")
    page = render_to_string(
        "portal/outcomes/chest_order.html", {"result": {"chest": chest}, "next_url": "/next/"}
    )
    assert page.count("I would rather get a test first") == links
    assert 'href=""' not in page


WELL = {"sympt": "none", "pos": "no", "isol": "no", "expo": "no", "compan": "no"}


@pytest.mark.parametrize(
    ("answers", "next_page"),
    [(WELL, "check"), ({**WELL, "compan": "yes"}, "covid-outcome")],
    ids=["nothing new", "something new"],
)
def test_what_was_explained_is_not_told_once_more(client, chest, visitor, answers, next_page):
    draft = ready_draft(*chest, visitor=visitor, laterality="", why_chest="not_sure", phone="+15125550147")
    client.post(path(draft, "covid"), {"emerg": "no"})

    sent = client.post(path(draft, "covid-questions"), answers)

    assert sent["Location"] == path(draft, next_page)


@pytest.mark.parametrize("why", ["not_sure", "no"])
def test_where_we_call_the_way_by_phone_is_chosen_beforehand(client, chest, visitor, why):
    draft = ready_draft(*chest, visitor=visitor, laterality="", why_chest=why, by_email=False, email="")
    page = client.get(path(draft, "contact"))
    is_called = why == "not_sure"
    assert page.context["form"].initial["by_call"] == is_called
    assert ("With a phone number we can call you about it." in page.text) == is_called

    Draft.objects.update(by_email=True)  # it was unticked before
    assert client.get(path(draft, "contact")).context["form"].initial["by_call"] is False


@pytest.mark.parametrize("why", ["no", "yes", "not_sure"])
def test_without_an_order_online_booking_ends_kindly(client, chest, why):
    draft = begin(client, reason=RULE_OUT, order="none")

    page = client.get(answer(client, draft, why)).text.split("<footer")[0]

    assert EXPLAINED in page
    assert GO_ON not in page
    assert 'href="tel:+18005550142"' in page
    assert 'href="/">Go to the start page</a>' in page
    assert f'href="{path(draft, "covid-test", "?change")}"' in page  # back, to say it otherwise
    assert not Appointment.objects.exists()
    assert Screening.objects.get().rule_keys == ["chest_without_order"]


@pytest.mark.parametrize(
    "reason", ["", "Cough for three weeks", "Coronary calcium CT", "Moved here from Corona, CA"]
)
@pytest.mark.parametrize("order", ["have_it", "none"])
def test_another_reason_goes_on_at_once(client, chest, reason, order):
    draft = begin(client, reason=reason, order=order)
    assert answer(client, draft) == path(draft, "where")


@pytest.mark.parametrize("reason", ["post-COVID follow-up", "Long COVID, short of breath"])
def test_a_follow_up_with_an_order_is_not_blocked(client, chest, reason):
    draft = begin(client, reason=reason)
    assert GO_ON in client.get(answer(client, draft)).text
    assert client.get(path(draft, "where")).status_code == 200


def test_a_covid_reason_of_another_exam_means_nothing(client, world):
    publish_preset("a")
    _machine, knee = world
    sent = client.post(
        f"/book/exam/{knee.slug}/", {"order_status": "have_it", "laterality": "left", "reason": RULE_OUT}
    )
    assert sent["Location"] == path(Draft.objects.get(), "where")


def test_the_visit_is_booked_with_its_reason_and_the_desk_calls(client, chest, visitor):
    machine, exam = chest
    draft = ready_draft(
        machine, exam, visitor=visitor, laterality="", reason=RULE_OUT, why_chest="no", phone="+15125550147"
    )
    machine.location.screening_on = False
    machine.location.save()
    check = client.get(path(draft, "check"))
    assert f"<dt>Reason</dt><dd>{RULE_OUT}</dd>" in check.text.replace("\n", "").replace("  ", "")

    client.post(path(draft, "check"), {"digest": digest_of(draft)})

    visit = Appointment.objects.get(status="booked")
    assert visit.reason == RULE_OUT
    assert visit.tasks.filter(kind=Task.Kind.REVIEW).exists()


def test_my_visit_shows_it_and_so_does_the_admin(client, chest):
    visit = AppointmentFactory(exam=chest[1], scanner=chest[0], reason=RULE_OUT)
    session = client.session
    session["open_visits"] = {str(visit.pk): NOW.isoformat()}
    session.save()
    my_visit = client.get(reverse("portal:visit", kwargs={"token": visit_token(visit)})).text
    assert RULE_OUT in my_visit
    assert RULE_OUT not in my_visit.split("</title>")[0]

    client.force_login(AssignmentFactory(role="administrator", location=None).user)
    assert RULE_OUT in client.get(reverse("admin:scheduling_appointment_change", args=[visit.pk])).text


def test_mails_the_audit_and_the_task_do_not_tell_it(client, chest, visitor):
    draft = ready_draft(
        *chest, visitor=visitor, laterality="", reason="covid Zebra", why_chest="no", phone="+15125550147"
    )
    chest[0].location.screening_on = False
    chest[0].location.save()
    client.post(path(draft, "check"), {"digest": digest_of(draft)})

    mails = [render(message) for message in Message.objects.all()]
    told = [*mails, *AuditEvent.objects.values(), *Task.objects.values()]
    assert mails
    assert "zebra" not in str(told).lower()


def test_a_reason_that_speaks_of_covid_only_now_is_explained_after_all(client, chest, visitor):
    machine, exam = chest
    draft = ready_draft(machine, exam, visitor=visitor, laterality="", reason="Cough", why_chest="no")
    AnswerSheetFactory(draft=draft, version=publish_preset("b"), answers={"sympt": ["none"]}, answered_at=NOW)
    form = {"exam": exam.slug, "order_status": "have_it", "reason": "Maybe covid"}

    assert client.post(path(draft, "change-exam"), form)["Location"] == path(draft, "covid-test")
    assert EXPLAINED in client.get(answer(client, draft)).text

    # Said once more in other words, it is not explained again.
    again = client.post(path(draft, "change-exam"), form | {"reason": "Coronavirus?"})
    assert again["Location"] != path(draft, "covid-test")


def test_the_check_page_catches_a_reason_changed_without_an_order(client, chest, visitor):
    machine, exam = chest
    draft = ready_draft(machine, exam, visitor=visitor, laterality="", why_chest="no", order_status="none")
    change_exam(
        draft_id=draft.pk,
        answers={"exam": exam, "order_status": "none", "reason": "covid"},
        now=NOW,
        by=PATIENT,
    )
    assert client.get(path(draft, "check"))["Location"] == path(draft, "covid-test")


def test_other_words_for_the_reason_are_other_content(chest):
    draft = ready_draft(*chest, laterality="", reason="Cough")
    before = digest_of(draft)
    draft.reason = "Cough and fever"
    assert digest_of(draft) != before


def test_booking_again_keeps_the_reason(chest):
    visit = AppointmentFactory(exam=chest[1], scanner=chest[0], reason="Cough", status="done")
    draft = start_draft_again(visit=visit, visitor="browser", language="en", now=NOW)
    assert draft.reason == "Cough"


def test_markup_in_a_reason_is_shown_as_typed(client, chest, visitor):
    draft = ready_draft(*chest, visitor=visitor, laterality="", reason="<script>x</script>", why_chest="no")
    page = client.get(path(draft, "change-exam")).text
    assert "<script>x" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page


@pytest.mark.parametrize("typed", ["covid test", "Coronavirus", "prueba de covid", "covid-19"])
def test_a_search_for_a_covid_test_explains_and_lists_the_chest_exams_below(client, chest, world, typed):
    page = client.get("/book/exam/", {"q": typed}).text.split("<footer")[0]
    panel, results = page.index("A chest scan cannot tell"), page.index("Chest scans that doctors order")
    assert panel < results < page.index('href="/book/exam/chest-x-ray/"')
    assert "About tests (CDC)" in page
    assert "We could not find that" not in page
    knee = world[1]
    assert page.index(f"/book/exam/{knee.slug}/") > page.index("All scans by body part")
