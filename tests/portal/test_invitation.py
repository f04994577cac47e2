"""The link of an invitation: opened, proved by the date of birth, and booked as it was ordered."""

import datetime as dt
import re

import pytest
from django.test import Client

from scheduling.actions.canceling import cancel_visit
from scheduling.actions.delivery import Refused, deliver_due
from scheduling.actions.order_inbox import close_order, save_order
from scheduling.actions.order_invitations import call_unanswered, invite_to_book
from scheduling.messaging.render import render
from scheduling.models import Appointment, AuditEvent, Draft, Message, Order, Task
from scheduling.queries.access import order_token
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from tests.factories.documents import DocumentFactory
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory
from tests.factories.orders import order_for
from tests.factories.scheduling import ExamFactory, OfferingFactory, SidedExamFactory

pytestmark = pytest.mark.django_db
STAFF = Actor.staff(1)
BORN = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
WRONG = {**BORN, "birth_date_year": "1981"}
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def world():
    return bookable()


@pytest.fixture
def order(world):
    return invited(order_for(*world))


def invited(order, now=NOW):
    return invite_to_book(order_id=order.pk, version=order.version, now=now, by=STAFF)


def link(order):
    return f"/invitation/{order_token(order)}/"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def opened(order, client=None):
    """A browser that has given the date of birth."""
    client = client or Client()
    answer = client.post(link(order), BORN)
    assert answer.status_code == 303
    return client


def begun(order, client=None):
    """The address of the booking's first page, and its browser."""
    client = opened(order, client)
    answer = client.post(link(order))
    assert answer.status_code == 303
    return answer["Location"], client


def hold(client, draft, starts_at=NINE_FORTY):
    url = f"/book/{draft.pk}/time/"
    answer = client.post(url, {"opening": f"{starts_at:%Y-%m-%dT%H:%MZ}"})
    assert answer.status_code == 303
    return answer["Location"]


def booked(order):
    _url, client = begun(order)
    draft = Draft.objects.get(order=order)
    check = hold(client, draft)
    draft.refresh_from_db()
    answer = client.post(check, {"digest": digest_of(draft)})
    assert answer.status_code == 303
    return Appointment.objects.get(status="booked"), client


def sent(now, refused=()):
    """The kinds that leave at `now`."""
    out = []

    def send(message):
        if message.kind in refused:
            raise Refused("SMTP 550")
        out.append(message.kind)

    deliver_due(send=send, now=now)
    return out


# ---------------------------------------------------------------- the mail


def test_one_mail_that_names_nothing_and_leaves_after_two_minutes(order):
    assert sent(NOW + MINUTE) == []
    assert sent(NOW + 2 * MINUTE) == ["order_invited"]
    for message in Message.objects.all():
        content = render(message)
        assert content.subject.endswith("lease choose the time of your appointment")
        said = (content.subject + content.text + content.html).lower()
        assert not re.search(r"\b(knee|mri|left|ana|núñez|osei|pain)\b", said)
        assert f"/invitation/{order_token(order)}/" in content.text
        assert f"/invitation/{order_token(order)}/" in content.html
        assert "The link works until Wednesday, December 30, 2026." in content.text


def test_reminded_after_two_and_five_business_days_then_called(order, clock):
    sent(NOW + 2 * MINUTE)
    ten = {days: NOW + days * DAY + 61 * MINUTE for days in range(1, 12)}  # after a Monday, 10:01 in Austin
    assert {days for days, now in ten.items() if sent(now)} == {2, 7}
    assert call_unanswered(now=ten[8]) == 0
    assert [call_unanswered(now=ten[9]) for _again in range(2)] == [1, 0]
    task = Task.objects.get()
    assert (task.kind, task.order, task.location) == ("invitation", order, order.location)
    assert task.reason == "Invitation unanswered: call to book what was ordered"


def test_what_has_an_answer_is_not_asked_about(order):
    sent(NOW + 2 * MINUTE)
    booked(order)
    assert sent(NOW + 2 * DAY + 61 * MINUTE) == []
    assert call_unanswered(now=NOW + 20 * DAY) == 0
    assert set(Message.objects.filter(order=order, status="withdrawn").values_list("kind", flat=True)) == {
        "order_reminded"
    }


def test_closed_before_it_leaves_it_never_does(order):
    close_order(order_id=order.pk, version=order.version, because="mistake", now=NOW, by=STAFF)
    assert sent(NOW + 9 * DAY) == []


def test_a_mail_that_is_refused_becomes_a_call_that_ends_with_the_booking(order):
    assert sent(NOW + 2 * MINUTE, refused=["order_invited"]) == []
    task = Task.objects.get()
    assert task.reason == "Call about the order: the email with the invitation could not be delivered"
    booked(order)
    task.refresh_from_db()
    assert (task.outcome, Task.objects.open().count()) == ("Booked", 0)


