import datetime as dt
import re

import pytest

from locations.models import Assignment, Closure, User
from scheduling.actions.canceling import cancel_visit
from scheduling.actions.moving import move_visit
from scheduling.actions.undoing import undo_change
from scheduling.models import Appointment, Authorization, ChangePlan
from scheduling.rules.actors import Actor
from tests.factories.journey import NINE_FORTY, NOW, bookable
from tests.factories.locations import AssignmentFactory, ClosureFactory, OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    OfferingFactory,
    PatientFactory,
    PreparationFactory,
)

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def machine():
    machine, exam = bookable(name="MRI 1")
    machine.exam = exam
    return machine


@pytest.fixture
def desk(client, machine):
    client.force_login(AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user)
    return client


def downtime(machine):
    return f"/desk/at/{machine.location.slug}/closures/"


def body(answer):
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def close(desk, machine, **data):
    usual = {
        "scanner": machine.pk,
        "kind": "downtime",
        "day": "2026-12-01",
        "time": "7 am",
        "until": "7 pm",
        "reason": "Coil",
    }
    return desk.post(downtime(machine), {**usual, **data})


def visit_at(machine, minutes, **fields):
    who = PatientFactory(given_name=f"At {minutes}")
    return AppointmentFactory(
        scanner=machine, exam=machine.exam, patient=who, starts_at=NINE_FORTY + minutes * MINUTE, **fields
    )


def test_from_the_form_over_the_preview_to_the_list_of_who_has_agreed(desk, machine):
    moved, kept = visit_at(machine, 0, phone="+15125550147"), visit_at(machine, 60)
    ScannerFactory(location=machine.location, name="MRI 2")
    begun = close(desk, machine)
    assert begun.status_code == 303
    page = body(desk.get(begun["Location"]))
    for words in (
        "It touches 2 visits.",
        "2 can move the same day, 0 to another day, 0 have no place.",
        "MRI 2",
        "We are sorry: we had to move your visit.",
        "The proposed times are held until 9:20 am.",
        "512-555-0147",
    ):
        assert words in page
    assert not Closure.objects.exists()
    choices = {f"choice-{moved.pk}": "move", f"choice-{kept.pk}": "keep"}
    wrong = desk.post(begun["Location"], choices)
    assert wrong.status_code == 422
    assert "Write why this visit stays" in body(wrong)
    done = desk.post(begun["Location"], {**choices, f"reason-{kept.pk}": "Emergency power"})
    assert (done.status_code, done["Location"]) == (303, begun["Location"])
    page = body(desk.get(done["Location"]))
    for words in ("Moved to Tue, Dec 1, 9:40 am", "Kept: Emergency power", "Not yet"):
        assert words in page
    assert desk.post(begun["Location"], {}).status_code == 303  # pressed twice, it is done once
    assert Closure.objects.count() == 1
    assert ">Back up early<" not in body(desk.get(downtime(machine)))  # it has not begun
    assert "Do not close" in body(desk.get(downtime(machine)))


def test_a_visit_booked_meanwhile_brings_the_preview_back(desk, machine):
    visit = visit_at(machine, 0)
    address = close(desk, machine)["Location"]
    visit_at(machine, 120)
    answer = desk.post(address, {f"choice-{visit.pk}": "cancel"})
    assert answer.status_code == 409
    page = body(answer)
    assert "Something changed since this preview" in page
    assert "It touches 2 visits." in page
    assert Appointment.objects.filter(status="canceled").count() == 0


def test_to_look_at_the_preview_changes_nothing(desk, machine, time_machine):
    visit_at(machine, 0)
    address = close(desk, machine)["Location"]
    hold = Appointment.objects.get(status="held")
    time_machine.move_to(NOW + 10 * MINUTE, tick=False)
    assert "held until 9:20 am" in body(desk.get(address))
    assert Appointment.objects.get(pk=hold.pk).held_until == hold.held_until
    assert desk.post(f"{address}look/", {})["Location"] == address
    assert "held until 9:30 am" in body(desk.get(address))
    visit_at(machine, 120)
    page = body(desk.get(address))
    assert "Something changed" in page
    assert "It touches 1 visit." in page  # the plan as it was


