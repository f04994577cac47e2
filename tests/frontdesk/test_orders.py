"""Orders that come before a visit: typed in, read beside their paper, booked, closed. By plain forms."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scheduling.actions import arrivals
from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit, take_back
from scheduling.actions.drafts import change_exam, start_draft_again
from scheduling.actions.order_inbox import save_order
from scheduling.actions.undoing import undo_change
from scheduling.exceptions import OrderDecides, OrderGone
from scheduling.models import Appointment, AuditEvent, Document, Draft, Order, Task
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from tests.factories.documents import DocumentFactory
from tests.factories.journey import NOW, bookable, ready_draft
from tests.factories.locations import AssignmentFactory, ScannerFactory
from tests.factories.orders import OrderFactory, order_for
from tests.factories.scheduling import ExamFactory, OfferingFactory
from tests.factories.second_screens import SecondScreenFactory
from tests.files import jpeg

pytestmark = pytest.mark.django_db
STAFF = Actor.staff(1)
PERSON = {
    "given_name": "Bo",
    "family_name": "Ng",
    "birth_date": "3/14/52",
    "phone": "512 555 0147",
    "email": "bo@example.com",
    "language": "en",
    "laterality": "left",
    "indication": "Pain",
    "clinician": "Dr. Osei",
    "practice": "Hill Country",
    "practice_phone": "512-555-0199 x4",
    "practice_fax": "512-555-0198",
    "ordered_on": "2026-11-20",
    "urgency": "urgent",
}

CALLER = {
    "given_name": "Ana",
    "family_name": "Núñez",
    "birth_date": "5/17/1980",
    "phone": "512-555-0147",
    "email": "ana@example.com",
    "language": "en",
}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def world():
    return bookable()


@pytest.fixture
def center(world):
    return world[0].location


@pytest.fixture
def desk(client, center):
    client.force_login(AssignmentFactory(location=center).user)
    return client


def inbox(center):
    return f"/desk/at/{center.slug}/orders/"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def save(desk, order, **data):
    order.refresh_from_db()
    return desk.post(f"/desk/orders/{order.pk}/", {**PERSON, "version": order.version, **data})


def events(order):
    found = AuditEvent.objects.filter(object_kind="order", object_id=str(order.pk))
    return list(found.order_by("pk").values_list("event", flat=True))


# ---------------------------------------------------------------- typing in


def test_typed_from_the_exam_to_complete(desk, center, world):
    assert "No order has come yet" in body(desk.get(inbox(center)))
    key = str(uuid4())
    for _press in range(2):  # the same form, sent twice
        answer = desk.post(inbox(center), {"q": "kn mri", "exam": f"{world[1].pk}|left", "key": key})
        assert answer["Location"] == f"/desk/orders/{key}/"
    order = Order.objects.get()
    assert (order.status, order.came_by, order.laterality) == ("new", "typed", "left")
    page = body(desk.get(f"/desk/orders/{key}/"))
    assert "<title>Order - Alliance</title>" in page
    assert "Before it can be booked: first name, date of birth, phone or email." in page
    assert "Book now by phone" not in page

    assert save(desk, order, phone="", email="").status_code == 303
    page = body(desk.get(inbox(center)))
    assert "Missing: phone or email" in page
    assert save(desk, order).status_code == 303
    order.refresh_from_db()
    assert (order.status, order.birth_date, order.urgency) == ("ready", dt.date(1952, 3, 14), "urgent")
    assert (str(order.phone), order.phone_as_typed) == ("+15125550147", "512 555 0147")
    assert events(order) == ["order.came", "order.viewed", "order.changed", "order.changed"]
    page = body(desk.get(f"/desk/orders/{key}/"))
    assert "Book now by phone" in page
    assert "First name, last name, date of birth, reason for the exam, ordered by, practice" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("birth_date", "31/31/52", "Enter the date of birth with the month first, such as 3/14/1952"),
        ("phone", "512", "That number is too short. Enter 10 numbers, like 512-555-0147"),
        ("email", "bo@", "Enter an email like name@example.com"),
        ("ordered_on", "2026-12-24", "That day is still to come"),
        ("ordered_on", "soon", "Enter a day, such as 2026-12-31"),
        ("clinician", "x" * 201, "Use at most 200 letters"),
        ("indication", "x" * 501, "Use at most 500 letters"),
        ("laterality", "up", "Select a valid choice"),
        ("version", "x", "Enter a whole number"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_lost(desk, world, field, typed, said):
    order = order_for(*world)
    answer = save(desk, order, **{field: typed})
    assert answer.status_code == 422
    if field != "version":
        assert said in body(answer)
    assert "Hill Country" in body(answer)
    order.refresh_from_db()
    assert order.clinician == "Dr. Gudrun Osei"


def test_two_desks_at_one_order(desk, world):
    order = order_for(*world)
    seen = order.version
    assert save(desk, order, practice="Other").status_code == 303
    answer = save(desk, order, version=seen)
    page = body(answer)
    assert answer.status_code == 409
    assert "<dt>Practice</dt><dd>Now: Other<br>Yours: Hill Country</dd>" in page
    order.refresh_from_db()
    assert order.practice == "Other"
    assert save(desk, order, version=order.version).status_code == 303  # mine all the same
    order.refresh_from_db()
    assert order.practice == "Hill Country"


def test_the_contrast_is_a_member_of_the_family(desk, world, center):
    machine, plain = world
    with_contrast = ExamFactory(family=plain.family, name="Knee MRI", contrast="with", has_sides=True)
    OfferingFactory(exam=with_contrast, location=center)
    order = order_for(machine, plain)
    assert "Contrast, as ordered" in body(desk.get(f"/desk/orders/{order.pk}/"))
    assert save(desk, order, exam=with_contrast.pk).status_code == 303
    order.refresh_from_db()
    assert order.exam == with_contrast
    elsewhere = ExamFactory(family=plain.family, contrast="with and without")
    assert save(desk, order, exam=elsewhere.pk).status_code == 422


def test_another_exam_is_typed(desk, world, center):
    order = order_for(*world, laterality="")
    brain = ExamFactory(name="Brain MRI", body_region="head")
    OfferingFactory(exam=brain, location=center)
    url = f"/desk/orders/{order.pk}/exam/"
    assert desk.post(url, {"q": "zz", "version": 0}).status_code == 422
    assert "Brain MRI" in body(desk.post(url, {"q": "br", "find": "1"}))
    assert desk.post(url, {"q": "brain", "version": 7}).status_code == 409
    assert desk.post(url, {"q": "brain", "version": 0}).status_code == 303
    order.refresh_from_db()
    assert (order.exam, order.status) == (brain, "ready")


# ---------------------------------------------------------------- papers


def test_begun_with_its_paper(desk, center):
    paper = SimpleUploadedFile("fax.jpg", jpeg(), "image/jpeg")
    sent = {"upload": "1", "key": str(uuid4()), "files": paper}
    answer = desk.post(inbox(center), sent)
    order = Order.objects.get()
    assert answer["Location"] == f"/desk/orders/{order.pk}/"
    assert (order.status, order.came_by) == ("new", "uploaded")
    document = Document.objects.get(order=order)
    page = body(desk.get(answer["Location"]))
    assert f'<img src="/desk/documents/{document.pk}/"' in page
    assert "Document added" in page
    assert b"".join(desk.get(f"/desk/documents/{document.pk}/"))
    url = f"/desk/orders/{order.pk}/files/"
    more = SimpleUploadedFile("2.jpg", jpeg(), "image/jpeg")  # the same picture is the one that is there
    assert desk.post(url, {"files": more}).status_code == 303
    assert Document.objects.count() == 1
    wrong = SimpleUploadedFile("x.jpg", b"MZ program", "image/jpeg")
    assert desk.post(url, {"files": wrong}).status_code == 422
    for _press in range(2):
        assert desk.post(url, {"remove": document.pk}).status_code == 303
    assert not Document.objects.exists()


def test_no_paper_chosen_makes_no_order(desk, center):
    answer = desk.post(inbox(center), {"upload": "1", "key": str(uuid4())})
    assert answer.status_code == 422
    assert "Choose a photo or a PDF first" in body(answer)
    assert not Order.objects.exists()


# ---------------------------------------------------------------- the list


def test_urgent_first_then_the_oldest_with_counts(desk, world, center):
    day = dt.timedelta(days=1)
    for name, fields in {
        "Late": {"received_at": NOW - day},
        "Early": {"received_at": NOW - 5 * day},
        "Soon": {"received_at": NOW, "urgency": "urgent", "status": "invited"},
        "Half": {"received_at": NOW - 3 * day, "status": "new", "birth_date": None},
        "Over": {"status": "closed", "closed_at": NOW, "closed_because": "patient"},
    }.items():
        order_for(*world, given_name=name, **fields)
    OrderFactory(given_name="Foreign")
    answer = desk.get(inbox(center))
    assert [order.given_name for order in answer.context["orders"]] == ["Soon", "Early", "Half", "Late"]
    counts = {part.value: part.count for part in answer.context["parts"]}
    assert counts == {"open": 4, "new": 1, "ready": 2, "invited": 1, "booked": 0, "closed": 1}
    assert "5 days ago" in body(answer)
    assert [order.given_name for order in desk.get(inbox(center) + "?part=closed").context["orders"]] == [
        "Over"
    ]
    assert "No order in this state" in body(desk.get(inbox(center) + "?part=booked"))
    assert desk.get(inbox(center) + "?part=nonsense").status_code == 200


def test_closed_with_a_reason_and_opened_again(desk, world):
    order = order_for(*world)
    url = f"/desk/orders/{order.pk}/"
    assert "Choose why it is closed" in body(desk.post(f"{url}close/", {"version": 0}))
    assert desk.post(f"{url}close/", {"version": 9, "because": "patient"}).status_code == 409
    for _press in range(2):
        assert desk.post(f"{url}close/", {"version": 0, "because": "patient"}).status_code == 303
    order.refresh_from_db()
    assert (order.status, order.closed_because, order.version) == ("closed", "patient", 1)
    assert "Closed Mon, Nov 30: the patient does not want it." in body(desk.get(url))
    assert save(desk, order).status_code == 409
    assert desk.post(f"{url}book/").status_code == 409
    assert desk.post(f"{url}reopen/", {"version": 1}).status_code == 303
    order.refresh_from_db()
    assert (order.status, order.closed_because) == ("ready", "")


# ---------------------------------------------------------------- booked by phone


def book(desk, order, *, number=0):
    """By phone, at one of the first times; the visit."""
    answer = desk.post(f"/desk/orders/{order.pk}/book/")
    assert answer.status_code == 303, body(answer)
    url = answer["Location"]
    hold(desk, url, number=number)
    answer = desk.post(url, {"book": "1", **CALLER})
    assert answer.status_code == 303, body(answer)
    return Appointment.objects.exclude(status__in=["held", "expired"]).latest("pk")


def hold(desk, url, *, number=0, **caller):
    time = desk.get(url).context["times"][number]
    chosen = f"{time.location_id}|{time.starts_at.isoformat()}"
    assert desk.post(url, {**CALLER, **caller, "time": chosen}).status_code == 303


def test_booked_by_phone_from_the_order(desk, world):
    order = order_for(*world)
    paper = DocumentFactory(order=order)
    first = desk.post(f"/desk/orders/{order.pk}/book/")["Location"]
    assert desk.post(f"/desk/orders/{order.pk}/book/")["Location"] == first  # pressed again: it goes on
    page = body(desk.get(first))
    assert "As ordered by Dr. Gudrun Osei." in page
    assert 'value="512-555-0147"' in page
    assert 'name="order_status"' not in page
    visit = book(desk, order)
    order.refresh_from_db()
    assert (visit.order, visit.order_status, order.status) == (order, "received", "booked")
    assert order.patient == visit.patient
    assert not Task.objects.exists()  # nothing is missing, nothing to be matched
    page = body(desk.get(f"/desk/visits/{visit.pk}/"))
    assert "Dr. Gudrun Osei" in page
    assert f"/desk/documents/{paper.pk}/" in page
    assert "Booked from the order" in page
    assert f'href="/desk/visits/{visit.pk}/"' in body(desk.get(f"/desk/orders/{order.pk}/"))
    assert desk.post(f"/desk/orders/{order.pk}/book/").status_code == 409
    assert (
        desk.post(f"/desk/orders/{order.pk}/close/", {"version": 99, "because": "patient"}).status_code == 409
    )
    assert save(desk, order, phone="", email="").status_code == 422  # it must stay complete
    assert save(desk, order, practice="Moved").status_code == 303


def test_a_booking_with_another_birth_date_names_the_order(desk, world):
    order = order_for(*world)
    url = desk.post(f"/desk/orders/{order.pk}/book/")["Location"]
    hold(desk, url, birth_date="5/18/1980")
    answer = desk.post(url, {**CALLER, "book": "1", "birth_date": "5/18/1980"})
    assert answer.status_code == 409
    assert "The order names another date of birth." in body(answer)


def test_an_order_corrected_meanwhile_is_booked_as_it_is_now(desk, world):
    order = order_for(*world)
    url = desk.post(f"/desk/orders/{order.pk}/book/")["Location"]
    hold(desk, url)
    save_order(order_id=order.pk, version=0, fields={"laterality": "right"}, now=NOW, by=STAFF)
    answer = desk.post(url, {"book": "1", **CALLER})
    assert answer.status_code == 409
    assert "was corrected meanwhile" in body(answer)
    assert desk.post(url, {"book": "1", **CALLER}).status_code == 303
    assert Appointment.objects.get(status="booked").laterality == "right"


def test_one_order_is_booked_once(desk, world):
    order = order_for(*world)
    url = desk.post(f"/desk/orders/{order.pk}/book/")["Location"]
    hold(desk, url)
    Order.objects.filter(pk=order.pk).update(status="booked")  # by the patient, meanwhile
    answer = desk.post(url, {"book": "1", **CALLER})
    assert answer.status_code == 409
    assert "booked or closed meanwhile" in body(answer)
    assert not Appointment.objects.filter(status="booked").exists()


# ---------------------------------------------------------------- what becomes of the visit


def test_an_order_follows_its_visit(desk, world, clock):
    order = order_for(*world)
    visit = book(desk, order)
    cancel_visit(visit_id=visit.pk, reason="", version=visit.version, now=NOW, by=STAFF)
    order.refresh_from_db()
    assert order.status == "ready"
    visit.refresh_from_db()
    undo_change(visit_id=visit.pk, version=visit.version, now=NOW, by=STAFF)
    order.refresh_from_db()
    assert order.status == "booked"
    clock.move_to(visit.starts_at + dt.timedelta(hours=1), tick=False)

    def step(act):
        visit.refresh_from_db()
        act(visit_id=visit.pk, version=visit.version, now=visit.starts_at + dt.timedelta(hours=1), by=STAFF)
        order.refresh_from_db()
        return order.status, order.closed_because

    assert step(arrivals.mark_missed) == ("ready", "")
    assert step(arrivals.take_step_back) == ("booked", "")
    assert step(arrivals.mark_arrived) == ("booked", "")
    SecondScreenFactory(appointment=visit)
    assert step(arrivals.start_exam) == ("booked", "")
    assert step(arrivals.end_exam) == ("closed", "scanned")
    assert step(arrivals.take_step_back) == ("booked", "")
    assert events(order).count("order.freed") == 2


def test_a_cancel_is_not_taken_back_when_the_order_was_booked_again(desk, world):
    order = order_for(*world)
    one = book(desk, order)
    patient = Actor.patient(f"visit {one.pk}")
    cancel_visit(visit_id=one.pk, reason="", now=NOW, by=patient)
    two = book(desk, order, number=4)
    assert two.pk != one.pk
    with pytest.raises(OrderGone):
        take_back(visit_id=one.pk, now=NOW, by=patient)
    one.refresh_from_db()
    assert one.status == "canceled"


def test_the_same_again_is_still_the_order(world, client):
    machine, exam = world
    order = order_for(machine, exam)
    draft = ready_draft(machine, exam, order=order, visitor="v", order_status="received")
    by = Actor.patient("draft 1")
    visit = confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=by).visit
    visit = cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=by)
    visit = Appointment.objects.select_related("order").get(pk=visit.pk)
    again = start_draft_again(visit=visit, visitor="v", language="en", now=NOW)
    assert (again.order, again.order_status) == (order, "received")
    with pytest.raises(OrderDecides):
        change_exam(draft_id=again.pk, answers={"laterality": "right"}, now=NOW, by=by)
    change_exam(draft_id=again.pk, answers={"reason": "It still hurts"}, now=NOW, by=by)
    assert Draft.objects.get(pk=again.pk).reason == "It still hurts"


# ---------------------------------------------------------------- who may


def test_another_locations_order_is_missing(desk, world):
    foreign = OrderFactory()
    paper = DocumentFactory(order=foreign)
    for path in ("", "exam/", "files/", "book/", "close/", "reopen/"):
        for method in (desk.get, desk.post):
            assert method(f"/desk/orders/{foreign.pk}/{path}").status_code == 404
    assert desk.get(inbox(foreign.location)).status_code == 404
    assert desk.get(f"/desk/documents/{paper.pk}/").status_code == 404
    key = {"q": "kn mri", "exam": f"{world[1].pk}|left", "key": str(foreign.pk)}
    assert desk.post(inbox(world[0].location), key).status_code == 404


def test_with_the_visit_its_papers_are_read_where_it_takes_place(client, world):
    """The patient chose another center than the one that got the order."""
    machine, exam = world
    other = ScannerFactory()
    OfferingFactory(exam=exam, location=other.location)
    order = order_for(machine, exam)
    paper = DocumentFactory(order=order)
    client.force_login(AssignmentFactory(location=other.location).user)
    assert client.get(f"/desk/documents/{paper.pk}/").status_code == 404
    draft = ready_draft(other, exam, order=order)
    visit = confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=Actor.patient("d")).visit
    assert b"".join(client.get(f"/desk/documents/{paper.pk}/"))
    page = body(client.get(f"/desk/visits/{visit.pk}/"))
    assert "Dr. Gudrun Osei" in page
    assert "Open the order" not in page
    assert client.get(f"/desk/orders/{order.pk}/").status_code == 404
