"""Every page in every state it has, once, for everyone (tests/e2e/inspection.py).

A new page is one line in STATES; a URL name without a line fails.
"""

import datetime as dt
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.urls import get_resolver, resolve, reverse

from locations.models import Assignment, Location, User
from scheduling.actions.asking_again import answer_again
from scheduling.actions.authorizations import save_authorization
from scheduling.actions.callbacks import Caller, request_callback
from scheduling.actions.exams import retire_exam, save_exam
from scheduling.actions.moving import move_visit
from scheduling.actions.patient_record import change_patient
from scheduling.actions.questionnaires import switch_off
from scheduling.actions.second_screen import ask_aloud
from scheduling.actions.tries import count_try
from scheduling.actions.versions import save_parameters, start_draft
from scheduling.models import (
    Appointment,
    AskedAgain,
    Attempts,
    Draft,
    Exam,
    GoodHours,
    Implant,
    Order,
    Origin,
    Patient,
    Publication,
    Task,
    Version,
    WaitlistEntry,
    WalkIn,
)
from scheduling.queries.access import visit_token
from scheduling.queries.staff_links import staff_token
from scheduling.rules.actors import Actor
from scheduling.rules.authorizations import State
from scheduling.tasks import deliver_due_messages
from tests.e2e.inspection import Inspection
from tests.e2e.watch import Watch, shown_to_anyone, told_by
from tests.e2e.world import (
    DAY,
    NINE_FORTY,
    NOW,
    PATIENT,
    UNANSWERED,
    WELL,
    Guide,
    draft_path,
    entry_path,
    invitation_path,
    visit_path,
)
from tests.factories.documents import DocumentFactory
from tests.factories.implants import ImplantFactory
from tests.factories.locations import (
    AssignmentFactory,
    ClosureFactory,
    NoticeFactory,
    ScannerFactory,
    UserFactory,
)
from tests.factories.orders import OrderFactory
from tests.factories.safety import EARLIER, publish_safety, visit_with_answers
from tests.factories.scheduling import AppointmentFactory, HoldFactory, PatientFactory
from tests.factories.screening import MRI, A, AnswerSheetFactory
from tests.factories.staff import StaffLinkFactory
from tests.factories.tasks import TaskFactory
from tests.factories.waitlist import WaitlistFactory
from tests.factories.walk_ins import WalkInFactory
from tests.files import jpeg
from tests.logs import site_log

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PASSWORD = "knee-and-shoulder-42"
SECRET = generate_totp_secret()
LEFT_OUT = {
    "portal:keep",  # POST only; its one page is "portal:time no longer held"
    "portal:close",  # POST only, leads home
    "portal:calendar",  # a file
    "portal:again",  # POST only, leads to a draft
    "portal:draft-document",  # a file
    "portal:visit-document",  # a file
    "frontdesk:document",  # a file
    "frontdesk:desk",  # leads to today
    "frontdesk:today",  # leads to the board
    "frontdesk:arrivals-today",  # leads to the arrivals
    "frontdesk:worklist-today",  # leads to the worklist
    "frontdesk:day-export",  # a file
    "frontdesk:figures-file",  # a file
    "frontdesk:closure-look",  # POST only, leads to the plan
    "frontdesk:closure-discard",  # POST only, leads to the closures
    "frontdesk:order-book",  # POST only, leads to the booking
    "frontdesk:order-reopen",  # POST only, leads back to the order
    "frontdesk:order-give",  # POST only, leads back to the order
    "frontdesk:order-take-back",  # POST only, leads back to the order
    "frontdesk:order-invite",  # POST only, leads back to the order
    "frontdesk:closure-reopen",  # POST only, leads to the closures
    "frontdesk:visit-caller",  # POST only, leads back to the visit
    "frontdesk:two-people",  # POST only, leads to the duplicates
    "frontdesk:patient-separate",  # POST only, leads back to the patient
    "frontdesk:patient-caller",  # POST only, leads back to the patient
    "frontdesk:visit-undo",  # POST only, leads to the board
    "account_reauthenticate",  # as mfa_reauthenticate, with a password
    "account_end_session",  # POST only, leads back to the sessions
    "account_end_sessions",  # POST only, leads back to the sessions
    "manage:person-invite",  # POST only, leads back to the person
    "manage:person-give",  # POST only, leads back to the person
    "frontdesk:signed-in",  # for the script: a number
    "frontdesk:sign-out",  # POST only, leads to the sign-in
    "frontdesk:review-tried",  # POST only, leads back to the review
    "frontdesk:task-book",  # POST only, leads to the booking
    "frontdesk:task-take",  # POST only, leads back to the tasks
    "frontdesk:implant-remove",  # POST only, leads back to the implants
    "frontdesk:labs-here",  # POST only, leads back to the blood test
    "frontdesk:review-card",  # POST only, leads back to the review
    "frontdesk:review-scanner",  # as review-card
    "frontdesk:review-look",  # POST only, leads back to the review
    "manage:file-download",  # a file
    "manage:file-discard",  # POST only, leads back to the file
    "manage:copy",  # POST only, leads to the copy
    "demo:mail-html",  # a mail as it was sent, in a frame
}
Go = Callable[[Guide], object]
REST = {
    **dict.fromkeys(("vessel", "joint", "capsule", "patch", "glucose", "companion"), "no"),
    "wear": ["tattoo", "dentures"],
}
ILL = {"sympt": ["cough"], "sympt_date": "2026-11-29", "fever_24h": "no", "better": "worse", "immuno": "no"}


def pressed(words: str, go: Go) -> Go:
    """The state after pressing a button of another."""

    def press(guide: Guide) -> None:
        go(guide)
        guide.press(words)

    return press


def keep_once_too_often(guide: Guide) -> None:
    draft = guide.draft("patient")
    Appointment.objects.filter(draft=draft).update(hold_extensions=10)
    guide.press("Keep holding")
    guide.page.wait_for_url("**/keep/")  # the script asked first, in vain


def lost_race(guide: Guide) -> None:
    draft = guide.screened("check")
    Appointment.objects.filter(draft=draft).update(status="expired", held_until=None)
    AppointmentFactory(scanner=guide.world.mri, exam=guide.world.knee, starts_at=NINE_FORTY)
    guide.press("Book this visit")
    Appointment.objects.filter(starts_at=NINE_FORTY).delete()


def closed(guide: Guide, days: int) -> None:
    """A center without times for so long; the other one has some."""
    closure = ClosureFactory(location=guide.world.center, starts_at=NOW, ends_at=NOW + days * DAY)
    guide.draft("time", held=False, starts_at=None)
    closure.delete()


def waiting(guide: Guide, page: str = "waitlist-entry", **fields) -> None:
    entry = WaitlistFactory(draft=guide.draft(held=False, starts_at=None), **fields)
    guide.open(entry_path(entry, page))


def no_longer_waiting(guide: Guide, status: str, **fields) -> None:
    waiting(guide, status=status, ended_at=NOW, **fields)


def waiting_for_something_earlier(guide: Guide) -> None:
    visit = guide.visit()
    entry = WaitlistFactory(draft=None, appointment=visit, by_email=False, by_call=True)
    guide.open(entry_path(entry))


def changed_elsewhere(guide: Guide) -> None:
    draft = guide.screened("check")
    Draft.objects.filter(pk=draft.pk).update(laterality="right")
    guide.press("Book this visit")


def press_again(guide: Guide) -> None:
    guide.open("/book/exam/knee-mri/")
    guide.choose("laterality", "left")
    guide.choose("order_status", "have_it")
    guide.page.evaluate("document.querySelector('.trap input').value = 'x'")
    guide.press("Continue")


def sent_to_the_phone(guide: Guide) -> None:
    draft = guide.screened("check", given_name="Carla")
    patient = PatientFactory(given_name=draft.given_name, family_name=draft.family_name)
    elsewhere = AppointmentFactory(exam=guide.world.knee, patient=patient, starts_at=NINE_FORTY)
    guide.press("Book this visit")
    elsewhere.delete()


def typo(guide: Guide) -> None:
    guide.draft("contact", email="ana@gmial.com")
    guide.press("Continue")


def before_a_time(guide: Guide, page: str, *fit: str) -> Draft:
    """Nothing is answered but the exam, and what applies."""
    version = safety_version()
    draft = guide.draft(held=False, starts_at=None, location=None, place="78704", **UNANSWERED)
    if fit:
        AnswerSheetFactory(draft=draft, version=version, answers={"fit": list(fit)}, answered_at=NOW)
    query = "?center=riverside" if page == "time" else ""
    guide.open(draft_path(draft, page) + query)
    return draft


def too_heavy(guide: Guide) -> None:
    before_a_time(guide, "fit")
    guide.choose("fit", "heavy")


def called(guide: Guide) -> None:
    draft = before_a_time(guide, "callback", "pacemaker")
    caller = Caller(
        name="Ana Núñez",
        phone="+15125550147",
        phone_as_typed="512-555-0147",
        good_hours=GoodHours.AFTERNOON,
    )
    request_callback(draft_id=draft.pk, location=guide.world.center, caller=caller, now=NOW, by=PATIENT)
    guide.open(draft_path(draft, "callback"))


def already_booked(guide: Guide) -> None:
    draft = guide.draft(held=False)
    guide.visit(draft=draft)
    guide.open(draft_path(draft, "patient"))


def review(guide: Guide, **fields) -> Appointment:
    visit = guide.visit(**fields)
    TaskFactory(kind=Task.Kind.REVIEW, appointment=visit, location=guide.world.center)
    return visit


def changed_by_us(guide: Guide) -> None:
    visit = guide.visit()
    move_visit(
        visit_id=visit.pk,
        location_id=guide.world.center.pk,
        starts_at=visit.starts_at + dt.timedelta(hours=2),
        version=visit.version,
        now=NOW,
        by=Actor.staff(1),
    )
    guide.open(visit_path(visit, "visit"))


def moved_by_patient(guide: Guide) -> None:
    move_check(guide)
    guide.press("Save the new time")