def test_what_was_chosen_is_there_after_a_refusal(desk, machine):
    visit = visit_at(machine, 0)
    address = close(desk, machine)["Location"]
    visit_at(machine, 120)
    page = body(
        desk.post(
            address, {f"choice-{visit.pk}": "keep", f"reason-{visit.pk}": "Inpatient", "elsewhere": "7"}
        )
    )
    assert 'value="Inpatient"' in page


def test_other_centers_where_one_books_are_offered_and_named_with_miles(desk, machine, client):
    visit = visit_at(machine, 0)
    near, foreign = (
        ScannerFactory(location=OpenLocationFactory(name=name, latitude=machine.location.latitude + degrees))
        for name, degrees in (("Lakeside", 0.1), ("Foreign", 0.05))
    )
    for one in (near, foreign):
        OfferingFactory(exam=machine.exam, location=one.location)
    user = User.objects.get(pk=client.session["_auth_user_id"])
    AssignmentFactory(user=user, location=near.location, role=Assignment.Role.FRONT_DESK)
    address = close(desk, machine)["Location"]
    page = body(desk.get(address))
    assert "Lakeside" in page
    assert "Foreign" not in page
    desk.post(f"{address}look/", {"elsewhere": [near.location.pk, foreign.location.pk]})
    page = body(desk.get(address))
    for words in (
        "1 of them would go to another center.",
        "<strong>Lakeside</strong>, about 6.9 miles",
        f"Go to Lakeside, not to {machine.location.name}.",
        "checked",
    ):
        assert words in page
    other = AssignmentFactory(location=machine.location, role=Assignment.Role.FRONT_DESK).user
    client.force_login(other)  # who may not book at Lakeside
    assert client.post(address, {f"choice-{visit.pk}": "move"}).status_code == 403
    client.force_login(user)
    assert client.post(address, {f"choice-{visit.pk}": "move"}).status_code == 303
    assert "<strong>Lakeside</strong>" in body(client.get(address))


def test_nothing_is_touched(desk, machine):
    address = close(desk, machine, scanner="all", until_day="2026-12-02")["Location"]
    assert "No visit is touched." in body(desk.get(address))
    assert desk.post(address, {}).status_code == 303
    assert "No visit was touched" in body(desk.get(address))
    closure = Closure.objects.get()
    assert (closure.scanner, closure.ends_at) == (
        None,
        NINE_FORTY.replace(hour=1, minute=0) + dt.timedelta(days=2),
    )


def test_until_nobody_knows_when_is_the_rest_of_the_day(desk, machine):
    close(desk, machine, until="")
    assert ChangePlan.objects.get().ends_at == dt.datetime(
        2026, 12, 2, 6, tzinfo=dt.UTC
    )  # midnight in Austin


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"until": "6 am"}, "The end must be after the start, and still ahead"),
        ({"day": "2026-11-20"}, "The end must be after the start, and still ahead"),
        ({"until_day": "2027-06-01"}, "Close at most 60 days at once"),
        ({"scanner": "x"}, "Choose what closes"),
        ({"time": "soon"}, "Enter a time, such as 9:40 am"),
        ({"day": ""}, "Enter the day"),
        ({"day": "9999-12-31"}, "Enter a day, such as 2026-12-31"),
        ({"until_day": "9999-12-31", "until": "11 pm"}, "Enter a day, such as 2026-12-31"),
        ({"kind": "party"}, "Select a valid choice"),
        ({"reason": "x" * 201}, "Use at most 200 letters"),
    ],
)
def test_faults_stand_beside_their_fields(desk, machine, data, words):
    answer = close(desk, machine, **data)
    assert answer.status_code == 422
    assert words in body(answer)
    assert not ChangePlan.objects.exists()


def test_giving_it_up(desk, machine):
    visit_at(machine, 0)
    address = close(desk, machine)["Location"]
    assert desk.post(f"{address}discard/")["Location"] == downtime(machine)
    assert desk.get(address).status_code == 404
    assert not Appointment.objects.filter(status="held").exists()


def test_back_up_early(desk, machine):
    closure = ClosureFactory(
        location=machine.location, scanner=machine, starts_at=NOW - 60 * MINUTE, ends_at=NOW + 60 * MINUTE
    )
    assert ">Back up early<" in body(desk.get(downtime(machine)))
    answer = desk.post(f"/desk/closures/ended/{closure.pk}/")
    assert answer["Location"] == downtime(machine)
    closure.refresh_from_db()
    assert closure.ends_at == NOW
    assert "Nothing is closed." in body(desk.get(downtime(machine)))


