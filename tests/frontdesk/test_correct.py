"""Correcting a visit to its order, on the page."""

import datetime as dt

import pytest

from locations.models import Assignment
from scheduling.models import AuditEvent
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, ExamFactory, OfferingFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def visit():
    machine, exam = bookable(name="MRI 1")
    return AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY, laterality="left")


@pytest.fixture
def desk(client, visit):
    client.force_login(AssignmentFactory(location=visit.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def url(visit):
    return f"/desk/visits/{visit.pk}/exam/"


def send(desk, visit, **data):
    usual = {
        "exam": visit.exam_id,
        "laterality": "left",
        "scanner": visit.scanner_id,
        "day": "2026-12-01",
        "time": "9:40 am",
        "tell": "message",
        "version": visit.version,
    }
    return desk.post(url(visit), {**usual, **data})


@pytest.fixture
def hip(visit):
    exam = ExamFactory(name="Hip MRI", minutes=60)
    OfferingFactory(exam=exam, location=visit.location)
    return exam


def test_from_the_visit_to_the_board_with_the_change_in_the_history_and_back(desk, visit, hip):
    assert f'href="{url(visit)}"' in body(desk.get(f"/desk/visits/{visit.pk}/"))
    answer = send(desk, visit, exam=hip.pk)
    board = f"/desk/at/{visit.location.slug}/2026-12-01/#visit-{visit.pk}"
    assert (answer.status_code, answer["Location"]) == (303, board)
    assert "Corrected to the order: Ana Núñez." in body(desk.get(board))
    page = body(desk.get(f"/desk/visits/{visit.pk}/"))
    assert "Exam corrected to the order" in page
    assert "Knee MRI, left became Hip MRI" in page
    visit.refresh_from_db()
    desk.post(f"/desk/visits/{visit.pk}/undo/", {"version": visit.version})
    visit.refresh_from_db()
    assert visit.exam.name == "Knee MRI"
    assert AuditEvent.objects.filter(event=AuditEvent.Event.CHANGE_UNDONE).count() == 1


def test_what_speaks_against_it_is_named_beside_times_for_the_exam_of_the_order(desk, visit, hip):
    AppointmentFactory(scanner=visit.scanner, exam=visit.exam, starts_at=NINE_FORTY + 45 * MINUTE)
    answer = send(desk, visit, exam=hip.pk)
    page = body(answer)
    assert answer.status_code == 422
    assert "Write why it has to be this time, or choose another" in page
    assert "Something speaks against that time" in page
    assert "Near its time for Hip MRI" in page
    assert "Tue, Dec 1, 9:20 am" in page  # beside its own time, on the same day
    assert f"?exam={hip.pk}&amp;laterality=left&amp;scanner={visit.scanner_id}&amp;at=" in page


def test_a_time_that_was_chosen_fills_in_the_form(desk, visit, hip):
    page = body(desk.get(f"{url(visit)}?exam={hip.pk}&scanner={visit.scanner_id}&at=2026-12-02T15:00:00Z"))
    assert 'value="2026-12-02"' in page
    assert f'<option value="{hip.pk}" selected>Hip MRI' in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"laterality": ""}, "Choose the side that the order says"),
        ({"exam": "x"}, "Choose the exam that the order says"),
        ({"time": "late"}, "Enter a time, such as 9:40 am"),
    ],
)
def test_faults_stand_beside_their_fields_and_nothing_changes(desk, visit, data, words):
    answer = send(desk, visit, **data)
    assert answer.status_code == 422
    assert words in body(answer)
    visit.refresh_from_db()
    assert visit.version == 0


def test_a_scanner_of_the_wrong_kind_is_told_before_it_is_tried(desk, visit):
    ct = ExamFactory(name="Chest CT", modality="CT")
    OfferingFactory(exam=ct, location=visit.location)
    ScannerFactory(location=visit.location, modality="CT", name="CT 1")
    answer = send(desk, visit, exam=ct.pk)
    assert answer.status_code == 422
    assert "Choose a scanner for it (CT)" in body(answer)


def test_another_desk_was_faster(desk, visit, hip):
    answer = send(desk, visit, exam=hip.pk, version=7, reason="Typed")
    assert answer.status_code == 409
    assert 'name="exam"' in body(answer)


def test_without_the_right_to_book_nothing_is_corrected(client, visit):
    client.force_login(AssignmentFactory(location=visit.location, role=Assignment.Role.TECHNOLOGIST).user)
    assert send(client, visit).status_code == 403
    assert "Correct to the order" not in body(client.get(f"/desk/visits/{visit.pk}/"))