def test_nothing_leaves_in_quiet_hours(world):
    late = dt.datetime(2026, 12, 1, 5, tzinfo=dt.UTC)  # 11 pm in Austin
    order = invited(order_for(*world), now=late)
    assert sent(late + 5 * MINUTE) == []
    assert sent(order.invited_at + dt.timedelta(hours=11)) == ["order_invited"]


def test_without_email_somebody_calls(world, client):
    machine, _exam = world
    client.force_login(AssignmentFactory(location=machine.location).user)
    order = order_for(*world, email="")
    url = f"/desk/orders/{order.pk}/"
    assert "Put on the call list" in body(client.get(url))
    for _press in range(2):  # a double click is one invitation
        assert client.post(f"{url}invite/", {"version": 0}).status_code == 303
    order.refresh_from_db()
    assert (order.status, order.call_at, Message.objects.count()) == ("invited", None, 0)
    page = body(client.get("/desk/tasks/"))
    assert "Call to book what was ordered: no email" in page
    assert "Ana Núñez" in page
    assert f'href="{url}"' in page
    assert "512-555-0147" in page
    assert f'action="{url}book/"' in page
    assert "Call to book what was ordered: no email" in body(client.get(url))


def test_the_desk_invites_and_invites_again(world, client, clock):
    machine, _exam = world
    client.force_login(AssignmentFactory(location=machine.location).user)
    order = order_for(*world)
    url = f"/desk/orders/{order.pk}/"
    assert client.post(f"{url}invite/", {"version": 5}).status_code == 409
    client.post(f"{url}invite/", {"version": 0})
    page = body(client.get(url))
    assert "The invitation leaves by email in 2 minutes." in page
    assert "Invited Mon, Nov 30, 9:00 am. Nothing is booked yet." in page
    assert "Without a booking, a task says on Wed, Dec 9 to call." in page
    order.refresh_from_db()
    key = order.link_key
    clock.move_to(NOW + DAY, tick=False)
    client.force_login(AssignmentFactory(location=machine.location).user)
    assert client.post(f"{url}invite/", {"version": order.version}).status_code == 303
    order.refresh_from_db()
    assert (order.link_key, order.invited_at) == (key, NOW + DAY)
    assert Message.objects.unsent().count() == 3
    begun(order)
    assert "The patient has begun to book." in body(client.get(url))
    half = order_for(*world, status="new", phone="", email="")
    assert client.post(f"/desk/orders/{half.pk}/invite/", {"version": 0}).status_code == 409


def test_half_an_order_is_no_invitation(order):
    save_order(order_id=order.pk, version=order.version, fields={"given_name": ""}, now=NOW, by=STAFF)
    order.refresh_from_db()
    assert (order.status, order.call_at) == ("new", None)
    assert sent(NOW + 9 * DAY) == []
    assert "This invitation has ended" in body(Client().get(link(order)))


# ---------------------------------------------------------------- the link


def test_opening_it_shows_and_changes_nothing(order, client):
    page = body(client.get(link(order)))
    assert "What is the patient’s date of birth?" in page
    assert "<title>Choose a time - " in page
    assert not re.search("(?i)knee|núñez|osei", page)
    assert not Draft.objects.exists()


def test_a_wrong_date_of_birth_opens_nothing_and_tries_are_counted(order, client):
    for _try in range(5):
        answer = client.post(link(order), WRONG)
        assert answer.status_code == 422
    assert "Knee" not in body(answer)
    assert client.post(link(order), BORN).status_code == 429
    assert AuditEvent.objects.filter(event="visit.lookup_failed", object_id=str(order.pk)).count() == 5
    assert client.post(link(order), {**WRONG, "birth_date_day": "x"}).status_code == 422


def test_after_the_date_of_birth_it_says_what_was_ordered(order):
    page = body(opened(order).get(link(order)))
    assert "Knee MRI, left" in page
    assert "Dr. Gudrun Osei" in page
    assert "Pain" not in page  # the doctor's words are for staff
    assert "Choose a time</button>" in page


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({"status": "closed", "closed_at": NOW, "closed_because": "expired", "call_at": None}, 0),
        ({"status": "new", "call_at": None}, 0),
        ({}, 31),
    ],
    ids=["closed", "being corrected", "too old"],
)
def test_an_invitation_that_is_over_says_whom_to_call(order, client, clock, fields, days):
    Order.objects.filter(pk=order.pk).update(**fields)
    clock.move_to(NOW + days * DAY, tick=False)
    answer = client.get(link(order))
    assert answer.status_code == 200
    assert "This invitation has ended" in body(answer)
    assert order.location.phone.as_national in answer.content.decode()
    assert client.post(link(order), BORN).status_code == 409
    assert not Draft.objects.exists()


# ---------------------------------------------------------------- booking