def test_the_board_shows_what_is_proposed(desk, machine):
    visit_at(machine, 0)
    ScannerFactory(location=machine.location, name="MRI 2")
    close(desk, machine)
    assert "Proposed for a move" in body(desk.get(f"/desk/at/{machine.location.slug}/2026-12-01/"))


def test_when_the_preparation_begins_is_said_beside_the_proposal(desk, machine):
    machine.exam.preparations.add(PreparationFactory(lead_minutes=240))
    visit_at(machine, 240)
    ScannerFactory(location=machine.location, name="MRI 2")
    page = body(desk.get(close(desk, machine)["Location"]))
    assert "Preparation from Tuesday, December 1, 2026, 9:40 am" in page


@pytest.mark.parametrize("touched", [1, 3])
def test_a_place_that_the_insurer_did_not_approve_says_what_was(
    desk, machine, touched, django_assert_max_num_queries
):
    for number in range(touched):
        Authorization.objects.create(
            appointment=visit_at(machine, 60 * number),
            state="approved",
            number="A-1",
            payer="BlueCo",
            location=machine.location,
            valid_until=dt.date(2026, 12, 1),
            settled_by=User.objects.get(),
            changed_at=NOW,
        )
    begun = close(desk, machine)  # another day is the only place
    with django_assert_max_num_queries(PLAN_QUERIES):
        page = body(desk.get(begun["Location"]))
    words = f"The authorization of BlueCo is for {machine.location}, until December 1, 2026."
    assert page.count(words) == touched


PLAN_QUERIES = 40


def applied(desk, machine, *visits, choice="move"):
    ScannerFactory(location=machine.location, name="MRI 2")
    address = close(desk, machine)["Location"]
    assert desk.post(address, {f"choice-{one.pk}": choice for one in visits}).status_code == 303
    return address


def since(desk, address):
    return [str(one.since) for one in desk.get(address).context["outcomes"]]


def test_the_list_says_what_the_patient_did_since(desk, machine):
    waits, agreed, chose, gone = (visit_at(machine, minutes) for minutes in (0, 45, 90, 135))
    address = applied(desk, machine, waits, agreed, chose, gone)
    Appointment.objects.filter(pk=agreed.pk).update(confirmed_at=NOW)
    patient = Actor.patient(str(chose.pk))
    for one in (chose, gone):
        one.refresh_from_db()
    move_visit(
        visit_id=chose.pk,
        location_id=machine.location.pk,
        starts_at=NINE_FORTY + 240 * MINUTE,
        version=chose.version,
        now=NOW + MINUTE,
        by=patient,
    )
    cancel_visit(visit_id=gone.pk, reason="", now=NOW + MINUTE, by=Actor.patient(str(gone.pk)))
    assert since(desk, address) == ["not_yet", "agreed", "chose", "canceled_by_patient"]
    page = body(desk.get(address))
    for words in ("Not yet", "Agreed", "Chose another time", "Canceled by the patient"):
        assert words in page
    assert "Moved to Tue, Dec 1, 11:10 am" in page  # where it was moved to, not where it is now
    assert "Tue, Dec 1, 1:40 pm" in page


def test_the_list_says_what_the_desk_did_since(desk, machine):
    missed, here, back, gone = (visit_at(machine, minutes) for minutes in (0, 45, 90, 135))
    address = applied(desk, machine, missed, here, back, gone)
    Appointment.objects.filter(pk=missed.pk).update(status="no_show")
    Appointment.objects.filter(pk=here.pk).update(status="arrived", arrived_at=NOW)
    Appointment.objects.filter(pk=back.pk).update(scanner=machine, starts_at=back.starts_at)
    gone.refresh_from_db()
    cancel_visit(
        visit_id=gone.pk,
        reason="",
        asked_by="center",
        version=gone.version,
        now=NOW + MINUTE,
        by=Actor.staff(7),
    )
    assert since(desk, address) == ["missed", "agreed", "back", "canceled"]


