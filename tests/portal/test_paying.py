"""Paying: asked once beside the price, its details when the patient likes; a price is never “your cost”."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from scheduling.models import Appointment, Document, Draft, Offering, Task
from scheduling.portal.limits import UPLOADS
from scheduling.queries.access import visit_token
from scheduling.queries.drafts import digest_of
from scheduling.uploads.kinds import Fault, Refused
from tests.factories.documents import DocumentFactory
from tests.factories.journey import NINE_FORTY, NOW
from tests.factories.scheduling import AppointmentFactory
from tests.factories.tasks import TaskFactory
from tests.files import jpeg
from tests.portal.test_visit import BIRTH_DATE

DAY = dt.timedelta(days=1)
INSURED = {"paying": "insurance", "insurance_plan": "Blue Cross PPO", "member_id": "XJ 12"}
HURT = {
    "paying": "accident",
    "claim_number": "C-77",
    "injured_on_month": "6",
    "injured_on_day": "3",
    "injured_on_year": "2026",
    "accident_insurer": "Acme",
}


@pytest.fixture
def visit(world):
    return AppointmentFactory(scanner=world[0], exam=world[1], starts_at=NINE_FORTY + 7 * DAY)


def draft_url(name, draft):
    return reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})


def visit_url(name, visit):
    return reverse(f"portal:{name}", kwargs={"token": visit_token(visit)})


@pytest.fixture
def opened(client, visit):
    client.post(visit_url("visit", visit), BIRTH_DATE)
    return client


def card(name="card.jpg", content=None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or jpeg())


def text(answer) -> str:
    return answer.content.decode()


def test_it_is_asked_beside_the_price_and_may_be_left_open(client, world):
    Offering.objects.update(price=Decimal(420))
    url = reverse("portal:exam", kwargs={"slug": world[1].slug})
    page = text(client.get(url))
    assert "How will you pay?" in page
    assert "Self-pay price" in page
    assert "With insurance your plan decides what you pay." in page

    for paying in ("self", "", None):
        answers = {"laterality": "left", "order_status": "have_it", "interpreter_language": ""}
        data = answers if paying is None else {**answers, "paying": paying}
        client.post(url, data)
        assert Draft.objects.latest("created_at").paying == (paying or "")
        Draft.objects.all().delete()


def test_an_answer_that_is_none_is_refused(client, draft):
    answer = client.post(draft_url("draft-paying", draft), {"paying": "gold"})
    assert answer.status_code == 422
    assert "Choose how you will pay" in text(answer)


def test_changing_the_exam_shows_what_was_said(client, draft):
    Draft.objects.update(paying="accident")
    page = text(client.get(draft_url("change-exam", draft)))
    chosen = [tag for tag in page.split("<input") if 'name="paying"' in tag and "checked" in tag]
    assert ['value="accident"' in tag for tag in chosen] == [True]


def test_details_are_said_from_the_check_page(client, draft):
    Draft.objects.update(paying="insurance")
    check = text(client.get(draft_url("check", draft)))
    assert "Add the details now or later." in check
    url = draft_url("draft-paying", draft)
    assert url in check

    answer = client.post(url, {**INSURED, "front": card(), "back": card("back.jpg", jpeg((20, 20)))})

    assert (answer.status_code, answer["Location"]) == (303, draft_url("check", draft))
    check = text(client.get(answer["Location"]))
    assert "Insurance<br>Blue Cross PPO<br>Member ID: XJ 12<br>Photo of the card" in check
    kinds = set(Document.objects.filter(draft=draft).values_list("kind", flat=True))
    assert kinds == {"insurance_front", "insurance_back"}
    page = text(client.get(url))
    assert 'value="Blue Cross PPO"' in page
    assert "back.jpg" in page
    assert "Back. Photo" in page


def test_an_accident(client, draft):
    client.post(draft_url("draft-paying", draft), HURT)
    draft.refresh_from_db()
    assert (draft.claim_number, draft.injured_on) == ("C-77", dt.date(2026, 6, 3))
    check = text(client.get(draft_url("check", draft)))
    assert "Claim number: C-77<br>Wednesday, June 3, 2026<br>Acme" in check


def test_everything_may_be_left_out(client, draft):
    for paying in ("", "insurance", "self", "accident", "later"):
        assert client.post(draft_url("draft-paying", draft), {"paying": paying}).status_code == 303
        draft.refresh_from_db()
        assert draft.paying == paying


def test_what_belongs_to_another_way_of_paying_is_neither_kept_nor_wrong(client, draft):
    wrong = {"injured_on_month": "2", "injured_on_day": "30", "injured_on_year": "2026", "claim_number": "x"}
    answer = client.post(draft_url("draft-paying", draft), {**INSURED, **wrong})
    draft.refresh_from_db()
    assert answer.status_code == 303
    assert (draft.insurance_plan, draft.claim_number, draft.injured_on) == ("Blue Cross PPO", "", None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"injured_on_day": "31"}, "June has no day 31"),
        ({"injured_on_year": "2027"}, "The date must be in the past"),
        ({"injured_on_year": ""}, "Add the year, with 4 numbers, like 2026"),
        ({"claim_number": "9" * 61}, "Use 60 letters or less"),
        ({"accident_insurer": "A\0"}, "Use only letters and numbers"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(client, draft, changes, words):
    answer = client.post(draft_url("draft-paying", draft), {**HURT, **changes})
    assert answer.status_code == 422
    assert text(answer).count(words) == 2
    assert 'value="C-77"' in text(answer) or "claim_number" in changes
    draft.refresh_from_db()
    assert draft.paying == ""


def test_a_good_card_is_kept_beside_a_bad_one(client, draft):
    data = {**INSURED, "front": card(), "back": card("back.exe", b"MZ")}
    answer = client.post(draft_url("draft-paying", draft), data)
    page = text(answer)
    assert answer.status_code == 422
    assert "Back of the card: We can open photos (JPEG, PNG, HEIC) and PDF" in page
    assert 'value="Blue Cross PPO"' in page
    assert Document.objects.get().kind == "insurance_front"


def test_a_new_card_takes_the_place_of_the_old_and_one_can_be_removed(client, draft):
    url = draft_url("draft-paying", draft)
    client.post(url, {**INSURED, "front": card("old.jpg")})
    client.post(url, {**INSURED, "front": card("new.jpg", jpeg((30, 30)))})
    paper = Document.objects.get()
    assert paper.original_name == "new.jpg"

    answer = client.post(url, {"remove": str(paper.pk)})
    assert answer["Location"] == f"{url}#papers"
    assert not Document.objects.exists()
    draft.refresh_from_db()
    assert draft.insurance_plan == "Blue Cross PPO"


def test_cards_count_as_uploads_and_words_do_not(client, draft, monkeypatch):
    monkeypatch.setitem(UPLOADS, "limit", 0)
    url = draft_url("draft-paying", draft)
    assert client.post(url, INSURED).status_code == 303
    typed = {**INSURED, "insurance_plan": "Aetna", "front": card()}
    assert client.post(url, typed).status_code == 429
    draft.refresh_from_db()
    assert (draft.insurance_plan, Document.objects.exists()) == ("Aetna", False)
    wrong = client.post(url, {**typed, "front": card(), "member_id": "x" * 61})
    assert wrong.status_code == 422
    assert wrong.content.decode().count("That was a lot of tries. Please wait 60 minutes, or call us") == 2


def test_where_there_is_no_time_to_open_a_card_nothing_typed_is_lost(client, draft, monkeypatch):
    budgets = []

    def busy(_content, budget):
        budgets.append(budget)
        raise Refused(Fault.BUSY)

    monkeypatch.setattr("scheduling.forms.files.clean_apart", busy)
    answer = client.post(draft_url("draft-paying", draft), {**INSURED, "front": card(), "back": card()})
    assert answer.status_code == 422
    page = text(answer)
    assert page.count("We are busy and did not open that file.") >= 2
    assert 'value="Blue Cross PPO"' in page
    front, back = budgets
    assert front is back


def test_other_words_in_another_tab_must_be_seen_before_booking(draft):
    before = digest_of(draft)
    draft.paying = "self"
    assert digest_of(draft) != before


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "We will send you a written estimate as soon as we can, before your visit."),
        (7, "We will send you a written estimate by Tuesday, December 1."),
        (21, "We will send you a written estimate by Thursday, December 3."),
    ],
)
def test_who_pays_themselves_is_told_when_to_expect_an_estimate(client, draft, days, words):
    Offering.objects.update(price=Decimal(420))
    Draft.objects.update(paying="self", starts_at=NINE_FORTY + days * DAY)
    draft.refresh_from_db()
    page = text(client.get(draft_url("check", draft)))
    assert words in page
    assert "Self-pay price at this center: $420. With insurance your plan decides what you pay." in page

    booked = client.post(draft_url("check", draft), {"digest": digest_of(draft)})["Location"]
    assert words in text(client.get(booked))
    page = text(client.get(booked.replace("booked/", "")))
    assert words in page
    assert "You pay yourself<br>Self-pay price: $420" in page
    assert Task.objects.get(kind="estimate").appointment.draft_id == draft.pk


def test_with_insurance_no_price_is_shown_for_the_visit(opened, visit):
    Appointment.objects.update(paying="insurance", price_shown=Decimal(420))
    page = text(opened.get(visit_url("visit", visit)))
    assert "$420" not in page
    assert "estimate" not in page


def test_a_missed_day_is_not_promised_again(opened, visit, clock):
    Appointment.objects.update(paying="self")
    TaskFactory(kind="estimate", appointment=visit, location=visit.location, due_at=NOW + DAY)
    assert "by Tuesday, December 1." in text(opened.get(visit_url("visit", visit)))
    clock.shift(DAY)
    opened.post(visit_url("visit", visit), BIRTH_DATE)
    assert "as soon as we can, before your visit" in text(opened.get(visit_url("visit", visit)))


@pytest.mark.parametrize(
    ("paying", "title"),
    [
        ("", "Tell us how you will pay"),
        ("later", "Tell us how you will pay"),
        ("insurance", "Add your insurance"),
        ("accident", "Add your claim"),
        ("self", ""),
    ],
)
def test_my_visit_says_what_is_left_to_say(opened, visit, paying, title):
    titles = {"Tell us how you will pay", "Add your insurance", "Add your claim"}
    Appointment.objects.update(paying=paying)
    page = text(opened.get(visit_url("visit", visit)))
    assert {words for words in titles if words in page} == ({title} if title else set())


def test_details_are_said_by_the_visits_link(client, visit):
    url = visit_url("visit-paying", visit)
    asked_first = client.get(url)["Location"]
    assert client.post(asked_first, BIRTH_DATE)["Location"] == url

    answer = client.post(url, {**INSURED, "front": card()})

    assert answer["Location"] == visit_url("visit", visit)
    page = text(client.get(answer["Location"]))
    assert "We have the details." in page
    assert "Insurance<br>Blue Cross PPO<br>Member ID: XJ 12<br>Photo of the card" in page
    visit.refresh_from_db()
    assert (visit.paying, visit.member_id) == ("insurance", "XJ 12")
    assert Document.objects.get().appointment == visit


def test_asking_for_an_estimate(opened, visit):
    opened.post(visit_url("visit-paying", visit), {"paying": "insurance", "wants_estimate": "on"})
    assert Task.objects.get().reason == "Send a written estimate: the patient asked for one"
    page = text(opened.get(visit_url("visit", visit)))
    assert "We will send you a written estimate by Thursday, December 3." in page


def test_when_the_visit_has_started_nothing_is_changed(opened, visit, clock):
    paper = DocumentFactory(appointment=visit, kind="insurance_front")
    clock.move_to(visit.starts_at, tick=False)
    opened.post(visit_url("visit", visit), BIRTH_DATE)
    url = visit_url("visit-paying", visit)
    for answer in (opened.get(url), opened.post(url, INSURED), opened.post(url, {"remove": str(paper.pk)})):
        assert answer["Location"] == visit_url("visit", visit)
    visit.refresh_from_db()
    assert visit.paying == ""
    page = text(opened.get(visit_url("visit", visit)))
    assert "How you pay" in page
    assert url not in page
