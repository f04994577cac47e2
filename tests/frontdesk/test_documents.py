"""A patient's papers at the desk: listed with the task, opened by staff of the place, in the history."""

import uuid

import pytest

from locations.models import Assignment
from scheduling.models import AuditEvent, Document, Task
from tests.factories.documents import DocumentFactory
from tests.factories.locations import AssignmentFactory, LocationFactory
from tests.factories.scheduling import AppointmentFactory, FullDraftFactory
from tests.factories.tasks import TaskFactory
from tests.files import jpeg

pytestmark = pytest.mark.django_db
ROLE = Assignment.Role
TASKS = "/desk/tasks/"


@pytest.fixture
def austin():
    return LocationFactory(name="Austin")


@pytest.fixture
def document(austin):
    return DocumentFactory(appointment=AppointmentFactory(scanner__location=austin), content=jpeg())


def signed_in(client, location, role=ROLE.FRONT_DESK):
    client.force_login(AssignmentFactory(location=location, role=role).user)
    return client


def address(document) -> str:
    return f"/desk/documents/{document.pk}/"


@pytest.mark.parametrize("role", [ROLE.FRONT_DESK, ROLE.TECHNOLOGIST, ROLE.RADIOLOGIST, ROLE.ADMINISTRATOR])
@pytest.mark.parametrize("everywhere", [False, True])
def test_who_works_with_patients_there_opens_a_paper(client, austin, document, role, everywhere):
    answer = signed_in(client, None if everywhere else austin, role).get(address(document))

    assert b"".join(answer.streaming_content) == jpeg()
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    event = AuditEvent.objects.get(event="document.viewed")
    assert (event.actor_kind, event.object_id, event.location_id) == ("staff", str(document.pk), austin.pk)


def test_nobody_else_does_and_cannot_tell_it_from_a_missing_one(client, austin, document):
    pages = set()
    for location, role in (
        (LocationFactory(), ROLE.FRONT_DESK),
        (austin, ROLE.AUDITOR),
        (None, ROLE.AUDITOR),
    ):
        signed_in(client, location, role)
        for path in (address(document), f"/desk/documents/{uuid.uuid4()}/"):
            answer = client.get(path)
            assert answer.status_code == 404
            pages.add(answer.content)
    assert len(pages) == 1
    assert not AuditEvent.objects.filter(event="document.viewed").exists()


def test_without_signing_in_there_is_only_the_sign_in(client, document):
    assert client.get(address(document)).status_code == 302
    assert client.post(address(document)).status_code in (302, 405)


def test_a_paper_of_a_draft_is_for_the_desk_that_calls_about_it(client, austin):
    draft = FullDraftFactory(location=austin)
    document = DocumentFactory(draft=draft)
    signed_in(client, austin)
    assert client.get(address(document)).status_code == 404

    for _ in range(2):  # more than one task is still one paper
        TaskFactory(draft=draft, location=austin, closed_at=draft.created_at, closed_by="staff:1")
    answer = client.get(address(document))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)


def test_papers_are_listed_with_their_task(client, austin, document):
    draft = FullDraftFactory(location=austin)
    TaskFactory(kind=Task.Kind.MATCH_ORDER, location=austin, appointment=document.appointment)
    TaskFactory(draft=draft, location=austin)
    card = DocumentFactory(
        draft=draft, kind=Document.Kind.DEVICE_CARD, content_type="application/pdf", original_name="<i>.pdf"
    )
    DocumentFactory(appointment=AppointmentFactory())  # of nobody here

    answer = signed_in(client, austin).get(TASKS)

    page = answer.content.decode()
    assert {row.task.kind: [paper.pk for paper in row.documents] for row in answer.context["rows"]} == {
        "match_order": [document.pk],
        "callback": [card.pk],
    }
    assert address(document) in page
    assert "Order, photo" in page
    assert "Device card, PDF" in page
    assert "&lt;i&gt;.pdf" in page


def test_an_auditor_reads_the_task_without_its_papers(client, austin, document):
    TaskFactory(kind=Task.Kind.MATCH_ORDER, location=austin, appointment=document.appointment)
    answer = signed_in(client, austin, ROLE.AUDITOR).get(TASKS)
    assert [row.documents for row in answer.context["rows"]] == [()]
    assert address(document) not in answer.content.decode()