def move_check(guide: Guide, *, center: str = "riverside") -> Appointment:
    visit = guide.visit()
    later = (visit.starts_at + dt.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%MZ")
    guide.open(f"{visit_path(visit, 'move-check')}?center={center}&time={later}")
    return visit


def someone_books(guide: Guide, starts_at: dt.datetime) -> None:
    AppointmentFactory(scanner=guide.world.mri, exam=guide.world.knee, starts_at=starts_at)


def move_too_late(guide: Guide) -> None:
    visit = move_check(guide)
    someone_books(guide, visit.starts_at + dt.timedelta(hours=2))
    guide.press("Save the new time")


def same_time(guide: Guide) -> None:
    visit = guide.visit()
    guide.open(f"{visit_path(visit, 'move')}?day={visit.starts_at.date()}")
    guide.page.locator(f".slot[value='{visit.starts_at:%Y-%m-%dT%H:%MZ}']").click()


def lost_after_cancel(guide: Guide) -> None:
    visit = guide.visit(status="canceled", canceled_at=NOW, canceled_by="patient:1")
    someone_books(guide, visit.starts_at)
    guide.open(visit_path(visit, "visit"))


def taken_meanwhile(guide: Guide) -> None:
    visit = guide.visit("visit", status="canceled", canceled_at=NOW, canceled_by="patient:1")
    someone_books(guide, visit.starts_at)
    guide.press("Take it back")


def cancel_too_late(guide: Guide) -> None:
    visit = guide.visit("cancel")
    Appointment.objects.filter(pk=visit.pk).update(status="arrived")
    guide.press("Cancel this visit")


def come_too_late(guide: Guide) -> None:
    """The center moved the visit while its page was open."""
    visit = guide.visit("visit")
    Appointment.objects.filter(pk=visit.pk).update(ical_sequence=1)
    guide.press("I will come")


def wrong_birth_date(guide: Guide) -> None:
    guide.visit("visit", is_open=False)
    guide.page.locator("[name=birth_date_month]").select_option("2")
    guide.page.locator("[name=birth_date_day]").fill("3")
    guide.page.locator("[name=birth_date_year]").fill("1970")
    guide.press("Continue")


def closed_meanwhile(guide: Guide) -> None:
    """Its page was left half filled in for too long."""
    visit = guide.visit("cancel")
    guide.page.locator("[name=reason]").fill("A cold")
    guide.be()
    guide.press("Cancel this visit")
    assert visit.status == "booked"


def too_many_sign_ins(guide: Guide) -> None:
    guide.open("/desk/sign-in/")
    for _ in range(5):
        guide.page.locator("[name=login]").fill("nobody@alliance.example")
        guide.page.locator("[name=password]").fill("wrong")
        guide.press("Sign in")


def member(guide: Guide, *, has_app: bool = True) -> User:
    """Somebody of the desk, who has a password and the app as second factor."""
    user = AssignmentFactory(location=guide.world.center, role=Assignment.Role.FRONT_DESK).user
    user.set_password(PASSWORD)
    user.save()
    if has_app:
        TOTP.activate(user, SECRET)
    guide.be()
    guide.open("/desk/sign-in/")
    guide.page.locator("[name=login]").fill(user.email)
    guide.page.locator("[name=password]").fill(PASSWORD)
    guide.press("Sign in")
    return user


def code_now() -> str:
    Attempts.objects.all().delete()  # a code opens once; the clock of this test stands nearly still
    cache.clear()
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def in_account(guide: Guide, path: str = "/desk/account/", *, again: bool = True) -> None:
    member(guide)
    guide.page.locator("[name=code]").fill(code_now())
    guide.press("Go on")
    guide.open(path)
    if again:
        guide.page.locator("[name=code]").fill(code_now())
        guide.press("Go on")


def with_passkey(guide: Guide) -> None:
    """A second factor beside the app, made by a key that the browser plays."""
    tools = guide.page.context.new_cdp_session(guide.page)
    tools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "automaticPresenceSimulation": True}})
    in_account(guide, "/desk/account/passkey/")
    guide.press("Make the passkey")
    guide.page.get_by_role("heading", name="Keep these recovery codes").wait_for()


def remove_passkey(guide: Guide) -> None:
    with_passkey(guide)
    guide.open("/desk/account/")
    guide.page.get_by_role("link", name="Remove Passkey").click()


def by_link(guide: Guide, page: str) -> None:
    """As from a mail: an invitation, or a new password."""
    user = {"user__is_invited": True, "user__first_name": "", "user__last_name": ""} if page == "join" else {}
    kind = {"kind": page, "made_at": NOW, "ends_at": NOW + DAY}
    guide.be()
    guide.open(f"/desk/{page}/{staff_token(StaffLinkFactory(**user, **kind))}/")


def ask_for_password(guide: Guide) -> None:
    guide.open("/desk/password/")
    guide.page.locator("[name=email]").fill("sam@alliance.example")
    guide.press("Send me a link")


def several_sessions(guide: Guide) -> None:
    """Beside this one: a phone, and a browser that says nothing of itself."""
    in_account(guide, "/desk/account/", again=False)
    user = User.objects.latest("pk")
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 Mobile Safari/604.1"
    for agent in (phone, "curl"):
        session = SessionStore()
        session.save()
        at = {"created_at": NOW - DAY, "last_seen_at": NOW - dt.timedelta(minutes=5)}
        key = {"session_key": session.session_key, "ip": "10.0.0.1", "user_agent": agent}
        UserSession.objects.create(user=user, **key, **at)
    guide.page.get_by_role("link", name="Where I am signed in").click()


def staff_page(
    guide: Guide,
    page: str,
    *,
    query: str = "",
    of_oneself: bool = False,
    of_here_only: bool = False,
    **person: object,
) -> None:
    """Of an administrator about a colleague with a long name, who works at two centers."""
    here, there = Location.objects.order_by("pk")
    desk, tech, admin = (Assignment.Role(each) for each in ("front_desk", "technologist", "administrator"))
    place = here if of_here_only else None
    doer = AssignmentFactory(location=place, role=admin).user
    AssignmentFactory(location=None, role=admin)
    names = {"first_name": "Dana Wilhelmina", "last_name": "Okafor-Featherstonehaugh"}
    user = UserFactory(**names, last_login=NOW, **person)
    for role, center in ((desk, here), (desk, there), (tech, here)):
        held = AssignmentFactory(user=user, role=role, location=center)
    if user.is_invited:
        StaffLinkFactory(user=user, made_at=NOW)
    else:
        TOTP.activate(user, SECRET)
    about = doer if of_oneself else user
    guide.be(user=doer)
    args = [about.pk] if page.startswith("person") else []
    if page == "person-remove-role":
        args.append(about.assignments.get().pk if of_oneself else held.pk)
    guide.open(reverse(f"manage:{page}", args=args) + query)


def search_staff(guide: Guide, typed: str) -> None:
    staff_page(guide, "staff")
    guide.page.locator("#q").fill(typed)
    guide.press("Search")


def add_no_role(guide: Guide) -> None:
    staff_page(guide, "person")
    guide.page.get_by_text("Add a role", exact=True).click()
    guide.press("Add the role")


def set_up(guide: Guide) -> None:
    member(guide, has_app=False)
    secret = guide.page.locator(".secret").text_content()
    guide.page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    guide.press("Finish")


def to_review(
    guide: Guide,
    page: str = "review",
    *,
    count: int = 2,
    is_taken: bool = False,
    told: dict[str, str] | None = None,
) -> None:
    """Answers that a technologist has to look at."""
    Task.objects.filter(kind=Task.Kind.REVIEW).update(closed_at=NOW, closed_by="staff:1")
    place = guide.world.center
    told = told or {"device": "yes", "surgery": "yes"}
    for _ in range(count):
        starts_at = NINE_FORTY + next(guide.days) * DAY
        visit_with_answers(told, starts_at=starts_at, scanner=guide.world.mri, exam=guide.world.knee)
    if is_taken:
        other = AssignmentFactory(location=place, role=Assignment.Role.RADIOLOGIST).user
        Task.objects.open().filter(kind=Task.Kind.REVIEW).update(owner=other, owned_at=NOW)
    guide.be(user=AssignmentFactory(location=place, role=Assignment.Role.TECHNOLOGIST).user)
    first = Task.objects.open().filter(kind=Task.Kind.REVIEW).first()
    guide.open(f"/desk/reviews/{first.pk}/" if page == "review" and first else "/desk/tasks/flags/")


def opened(guide: Guide, summary: str, button: str) -> None:
    to_review(guide)
    guide.page.locator("summary", has_text=summary).click()
    guide.press(button)


def everyone_again(guide: Guide, day: str) -> None:
    """Published so that everyone is asked again, or not: with a day that is over."""
    draft = draft_page(guide, "publish")
    Version.objects.filter(pk=draft.pk).update(approved_by="Dr. Osei", reviewed_on=NOW.date())
    guide.open(reverse("manage:publish", args=[draft.pk]) + LAST_LOOK)
    guide.page.get_by_label("Ask who has answered already again").check()
    guide.page.get_by_label("Everyone with a visit from").fill(day)
    guide.press("Publish")
    publication = Publication.objects.filter(asks_again_from__isnull=False).first()
    if publication:
        visit = guide.visit()
        AskedAgain.objects.create(publication=publication, appointment=visit, by_email=True, asked_at=NOW)
        questionnaires(guide, "version", version=publication.version)


def trained(guide: Guide, path: str, *, place: Location | None = None) -> None:
    role = {"location": place or guide.world.center, "role": Assignment.Role.TECHNOLOGIST}
    guide.be(user=AssignmentFactory(**role).user)
    guide.open(path)


def with_implant(guide: Guide) -> None:
    implant = ImplantFactory(appointment=guide.visit())
    trained(guide, f"/desk/visits/{implant.appointment_id}/implants/")


def from_desk(guide: Guide, path: str, role: str = Assignment.Role.FRONT_DESK) -> None:
    guide.be(user=AssignmentFactory(location=guide.world.center, role=role).user)
    guide.open(path)


def day_board(guide: Guide, *, place: str = "riverside") -> None:
    """Beside each other: arrived, late, to review, done, overbooked, held, and one that was canceled."""
    at = iter(range(100))

    def visit(minutes: int, **fields) -> Appointment:
        starts_at = NOW + dt.timedelta(minutes=minutes)
        who = PatientFactory(given_name=f"Sigríður {next(at)}", family_name="Guðmundsdóttir-Wolfeschlegel")
        usual = {"scanner": guide.world.mri, "exam": guide.world.knee, "laterality": "left", "patient": who}
        return AppointmentFactory(**{**usual, "starts_at": starts_at, **fields})

    if not Appointment.objects.filter(scanner=guide.world.mri, status="done").exists():
        visit(-110, status="done")
        visit(-15)
        visit(45, status="arrived", arrived_at=NOW, interpreter_language="Vietnamese")
        visit(60, overbooked=True, overbook_reason="Urgent")
        review = visit(105)
        TaskFactory(kind=Task.Kind.REVIEW, appointment=review, location=guide.world.center)
        visit(170, status="canceled", canceled_at=NOW, canceled_by="staff:1")
        HoldFactory(
            scanner=guide.world.mri,
            exam=guide.world.knee,
            starts_at=NOW + dt.timedelta(hours=4),
            created_at=NOW,
        )
    from_desk(guide, f"/desk/at/{place}/2026-11-30/")


def visit_at_desk(guide: Guide, more: str = "", **fields) -> None:
    visit = guide.visit(phone="+15125550147", **fields)
    TaskFactory(kind=Task.Kind.MISSING_ORDER, appointment=visit, location=guide.world.center)
    from_desk(guide, f"/desk/visits/{visit.pk}/{more}")


def swapping(guide: Guide, *, is_chosen: bool = True, clash: bool = False) -> None:
    """With somebody of a long name; or with a third in the way."""
    visit_at_desk(guide)
    visit = Appointment.objects.get(pk=int(guide.page.url.split("/")[-2]))
    for minutes in (60, 90) if clash else (60,):
        AppointmentFactory(
            scanner=guide.world.mri,
            exam=guide.world.knee,
            laterality="both" if minutes == 60 else "left",
            starts_at=visit.starts_at + dt.timedelta(minutes=minutes),
            overbooked=clash,
            overbook_reason="Urgent" if clash else "",
            patient=PatientFactory(given_name="Sigríður", family_name="Guðmundsdóttir-Wolfeschlegel"),
        )
    guide.open(f"/desk/visits/{visit.pk}/swap/")
    if is_chosen:
        guide.page.get_by_role("link", name="Swap with").first.click()
        guide.page.get_by_role("heading", name="With Sigríður").wait_for()


def patient_at_desk(guide: Guide, more: str = "", **fields) -> Patient:
    """With a long name, wishes, visits before and after, and a corrected record."""
    who = PatientFactory(given_name="Sigríður", family_name="Guðmundsdóttir-Wolfeschlegel", **fields)
    guide.visit(patient=who, phone="+15125550147", laterality="left")
    guide.visit(patient=who, status="done", starts_at=NOW - next(guide.days) * DAY)
    wishes = {"no_email": True, "good_hours": "morning", "accommodation": "Uses a wheelchair"}
    change_patient(
        patient_id=who.pk, version=0, values=wishes, now=NOW, by=Actor.staff(AssignmentFactory().user_id)
    )
    from_desk(guide, f"/desk/patients/{who.pk}/{more}")
    return who


def two_records(guide: Guide, page: str, **fields) -> tuple[Patient, Patient]:
    """Of one person; `page` is the address, with the keys of both."""
    name = {"given_name": "Sigríður", "family_name": "Guðmundsdóttir-Wolfeschlegel"}
    born = dt.date(1930, 1, 1) + next(guide.days) * DAY
    more = {"email": "", "language": "es", "accommodation": "Hears badly", **fields}
    one, other = PatientFactory(**name, birth_date=born), PatientFactory(**name, birth_date=born, **more)
    for who in (one, other):
        guide.visit(patient=who)
    from_desk(guide, f"/desk/patients/{page.format(one.pk, other.pk)}")
    return one, other


