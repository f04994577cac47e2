import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.actions.patient_record import change_patient
from scheduling.messaging.render import render
from scheduling.models import AuditEvent, Message, Patient
from scheduling.rules.actors import Actor
from tests.factories.implants import ImplantFactory
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, UserFactory
from tests.factories.messages import NOT_ABOUT_A_VISIT, MessageFactory
from tests.factories.orders import InvitationFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.tasks import TaskFactory
from tests.factories.waitlist import WaitlistFactory, WaitlistMessageFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def visit():
    machine, exam = bookable()
    return AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY, phone="+15125550147")


@pytest.fixture
def patient(visit):
    return visit.patient


@pytest.fixture
def desk(client, visit):
    return signed_in(client, visit.location)


def signed_in(client, location, role=Assignment.Role.FRONT_DESK):
    user = UserFactory(first_name="Dana", last_name="Ng")
    AssignmentFactory(user=user, location=location, role=role)
    client.force_login(user)
    return client


def url(patient, more=""):
    return f"/desk/patients/{patient.pk}/{more}"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def typed(desk, patient, **changes):
    """The form as it is shown, with some fields typed over."""
    form = desk.get(url(patient, "edit/")).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    shown["birth_date"] = form["birth_date"].field.prepare_value(shown["birth_date"])
    return {**{name: "" if value is None else value for name, value in shown.items()}, **changes}


def save(desk, patient, **changes):
    return desk.post(url(patient, "edit/"), typed(desk, patient, **changes))


def test_the_page_tells_what_the_desk_asks_about(desk, visit, patient):
    Patient.objects.update(no_email=True, good_hours="morning", accommodation="Uses a wheelchair")
    earlier = AppointmentFactory(
        patient=patient, scanner=visit.scanner, exam=visit.exam, starts_at=NOW - 90 * DAY, status="done"
    )
    foreign = AppointmentFactory(patient=patient, starts_at=NOW - 50 * DAY)
    ImplantFactory(appointment=visit, what="Titanium knee")

    page = body(desk.get(url(patient)))

    for words in (
        "Born May 17, 1980",
        "Asked not to be written to by email",
        "Good time to call: Morning, before noon",
        "Uses a wheelchair",
        "ana@example.com",
        f"/desk/visits/{visit.pk}/",
        f"/desk/visits/{earlier.pk}/",
        "<title>Patient - Alliance</title>",
    ):
        assert words in page
    assert f"/desk/visits/{foreign.pk}/" not in page
    assert "Titanium" not in page  # for those who are trained to read it
    assert AuditEvent.objects.filter(event="visit.viewed", object_kind="patient").exists()
    assert "Titanium knee" in body(
        signed_in(desk, visit.location, Assignment.Role.TECHNOLOGIST).get(url(patient))
    )


def test_whoever_waits_for_a_time_here_is_known_here(client, visit, patient):
    elsewhere = bookable()[0].location
    desk = signed_in(client, elsewhere)
    assert desk.get(url(patient)).status_code == 404
    WaitlistFactory(draft=None, appointment=visit).locations.set([elsewhere])
    page = body(desk.get(url(patient)))
    assert "None at your centers." in page
    assert f"/desk/visits/{visit.pk}/" not in page


def test_it_is_one_press_away(desk, visit, patient):
    assert url(patient) in body(desk.get(f"/desk/visits/{visit.pk}/"))
    desk.post("/desk/search/", {"q": "ana nunez"})
    assert url(patient) in body(desk.get("/desk/search/"))


def test_a_name_is_corrected_and_the_history_has_both(desk, patient):
    assert save(desk, patient, family_name="Nuñez García", birth_date="5/18/1980")["Location"] == url(patient)
    patient.refresh_from_db()
    assert (patient.folded_name, patient.birth_date) == ("ana nunez garcia", dt.date(1980, 5, 18))
    assert "from Ana Núñez, born 05/17/1980 to Ana Nuñez García, born 05/18/1980" in body(
        desk.get(url(patient))
    )


