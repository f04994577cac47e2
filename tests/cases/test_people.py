"""One address, several people; and a visit that was canceled is still there."""

import datetime as dt

import pytest
from django.urls import reverse

from locations.models import Assignment
from scheduling.actions.booking import confirm_booking
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.delivery import deliver_due
from scheduling.actions.moving import move_visit
from scheduling.models import Appointment, AuditEvent, Draft, Message, Patient
from scheduling.queries.access import visit_token
from scheduling.queries.drafts import digest_of
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import AssignmentFactory

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
DESK = Actor.staff(7)
pytestmark = pytest.mark.django_db


def book(machine, exam, *, at=NINE_FORTY, now=NOW, **answers) -> Appointment:
    draft = ready_draft(machine, exam, starts_at=at, **answers)
    return confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=now, by=PATIENT).visit


def visit_page(client, visit) -> str:
    """As the patient opens it: by the link and the date of birth."""
    address = reverse("portal:visit", args=[visit_token(visit)])
    born = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"}
    assert client.post(address, born).status_code == 303
    return client.get(address).content.decode().replace("&#x27;", "'")


def test_ana_then_ben_with_one_email():
    """Name and date of birth tell people apart; nothing of the first visit changes."""
    machine, exam = bookable()
    ana = book(machine, exam, given_name="Ana")
    before = Appointment.objects.filter(pk=ana.pk).values().get()
    patient = Patient.objects.filter(pk=ana.patient_id).values().get()

    ben = book(machine, exam, at=NINE_FORTY + HOUR, given_name="Ben", phone="+15125550199")

    assert ben.patient_id != ana.patient_id
    assert Appointment.objects.filter(pk=ana.pk).values().get() == before
    assert Patient.objects.filter(pk=ana.patient_id).values().get() == patient


def test_knowing_an_email_reveals_nothing(client, time_machine):
    """The look-up asks for code and date of birth; no page takes an email and answers with a visit."""
    time_machine.move_to(NOW, tick=False)
    ana = book(*bookable(), given_name="Ana")

    page = client.post(
        reverse("portal:find-visit"),
        {"code": ana.email, "birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1980"},
    )

    assert page.status_code == 422
    assert ana.spoken_code not in page.content.decode()


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Sinéad", "O'Connor"),
        ("Brian", "D’Arcy"),
        ("Björk", "Guðmundsdóttir"),
        ("Thị Lan", "Nguyễn"),
        ("李", "小龙"),
        ("O", ""),
        ("Sukarno", ""),
    ],
)
def test_names_are_shown_as_typed(client, time_machine, given, family):
    time_machine.move_to(NOW, tick=False)
    visit = book(*bookable(), given_name=given, family_name=family, one_name=not family)
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)

    desk = client.get(reverse("admin:scheduling_patient_changelist")).content.decode()
    client.logout()

    for page in (visit_page(client, visit), desk.replace("&#x27;", "'")):
        assert f"{given} {family}".strip() in page