def without_choices(guide: Guide) -> None:
    two_records(guide, "merge/{}/{}/")
    guide.page.evaluate("document.querySelectorAll('[type=radio]').forEach(box => box.checked = false)")
    guide.press("Merge the two records")


def merged_meanwhile(guide: Guide) -> None:
    _one, other = two_records(guide, "merge/{}/{}/")
    Patient.objects.filter(pk=other.pk).update(version=7)
    guide.press("Merge the two records")


def corrected_meanwhile(guide: Guide) -> None:
    who = patient_at_desk(guide, "edit/")
    typed(guide, interpreter_language="Hmong")
    Patient.objects.filter(pk=who.pk).update(version=7, language="es")
    guide.press("Save")


def faster_desk(guide: Guide) -> None:
    visit_at_desk(guide, starts_at=NOW + dt.timedelta(hours=1))
    Appointment.objects.filter(pk=int(guide.page.url.split("/")[-2])).update(version=7)
    guide.press("Arrived")


def phone_call(guide: Guide, *, words: str = "k mri l", time: bool = True) -> None:
    """A booking by phone, with a time held."""
    Appointment.objects.filter(status="held").update(status="expired", held_until=None)
    from_desk(guide, "/desk/at/riverside/new/")
    guide.page.locator("[name=q]").fill(words)
    guide.page.locator("#found button").first.click()
    if time:
        guide.page.locator("[name=time]").first.click()
        guide.page.locator(".booking-held").wait_for()


def typed(guide: Guide, **fields: str) -> None:
    for name, text in fields.items():
        guide.page.locator(f"[name={name}]").fill(text)


def booked_by_phone(guide: Guide) -> None:
    phone_call(guide)
    typed(guide, phone="512 555 0199", given_name="Bo", birth_date="3/14/52")
    for key, value in WELL.items():
        guide.choose(f"respiratory-{key}", value[0] if isinstance(value, list) else value)
    guide.press("Book this visit")
    guide.page.get_by_text("Visit code: ").wait_for()


def queue_of_walk_ins(guide: Guide, *, role: str = Assignment.Role.FRONT_DESK) -> None:
    """One was called, one has everything open, one is there since yesterday."""
    center = guide.world.center
    Location.objects.filter(pk=center.pk).update(takes_walk_in_xray=True)
    WalkIn.objects.all().delete()
    hip = Exam.objects.get(modality="XR", body_region="hip")
    usual = {"location": center, "draft__exam": hip, "draft__family_name": "Guðmundsdóttir-Wolfeschlegel"}
    hour = dt.timedelta(hours=1)
    WalkInFactory(**usual, came_at=NOW - DAY)
    WalkInFactory(**usual, came_at=NOW - hour, status="called", called_at=NOW)
    WalkInFactory(
        **usual, came_at=NOW - hour / 3, draft__order_status="none", draft__interpreter_language="Vietnamese"
    )
    WalkInFactory(**usual, came_at=NOW - hour, status="left", ended_at=NOW, left_because="tired")
    from_desk(guide, "/desk/at/riverside/walk-ins/", role)


def with_orders(guide: Guide) -> None:
    usual = {"location": guide.world.center, "exam": guide.world.knee}
    OrderFactory(**usual, urgency="urgent", received_at=NOW - DAY)
    OrderFactory(**usual, status="new", family_name="Guðmundsdóttir", phone="", email="")
    OrderFactory(location=guide.world.center, exam=None, laterality="", given_name="", status="new")
    from_desk(guide, "/desk/at/riverside/orders/")


def an_order(guide: Guide, page: str = "", *, papers: int = 1, **fields) -> Order:
    usual = {"location": guide.world.center, "exam": guide.world.knee}
    order = OrderFactory(**{**usual, **fields})
    for _number in range(papers):
        DocumentFactory(order=order, content=jpeg((600, 800)))
    from_desk(guide, f"/desk/orders/{order.pk}/{page}")
    return order


def booked_already(guide: Guide) -> None:
    """Two visits without an order, one of them for another side; the visit’s page says so too."""
    born = dt.date(1944, 2, 29)
    for side in ("left", "right"):
        guide.visit(
            laterality=side,
            patient=PatientFactory(given_name="Ana", family_name="Núñez", birth_date=born),
        )
    an_order(guide, birth_date=born)


def with_its_order_in_the_inbox(guide: Guide) -> None:
    booked_already(guide)
    guide.page.locator(".order-candidates a").first.click()
    guide.page.get_by_text("In the inbox, not given to this visit yet").wait_for()


def invitation(guide: Guide, *, is_open: bool = True, **fields) -> Order:
    usual = {"location": guide.world.center, "exam": guide.world.knee, "status": "invited", "invited_at": NOW}
    order = OrderFactory(**{**usual, **fields})
    guide.be(visits=(order,) if is_open else ())
    guide.open(invitation_path(order))
    return order


def draft_of_order(guide: Guide, page: str, **fields) -> Draft:
    order = OrderFactory(location=guide.world.center, exam=guide.world.knee, status="invited")
    return guide.draft(page, order=order, order_status="received", **fields)


def another_exam_of_order(guide: Guide) -> None:
    draft_of_order(guide, "change-exam")
    guide.page.evaluate("document.querySelector('[name=reason]').name = 'exam'")
    guide.press("Continue")


def typed_by_two(guide: Guide) -> None:
    order = an_order(guide)
    Order.objects.filter(pk=order.pk).update(practice="Lakeside Clinic", version=1)
    guide.page.get_by_role("button", name="Save", exact=True).click()


def somebody_came(guide: Guide, words: str = "xr hip r") -> None:
    Location.objects.filter(pk=guide.world.center.pk).update(takes_walk_in_xray=True)
    from_desk(guide, "/desk/at/riverside/walk-ins/")
    guide.page.locator("[name=q]").fill(words)
    guide.page.locator("#found button").first.click()
    guide.page.locator("[name=phone]").wait_for()


def a_room(guide: Guide) -> None:
    queue_of_walk_ins(guide)
    guide.page.get_by_role("link", name="Take in").last.click()
    guide.page.get_by_role("heading", name="Take in now").wait_for()


def closing(guide: Guide, *, visits: int = 2, days: int = 20) -> None:
    """A preview of a day on which the scanner is down."""
    Appointment.objects.filter(status="held").update(status="expired", held_until=None)
    for number in range(visits):
        starts_at = NOW + dt.timedelta(days=days, hours=number)
        guide.visit(starts_at=starts_at, phone="+15125550147", by_email=not number, by_call=True)
        Appointment.objects.filter(starts_at=starts_at).update(weight_lb=400 if number else None)
    from_desk(guide, "/desk/at/riverside/closures/")
    guide.page.get_by_label("What closes").select_option(label=guide.world.mri.name)
    typed(guide, day=f"{NOW + days * DAY:%Y-%m-%d}", time="7 am", until="9 pm")
    guide.press("See whom it touches")
    guide.page.locator(".lede").wait_for()


def to_authorize(guide: Guide) -> None:
    """One to move, and one still in time."""
    user = AssignmentFactory(location=guide.world.center, role=Assignment.Role.FRONT_DESK).user
    for days, plan in ((1, "Blue Cross and Blue Shield of Texas, Medicare Advantage"), (30, "Aetna")):
        visit = guide.visit(starts_at=NINE_FORTY + days * DAY, insurance_plan=plan, phone="+15125550147")
        save_authorization(
            visit_id=visit.pk,
            version=0,
            state=State.REQUESTED,
            payer=plan,
            number="",
            valid_from=None,
            valid_until=None,
            location=None,
            note="",
            user=user,
            now=NOW,
            by=Actor.staff(user.pk),
        )
    from_desk(guide, "/desk/at/riverside/authorizations/")


def not_corrected(guide: Guide) -> None:
    """A scan of another kind, on the scanner of before."""
    visit_at_desk(guide, "exam/")
    guide.page.get_by_label("Exam", exact=True).select_option(label=guide.world.chest.name)
    guide.press("Correct to the order")


def closing_with_places_elsewhere(guide: Guide) -> None:
    closing(guide, visits=1, days=21)
    user, second = User.objects.latest("pk"), Location.objects.get(slug="mueller")
    AssignmentFactory(user=user, location=second, role=Assignment.Role.FRONT_DESK)
    guide.page.reload()
    guide.page.locator("[name=elsewhere]").check()
    guide.press("Look again")
    guide.page.get_by_text("These are the places as they are now.").wait_for()
    guide.page.reload()  # what was said stays in sight: it would lie over what patients read
    guide.page.locator("details summary").click()


def clashing(guide: Guide) -> None:
    visit_at_desk(guide, "move/")
    busy = guide.visit()
    here = busy.starts_at.astimezone(busy.zone)
    typed(guide, day=here.date().isoformat(), time="9:40")
    Appointment.objects.filter(pk=busy.pk).update(patient=PatientFactory(given_name="Wolfeschlegel"))
    visit_id = int(guide.page.url.split("/")[-3])
    user = AssignmentFactory(location=guide.world.center, role=Assignment.Role.FRONT_DESK).user
    guide.be(user=user)
    guide.open(f"/desk/visits/{visit_id}/move/")
    typed(guide, day=here.date().isoformat(), time="9:40")
    guide.press("Move this visit")


def just_moved(guide: Guide) -> None:
    """The board with its bar to undo."""
    visit_at_desk(guide, "move/")
    typed(guide, time="4 pm")
    guide.press("Move this visit")


def blood_test(guide: Guide) -> None:
    place = guide.world.center
    visit = visit_with_answers(
        starts_at=NINE_FORTY + next(guide.days) * DAY, scanner=ScannerFactory(location=place)
    )
    task = TaskFactory(kind=Task.Kind.LABS, appointment=visit, location=place)
    guide.be(user=AssignmentFactory(location=place, role=Assignment.Role.RADIOLOGIST).user)
    guide.open(f"/desk/labs/{task.pk}/")


def before_scan(guide: Guide, *, visits: int = 2) -> None:
    """Nothing reported, and an answer to review."""
    place = ScannerFactory().location
    for number in range(visits):
        scanner = ScannerFactory(location=place)
        starts_at = NOW + dt.timedelta(hours=number + 1)
        told = {"metal_eye": "yes"} if number else {}
        visit_with_answers(told, starts_at=starts_at, scanner=scanner, exam=guide.world.knee)
    trained(guide, "/desk/before-the-scan/", place=place)


def second_screen(guide: Guide, *, days: int = 0) -> Appointment:
    starts_at = NOW + dt.timedelta(days=days, hours=2)
    scanner = ScannerFactory(location=guide.world.center)
    visit = visit_with_answers({"device": "yes"}, starts_at=starts_at, scanner=scanner, exam=guide.world.knee)
    trained(guide, f"/desk/visits/{visit.pk}/safety/")
    return visit


def sign(guide: Guide) -> None:
    guide.page.get_by_role("button", name="Sign as").click()


def signed_second_screen(guide: Guide) -> None:
    visit = second_screen(guide)
    user = AssignmentFactory(location=guide.world.center, role=Assignment.Role.TECHNOLOGIST).user
    ask_aloud(
        visit_id=visit.pk,
        answers={**EARLIER, **REST, "device": "yes", "device_which": ["other"], "pregnant": "no"},
        seen_record=visit.screenings.get().pk,
        companion="no_flags",
        companion_name="Ben Osei",
        language="en",
        user=user,
        signed_as="Dana Kim, technologist",
        now=NOW,
        by=Actor.staff(user.pk),
    )
    trained(guide, f"/desk/visits/{visit.pk}/safety/")