def test_another_address_goes_to_the_chosen_visits_only(desk, visit, patient):
    later = AppointmentFactory(
        patient=patient, scanner=visit.scanner, exam=visit.exam, starts_at=NINE_FORTY + DAY
    )
    mothers = AppointmentFactory(
        patient=patient,
        scanner=visit.scanner,
        exam=visit.exam,
        starts_at=NINE_FORTY + 2 * DAY,
        booker_name="Rosa Núñez",
        email="rosa@example.com",
    )
    form = desk.get(url(patient, "edit/")).context["form"]
    assert form["visits"].value() == [str(visit.pk), str(later.pk)]

    save(desk, patient, email="new@example.com", visits=[str(visit.pk)])

    for one, email in ((visit, "new@example.com"), (later, "ana@example.com"), (mothers, "rosa@example.com")):
        one.refresh_from_db()
        assert one.email == email
    assert MessageFactory(appointment=visit).address == "new@example.com"
    assert "<strong>Contact changed</strong>, Dana Ng" in body(desk.get(f"/desk/visits/{visit.pk}/"))
    page = body(desk.get(url(patient)))
    assert "<strong>Patient’s record changed</strong>, Dana Ng<br>email" in page
    told = AuditEvent.objects.filter(event__in=["patient.changed", "visit.contact_changed"])
    assert not any("example.com" in str((one.before, one.after)) for one in told)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"given_name": " "}, "Enter the first name"),
        ({"birth_date": "17/5"}, "Enter the date of birth with the month first"),
        ({"phone": "555"}, "That number is too short"),
        ({"email": "ana@"}, "Enter an email like"),
        ({"not_by": ["no_email", "no_text", "no_call"]}, "Leave one way"),
        ({"not_by": ["no_email"], "phone": ""}, "Leave one way"),
        ({"accommodation": "x" * 501}, "Use at most 500 letters"),
        ({"visits": ["999"]}, "One of these visits has changed"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_beside_the_field(desk, patient, changes, words):
    answer = save(desk, patient, interpreter_language="Hmong", **changes)
    assert answer.status_code == 422
    page = body(answer)
    assert words in page
    assert 'value="Hmong"' in page
    patient.refresh_from_db()
    assert patient.version == 0


def test_a_slower_desk_loses_nothing(desk, visit, patient):
    mine = typed(desk, patient, accommodation="Uses a wheelchair")
    sam = Actor.staff(UserFactory(first_name="Sam", last_name="Ode").pk)
    change_patient(patient_id=patient.pk, version=0, values={"language": "es"}, now=NOW, by=sam)

    answer = desk.post(url(patient, "edit/"), mine)

    assert answer.status_code == 409
    page = body(answer)
    for words in ("Someone was faster", "Sam Ode", "Stored now", "Spanish", "Uses a wheelchair"):
        assert words in page
    again = answer.context["form"]
    assert desk.post(url(patient, "edit/"), {**mine, "version": again["version"].value()}).status_code == 303
    patient.refresh_from_db()
    assert (patient.accommodation, patient.language) == ("Uses a wheelchair", "en")
    assert desk.post(url(patient, "edit/"), mine).status_code == 303  # pressed twice


def test_the_caller_check_stands_in_the_history(desk, patient):
    assert desk.post(url(patient, "caller/"), {"by_what": "code"})["Location"] == url(patient)
    page = body(desk.get(url(patient)))
    assert "<strong>Caller’s identity checked</strong>, Dana Ng<br>visit code" in page
    assert desk.post(url(patient, "caller/"), {}).status_code == 422


def test_the_call_list_says_when_and_whether_to_call(desk, visit):
    Patient.objects.update(no_call=True, good_hours="evening")
    TaskFactory(kind="not_delivered", appointment=visit, location=visit.location)
    page = body(desk.get("/desk/tasks/"))
    assert "Good time to call: Evening, after 5 pm" in page
    assert "Asked not to be called" in page


@pytest.mark.parametrize("kind", [kind for kind in Message.Kind.values if kind not in NOT_ABOUT_A_VISIT])
def test_what_staff_should_know_reaches_no_message(visit, kind):
    Patient.objects.update(accommodation="Wheelchair-and-oxygen")
    message = Message.objects.select_related(None).get(pk=MessageFactory(appointment=visit, kind=kind).pk)
    content = render(message)
    assert "Wheelchair" not in content.subject + content.text + content.html


def test_no_render_context_holds_a_patient(visit, monkeypatch):
    """So that no template can name what staff should know, whatever is written into it later."""
    seen = []
    monkeypatch.setattr(
        "scheduling.messaging.render.render_to_string", lambda name, context: seen.append(context) or ""
    )
    for kind in Message.Kind.values:
        if kind == "waitlist":
            entry = WaitlistFactory(draft=None, appointment=visit)
            render(WaitlistMessageFactory(waitlist_entry=entry, kind=kind))
        elif kind.startswith("order_"):
            render(InvitationFactory(kind=kind))
        elif kind != "overdue":
            render(MessageFactory(appointment=visit, kind=kind))
    values = [value for context in seen for value in context.values()]
    assert len(seen) == 2 * (len(Message.Kind.values) - 1)
    known = {"str", "bool", "list", "Location", "SafeString", "NoneType"}
    assert {type(value).__name__ for value in values} <= known