def test_booked_as_it_was_ordered(order):
    DocumentFactory(order=order)
    url, client = begun(order)
    draft = Draft.objects.get()
    assert url == f"/book/{draft.pk}/time/"  # nothing that is known is asked
    assert (draft.exam, draft.laterality, draft.order_status) == (order.exam, "left", "received")
    assert (draft.given_name, draft.email, draft.phone_as_typed) == ("Ana", "ana@example.com", "512-555-0147")
    check = hold(client, draft)
    page = body(client.get(check))
    assert "Knee MRI, left<br>As your doctor ordered" in page
    assert "We have it" in page
    draft.refresh_from_db()
    assert client.post(check, {"digest": digest_of(draft)}).status_code == 303
    visit = Appointment.objects.get(status="booked")
    order.refresh_from_db()
    assert (visit.order, visit.order_status, visit.source) == (order, "received", "online")
    assert (order.status, order.patient) == ("booked", visit.patient)
    assert not Task.objects.exists()
    assert "Your doctor’s order" not in body(client.get(f"/visit/{visit.link_key}/"))


def test_opened_twice_it_is_one_booking_that_goes_on_where_it_is_opened(order):
    url, phone = begun(order)
    assert "Go on with your booking" in body(phone.get(link(order)))
    assert phone.post(link(order))["Location"] == url
    url_here, laptop = begun(order)
    assert url_here == url
    assert Draft.objects.count() == 1
    assert laptop.get(url).status_code == 200
    assert phone.get(url).status_code == 404


def test_booked_already_it_leads_to_the_visit(order):
    visit, client = booked(order)
    answer = client.get(link(order))
    assert "/visit/" in answer["Location"]
    assert "Knee MRI" in body(client.get(answer["Location"]))
    stranger = Client()
    assert "What is the patient’s date of birth?" in body(stranger.get(link(order)))
    answer = stranger.post(link(order), BORN)
    assert visit.spoken_code in body(stranger.get(answer["Location"]))


def test_canceled_it_can_be_booked_again_by_the_same_link(order):
    visit, _client = booked(order)
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=Actor.patient("visit 1"))
    order.refresh_from_db()
    assert order.status == "ready"
    url, _client = begun(order)
    assert url.endswith("/time/")
    assert Draft.objects.filter(order=order).count() == 2
    assert invited(order).status == "invited"


@pytest.mark.parametrize(
    "sent", [{"laterality": "right"}, {"contrast": "with"}, {"exam": "other"}, {"order_status": "none"}]
)
def test_what_was_ordered_cannot_be_changed(order, world, sent):
    machine, exam = world
    other = SidedExamFactory(slug="other", name="Shoulder MRI")
    with_contrast = ExamFactory(family=exam.family, contrast="with", has_sides=True)
    for one in (other, with_contrast):
        OfferingFactory(exam=one, location=machine.location)
    _url, client = begun(order)
    draft = Draft.objects.get()
    change = f"/book/{draft.pk}/exam/"
    page = body(client.get(change))
    assert "as your doctor ordered" in page
    assert not re.search('name="(laterality|contrast|order_status|exam)"', page)
    answer = client.post(change, {"reason": "It hurts", "paying": "", **sent})
    assert answer.status_code == 409
    assert "Your doctor’s order says which scan it is" in body(answer)
    assert client.get(f"/book/{draft.pk}/exams/")["Location"] == change
    assert client.post(f"/book/{draft.pk}/exams/", {"exam": "other"}).status_code == 409
    again = Draft.objects.get()
    assert (again.exam, again.laterality, again.reason) == (exam, "left", "")
    assert client.post(change, {"reason": "It hurts", "interpreter_language": "ASL"}).status_code == 303
    assert Draft.objects.get().interpreter_language == "ASL"


def test_corrected_meanwhile_it_is_shown_again_before_it_is_booked(order):
    _url, client = begun(order)
    draft = Draft.objects.get()
    check = hold(client, draft)
    save_order(order_id=order.pk, version=order.version, fields={"laterality": "right"}, now=NOW, by=STAFF)
    draft.refresh_from_db()
    answer = client.post(check, {"digest": digest_of(draft)})
    assert answer.status_code == 409
    assert "was corrected meanwhile" in body(answer)
    assert "Knee MRI, right" in body(answer)
    draft.refresh_from_db()
    assert client.post(check, {"digest": digest_of(draft)}).status_code == 303
    assert Appointment.objects.get(status="booked").laterality == "right"


def test_for_another_date_of_birth_it_is_not_booked(order):
    _url, client = begun(order)
    draft = Draft.objects.get()
    check = hold(client, draft)
    Draft.objects.update(birth_date=dt.date(1982, 1, 1))
    draft.refresh_from_db()
    answer = client.post(check, {"digest": digest_of(draft)})
    assert answer.status_code == 409
    assert "for somebody with another date of birth" in body(answer)


def test_booked_by_the_desk_meanwhile(order):
    _url, client = begun(order)
    draft = Draft.objects.get()
    check = hold(client, draft)
    Order.objects.filter(pk=order.pk).update(status="booked", call_at=None)
    draft.refresh_from_db()
    answer = client.post(check, {"digest": digest_of(draft)})
    assert answer.status_code == 409
    assert "booked or closed meanwhile" in body(answer)
    assert not Appointment.objects.filter(status="booked").exists()