def at_desk(guide: Guide, *, tasks: int = 2) -> None:
    desk = AssignmentFactory(location=guide.world.center, role=Assignment.Role.FRONT_DESK)
    Task.objects.all().delete()
    for number in range(tasks):
        TaskFactory(location=guide.world.center, due_at=NOW + dt.timedelta(hours=number * 2 - 1))
    guide.be(user=desk.user)
    guide.open("/desk/tasks/")


def call_list(guide: Guide) -> None:
    """Somebody who was called twice."""
    at_desk(guide, tasks=0)
    user, visit = AssignmentFactory(location=guide.world.center).user, guide.visit(phone="+15125550147")
    task = TaskFactory(kind=Task.Kind.NOT_DELIVERED, appointment=visit, location=guide.world.center)
    for number, result in enumerate([Task.Try.LEFT_MESSAGE, Task.Try.NO_ANSWER]):
        count_try(task_id=task.pk, tries_seen=number, result=result, now=NOW, by=Actor.staff(user.pk))
    from_desk(guide, "/desk/tasks/unreached/")


def resting(guide: Guide) -> None:
    """One of two calls was tried, and is tried again tomorrow."""
    at_desk(guide)
    task = Task.objects.first()
    assert task is not None
    by, tomorrow = Actor.staff(1), NOW + DAY
    result = Task.Try.LEFT_MESSAGE
    count_try(task_id=task.pk, tries_seen=0, result=result, next_try_at=tomorrow, now=NOW, by=by)


def tried_yesterday(guide: Guide) -> None:
    guide.open("/desk/tasks/callbacks/")
    guide.page.locator("[name=next_try]").first.fill("2026-01-05T09:00")
    guide.page.get_by_role("button", name="No answer").first.click()


def of_kind(guide: Guide, kind: Task.Kind, queue: str) -> None:
    at_desk(guide, tasks=0)
    for number in range(2):
        order = OrderFactory(location=guide.world.center) if number else None
        visit = guide.visit(phone="+15125550147", order=order, insurance_plan="Gold PPO")
        TaskFactory(kind=kind, appointment=visit, location=guide.world.center, due_at=NOW + number * DAY)
    from_desk(guide, f"/desk/tasks/{queue}/")


def done(guide: Guide) -> None:
    guide.page.locator("form[action*=done] button").first.click()


def called_from_the_waitlist(guide: Guide, *, entries: int = 2) -> None:
    desk = AssignmentFactory(location=guide.world.center, role=Assignment.Role.FRONT_DESK)
    WaitlistEntry.objects.active().update(status="left", ended_at=NOW)
    for number in range(entries):
        visit = guide.visit() if number else None
        draft = None if visit else guide.draft(held=False, starts_at=None)
        WaitlistFactory(draft=draft, appointment=visit, phone="+15125550147", by_call=True)
    guide.be(user=desk.user)
    guide.open("/desk/tasks/waitlist/")


def take_off(guide: Guide) -> None:
    guide.page.locator("form[action*=remove] button").first.click()


def left_meanwhile(guide: Guide) -> None:
    called_from_the_waitlist(guide)
    WaitlistEntry.objects.active().update(status="left", ended_at=NOW)
    guide.page.locator("[name=because]").first.select_option("asked")
    take_off(guide)


def task_conflict(guide: Guide) -> None:
    at_desk(guide, tasks=1)
    Task.objects.update(closed_at=NOW, closed_by="staff:1", outcome="Called, moved to Friday")
    guide.page.locator("[name=outcome]").fill("Called her")
    done(guide)


def no_contrast_chest(guide: Guide, page: str) -> None:
    guide.draft(page, exam=guide.world.chest, laterality="", starts_at=None, why_chest="")


def chest_explained(guide: Guide) -> None:
    no_contrast_chest(guide, "covid-test")
    guide.choose("why_chest", "not_sure")
    guide.press("Continue")


def follow_ups(guide: Guide) -> None:
    guide.draft("covid-questions")
    guide.choose("sympt", "cough")
    guide.choose("pos", "yes")
    guide.choose("pos_which", "covid")


def safety_version() -> Version:
    return Version.objects.filter(questionnaire__key="safety-mr").first() or publish_safety(MRI)


def about_safety(guide: Guide, page: str = "safety", **fields) -> Draft:
    """A draft that has said before a time that nothing applies."""
    version = safety_version()
    draft = guide.draft(**fields)
    AnswerSheetFactory(draft=draft, version=version, answers={"fit": ["none"]}, answered_at=NOW)
    guide.open(draft_path(draft, page))
    return draft


def in_the_eye(guide: Guide, page: str) -> None:
    draft = about_safety(guide, phone="+15125550147")
    for name in ("device", "metal_body", "surgery", "pregnant"):
        guide.choose(name, "no")
    guide.choose("metal_eye", "not_sure")
    guide.press("Continue")
    if page == "check":
        AnswerSheetFactory(
            draft=draft, version=Version.objects.get(preset="respiratory-a"), answers=WELL, answered_at=NOW
        )
        guide.open(draft_path(draft, page))


def papers_of_draft(guide: Guide, count: int) -> None:
    draft = guide.draft()
    for _ in range(count):
        DocumentFactory(draft=draft)
    guide.open(draft_path(draft, "draft-order"))


def papers_of_visit(guide: Guide) -> None:
    visit = guide.visit()
    DocumentFactory(appointment=visit, original_name=f"{'Scan of the order ' * 6}.jpg")
    guide.open(visit_path(visit, "visit-order"))


def paying_by_card(guide: Guide) -> None:
    draft = guide.draft(paying="insurance", insurance_plan="Blue Cross PPO")
    DocumentFactory(draft=draft, kind="insurance_front")
    guide.open(draft_path(draft, "draft-paying"))


def wrong_claim(guide: Guide) -> None:
    guide.draft("draft-paying", paying="accident")
    guide.page.locator("[name=injured_on_day]").fill("31")


def with_estimate(guide: Guide) -> None:
    visit = guide.visit(paying="self", price_shown=420)
    TaskFactory(kind=Task.Kind.ESTIMATE, appointment=visit, location=guide.world.center, due_at=NOW + DAY)
    guide.open(visit_path(visit, "visit"))


def papers_at_desk(guide: Guide) -> None:
    visit = guide.visit()
    at_desk(guide, tasks=1)
    Task.objects.update(kind=Task.Kind.MATCH_ORDER, appointment=visit)
    DocumentFactory(appointment=visit, original_name=f"{'Scan of the order ' * 6}.jpg")
    guide.open("/desk/tasks/")


def burst(guide: Guide, *, bookings: int = 4, chosen: int = 0) -> None:
    """Made from one connection this morning, with a call and a place on the waitlist; `chosen` visits are
    to be undone."""
    Origin.objects.all().delete()
    for number in range(bookings):
        visit = guide.visit(patient=PatientFactory(given_name=f"Ana {number}"))
        Origin.objects.create(appointment=visit, key="5c0ffee" * 9, came_at=NOW)
    if bookings:
        call, entry = (
            TaskFactory(location=guide.world.center),
            WaitlistFactory(draft=guide.draft(starts_at=None)),
        )
        Origin.objects.create(task=call, key="5c0ffee" * 9, came_at=NOW)
        Origin.objects.create(waitlist_entry=entry, key="5c0ffee" * 9, came_at=NOW)
    guide.be(user=AssignmentFactory(location=guide.world.center, role=Assignment.Role.FRONT_DESK).user)
    guide.open("/desk/bursts/")
    for box in guide.page.locator("[name=origin]").all()[:chosen]:
        box.check()
    if chosen:
        guide.press("Undo the checked ones…")


def burst_undone(guide: Guide) -> None:
    burst(guide, chosen=2)
    guide.page.locator("[name=reason]").fill("A program booked them")
    guide.press("Undo without messages")


def form_at(guide: Guide, key: str, answers: dict | None = None, **fields) -> Appointment:
    """A visit whose short list was answered, with its safety form opened at a question, or at its end."""
    starts_at = NINE_FORTY + next(guide.days) * DAY
    about = {"scanner": guide.world.mri, "exam": guide.world.knee, "laterality": "left", **fields}
    visit = visit_with_answers(answers, starts_at=starts_at, **about)
    guide.be(visits=(visit,))
    number = next((question.position for question in MRI.questions if question.key == key), None)
    page, more = ("safety-question", {"number": number}) if number else ("safety-check", {})
    guide.open(reverse(f"portal:{page}", kwargs={"token": visit_token(visit), **more}))
    return visit


def asked_again(guide: Guide, answers: dict | None = None, **fields) -> None:
    """A visit the day after, whose patient was asked about illness again and answered this much."""
    visit = guide.visit(starts_at=NINE_FORTY, scanner=ScannerFactory(location=guide.world.center), **fields)
    if answers:
        answer_again(visit_id=visit.pk, answers=answers, language="en", now=NOW, by=PATIENT)
    is_told = bool(answers) and answers != {"emerg": "no"}
    guide.open(visit_path(visit, "health-outcome" if is_told else "health"))


def call_asked(guide: Guide) -> None:
    guide.open("/book/call-me/")
    guide.page.locator("[name=order]").fill("Esophagram with barium")
    guide.page.locator("[name=name]").fill("Ana Núñez")
    guide.page.locator("[name=phone]").fill("512-555-0147")
    guide.choose("center", "riverside")
    guide.press("Ask us to call")


def questionnaires(
    guide: Guide, page: str = "questionnaires", *more: object, version: Version | None = None
) -> None:
    """An administrator's page; about a version if one is given."""
    guide.be(user=AssignmentFactory(location=None, role=Assignment.Role.ADMINISTRATOR).user)
    args = [version.pk, *more] if version else more
    guide.open(reverse(f"manage:{page}", args=args))


def other_hours(guide: Guide) -> None:
    """Before Tuesdays end at noon, with one visit after it."""
    guide.visit(starts_at=NOW + dt.timedelta(days=15, hours=6), phone="+15125550147", by_call=True)
    questionnaires(guide, "week", "riverside")
    typed(guide, **{"open-1": "7-12", "first_day": f"{NOW + 2 * DAY:%Y-%m-%d}"})
    guide.press("See whom it touches")


def out_of_service(guide: Guide) -> None:
    guide.visit(starts_at=NOW + dt.timedelta(days=16, hours=6), by_call=True)
    questionnaires(guide, "scanner", guide.world.mri.pk)
    guide.page.get_by_label("In use").uncheck()
    guide.press("Save")


def exams_of_one_location(guide: Guide) -> None:
    """Somebody who may look at them and not change them."""
    guide.be(user=AssignmentFactory(location=guide.world.center, role=Assignment.Role.ADMINISTRATOR).user)
    guide.open(reverse("manage:exams") + "?kind=MR")


def exam_saved_meanwhile(guide: Guide) -> None:
    questionnaires(guide, "exam", guide.world.knee.pk)
    typed(guide, synonyms_en="torn meniscus\nACL", name="Knee MRI without contrast")
    values = {"minutes": 45, "synonyms_en": ("cruciate ligament", "knee joint")}
    seen = guide.page.locator("[name=seen]").input_value()
    save_exam(exam_id=guide.world.knee.pk, values=values, seen=seen, now=NOW, by=Actor.staff(1))
    guide.press("Save")


def stronger_exam(guide: Guide) -> None:
    """Two visits are on a scanner that is too weak for what is typed."""
    for _ in range(2):
        guide.visit()
    questionnaires(guide, "exam", guide.world.knee.pk)
    typed(guide, minimum_tesla="3")
    guide.press("Save")


def retired_exam(guide: Guide) -> None:
    foot = Exam.objects.get(slug="foot-x-ray-3-views")
    retire_exam(exam_id=foot.pk, now=NOW, by=Actor.staff(1))
    questionnaires(guide, "exam-state", foot.pk)