def test_a_canceled_visit_is_still_found(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    visit = book(*bookable())
    cancel_visit(visit_id=visit.pk, reason="", now=NOW, by=DESK)

    assert "canceled" in visit_page(client, visit)
    client.force_login(AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user)
    address = reverse("admin:scheduling_appointment_changelist")
    assert visit.code in client.get(address, {"q": visit.code}).content.decode()


def test_the_history_says_who_when_and_what_was_before():
    machine, exam = bookable()
    visit = book(machine, exam)
    move_visit(
        visit_id=visit.pk,
        location_id=machine.location_id,
        starts_at=NINE_FORTY + HOUR,
        version=visit.version,
        now=NOW + MINUTE,
        by=Actor.staff(7),
    )
    cancel_visit(visit_id=visit.pk, reason="", now=NOW + 2 * MINUTE, by=Actor.staff(8))

    of_visit = AuditEvent.objects.filter(object_kind="appointment", object_id=str(visit.pk)).order_by("pk")
    told = list(of_visit.values_list("event", "at", "actor_kind", "actor_name", "before", "after"))
    old = {"starts_at": NINE_FORTY.isoformat(), "scanner": machine.pk}
    new = {"starts_at": (NINE_FORTY + HOUR).isoformat(), "scanner": machine.pk}
    assert told == [
        ("hold.placed", NOW, "patient", "draft test", {}, old),
        ("visit.booked", NOW, "patient", "draft test", {}, {**old, "source": "online"}),
        ("visit.moved", NOW + MINUTE, "staff", "7", old, new),
        ("visit.canceled", NOW + 2 * MINUTE, "staff", "8", {"status": "booked"}, {"status": "canceled"}),
    ]


@pytest.mark.parametrize("how", ["by link", "by desk"])
def test_a_cancel_one_minute_before_the_reminder_is_due(client, time_machine, how):
    visit = book(*bookable(), now=NOW - 48 * HOUR)
    sent: list[str] = []
    deliver_due(send=lambda message: sent.append(message.kind), now=NOW)
    reminder = Message.objects.filter(kind="reminder_24h", status="pending").get()

    canceled_at = reminder.due_at - MINUTE
    time_machine.move_to(canceled_at, tick=False)
    if how == "by link":
        visit_page(client, visit)
        answer = client.post(reverse("portal:cancel", args=[visit_token(visit)]))
        assert answer.status_code == 303
    else:
        cancel_visit(visit_id=visit.pk, reason="", now=canceled_at, by=DESK)
    for minutes in (0, 1, 2, 600, 1500):
        deliver_due(send=lambda message: sent.append(message.kind), now=canceled_at + minutes * MINUTE)

    assert sent == ["confirmation", "canceled"]


def test_the_job_three_times_is_one_mail():
    book(*bookable())
    sent: list[str] = []
    for _ in range(3):
        deliver_due(send=lambda message: sent.append(message.kind), now=NOW)

    assert sent == ["confirmation"]


def test_who_books_again_with_another_email_changes_nothing_of_the_first_visit():
    """The same person by name, birth date and phone; each visit keeps where its own messages go."""
    machine, exam = bookable()
    both = {"by_email": True, "by_call": True, "phone": "+15125550147", "phone_as_typed": "512-555-0147"}
    first = book(machine, exam, **both)
    before = Appointment.objects.filter(pk=first.pk).values().get()
    patient = Patient.objects.values().get()

    second = book(machine, exam, at=NINE_FORTY + HOUR, **{**both, "email": "new@example.com"})

    assert second.patient_id == first.patient_id
    assert second.email == "new@example.com"
    assert Appointment.objects.filter(pk=first.pk).values().get() == before
    assert Patient.objects.values().get() == patient
    assert set(first.messages.values_list("status", flat=True)) == {"pending"}


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "Anna"},
        {"family_name": "Ruiz"},
        {"birth_date": dt.date(1980, 5, 18)},
        {"email": "ana@example.org"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_who_differs_in_one_thing_is_someone_else(other):
    machine, exam = bookable()
    ana = book(machine, exam)

    assert book(machine, exam, at=NINE_FORTY + HOUR, **other).patient_id != ana.patient_id


@pytest.mark.parametrize(
    "same", [{"family_name": "Nunez"}, {"given_name": "ANA"}, {"email": "Ana@Example.com"}], ids=str
)
def test_who_types_without_accents_or_in_capitals_is_the_same(same):
    machine, exam = bookable()
    ana = book(machine, exam)

    again = book(machine, exam, at=NINE_FORTY + HOUR, **same)

    assert again.patient_id == ana.patient_id
    assert (again.patient.given_name, again.patient.family_name) == ("Ana", "Núñez")  # as first typed


def test_a_stranger_with_the_same_email_meets_nothing_of_ana(client, time_machine):
    """Ben gets through the whole journey on Ana's email, and no page of his names her or her visit."""
    time_machine.move_to(NOW, tick=False)
    machine, exam = bookable()
    ana = book(machine, exam, given_name="Analena", family_name="Secretname")
    session = client.session
    session["visitor"] = "bens-browser"
    session.save()
    draft = ready_draft(
        machine,
        exam,
        visitor="bens-browser",
        given_name="Ben",
        family_name="Ortiz",
        starts_at=NINE_FORTY + HOUR,
    )
    names = ("where", "time", "patient", "contact", "check")
    pages = [client.get(reverse(f"portal:{name}", kwargs={"draft_id": draft.pk})) for name in names]
    booked = client.post(
        reverse("portal:check", kwargs={"draft_id": draft.pk}),
        {"digest": digest_of(Draft.objects.get(pk=draft.pk))},
    )
    pages.append(client.get(booked.url))
    pages.append(client.get(booked.url.replace("booked/", "")))

    read = " ".join(page.content.decode() for page in pages)
    assert [page.status_code for page in pages] == [200] * len(pages)
    assert not [
        word for word in ("Analena", "Secretname", ana.code, ana.spoken_code, ana.link_key) if word in read
    ]
