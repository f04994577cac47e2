"""Devices and implants stay with the patient, for whoever looks at the next visit."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from locations.models import Assignment
from scheduling.models import AuditEvent, Implant, Task
from tests.factories.documents import DocumentFactory
from tests.factories.implants import ImplantFactory
from tests.factories.locations import AssignmentFactory
from tests.factories.safety import visit_with_answers
from tests.factories.scheduling import BOOKED_AT, AppointmentFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db
KEPT = {"what": "Loop recorder", "make_model": "Medtronic Reveal", "conditions": "1.5 T"}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(BOOKED_AT + dt.timedelta(hours=1), tick=False)


@pytest.fixture
def visit():
    return visit_with_answers({"device": "yes"})


@pytest.fixture
def desk(client, visit):
    client.force_login(AssignmentFactory(location=visit.location, role=Assignment.Role.TECHNOLOGIST).user)
    return client


def url(visit, more=""):
    return f"/desk/visits/{visit.pk}/implants/{more}"


def test_it_is_kept_and_shown_wherever_the_next_visit_is_looked_at(desk, visit):
    card = DocumentFactory(appointment=visit, kind="device_card")
    answer = desk.post(url(visit, "add/"), {**KEPT, "card_id": str(card.pk)})
    assert (answer.status_code, answer["Location"]) == (303, url(visit))
    assert desk.post(url(visit, "add/"), KEPT).status_code == 303  # once more
    implant = Implant.objects.get()
    assert (implant.patient, implant.card) == (visit.patient, card)
    assert "Medtronic" not in str(AuditEvent.objects.get(event="implant.added").after)

    later = AppointmentFactory(
        scanner=visit.scanner,
        exam=visit.exam,
        patient=visit.patient,
        starts_at=visit.starts_at + dt.timedelta(90),
    )
    review = Task.objects.get(kind="review", appointment=visit)
    for page in (url(later), f"/desk/visits/{later.pk}/safety/", f"/desk/reviews/{review.pk}/"):
        shown = desk.get(page).content.decode()
        assert "Medtronic Reveal" in shown, page
        assert f"/desk/documents/{card.pk}/" in shown, page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"what": ""}, "Write what it is"),
        ({"what": "x" * 121}, "Use 120 letters or less"),
        ({"conditions": "x" * 301}, "Use 300 letters or less"),
    ],
)
def test_what_is_missing_is_said(desk, visit, values, words):
    answer = desk.post(url(visit, "add/"), {**KEPT, **values})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert "Medtronic Reveal" in answer.content.decode()
    assert not Implant.objects.exists()


def test_the_card_of_another_visit_is_no_choice(desk, visit):
    DocumentFactory(appointment=visit, kind="device_card")
    other = DocumentFactory(appointment=AppointmentFactory(), kind="device_card")
    assert desk.post(url(visit, "add/"), {**KEPT, "card_id": str(other.pk)}).status_code == 422


def test_it_is_taken_off_the_list_with_a_reason(desk, visit):
    implant = ImplantFactory(appointment=visit)
    address = url(visit, f"{implant.pk}/remove/")
    assert desk.post(address, {}).status_code == 422
    assert desk.post(address, {"because": "taken_out"}).status_code == 303
    assert "None are known." in desk.get(url(visit)).content.decode()
    assert desk.post(address, {"because": "taken_out"}).status_code == 404
    implant.refresh_from_db()
    assert implant.removed_because == "taken_out"


def test_that_of_another_patient_is_missing(desk, visit):
    other = ImplantFactory()
    assert desk.post(url(visit, f"{other.pk}/remove/"), {"because": "mistake"}).status_code == 404
    assert other.make_model not in desk.get(url(visit)).content.decode()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"what": ""}, "implant_is_something"),
        ({"removed_because": "mistake"}, "implant_removed_with_reason"),
    ],
)
def test_rows_make_sense(values, constraint):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ImplantFactory(**values)
    assert error.value.__cause__.diag.constraint_name == constraint


def read(client, paper) -> int:
    answer = client.get(f"/desk/documents/{paper.pk}/")
    if answer.streaming:
        assert b"".join(answer.streaming_content)  # to the end, so that the file is closed
    return answer.status_code


def test_its_card_is_read_wherever_a_visit_of_the_patient_is(client, visit):
    card = DocumentFactory(appointment=visit, kind="device_card")
    ImplantFactory(appointment=visit, card=card)
    elsewhere = AppointmentFactory(patient=visit.patient, starts_at=visit.starts_at + dt.timedelta(90))
    for role, status in ((Assignment.Role.TECHNOLOGIST, 200), (Assignment.Role.FRONT_DESK, 404)):
        client.force_login(AssignmentFactory(location=elsewhere.location, role=role).user)
        assert read(client, card) == status
    Implant.objects.update(removed_at=BOOKED_AT, removed_because="mistake")
    client.force_login(AssignmentFactory(location=elsewhere.location, role=Assignment.Role.TECHNOLOGIST).user)
    assert read(client, card) == 404


def test_every_look_is_in_the_history(desk, visit):
    labs = TaskFactory(kind="labs", appointment=visit, location=visit.location)
    for page in (url(visit), f"/desk/visits/{visit.pk}/safety/", f"/desk/labs/{labs.pk}/"):
        before = AuditEvent.objects.filter(event="visit.viewed").count()
        assert desk.get(page).status_code == 200
        assert AuditEvent.objects.filter(event="visit.viewed").count() == before + 1, page