def a_file(guide: Guide, *rows: str) -> None:
    """Of offerings, as an administrator sends it."""
    questionnaires(guide, "file", "offerings")
    text = "\n".join(["exam,location,offered,minutes,price", *rows]).encode()
    sent = {"name": "offerings.csv", "mimeType": "text/csv", "buffer": text}
    guide.page.locator("input[type=file]").set_input_files(sent)
    guide.press("See what it would change")


def a_draft(days: int = 7) -> Version:
    """A copy of what is in force, with other days; nobody has approved it."""
    draft = start_draft(version_id=in_force().pk, note="Seven days", now=NOW, by=Actor.staff(1))
    parameters = {**draft.parameters, "deferral_days": days}
    save_parameters(version_id=draft.pk, revision=0, parameters=parameters, now=NOW, by=Actor.staff(1))
    draft.refresh_from_db()
    return draft


def in_force() -> Version:
    return Version.objects.get(preset="respiratory-a", number=1)


def draft_page(guide: Guide, page: str, *more: object, query: str = "") -> Version:
    draft = a_draft()
    questionnaires(guide, page, *more, version=draft)
    if query:
        guide.open(reverse(f"manage:{page}", args=[draft.pk, *more]) + query)
    return draft


def changed_by_another(guide: Guide, page: str, *more: object) -> None:
    draft = draft_page(guide, page, *more)
    save_parameters(
        version_id=draft.pk,
        revision=1,
        parameters={**draft.parameters, "retry_days": 9},
        now=NOW,
        by=Actor.staff(1),
    )


def published_page(guide: Guide, page: str) -> None:
    """Of a version that is published: it is only read."""
    questionnaires(guide, page, version=in_force())


def switched_off_here(guide: Guide) -> None:
    about = in_force().questionnaire
    own = switch_off(
        questionnaire=about, location=guide.world.center, starts=NOW + DAY, now=NOW, by=Actor.staff(1)
    )
    questionnaires(guide, "end", own.pk)


CASE = "?case-exam={exam}&case-visit_on=2026-12-01&case-answered_on=2026-11-30&case-order=yes&case-reason="
ASKED = CASE.format(exam="hand-x-ray-3-views") + "&seen="
POSITIVE = (
    CASE.format(exam="hand-x-ray-3-views")
    + "&emerg=no&sympt=none&pos=yes&pos_which=covid&pos_date=2026-11-28&pos_ill=no&isol=no&expo=no&compan=no"
    + "&immuno=no&seen="
    + "+".join(question.key for question in A.questions)
)
LAST_LOOK = "?location=&modality=&when=now"


