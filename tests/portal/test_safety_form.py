"""The full safety form by the link of a visit: page by page, resumable, sent at the end."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from scheduling.models import Appointment, AuditEvent, Screening, Task
from scheduling.queries.access import visit_token
from scheduling.queries.safety import is_old, safety_form
from tests.factories.implants import ImplantFactory
from tests.factories.safety import publish_safety, visit_with_answers
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory, ExamFactory
from tests.factories.screening import MRI, XRAY, AnswerSheetFactory, ScreeningFactory, publish_preset
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
NOW = BOOKED_AT + dt.timedelta(hours=1)
NUMBER = {question.key: question.position for question in MRI.questions}
REST = {
    "vessel": "no",
    "joint": "no",
    "capsule": "no",
    "patch": "no",
    "glucose": "no",
    "wear": ["none"],
    "companion": "no",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def url(visit, page="safety-form", **more):
    return reverse(f"portal:{page}", kwargs={"token": visit_token(visit), **more})


def question(visit, key):
    return url(visit, "safety-question", number=NUMBER[key])


def opened(client, visit):
    """After the date of birth."""
    session = client.session
    session["open_visits"] = {**session.get("open_visits", {}), str(visit.pk): NOW.isoformat()}
    session.save()
    return visit


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.get("Location")
    return answer.content.decode()


def answer(client, visit, key, value, **more):
    response = client.post(question(visit, key), {key: value, **more})
    assert response.status_code == 303, response.content.decode()
    return response.url


def answer_all(client, visit, **changes):
    for key, value in {**REST, **changes}.items():
        last = answer(client, visit, key, value)
    return last


def current(visit):
    return Screening.objects.get(appointment=visit, superseded_by=None)


def safety_form_of(visit):
    form = safety_form(Appointment.objects.with_place().get(pk=visit.pk), now=NOW)
    assert form is not None
    return form


def work():
    return list(Task.objects.values_list("kind", "reason"))


def test_the_form_begins_with_what_was_not_asked_before(client):
    visit = opened(client, visit_with_answers())

    start = client.get(url(visit))

    assert (start.status_code, start.url) == (303, question(visit, "vessel"))
    html = text_of(client, start.url)
    assert "Question 1 of 7" in html
    assert "<h1>Do you have a heart valve, stent, coil, filter or graft?" in html
    assert "metal_eye" not in html
    assert "<title>Safety form, question 1 of 7 - " in html
    assert f'href="{url(visit, "visit")}"' in html  # back


def test_each_page_is_kept_and_leads_to_the_next(client):
    visit = opened(client, visit_with_answers())

    following = answer(
        client, visit, "vessel", "yes", vessel_model="Medtronic", vessel_when="", vessel_where=""
    )

    assert following == question(visit, "joint")
    answers = visit.sheets.get().answers
    assert (answers["vessel"], answers["vessel_model"]) == ("yes", "Medtronic")
    assert "vessel_when" not in answers
    html = text_of(client, following)
    assert "Question 2 of 7" in html
    assert f'href="{question(visit, "vessel")}"' in html  # back
    assert 'value="Medtronic"' in text_of(client, question(visit, "vessel"))


def test_a_page_that_lacks_an_answer_says_so_and_keeps_what_was_typed(client):
    visit = opened(client, visit_with_answers({"device": "yes"}))

    response = client.post(question(visit, "device_which"), {"device_model": "Reveal LINQ"})

    assert response.status_code == 422
    html = response.content.decode()
    assert "Error: Safety form, question 1 of 8" in html
    assert 'value="Reveal LINQ"' in html
    assert "device_model" not in visit.sheets.get().answers


def test_it_goes_on_where_it_was_left(client):
    visit = opened(client, visit_with_answers())
    answer(client, visit, "vessel", "no")
    answer(client, visit, "joint", "no")

    assert client.get(url(visit)).url == question(visit, "capsule")
    assert "2 of 7 answered." in text_of(client, url(visit, "visit"))


def test_a_question_that_was_skipped_comes_at_the_end(client):
    visit = opened(client, visit_with_answers())
    for key in list(REST)[1:]:
        following = answer(client, visit, key, REST[key])

    assert following == question(visit, "vessel")
    assert client.get(url(visit, "safety-check")).url == question(visit, "vessel")


def test_all_is_looked_over_before_it_is_sent(client):
    visit = opened(client, visit_with_answers())

    last = answer_all(client, visit, wear=["tattoo", "dentures"])

    assert last == url(visit, "safety-check")
    html = text_of(client, last)
    assert "Tattoo or permanent makeup<br>Dentures or a plate that comes out" in html
    changes = re.findall(r'<a href="([^"]+)">Change', html)
    assert changes == [question(visit, key) for key in REST]
    assert "All answered. Look it over and send it." in text_of(client, url(visit, "visit"))
    assert Screening.objects.count() == 1  # nothing is sent yet


def test_changing_an_answer_leads_back_to_the_look_over(client):
    visit = opened(client, visit_with_answers())
    answer_all(client, visit)

    assert answer(client, visit, "patch", "yes") == url(visit, "safety-check")


def test_sent_it_says_thank_you_and_replaces_the_record_from_booking(client):
    visit = opened(client, visit_with_answers())
    answer_all(client, visit)
    first = current(visit)

    sent = client.post(url(visit, "safety-check"))

    assert (sent.status_code, sent.url) == (303, url(visit))
    assert "Thank you, nothing else to do" in text_of(client, sent.url)
    record = current(visit)
    assert (record.supersedes, record.disposition, record.answered_by) == (first, "ok", "patient")
    assert {key: record.answers[key] for key in REST} == REST
    assert record.answers["metal_eye"] == "no"
    assert (record.answered_at, record.language) == (NOW, "en")
    assert work() == []
    assert "Sent. You can change it until your visit starts." in text_of(client, url(visit, "visit"))


def test_notes_join_what_to_prepare(client):
    visit = opened(client, visit_with_answers())
    answer_all(client, visit, patch="yes")
    note = "Ask the doctor who prescribed your patch what to do about it for the scan"

    assert note not in text_of(client, url(visit, "visit"))
    client.post(url(visit, "safety-check"))

    assert note in text_of(client, url(visit, "visit"))
    assert note in text_of(client, url(visit))


def test_a_flag_keeps_the_visit_and_says_who_calls_and_by_when(client):
    visit = opened(client, visit_with_answers(phone="+15125550147"))
    answer_all(client, visit, capsule="not_sure")

    client.post(url(visit, "safety-check"))

    html = text_of(client, url(visit))
    assert "Thank you. We will call you" in html
    assert (
        "Your time is kept. We need to check one thing with you. We call by Tuesday, November 24, 12:00"
        in html
    )
    assert work() == [("review", "Talk through the screening with the patient before the visit")]
    assert Appointment.objects.get(pk=visit.pk).status == "booked"


def test_a_device_told_on_a_page_is_heard_of_though_the_form_is_never_sent(client):
    visit = opened(client, visit_with_answers({"device": "not_sure"}, phone="+15125550147"))
    before = work()

    answer(client, visit, "device_which", ["active"])

    urgent = ("review", "Urgent: talk through the screening with the patient before the visit")
    assert (before, work()) == (
        [("review", "Talk through the screening with the patient before the visit")],
        [urgent],
    )
    record = current(visit)
    assert (record.disposition, record.answers["device_which"]) == ("callback", ["active"])
    assert {shown["key"] for shown in record.shown["questions"]} == {*record.answers}
    html = text_of(client, question(visit, "vessel"))
    assert "Your time is kept. We need to check one thing with you. We call soon." in html

    answer(client, visit, "vessel", "no")
    answer(client, visit, "device_which", ["active"])
    assert Screening.objects.filter(appointment=visit).count() == 2
    answer(client, visit, "device_which", ["other"])
    assert work() == [urgent]  # a milder word takes no call away


def test_what_is_answered_page_by_page_is_asked_where_booking_asked_nothing(client):
    publish_safety(MRI)
    visit = opened(client, AppointmentFactory())
    pages = len(safety_form_of(visit).pages)

    answer(client, visit, "metal_eye", "yes")

    assert len(safety_form_of(visit).pages) == pages
    assert [kind for kind, _ in work()] == ["review"]


def test_a_heart_device_remembered_later_keeps_the_visit_too(client):
    visit = opened(client, visit_with_answers({"device": "not_sure"}, phone="+15125550147"))
    answer_all(client, visit, device_which=["active"])

    client.post(url(visit, "safety-check"))

    assert current(visit).disposition == "callback"
    assert work() == [("review", "Urgent: talk through the screening with the patient before the visit")]
    assert Appointment.objects.get(pk=visit.pk).status == "booked"
    assert "We will call you" in text_of(client, url(visit))


def test_who_would_rather_call_is_told_to(client):
    visit = opened(client, visit_with_answers(phone=""))
    answer_all(client, visit, capsule="yes")

    client.post(url(visit, "safety-check"))

    html = text_of(client, url(visit))
    assert "Thank you. Please call us before you come" in html
    assert f'<a class="button" href="{visit.location.phone.as_rfc3966}">' in html


def test_sending_twice_is_one_record(client):
    visit = opened(client, visit_with_answers())
    answer_all(client, visit)

    for _ in range(2):
        assert client.post(url(visit, "safety-check")).status_code == 303

    assert Screening.objects.count() == 2


def test_what_is_not_complete_is_not_sent(client):
    visit = opened(client, visit_with_answers())
    answer(client, visit, "vessel", "no")

    assert client.post(url(visit, "safety-check")).url == url(visit)
    assert Screening.objects.count() == 1


def test_a_sent_form_can_be_changed_and_is_then_sent_again(client):
    visit = opened(client, visit_with_answers())
    answer_all(client, visit)
    client.post(url(visit, "safety-check"))

    answer(client, visit, "joint", "yes")
    assert client.get(url(visit)).url == url(visit, "safety-check")
    assert current(visit).answers["joint"] == "no"  # until it is sent
    client.post(url(visit, "safety-check"))

    assert current(visit).answers["joint"] == "yes"
    assert Screening.objects.count() == 3


def test_the_form_closes_when_the_visit_starts(client):
    visit = opened(client, visit_with_answers())
    answer_all(client, visit)

    Appointment.objects.filter(pk=visit.pk).update(starts_at=NOW, arrive_at=NOW)

    assert client.get(url(visit)).url == url(visit, "visit")
    for response in (
        client.get(question(visit, "patch")),
        client.post(question(visit, "patch"), {"patch": "yes"}),
        client.get(url(visit, "safety-check")),
        client.post(url(visit, "safety-check")),
    ):
        assert (response.status_code, response.url) == (303, url(visit))
    assert "Safety form" not in text_of(client, url(visit, "visit"))
    assert visit.sheets.get().answers["patch"] == "no"
    assert Screening.objects.count() == 1


def test_the_date_of_birth_comes_first_and_leads_back_to_the_form(client):
    visit = visit_with_answers()

    for response in (
        client.get(url(visit)),
        client.get(question(visit, "vessel")),
        client.post(url(visit, "safety-check")),
    ):
        assert (response.status_code, response.url) == (303, f"{url(visit, 'visit')}?to=safety-form")
    assert client.post(question(visit, "vessel"), {"vessel": "yes"}).status_code == 422
    assert "vessel" not in visit.sheets.get().answers

    born = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
    assert client.post(f"{url(visit, 'visit')}?to=safety-form", born).url == url(visit)


def test_an_answer_that_was_given_too_late_is_kept_after_the_date_of_birth(client):
    visit = visit_with_answers()
    born = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}

    client.post(question(visit, "vessel"), {"vessel": "yes", **born})

    assert visit.sheets.get().answers["vessel"] == "yes"


def test_an_exam_about_which_nothing_is_asked_has_no_form(client):
    version = publish_safety(XRAY, modality="XR")
    visit = AppointmentFactory(exam__modality="XR", scanner__modality="XR")
    AnswerSheetFactory(draft=None, appointment=visit, version=version)
    opened(client, visit)

    assert client.get(url(visit)).url == url(visit, "visit")


def test_without_a_form_in_force_there_is_none(client):
    visit = opened(client, AppointmentFactory())

    assert client.get(url(visit)).url == url(visit, "visit")
    assert "Safety form" not in text_of(client, url(visit, "visit"))
    assert "Safety form" not in text_of(client, url(visit, "booked"))


@pytest.mark.parametrize("number", [0, 999, NUMBER["device_which"], NUMBER["fit"], 10**30])
def test_a_page_that_these_answers_do_not_show_leads_to_where_the_form_stands(client, number):
    visit = opened(client, visit_with_answers())

    for response in (
        client.get(url(visit, "safety-question", number=number)),
        client.post(url(visit, "safety-question", number=number), {"vessel": "no"}),
    ):
        assert (response.status_code, response.url) == (303, url(visit))


def test_the_booked_page_leads_to_the_rest(client):
    visit = opened(client, visit_with_answers())
    assert "0 of 7 answered." in text_of(client, url(visit, "booked"))

    for key in list(REST)[1:]:
        answer(client, visit, key, REST[key])

    assert "6 of 7 answered." in text_of(client, url(visit, "booked"))


def test_details_of_what_was_flagged_while_booking_share_a_page(client):
    visit = opened(client, visit_with_answers({"surgery": "yes"}))

    html = text_of(client, question(visit, "surgery_what"))

    assert "Question 1 of 8" in html
    assert all(f'name="{name}"' in html for name in ("surgery_what", "surgery_when", "surgery_where"))
    assert html.count("(optional)") == 2


def test_follow_ups_of_an_answer_that_is_taken_back_are_forgotten(client):
    visit = opened(client, visit_with_answers())
    answer(client, visit, "vessel", "yes", vessel_model="Medtronic")

    answer(client, visit, "vessel", "no")

    assert "vessel_model" not in visit.sheets.get().answers


def test_somebody_who_booked_for_another_answers_for_them(client):
    visit = opened(client, visit_with_answers({"pregnant": None}, booker_name="Luis Núñez"))

    assert "Answer for Ana." in text_of(client, question(visit, "vessel"))
    answer_all(client, visit)
    client.post(url(visit, "safety-check"))

    record = current(visit)
    assert (record.answered_by, record.effects) == ("proxy", ["ask_in_private"])


def left_to_the_phone(client, **fields):
    """Nothing of the short list was answered while booking."""
    version = publish_safety(MRI)
    visit = AppointmentFactory(**fields)
    AnswerSheetFactory(
        draft=None, appointment=visit, version=version, prefers_phone=True, answers={"fit": ["none"]}
    )
    TaskFactory(kind=Task.Kind.REVIEW, appointment=visit, location=visit.location)
    return opened(client, visit)


def test_what_was_left_to_the_phone_can_be_answered_after_all(client):
    visit = left_to_the_phone(client)
    assert "0 of 12 answered. We ask you on the phone what you leave out." in text_of(
        client, url(visit, "visit")
    )
    short = dict.fromkeys(("device", "metal_eye", "metal_body", "surgery"), "no")

    assert answer_all(client, visit, **short, pregnant="no") == url(visit, "safety-check")
    client.post(url(visit, "safety-check"))

    sheet = visit.sheets.get()
    assert (sheet.prefers_phone, sheet.answered_at) == (False, NOW)
    assert current(visit).disposition == "ok"


def test_a_pregnancy_is_asked_there_and_never_shown_back(client):
    visit = left_to_the_phone(client)

    answer(client, visit, "pregnant", "yes")

    assert "checked" not in text_of(client, question(visit, "pregnant"))
    answer_all(client, visit, **dict.fromkeys(("device", "metal_eye", "metal_body", "surgery"), "no"))
    assert "Pregnancy" not in text_of(client, url(visit, "safety-check"))
    client.post(url(visit, "safety-check"))
    assert current(visit).rule_keys == ["clinical_check"]


def test_two_windows_at_once_lose_nothing(client):
    """Each was opened before the other answered."""
    visit = opened(client, visit_with_answers())
    text_of(client, question(visit, "vessel"))
    text_of(client, question(visit, "patch"))

    answer(client, visit, "vessel", "yes")
    answer(client, visit, "patch", "yes")

    answers = visit.sheets.get().answers
    assert (answers["vessel"], answers["patch"]) == ("yes", "yes")


def test_a_moved_visit_keeps_its_answers(client):
    visit = opened(client, visit_with_answers())
    answer(client, visit, "vessel", "no")

    Appointment.objects.filter(pk=visit.pk).update(starts_at=visit.starts_at + dt.timedelta(minutes=5))

    assert client.get(url(visit)).url == question(visit, "joint")


def test_the_form_speaks_spanish_and_the_record_says_so(client):
    visit = opened(client, visit_with_answers())
    with translation.override("es"):
        assert "¿Tiene una válvula del corazón" in text_of(client, question(visit, "vessel"))
        answer_all(client, visit)
        client.post(url(visit, "safety-check"))

    record = current(visit)
    assert record.language == "es"
    assert record.shown["questions"][-1]["text"] == "¿Alguien se va a quedar con usted en la sala del examen?"


def test_nothing_about_the_body_is_in_the_address():
    visit = visit_with_answers()

    assert re.fullmatch(r"/visit/[\w.-]+/safety/\d+/", question(visit, "metal_eye"))


# ---------------------------------------------------------------- one's own answers


def test_the_answers_are_shown_in_the_words_of_then(client):
    visit = opened(client, visit_with_answers({"metal_eye": "not_sure"}))
    answer_all(client, visit, metal_eye_what="A splinter, 1998", wear=["tattoo", "hair"])
    client.post(url(visit, "safety-check"))

    html = text_of(client, url(visit, "answers"))

    assert html.count("<h2>A few safety questions</h2>") == 1
    assert "Answered by the patient on Tuesday, November 24, 2026, 11:00" in html
    assert "Form version 1." in html
    assert "Has a piece of metal ever gotten into your eye, for example" in html
    assert "The magnet can move a piece that is still there." not in html  # why we asked
    assert "<dd>Not sure</dd>" in html
    assert "<dd>A splinter, 1998</dd>" in html
    assert "<dd>Wig, hair piece or hair extensions<br>Tattoo or permanent makeup</dd>" in html
    assert "We want to ask about your eye. You may need a quick X-ray of it first." in html
    assert "To keep them, print this page." in html


def test_answers_about_health_are_there_too(client):
    """Every kind of answer in words: yes or no, a day, a number, and what was not answered."""
    visit = opened(client, AppointmentFactory())
    version = publish_preset("a")
    asked = [
        {"key": "pos", "kind": "yes_no", "text": "A positive test?", "hint": "Of any kind."},
        {"key": "pos_date", "kind": "date", "text": "On what day?", "hint": ""},
        {"key": "weight", "kind": "number", "text": "How heavy?", "hint": ""},
        {"key": "expo", "kind": "yes_no", "text": "Near somebody?", "hint": ""},
    ]
    ScreeningFactory(
        appointment=visit,
        version=version,
        shown={"questions": [{**one, "choices": [], "private": False} for one in asked], "messages": []},
        answers={"pos": "yes", "pos_date": "2026-11-20", "weight": 180},
        answered_by=Screening.AnsweredBy.PROXY,
    )

    html = text_of(client, url(visit, "answers"))

    words = re.findall(r"<dd[^>]*>(.*?)</dd>", html)
    assert words == ["Yes", "Friday, November 20, 2026", "180", "Not given"]
    assert "Of any kind." in html
    assert "Answered by the person who booked on" in html
    assert "<h2>A few questions about your health today</h2>" in html
    assert "What we told you" not in html


def test_a_pregnancy_is_not_among_the_answers(client):
    visit = opened(client, visit_with_answers({"pregnant": "yes"}))

    html = text_of(client, url(visit, "answers"))

    assert current(visit).answers["pregnant"] == "yes"
    assert "pregnan" not in html.lower()
    assert "wants to talk with you" not in html  # said for nothing else, it would tell


def test_answers_in_spanish_stay_in_spanish(client):
    visit = opened(client, visit_with_answers())
    with translation.override("es"):
        answer_all(client, visit)
        client.post(url(visit, "safety-check"))

    html = text_of(client, url(visit, "answers"))

    assert 'lang="es"' in html
    assert "<dd>No</dd>" in html
    assert "¿Alguna vez le ha entrado un pedazo de metal en un ojo, por ejemplo" in html


def test_reading_is_part_of_the_history(client):
    visit = opened(client, visit_with_answers())

    text_of(client, url(visit, "answers"))

    event = AuditEvent.objects.get(event=AuditEvent.Event.VIEWED)
    assert (event.object_kind, event.object_id) == ("screening", str(current(visit).pk))
    assert event.actor_name == f"visit {visit.pk}"


def test_answers_need_the_date_of_birth(client):
    visit = visit_with_answers()

    assert client.get(url(visit, "answers")).url == f"{url(visit, 'visit')}?to=answers"
    assert not AuditEvent.objects.filter(event=AuditEvent.Event.VIEWED).exists()


def test_without_answers_the_page_says_so(client):
    visit = opened(client, AppointmentFactory())

    assert "You have not answered any questions for this visit." in text_of(client, url(visit, "answers"))
    assert "My answers to the questions" not in text_of(client, url(visit, "visit"))


def test_my_visit_leads_to_the_answers(client):
    visit = opened(client, visit_with_answers())

    assert f'href="{url(visit, "answers")}"' in text_of(client, url(visit, "visit"))


@pytest.mark.parametrize(("booker", "is_shown"), [("", True), ("Ben", False)])
def test_what_is_known_from_earlier_visits_is_asked_about(client, booker, is_shown):
    known = ImplantFactory()
    later = known.appointment.starts_at + dt.timedelta(days=7)
    visit = opened(client, visit_with_answers(patient=known.patient, booker_name=booker, starts_at=later))
    ImplantFactory(appointment=visit, what="Told at this visit")

    page = client.get(url(visit), follow=True).content.decode()

    assert ("Loop recorder, Medtronic Reveal LINQ" in page) is is_shown
    assert ("Anything new?" in page) is is_shown
    assert "Told at this visit" not in page


def visit_now(visit):
    return Appointment.objects.with_place().prefetch_related("sheets").get(pk=visit.pk)


def opened_again(client, visit, moment):
    client.cookies.clear()  # of another day
    session = client.session
    session["open_visits"] = {str(visit.pk): moment.isoformat()}
    session.save()


def at(moment):
    return time_machine.travel(moment, tick=False)


def sent_early(client):
    visit = opened(client, visit_with_answers())
    answer_all(client, visit)
    client.post(url(visit, "safety-check"))
    return visit


def test_before_an_mri_it_is_looked_over_once_more(client):
    visit = sent_early(client)
    assert safety_form(visit_now(visit), now=NOW).is_sent

    with at(visit.starts_at - dt.timedelta(hours=71)):
        opened_again(client, visit, visit.starts_at - dt.timedelta(hours=71))
        assert "Has anything changed?" in text_of(client, url(visit, "visit"))
        assert client.get(url(visit)).url == question(visit, "pregnant")  # shown to nobody: asked anew
        assert answer(client, visit, "pregnant", "no") == url(visit, "safety-check")
        assert answer(client, visit, "surgery", "no") == url(visit, "safety-check")
        assert client.post(url(visit, "safety-check")).status_code == 303
        assert "Thank you" in text_of(client, url(visit))
    last = Screening.objects.get(appointment=visit, superseded_by=None)
    assert last.answers["pregnant"] == "no"
    assert last.answered_at == visit.starts_at - dt.timedelta(hours=71)


def test_that_nothing_changed_is_a_record_of_its_own(client):
    visit = opened(client, visit_with_answers(patient__birth_date=dt.date(1940, 1, 1)))
    answer_all(client, visit)
    client.post(url(visit, "safety-check"))
    before = Screening.objects.filter(appointment=visit).count()
    near = visit.starts_at - dt.timedelta(hours=71)
    with at(near):
        opened_again(client, visit, near)
        assert "Has anything changed since you answered?" in text_of(client, url(visit, "safety-check"))
        for _ in range(2):
            client.post(url(visit, "safety-check"))
    assert Screening.objects.filter(appointment=visit).count() == before + 1


@pytest.mark.parametrize(("modality", "form"), [("XR", XRAY)])
def test_other_scans_are_not_asked_twice(modality, form):
    visit = visit_with_answers({}, form=form, exam=ExamFactory(modality=modality))
    assert not is_old(visit_now(visit), now=visit.starts_at - dt.timedelta(hours=1))


def test_what_was_answered_during_the_hold_is_not_asked_again():
    """The time was held some minutes before the questions: the row is older than the answers."""
    held = BOOKED_AT - dt.timedelta(minutes=8)
    visit = visit_with_answers(created_at=held, booked_at=BOOKED_AT)
    form = safety_form(visit_now(visit), now=NOW)
    assert [page.questions[0].key for page in form.pages] == list(REST)