def test_who_was_canceled_and_is_booked_again_is_named(desk, machine):
    visit = visit_at(machine, 0)
    address = applied(desk, machine, visit, choice="cancel")
    assert since(desk, address) == ["None"]
    visit.refresh_from_db()
    undo_change(visit_id=visit.pk, version=visit.version, now=NOW, by=Actor.staff(7))
    assert since(desk, address) == ["again"]


def test_the_list_is_in_the_order_of_the_times_once_it_is_done(desk, machine):
    first, second = visit_at(machine, 0), visit_at(machine, 60, weight_lb=400)
    ScannerFactory(location=machine.location, name="MRI 2", weight_limit_lb=300)
    Appointment.objects.filter(pk=first.pk).update(weight_lb=150)
    machine.location.scanners.filter(name="MRI 1").update(weight_limit_lb=450)
    address = close(desk, machine, until_day="2026-12-20")["Location"]
    rows = desk.get(address).context["rows"]
    assert [one.fate.appointment for one in rows] == [second, first]  # without a place on top
    desk.post(address, {f"choice-{first.pk}": "move", f"choice-{second.pk}": "cancel"})
    outcomes = desk.get(address).context["outcomes"]
    assert [one.fate.appointment for one in outcomes] == [first, second]


def test_the_call_list_warns_of_preparation_and_authorization(desk, machine):
    visit = visit_at(machine, 0, email="", by_email=False, by_call=True, phone="+15125550147")
    visit.exam.preparations.add(PreparationFactory(lead_minutes=240))
    Authorization.objects.create(
        appointment=visit,
        state="approved",
        number="A-1",
        payer="BlueCo",
        location=machine.location,
        valid_until=dt.date(2026, 11, 30),
        settled_by=User.objects.get(),
        changed_at=NOW,
    )
    address = applied(desk, machine, visit)
    page = body(desk.get(address))
    assert "Preparation from Tuesday, December 1, 2026, 5:40 am" in page
    assert "Ask whether they have prepared" not in page
    Appointment.objects.filter(pk=visit.pk).update(arrive_at=NOW + 180 * MINUTE)
    assert "Ask whether they have prepared" in body(desk.get(address))
    assert "The authorization of BlueCo is for" in page


def test_back_up_early_offers_the_old_times_that_are_free(desk, machine):
    visit, other, agreed = visit_at(machine, 0), visit_at(machine, 60), visit_at(machine, 120)
    address = applied(desk, machine, visit, other, agreed)
    Appointment.objects.filter(pk=agreed.pk).update(confirmed_at=NOW)
    assert "Back to the old time" not in body(desk.get(address))  # it is closed
    opened = desk.post(f"/desk/closures/ended/{Closure.objects.get().pk}/")
    assert opened["Location"] == address
    AppointmentFactory(scanner=machine, exam=machine.exam, starts_at=other.starts_at)
    page = desk.get(address)
    offered = [one.fate.appointment for one in page.context["outcomes"] if one.may_go_back]
    assert offered == [visit]  # the other's is taken
    way = re.search(r'href="([^"]+)">Back to the old time', body(page)).group(1).replace("&amp;", "&")
    form = desk.get(way).context["form"]
    assert (str(form["scanner"].value()), form["time"].value()) == (str(machine.pk), "9:40 am")
    data = {name: form[name].value() for name in ("scanner", "day", "time", "tell", "reason", "version")}
    moved = desk.post(f"/desk/visits/{visit.pk}/move/", {**data, "reason": ""})
    assert moved.status_code == 303
    assert since(desk, address)[0] == "back"


@pytest.mark.parametrize("has_place", [True, False])
def test_each_kind_of_mail_is_seen_before_it_is_sent(desk, machine, has_place):
    visit_at(machine, 0)
    visit_at(machine, 60)
    page = desk.get(close(desk, machine, **({} if has_place else {"until_day": "2026-12-20"}))["Location"])
    shown = [(one.language, str(one.about)) for one in page.context["previews"]]
    expected = ["for who is moved", "for who goes to the waitlist", "for who is canceled"]
    wanted = expected if has_place else expected[1:]
    assert shown == [(language, about) for about in wanted for language in ("en", "es")]
    text = body(page)
    assert ("We are sorry: we had to move your visit." in text) == has_place
    assert "We are sorry: we had to cancel your visit." in text
    assert "Your visit is canceled. There is nothing you need to do." in text