STATES: dict[str, Go] = {
    "portal:home": lambda g: g.open("/"),
    "portal:home near a place": lambda g: g.open("/?near=78701"),
    "portal:home error": lambda g: g.open("/?near=nowhere"),
    "portal:guidance": lambda g: g.open("/guidance/your-scan-and-covid-19/"),
    "portal:guidance questions": lambda g: (
        g.open("/guidance/questions/"),
        g.page.locator("summary").first.click(),
    ),
    "portal:call-me": lambda g: g.open("/book/call-me/"),
    "portal:call-me near a place": lambda g: (g.open("/?near=78701"), g.open("/book/call-me/")),
    "portal:call-me error": pressed("Ask us to call", lambda g: g.open("/book/call-me/")),
    "portal:call-asked": call_asked,
    "portal:exams": lambda g: g.open("/book/exam/"),
    "portal:exams found": lambda g: g.open("/book/exam/?q=knee"),
    "portal:exams error": lambda g: g.open("/book/exam/?q="),
    "portal:exams nothing found": lambda g: g.open("/book/exam/?q=ultrasound"),
    "portal:exam": lambda g: g.open("/book/exam/knee-mri/"),
    "portal:exam families": lambda g: g.open("/book/exam/brain-mri/"),
    "portal:exam chest": lambda g: g.open("/book/exam/chest-ct-with-contrast/"),
    "portal:exam X-ray": lambda g: g.open("/book/exam/hand-x-ray-3-views/"),
    "portal:exam error": pressed("Continue", lambda g: g.open("/book/exam/knee-mri/")),
    "portal:exam press again": press_again,
    "portal:order-first": lambda g: g.open("/book/exam/knee-mri/order/"),
    "locations:list": lambda g: g.open("/locations/"),
    "locations:list near a place": lambda g: g.open("/locations/?near=78704"),
    "locations:list error": lambda g: g.open("/locations/?near=nowhere"),
    "locations:location": lambda g: g.open("/locations/riverside/"),
    "portal:change-exam": lambda g: g.draft("change-exam"),
    "portal:other-exam": lambda g: g.draft("other-exam"),
    "portal:draft-order-first": lambda g: g.draft("draft-order-first"),
    "portal:where": lambda g: g.draft("where", place=""),
    "portal:where near a place": lambda g: g.draft("where", place="78704"),
    "portal:where far": lambda g: g.draft("where", place="New York, NY"),
    "portal:where error": pressed("Show centers", lambda g: g.draft("where", place="")),
    "portal:time": lambda g: g.draft("time", held=False, starts_at=None),
    "portal:time every time": lambda g: g.draft("time", query="?all=1"),
    "portal:time evening": lambda g: g.draft("time", query="?part=evening"),
    "portal:time empty day": lambda g: g.draft("time", query="?day=2027-06-01"),
    "portal:time held": lambda g: g.draft("time"),
    "portal:time later": lambda g: g.draft("time", query="?day=2026-12-20", held=False, starts_at=None),
    "portal:time far off": lambda g: closed(g, days=26),
    "portal:time empty": lambda g: closed(g, days=400),
    "portal:time lost race": lost_race,
    "portal:time no longer held": keep_once_too_often,
    "portal:patient": lambda g: g.draft("patient", **UNANSWERED),
    "portal:patient error": pressed("Continue", lambda g: g.draft("patient", **UNANSWERED)),
    "portal:patient expired hold": lambda g: g.draft("patient", held=False),
    "portal:patient already booked": already_booked,
    "portal:contact": lambda g: g.draft("contact", email="", **UNANSWERED),
    "portal:contact error": pressed("Continue", lambda g: g.draft("contact", email="", **UNANSWERED)),
    "portal:contact typo": typo,
    "portal:fit": lambda g: before_a_time(g, "fit"),
    "portal:fit weight asked": too_heavy,
    "portal:fit error": pressed("Continue", too_heavy),
    "portal:fit wider scanners": lambda g: before_a_time(g, "where", "tight"),
    "portal:fit longer times": lambda g: before_a_time(g, "time", "lift"),
    "portal:callback": lambda g: before_a_time(g, "callback", "pacemaker"),
    "portal:callback error": pressed("Ask us to call", lambda g: before_a_time(g, "callback", "pacemaker")),
    "portal:callback asked": called,
    "portal:covid-test": lambda g: no_contrast_chest(g, "covid-test"),
    "portal:covid-test explained": chest_explained,
    "portal:covid": lambda g: g.draft("covid"),
    "portal:covid error": pressed("Continue", lambda g: g.draft("covid")),
    "portal:covid-questions": lambda g: g.draft("covid-questions"),
    "portal:covid-questions follow-ups open": follow_ups,
    "portal:covid-questions error": pressed("Continue", follow_ups),
    "portal:covid-more": lambda g: g.screened("covid-more", answers={**ILL, "immuno": None}),
    "portal:covid-outcome emergency": lambda g: g.screened("covid-outcome", answers={"emerg": "yes"}),
    "portal:covid-outcome flagged": lambda g: g.screened("covid-outcome", answers=ILL),
    "portal:covid-outcome defer": lambda g: g.screened(
        "covid-outcome",
        answers={"pos": "yes", "pos_which": "covid", "pos_date": "2026-11-29", "pos_ill": "no"},
    ),
    "portal:safety": about_safety,
    "portal:safety for another": lambda g: about_safety(
        g, booking_for="other", booker_name="Luis Núñez", booker_relation="partner"
    ),
    "portal:safety error": pressed("Continue", about_safety),
    "portal:safety kept": lambda g: in_the_eye(g, "covid"),
    "portal:safety flagged": lambda g: in_the_eye(g, "check"),
    "portal:safety-question": lambda g: form_at(g, "vessel"),
    "portal:safety-question details": lambda g: form_at(g, "surgery_what", {"surgery": "yes"}),
    "portal:safety-question follow-ups open": lambda g: (form_at(g, "vessel"), g.choose("vessel", "yes")),
    "portal:safety-question error": pressed(
        "Continue", lambda g: form_at(g, "device_which", {"device": "yes"})
    ),
    "portal:safety-check": lambda g: form_at(g, "", REST),
    "portal:safety-form": pressed("Send my answers", lambda g: form_at(g, "", REST)),
    "portal:safety-form flagged": pressed(
        "Send my answers", lambda g: form_at(g, "", {**REST, "capsule": "yes"}, phone="+15125550147")
    ),
    "portal:health": lambda g: g.visit("health", starts_at=NINE_FORTY + 20 * DAY),
    "portal:health-questions": asked_again,
    "portal:health-questions error": pressed("Continue", lambda g: asked_again(g, {"emerg": "no"})),
    "portal:health-outcome": lambda g: asked_again(g, WELL),
    "portal:health-outcome emergency": lambda g: asked_again(g, {"emerg": "yes"}),
    "portal:health-outcome put off": lambda g: asked_again(
        g,
        {
            **WELL,
            "pos": "yes",
            "pos_which": "covid",
            "pos_date": "2026-11-29",
            "pos_ill": "no",
            "immuno": "no",
        },
    ),
    "portal:health-outcome call": lambda g: asked_again(
        g,
        {
            **WELL,
            "sympt": ["fever"],
            "sympt_date": "2026-11-29",
            "fever_24h": "yes",
            "better": "same",
            "immuno": "no",
        },
        phone="+15125550147",
    ),
    "portal:answers": lambda g: g.open(visit_path(form_at(g, "vessel"), "answers")),
    "portal:answers empty": lambda g: g.visit("answers"),
    "portal:check": lambda g: g.screened("check"),
    "portal:check flagged": lambda g: g.screened("check", answers=ILL, phone="+15125550147"),
    "portal:number": lambda g: g.screened("number", answers=ILL),
    "portal:number error": pressed("Continue", lambda g: g.screened("number", answers=ILL)),
    "portal:check changed elsewhere": changed_elsewhere,
    "portal:check please call": sent_to_the_phone,
    "portal:draft-order": lambda g: g.draft("draft-order"),
    "portal:draft-order sent": lambda g: papers_of_draft(g, 2),
    "portal:draft-order full": lambda g: papers_of_draft(g, 10),
    "portal:draft-order error": pressed("Send", lambda g: g.draft("draft-order")),
    "portal:draft-paying": lambda g: g.draft("draft-paying"),
    "portal:draft-paying insurance": paying_by_card,
    "portal:draft-paying error": pressed("Save", wrong_claim),
    "portal:draft-card": lambda g: g.draft("draft-card"),
    "portal:clear": lambda g: g.draft("clear"),
    "portal:invitation": invitation,
    "portal:invitation locked": lambda g: invitation(g, is_open=False),
    "portal:invitation locked error": lambda g: (invitation(g, is_open=False), g.press("Continue")),
    "portal:invitation over": lambda g: invitation(
        g, status="closed", closed_at=NOW, closed_because="expired"
    ),
    "portal:invitation unknown": lambda g: g.open("/invitation/nothing.here/"),
    "portal:change-exam as ordered": lambda g: draft_of_order(g, "change-exam"),
    "portal:change-exam decided by the order": another_exam_of_order,
    "portal:find-visit": lambda g: g.open("/visit/"),
    "portal:find-visit error": pressed("Find my visit", lambda g: g.open("/visit/")),
    "portal:lost": lambda g: g.open("/visit/lost/"),
    "portal:lost error": pressed("Send my link", lambda g: g.open("/visit/lost/")),
    "portal:lost-sent": lambda g: g.open("/visit/lost/sent/"),
    "portal:visit not found": lambda g: g.open("/visit/old.link/"),
    "portal:visit": lambda g: g.visit("visit"),
    "portal:visit locked": lambda g: g.visit("visit", is_open=False),
    "portal:visit locked error": wrong_birth_date,
    "portal:cancel closed": closed_meanwhile,
    "portal:visit flagged": lambda g: g.open(visit_path(review(g), "visit")),
    "portal:visit today": lambda g: g.visit("visit", starts_at=NINE_FORTY - DAY),
    "portal:visit will come": lambda g: g.visit("visit", confirmed_at=NOW),
    "portal:visit changed": changed_by_us,
    "portal:visit started": lambda g: g.visit("visit", starts_at=NOW - dt.timedelta(minutes=5)),
    "portal:visit checked in": lambda g: g.visit(
        "visit", status="arrived", starts_at=NOW - dt.timedelta(hours=2)
    ),
    "portal:visit no-show": lambda g: g.visit("visit", status="no_show", starts_at=NINE_FORTY - 4 * DAY),
    "portal:visit time is over": lambda g: g.visit("visit", starts_at=NINE_FORTY - 5 * DAY),
    "portal:visit canceled by the center": lambda g: g.visit(
        "visit", status="canceled", canceled_at=NOW, canceled_by="staff:1"
    ),
    "portal:visit has a new time": moved_by_patient,
    "portal:visit lost its time": lost_after_cancel,
    "portal:come": come_too_late,
    "portal:take-back": taken_meanwhile,
    "portal:move": lambda g: g.visit("move"),
    "portal:move evening": lambda g: g.open(visit_path(g.visit(), "move") + "?part=evening"),
    "portal:move same time": same_time,
    "portal:move-where": lambda g: g.visit("move-where"),
    "portal:visit-waitlist": lambda g: g.visit("visit-waitlist"),
    "portal:visit-waitlist error": pressed("Join the waitlist", lambda g: g.visit("visit-waitlist")),
    "portal:waitlist": lambda g: g.draft("waitlist", held=False, starts_at=None),
    "portal:waitlist error": pressed(
        "Join the waitlist", lambda g: g.draft("waitlist", held=False, starts_at=None)
    ),
    "portal:waitlist-entry": waiting,
    "portal:waitlist-entry of a visit": waiting_for_something_earlier,
    "portal:waitlist-entry changed": pressed("Save", lambda g: waiting(g, "waitlist-change")),
    "portal:waitlist-entry left": pressed("Leave the waitlist", waiting),
    "portal:waitlist-entry filled": lambda g: no_longer_waiting(g, "filled"),
    "portal:waitlist-entry lapsed": lambda g: no_longer_waiting(g, "lapsed"),
    "portal:waitlist-entry removed": lambda g: no_longer_waiting(g, "removed", removed_because="mistake"),
    "portal:waitlist-entry unknown": lambda g: g.open("/waitlist/entry/nothing.here/"),
    "portal:waitlist-change": lambda g: waiting(g, "waitlist-change"),
    "portal:patient for the waitlist": lambda g: g.draft(
        "patient", query="?for=waitlist", held=False, **{**UNANSWERED, "starts_at": None}
    ),
    "portal:move-check": move_check,
    "portal:move-check at another center": lambda g: move_check(g, center="mueller"),
    "portal:move-check lost race": move_too_late,
    "portal:cancel too late": cancel_too_late,
    "portal:visit canceled": lambda g: g.visit(
        "visit", status="canceled", canceled_at=NOW, canceled_by="patient:1"
    ),
    "portal:visit over": lambda g: g.visit("visit", status="done", starts_at=NINE_FORTY - 3 * DAY),
    "portal:booked": lambda g: g.visit("booked"),
    "portal:booked flagged": lambda g: g.open(visit_path(review(g), "booked")),
    "portal:visit-order": lambda g: g.visit("visit-order"),
    "portal:visit-order sent": papers_of_visit,
    "portal:visit-order error": pressed("Send", papers_of_visit),
    "portal:visit-paying": lambda g: g.visit("visit-paying", paying="accident"),
    "portal:visit estimate": with_estimate,
    "portal:visit-card": lambda g: g.visit("visit-card"),
    "portal:cancel": lambda g: g.visit("cancel"),
    "account_login": lambda g: g.open("/desk/sign-in/"),
    "account_login error": pressed("Sign in", lambda g: g.open("/desk/sign-in/")),
    "account_login too many tries": too_many_sign_ins,
    "account_join": lambda g: by_link(g, "join"),
    "account_join error": pressed("Join", lambda g: by_link(g, "join")),
    "account_join gone": lambda g: g.open("/desk/join/made-up/"),
    "account_new_password": lambda g: by_link(g, "password"),
    "account_new_password error": pressed("Save the password", lambda g: by_link(g, "password")),
    "account_forgot": lambda g: (g.be(), g.open("/desk/password/")),
    "account_forgot error": pressed("Send me a link", lambda g: g.open("/desk/password/")),
    "account_forgot_sent": ask_for_password,
    "account_change_password": lambda g: in_account(g, "/desk/account/password/", again=False),
    "account_change_password error": pressed(
        "Change the password", lambda g: in_account(g, "/desk/account/password/", again=False)
    ),
    "account_sessions": lambda g: in_account(g, "/desk/account/sessions/", again=False),
    "account_sessions several": several_sessions,
    "mfa_authenticate": member,
    "mfa_authenticate error": pressed("Go on", member),
    "mfa_activate_totp": lambda g: member(g, has_app=False),
    "mfa_activate_totp error": pressed("Finish", lambda g: member(g, has_app=False)),
    "mfa_add_webauthn": lambda g: (member(g, has_app=False), g.open("/desk/account/passkey/")),
    "mfa_view_recovery_codes": set_up,
    "mfa_view_recovery_codes shown before": lambda g: (set_up(g), g.open("/desk/account/codes/")),
    "mfa_index": lambda g: in_account(g, again=False),
    "mfa_reauthenticate": lambda g: in_account(g, "/desk/account/codes/new/", again=False),
    "mfa_reauthenticate error": pressed(
        "Go on", lambda g: in_account(g, "/desk/account/codes/new/", again=False)
    ),
    "mfa_generate_recovery_codes": lambda g: in_account(g, "/desk/account/codes/new/"),
    "mfa_deactivate_totp last": lambda g: in_account(g, "/desk/account/app/remove/"),
    "mfa_deactivate_totp": lambda g: (with_passkey(g), g.open("/desk/account/app/remove/")),
    "mfa_remove_webauthn": remove_passkey,
    "mfa_reauthenticate_webauthn": lambda g: (with_passkey(g), g.open("/desk/account/again/passkey/")),
    "frontdesk:tasks": at_desk,
    "frontdesk:tasks papers": papers_at_desk,
    "frontdesk:queue": call_list,
    "frontdesk:queue callbacks": lambda g: (resting(g), g.open("/desk/tasks/callbacks/")),
    "frontdesk:task-tried error": lambda g: (resting(g), tried_yesterday(g)),
    "frontdesk:queue orders": lambda g: of_kind(g, Task.Kind.MISSING_ORDER, "orders"),
    "frontdesk:queue labs": lambda g: of_kind(g, Task.Kind.LABS, "labs"),
    "frontdesk:queue estimates": lambda g: of_kind(g, Task.Kind.ESTIMATE, "estimates"),
    "frontdesk:queue authorizations": lambda g: of_kind(g, Task.Kind.AUTHORIZATION, "authorizations"),
    "frontdesk:queue to move": lambda g: of_kind(g, Task.Kind.TO_MOVE, "to-move"),
    "frontdesk:queue details": lambda g: of_kind(g, Task.Kind.MISSING_DETAILS, "details"),
    "frontdesk:queue-sheet": lambda g: (resting(g), g.open("/desk/tasks/callbacks/print/")),
    "frontdesk:queue-sheet orders": lambda g: (
        of_kind(g, Task.Kind.MISSING_ORDER, "orders"),
        g.open("/desk/tasks/orders/print/"),
    ),
    "frontdesk:queue-sheet empty": lambda g: (at_desk(g, tasks=0), g.open("/desk/tasks/labs/print/")),
    "frontdesk:queue empty": lambda g: (at_desk(g, tasks=0), g.open("/desk/tasks/estimates/")),
    "frontdesk:tasks empty": lambda g: at_desk(g, tasks=0),
    "frontdesk:task-done error": lambda g: (at_desk(g, tasks=1), done(g)),
    "frontdesk:task-done conflict": task_conflict,
    "frontdesk:waitlist": called_from_the_waitlist,
    "frontdesk:waitlist empty": lambda g: called_from_the_waitlist(g, entries=0),
    "frontdesk:waitlist-remove error": lambda g: (called_from_the_waitlist(g), take_off(g)),
    "frontdesk:waitlist-remove conflict": left_meanwhile,
    "frontdesk:queue flags": lambda g: to_review(g, "flags"),
    "frontdesk:queue flags empty": lambda g: to_review(g, "flags", count=0),
    "frontdesk:review": to_review,
    "frontdesk:review of another": lambda g: to_review(g, is_taken=True),
    "frontdesk:review for a radiologist": lambda g: to_review(g, told={"pregnant": "not_sure"}),
    "frontdesk:review-note error": pressed("Keep the note", to_review),
    "frontdesk:review-later error": lambda g: opened(g, "A later day", "Ask the patient to choose"),
    "frontdesk:review-cancel error": lambda g: opened(g, "Cancel the visit", "Cancel this visit"),
    "frontdesk:review-release error": lambda g: (
        to_review(g),
        g.page.locator("[name=note]").fill(""),
        g.press("Release this visit"),
    ),
    "frontdesk:implants": with_implant,
    "frontdesk:implant-add error": pressed("Keep it with the patient", with_implant),
    "frontdesk:labs": blood_test,
    "frontdesk:labs-result error": pressed("Record the result", blood_test),
    "frontdesk:labs-waive error": pressed("Do without a test", blood_test),
    "frontdesk:board": day_board,
    "frontdesk:board free": lambda g: from_desk(g, "/desk/at/riverside/2026-12-24/"),
    "frontdesk:board undo": just_moved,
    "frontdesk:arrivals": lambda g: (day_board(g), from_desk(g, "/desk/at/riverside/2026-11-30/arrivals/")),
    "frontdesk:arrivals empty": lambda g: from_desk(g, "/desk/at/riverside/2026-12-24/arrivals/"),
    "frontdesk:worklist": lambda g: from_desk(
        g, "/desk/at/riverside/2026-11-30/worklist/", Assignment.Role.TECHNOLOGIST
    ),
    "frontdesk:day-sheet": lambda g: from_desk(g, "/desk/at/riverside/2026-11-30/print/"),
    "frontdesk:day-sheet to write": lambda g: g.open("/desk/at/riverside/2026-11-30/print/?to-write"),
    "frontdesk:behind": lambda g: (
        day_board(g),
        from_desk(g, f"/desk/at/riverside/behind/?scanner={g.world.mri.pk}&minutes=25"),
    ),
    "frontdesk:behind error": lambda g: from_desk(g, "/desk/at/riverside/behind/?scanner=1&minutes=x"),
    "frontdesk:downtime": lambda g: (
        ClosureFactory(location=g.world.center, reason="Service"),
        from_desk(g, "/desk/at/riverside/closures/"),
    ),
    "frontdesk:downtime error": lambda g: (
        from_desk(g, "/desk/at/riverside/closures/"),
        typed(g, time="soon"),
        g.press("See whom it touches"),
    ),
    "frontdesk:closure-plan": closing,
    "frontdesk:closure-plan error": lambda g: (
        g.page.locator("select").first.select_option("keep"),
        g.press("Close it, and do all of this"),
    ),
    "frontdesk:closure-plan done": lambda g: (
        g.page.locator("[name^=reason]").first.fill("Emergency power"),
        g.press("Close it, and do all of this"),
        g.page.get_by_text("Not yet").first.wait_for(),
    ),
    "frontdesk:closure-plan elsewhere": closing_with_places_elsewhere,
    "frontdesk:closure-plan outdated": lambda g: (
        closing(g, visits=1, days=22),
        AppointmentFactory(
            scanner=g.world.mri, exam=g.world.knee, starts_at=NOW + dt.timedelta(days=22, hours=5)
        ),
        g.page.reload(),
    ),
    "frontdesk:figures": lambda g: from_desk(g, "/desk/figures/", Assignment.Role.ADMINISTRATOR),
    "frontdesk:week": lambda g: from_desk(g, "/desk/at/riverside/2026-11-30/week/"),
    "frontdesk:everywhere": lambda g: from_desk(g, "/desk/overview/"),
    "frontdesk:search": lambda g: (
        OrderFactory(location=g.world.center, exam=g.world.knee, urgency="urgent", given_name="Sigríður Ósk"),
        OrderFactory(location=g.world.center, exam=None, laterality="", status="new", given_name="Sigríður"),
        from_desk(g, "/desk/search/"),
        typed(g, q="sigridur"),
        g.page.locator("#found a").first.wait_for(),
    ),
    "frontdesk:search error": lambda g: (from_desk(g, "/desk/search/"), g.press("Search")),
    "frontdesk:visit-illness": lambda g: visit_at_desk(g, "illness/", starts_at=NOW + dt.timedelta(hours=9)),
    "frontdesk:visit-illness error": pressed(
        "Save the answers",
        lambda g: visit_at_desk(g, "illness/", starts_at=NOW + dt.timedelta(hours=8, minutes=-15)),
    ),
    "frontdesk:visit": visit_at_desk,
    "frontdesk:visit order in the inbox": with_its_order_in_the_inbox,
    "frontdesk:patient": patient_at_desk,
    "frontdesk:patient implants": lambda g: (
        patient_at_desk(g),
        with_implant(g),
        g.open(f"/desk/patients/{Implant.objects.latest('pk').patient_id}/"),
    ),
    "frontdesk:patient alike": lambda g: two_records(g, "{}/"),
    "frontdesk:patient merged": lambda g: (
        two_records(g, "merge/{}/{}/"),
        g.press("Merge the two records"),
        g.page.reload(),
        g.page.locator("details").first.click(),
    ),
    "frontdesk:patient-other error": lambda g: (
        patient_at_desk(g),
        g.page.get_by_text("Another record of this person").click(),
        g.press("Compare"),
    ),
    "frontdesk:duplicates": lambda g: two_records(g, "duplicates/"),
    "frontdesk:duplicates empty": lambda g: (
        Patient.objects.update(merged_into=PatientFactory()),
        from_desk(g, "/desk/patients/duplicates/"),
        Patient.objects.update(merged_into=None),
    ),
    "frontdesk:merge": lambda g: two_records(g, "merge/{}/{}/"),
    "frontdesk:merge error": without_choices,
    "frontdesk:merge conflict": merged_meanwhile,
    "frontdesk:patient-edit": lambda g: patient_at_desk(g, "edit/"),
    "frontdesk:patient-edit error": lambda g: (
        patient_at_desk(g, "edit/"),
        typed(g, given_name="", birth_date="17/5", phone="555"),
        g.press("Save"),
    ),
    "frontdesk:patient-edit conflict": corrected_meanwhile,
    "frontdesk:visit-authorization": lambda g: visit_at_desk(g, "authorization/", paying="insurance"),
    "frontdesk:visit-authorization error": lambda g: (
        visit_at_desk(g, "authorization/"),
        g.press("Save"),
    ),
    "frontdesk:authorizations": to_authorize,
    "frontdesk:authorizations empty": lambda g: (
        Task.objects.filter(kind=Task.Kind.AUTHORIZATION).delete(),
        from_desk(g, "/desk/at/riverside/authorizations/"),
    ),
    "frontdesk:visit-exam": lambda g: visit_at_desk(g, "exam/"),
    "frontdesk:visit-exam error": not_corrected,
    "frontdesk:visit-move": lambda g: visit_at_desk(g, "move/"),
    "frontdesk:visit-move error": clashing,
    "frontdesk:visit-swap": lambda g: swapping(g, is_chosen=False),
    "frontdesk:visit-swap empty": lambda g: visit_at_desk(g, "swap/"),
    "frontdesk:visit-swap chosen": swapping,
    "frontdesk:visit-swap error": lambda g: (
        swapping(g, clash=True),
        g.press("Swap them"),
        g.page.locator("#id_reason_error").wait_for(),
    ),
    "frontdesk:visit-cancel": lambda g: visit_at_desk(g, "cancel/"),
    "frontdesk:visit-cancel error": pressed("Cancel this visit", lambda g: visit_at_desk(g, "cancel/")),
    "frontdesk:book": lambda g: from_desk(
        g, "/desk/at/riverside/new/?scanner=1&at=2026-12-02T16:00:00%2B00:00"
    ),
    "frontdesk:book found": lambda g: (
        from_desk(g, "/desk/at/riverside/new/"),
        typed(g, q="ch"),
        g.page.locator("#found button").first.wait_for(),
    ),
    "frontdesk:book error": lambda g: (
        from_desk(g, "/desk/at/riverside/new/"),
        typed(g, q="zz"),
        g.press("Find"),
    ),
    "frontdesk:walk-ins": queue_of_walk_ins,
    "frontdesk:walk-ins of a technologist": lambda g: queue_of_walk_ins(g, role=Assignment.Role.TECHNOLOGIST),
    "frontdesk:walk-ins empty": lambda g: (
        WalkIn.objects.all().delete(),
        from_desk(g, "/desk/at/riverside/walk-ins/"),
    ),
    "frontdesk:walk-ins error": lambda g: (from_desk(g, "/desk/at/riverside/walk-ins/"), g.press("Find")),
    "frontdesk:walk-ins none taken": lambda g: (
        Location.objects.update(takes_walk_in_xray=False),
        from_desk(g, "/desk/at/riverside/walk-ins/"),
    ),
    "frontdesk:orders": with_orders,
    "frontdesk:orders empty": lambda g: (
        Order.objects.all().delete(),
        from_desk(g, "/desk/at/riverside/orders/"),
    ),
    "frontdesk:orders error": lambda g: (
        from_desk(g, "/desk/at/riverside/orders/"),
        g.press("Add as a new order"),
    ),
    "frontdesk:order": an_order,
    "frontdesk:order booked already": booked_already,
    "frontdesk:order given": lambda g: (
        booked_already(g),
        g.page.locator(".order-candidates button").first.click(),
        g.page.get_by_text("Given to the visit of").wait_for(),
    ),
    "frontdesk:order half": lambda g: an_order(
        g, papers=0, status="new", exam=None, laterality="", given_name="", birth_date=None
    ),
    "frontdesk:order invited": lambda g: an_order(g, status="invited", invited_at=NOW, call_at=NOW + 9 * DAY),
    "frontdesk:order closed": lambda g: an_order(
        g, papers=0, status="closed", closed_at=NOW, closed_because="patient"
    ),
    "frontdesk:order error": lambda g: (
        an_order(g),
        typed(g, birth_date="soon"),
        g.page.get_by_role("button", name="Save", exact=True).click(),
    ),
    "frontdesk:order conflict": typed_by_two,
    "frontdesk:order-exam": lambda g: an_order(g, "exam/"),
    "frontdesk:order-exam error": pressed("Find", lambda g: an_order(g, "exam/")),
    "frontdesk:order-files error": pressed("Send", an_order),
    "frontdesk:order-close error": lambda g: (
        an_order(g),
        g.page.get_by_text("Close without a visit").click(),
        g.press("Close this order"),
    ),
    "frontdesk:walk-in": somebody_came,
    "frontdesk:walk-in error": pressed("Add to the queue", somebody_came),
    "frontdesk:walk-in-room": a_room,
    "frontdesk:walk-in-room error": lambda g: (
        a_room(g),
        g.page.locator(".walk-in-rooms button").first.click(),
        g.page.locator("#id_reason_error").wait_for(),
    ),
    "frontdesk:walk-in-step error": pressed("Take off the queue", a_room),
    "frontdesk:booking": lambda g: phone_call(g, time=False),
    "frontdesk:booking-exam": lambda g: (
        phone_call(g, time=False),
        g.page.get_by_role("link", name="Another exam").click(),
    ),
    "frontdesk:booking held": phone_call,
    "frontdesk:booking error": lambda g: (
        phone_call(g),
        typed(g, birth_date="soon"),
        g.press("Book this visit"),
    ),
    "frontdesk:booking advice": lambda g: (
        phone_call(g),
        g.choose("respiratory-emerg", "yes"),
        g.page.reload(),
    ),
    "frontdesk:booking booked": booked_by_phone,
    "frontdesk:visit canceled": lambda g: visit_at_desk(
        g, status="canceled", canceled_at=NOW, canceled_by="staff:1", cancel_reason="Feels better"
    ),
    "frontdesk:visit-step conflict": faster_desk,
    "frontdesk:visit-note error": pressed("Keep this note", visit_at_desk),
    "frontdesk:before-scan": before_scan,
    "frontdesk:before-scan empty": lambda g: before_scan(g, visits=0),
    "frontdesk:spoken": second_screen,
    "frontdesk:spoken error": lambda g: (second_screen(g), sign(g)),
    "frontdesk:spoken signed": signed_second_screen,
    "frontdesk:spoken by phone": lambda g: second_screen(g, days=9),
    "frontdesk:bursts": burst,
    "frontdesk:bursts empty": lambda g: burst(g, bookings=0),
    "frontdesk:bursts error": pressed("Undo the checked ones…", burst),
    "frontdesk:burst-review": lambda g: burst(g, chosen=3),
    "frontdesk:burst-review error": pressed("Undo without messages", lambda g: burst(g, chosen=3)),
    "frontdesk:burst-done": burst_undone,
    "manage:home": lambda g: questionnaires(g, "home"),
    "manage:locations": lambda g: questionnaires(g, "locations"),
    "manage:scanner-add": lambda g: questionnaires(g, "scanner-add", "riverside"),
    "manage:scanner-add error": pressed(
        "Save",
        lambda g: (
            questionnaires(g, "scanner-add", "riverside"),
            typed(g, ae_title="A\\B", weight_limit_lb="-1"),
        ),
    ),
    "manage:scanner": lambda g: questionnaires(g, "scanner", g.world.mri.pk),
    "manage:scanner planned": out_of_service,
    "manage:week": lambda g: questionnaires(g, "week", "riverside"),
    "manage:week error": lambda g: (
        typed(g, **{"open-1": "seven to nine", "doors-2": "9 pm - 8 pm", "first_day": ""}),
        g.press("See whom it touches"),
    ),
    "manage:scanner-week": lambda g: questionnaires(g, "scanner-week", "riverside", g.world.mri.pk),
    "manage:week planned": other_hours,
    "manage:exams": lambda g: questionnaires(g, "exams"),
    "manage:exams nothing found": lambda g: (
        questionnaires(g, "exams"),
        g.open("/manage/exams/?q=toe&kind=CT"),
    ),
    "manage:exams of one location": exams_of_one_location,
    "manage:exam-add": lambda g: questionnaires(g, "exam-add"),
    "manage:exam-add error": pressed("Save", lambda g: questionnaires(g, "exam-add")),
    "manage:exam": lambda g: (g.visit(), questionnaires(g, "exam", g.world.knee.pk)),
    "manage:exam error": lambda g: (
        questionnaires(g, "exam", g.world.knee.pk),
        typed(
            g,
            minutes="42",
            minutes_both_sides="30",
            synonyms_en="knee joint\nKnee joint",
            cpt_code="123456789",
        ),
        g.press("Save"),
    ),
    "manage:exam conflict": exam_saved_meanwhile,
    "manage:exam visits would not fit error": stronger_exam,
    "manage:exam-state": lambda g: (g.visit(), questionnaires(g, "exam-state", g.world.knee.pk)),
    "manage:exam-state retired": retired_exam,
    "manage:file": lambda g: questionnaires(g, "file", "offerings"),
    "manage:file error": lambda g: a_file(g, "knee-mri,riverside,yes,42,-1", "x,y,maybe,,=1+1"),
    "manage:file-check": lambda g: a_file(
        g, "knee-mri,riverside,no,,", "knee-mri,mueller,yes,45,450", "chest-ct,riverside,yes,,1234.50"
    ),
    "manage:file gone": lambda g: questionnaires(g, "file-check", "offerings"),
    "manage:staff": lambda g: staff_page(g, "staff"),
    "manage:staff search": lambda g: (
        staff_page(g, "staff"),
        g.page.locator("#q").fill("ok"),
        g.press("Search"),
    ),
    "manage:staff nobody": lambda g: (
        staff_page(g, "staff"),
        g.page.locator("#q").fill("zz"),
        g.press("Search"),
    ),
    "manage:staff empty": lambda g: staff_page(g, "staff", query="?state=ended"),
    "manage:staff-invite": lambda g: staff_page(g, "staff-invite"),
    "manage:staff-invite error": pressed("Send the invitation", lambda g: staff_page(g, "staff-invite")),
    "manage:person": lambda g: staff_page(g, "person"),
    "manage:person invited": lambda g: staff_page(g, "person", is_invited=True),
    "manage:person ended": lambda g: staff_page(g, "person", is_active=False),
    "manage:person oneself": lambda g: staff_page(g, "person", of_oneself=True),
    "manage:person works elsewhere": lambda g: staff_page(g, "person", of_here_only=True),
    "manage:person-add-role error": add_no_role,
    "manage:person-account": lambda g: staff_page(g, "person-account"),
    "manage:person-account error": lambda g: (
        staff_page(g, "person-account"),
        g.page.locator("[name=email]").fill("x"),
        g.press("Save"),
    ),
    "manage:person-remove-role": lambda g: staff_page(g, "person-remove-role"),
    "manage:person-remove-role refused": pressed(
        "Take the role away", lambda g: staff_page(g, "person-remove-role", of_oneself=True)
    ),
    "manage:person-end": lambda g: staff_page(g, "person-end"),
    "manage:person-end invited": lambda g: staff_page(g, "person-end", is_invited=True),
    "manage:person-factor": lambda g: staff_page(g, "person-factor"),
    "manage:questionnaires": questionnaires,
    "manage:policy": lambda g: questionnaires(g, "policy"),
    "manage:policy chosen": pressed("Put this in force", lambda g: questionnaires(g, "policy")),
    "manage:switch-off": lambda g: questionnaires(g, "switch-off", in_force().questionnaire.key),
    "manage:end": switched_off_here,
    "manage:version": lambda g: draft_page(g, "version"),
    "manage:version published": lambda g: published_page(g, "version"),
    "manage:version of safety": lambda g: questionnaires(g, "version", version=safety_version()),
    "manage:compare": lambda g: draft_page(g, "compare"),
    "manage:discard": lambda g: draft_page(g, "discard"),
    "manage:about": lambda g: draft_page(g, "about"),
    "manage:about frozen": lambda g: published_page(g, "about"),
    "manage:about conflict": pressed("Save", lambda g: changed_by_another(g, "about")),
    "manage:parameters": lambda g: draft_page(g, "parameters"),
    "manage:parameters error": pressed(
        "Save the numbers",
        lambda g: (draft_page(g, "parameters"), g.page.locator("[name=value-retry_days]").fill("soon")),
    ),
    "manage:add-text": lambda g: draft_page(g, "add-text"),
    "manage:add-text error": pressed("Save", lambda g: draft_page(g, "add-text")),
    "manage:text": lambda g: draft_page(g, "text", "intro"),
    "manage:add-question": lambda g: draft_page(g, "add-question"),
    "manage:add-question error": pressed("Save", lambda g: draft_page(g, "add-question")),
    "manage:question with answers": lambda g: draft_page(g, "question", "pos_which"),
    "manage:question conflict": pressed("Save", lambda g: changed_by_another(g, "question", "pos")),
    "manage:add-rule": lambda g: draft_page(g, "add-rule"),
    "manage:add-rule error": pressed("Add this test", lambda g: draft_page(g, "add-rule")),
    "manage:rule": lambda g: draft_page(g, "rule", "positive_covid"),
    "manage:rule error": pressed(
        "Save",
        lambda g: (
            draft_page(g, "rule", "positive_covid"),
            g.page.locator("#id_condition").fill("poss is yes"),
        ),
    ),
    "manage:move": pressed("Down Emergency signs", lambda g: changed_by_another(g, "version")),
    "manage:delete": lambda g: draft_page(g, "delete", "questions", "pos"),
    "manage:try": lambda g: draft_page(g, "try"),
    "manage:try questions": lambda g: draft_page(g, "try", query=ASKED),
    "manage:try later day": lambda g: draft_page(g, "try", query=POSITIVE),
    "manage:try error": lambda g: draft_page(g, "try", query=POSITIVE.replace("pos=yes", "pos=")),
    "manage:publish": lambda g: draft_page(g, "publish"),
    "manage:publish error": lambda g: draft_page(g, "publish", query="?when=later&starts="),
    "manage:publish asks again error": lambda g: everyone_again(g, "2020-01-01"),
    "manage:version asks again": lambda g: everyone_again(g, NOW.date().isoformat()),
    "manage:publish last look": lambda g: draft_page(g, "publish", query=LAST_LOOK),
    "demo:mailbox": lambda g: g.open("/demo/mailbox/"),
    "demo:mail": lambda g: g.open("/demo/mailbox/one.eml/"),
    "system 404": lambda g: g.open("/no/such/page/"),
    "system 500 unsaved": lambda g: g.open("/system/500/?unsaved"),
    **{
        f"system {name}": lambda g, name=name: g.open(f"/system/{name}/")
        for name in ("403", "403_csrf", "409", "429", "500", "503")
    },
}
# A state that is shown at another page's address.
LANDS_ON = {
    "manage:week planned": "frontdesk:closure-plan",
    "manage:scanner planned": "frontdesk:closure-plan",
    "portal:visit has a new time": "portal:visit",
    "portal:exams error": "portal:exams",
    "portal:time lost race": "portal:check",
    "portal:time no longer held": "portal:keep",
    "portal:covid-test explained": "portal:covid-outcome",
    "portal:fit wider scanners": "portal:where",
    "portal:fit longer times": "portal:time",
    "portal:safety kept": "portal:covid",
    "portal:safety flagged": "portal:check",
}
GROUPS = [
    ("portal:home", "portal:guidance", "portal:call-", "portal:exam", "portal:order", "locations"),
    ("portal:change", "portal:other", "portal:draft", "portal:where", "portal:clear"),
    ("portal:time",),
    ("portal:patient", "portal:contact", "portal:number", "portal:check"),
    ("portal:fit", "portal:callback"),
    ("portal:covid",),
    ("portal:safety", "portal:answers", "portal:health"),
    ("portal:find", "portal:lost", "portal:invitation", "portal:visit", "portal:booked"),
    ("portal:come", "portal:cancel", "portal:take-back", "portal:move"),
    ("portal:waitlist",),
    ("account_", "mfa_", "demo", "system"),
    ("frontdesk:task", "frontdesk:queue", "frontdesk:waitlist", "frontdesk:burst"),
    ("frontdesk:review",),
    (
        "frontdesk:board",
        "frontdesk:arrivals",
        "frontdesk:worklist",
        "frontdesk:day-sheet",
        "frontdesk:search",
    ),
    ("frontdesk:visit", "frontdesk:authorizations"),
    ("frontdesk:patient", "frontdesk:duplicates", "frontdesk:merge"),
    (
        "frontdesk:behind",
        "frontdesk:downtime",
        "frontdesk:closure",
        "frontdesk:week",
        "frontdesk:every",
        "frontdesk:figures",
    ),
    ("frontdesk:book", "frontdesk:walk"),
    ("frontdesk:order",),
    ("frontdesk:before", "frontdesk:spoken", "frontdesk:labs", "frontdesk:implant"),
    ("manage:home", "manage:locations", "manage:week", "manage:scanner"),
    ("manage:staff", "manage:person"),
    ("manage:exam", "manage:offering", "manage:prep", "manage:file"),
    ("manage:questionnaires", "manage:policy", "manage:switch", "manage:end", "manage:publish", "manage:try"),
    (
        "manage:version",
        "manage:compare",
        "manage:discard",
        "manage:about",
        "manage:param",
        "manage:text",
        "manage:move",
        "manage:delete",
    ),
    ("manage:add", "manage:question ", "manage:rule"),
]
BODY = ("knee", "chest", "mri", "ct ", "x-ray", "ana ", "núñez")
EMPTY = {"portal:home": "/", "portal:exams": "/book/exam/", "locations:list": "/locations/"}
MAIL = b"Subject: Your visit\nFrom: visits@alliance.example\nTo: ana@example.com\n\nTuesday, 9:40 am\n"


def test_every_address_has_a_line():
    spoken_for = {name.split(" ")[0] for name in STATES} | LEFT_OUT
    names = set()
    for resolver in get_resolver("alliance.urls").url_patterns:
        if getattr(resolver, "namespace", None) and resolver.namespace != "admin":
            names |= {f"{resolver.namespace}:{pattern.name}" for pattern in resolver.url_patterns}
    assert names - spoken_for == set()
    assert [name for name in STATES if sum(name.startswith(group) for group in GROUPS) != 1] == []


def faults_of(guide: Guide, name: str, watch: Watch, check_axe) -> list[str]:
    page, found = guide.page, []
    watch.look()
    title, path = page.title(), urlsplit(page.url).path
    print(f"{name}: {title} | {page.locator('h1').inner_text()}")
    is_error = name.endswith("error")
    if title.startswith("Error:") != is_error or (is_error and watch.status != 422):
        found.append(f"{name} has the title {title} and the status {watch.status}")
    if not name.startswith("system"):
        landed = resolve(path, urlconf="tests.e2e.urls").view_name
        if landed != LANDS_ON.get(name, name.split(" ", 1)[0]):
            found.append(f"{name} is {page.url}")
    return found + Inspection(
        page, name, at_desk=name.startswith(("frontdesk", "manage", "account_", "mfa_"))
    ).everything(check_axe)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_pages_read_well_and_fit(guide, mail_server, settings, tmp_path, check_axe, group):
    settings.ROOT_URLCONF = "tests.e2e.urls"
    settings.MAILBOX_DIR = str(tmp_path)
    (tmp_path / "one.eml").write_bytes(MAIL)
    visitor = guide()
    watch = Watch(visitor.page, BODY)
    NoticeFactory(shown_from=NOW, shown_until=NOW + DAY)
    ClosureFactory(location=visitor.world.center)
    faults = []
    with site_log() as log:
        for name, go in STATES.items():
            if name.startswith(group):
                go(visitor)
                faults += faults_of(visitor, name, watch, check_axe)
        deliver_due_messages()
    logged = log.getvalue().replace("/book/exam/knee-mri/", "")  # anybody's page, not somebody's visit
    told = {"log": logged, "mails": shown_to_anyone(mail_server.mails)}
    faults += watch.leaks + watch.heavy + told_by(told, BODY)
    assert faults == [], "\n".join(faults)


def test_a_site_without_centers_and_scans_reads_well(live_server, make_page, check_axe):
    visitor = Guide(make_page(), live_server.url, None)
    watch, faults = Watch(visitor.page, BODY), []
    for name, path in EMPTY.items():
        visitor.open(path)
        faults += faults_of(visitor, f"{name} empty", watch, check_axe)
    assert faults == [], "\n".join(faults)
