"""Every address of the site × everybody × GET and POST. A new address without a row fails."""

import datetime as dt
from collections.abc import Iterator
from copy import deepcopy
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from locations.models import Assignment, Closure
from scheduling.actions.changes import plan_closure
from scheduling.actions.questionnaires import switch_off
from scheduling.models import Questionnaire
from scheduling.queries.access import order_token, visit_token, waitlist_token
from scheduling.queries.staff_links import staff_token
from scheduling.rules.actors import Actor
from tests.factories.documents import DocumentFactory
from tests.factories.guidance import GuidancePageFactory
from tests.factories.implants import ImplantFactory
from tests.factories.journey import NINE_FORTY, NOW, bookable, ready_draft
from tests.factories.locations import AssignmentFactory, ClosureFactory, LocationFactory, UserFactory
from tests.factories.merges import MergeFactory
from tests.factories.orders import OrderFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.screening import MRI, load_preset
from tests.factories.staff import StaffLinkFactory
from tests.factories.tasks import TaskFactory
from tests.factories.waitlist import WaitlistFactory
from tests.factories.walk_ins import WalkInFactory
from tests.once import made_once

pytestmark = pytest.mark.django_db

ROLES = Assignment.Role
VISITOR = "the-browser-of-the-draft"
ENTRY = ("portal:waitlist-entry", "portal:waitlist-change")
# The admin has its own tests (tests/admin/test_permissions.py), by model and role.
LEFT_OUT = {"admin"}

PATIENTS = ("anonymous", "the patient", "another patient")
STAFF = ("desk elsewhere", "front desk", "technologist", "radiologist", "administrator", "auditor")
ACTORS = (*PATIENTS, *STAFF)

Row = dict[str, int]


def everyone(status: int) -> Row:
    return dict.fromkeys(ACTORS, status)


def the_patient(status: int) -> Row:
    """Everybody else gets what a made-up address would give."""
    return {**everyone(404), "the patient": status}


def verified(status: int) -> Row:
    """Whoever has the link opens it; what it shows and does needs the date of birth first."""
    return {**everyone(303), "the patient": status}


def staff(status: int, **other: int) -> Row:
    """Patients are sent to the sign-in."""
    by_role = {name.replace("_", " "): value for name, value in other.items()}
    return {**everyone(status), **dict.fromkeys(PATIENTS, 302), **by_role}


def at_the_desk(status: int, **other: int) -> Row:
    """Who runs the day at the location; those who only read or decide there are told so."""
    return staff(status, **{"desk_elsewhere": 404, "radiologist": 403, "auditor": 403, **other})


def unsigned(status: int, signed: int = 302) -> Row:
    """Pages of the way in: who is in already goes on to the desk."""
    return {**everyone(status), **dict.fromkeys(STAFF, signed)}


def bookers(status: int, **other: int) -> Row:
    """Who books, moves and cancels by phone."""
    return at_the_desk(status, **{"technologist": 403, **other})


def calls(status: int) -> Row:
    """Whose desk has somebody on the phone; nobody else finds it."""
    return staff(404, front_desk=status, administrator=status)


def calls_back(status: int) -> Row:
    """Who books by phone, about a task at the location."""
    other = dict.fromkeys(("technologist", "radiologist", "auditor"), 403)
    return staff(status, desk_elsewhere=404, **other)


def administrators(status: int) -> Row:
    """No other role writes questionnaires or reads a manager's figures."""
    return {**staff(403), "administrator": status}


# What the desk and administrators do at their own locations.
CLINICAL_ONLY = {"technologist": 403, "radiologist": 403, "auditor": 403}
# Answers are read by those who are trained for it.
NO_ANSWERS = {"desk_elsewhere": 403, "front_desk": 403, "administrator": 403, "auditor": 403}
NO_POST, NO_GET = everyone(405), everyone(405)

# name: (GET, POST without any field)
MATRIX: dict[str, tuple[Row, Row]] = {
    "portal:home": (everyone(200), NO_POST),
    "portal:guidance": (everyone(200), NO_POST),
    "portal:call-me": (everyone(200), everyone(422)),
    "portal:call-asked": (everyone(302), everyone(303)),
    "portal:exams": (everyone(200), NO_POST),
    "portal:exam": (everyone(200), everyone(422)),
    "portal:order-first": (everyone(200), NO_POST),
    "portal:change-exam": (the_patient(200), the_patient(422)),
    "portal:other-exam": (the_patient(200), the_patient(422)),
    "portal:draft-order-first": (the_patient(200), the_patient(405)),
    "portal:where": (the_patient(200), the_patient(422)),
    "portal:time": (the_patient(200), the_patient(422)),
    "portal:keep": (the_patient(405), the_patient(303)),
    "portal:patient": (the_patient(200), the_patient(422)),
    "portal:contact": (the_patient(200), the_patient(422)),
    "portal:fit": (the_patient(303), the_patient(303)),
    "portal:callback": (the_patient(303), the_patient(303)),
    "portal:safety": (the_patient(303), the_patient(303)),
    "portal:covid-test": (the_patient(303), the_patient(303)),
    "portal:covid": (the_patient(303), the_patient(303)),
    "portal:covid-questions": (the_patient(303), the_patient(303)),
    "portal:covid-more": (the_patient(303), the_patient(303)),
    "portal:covid-outcome": (the_patient(303), the_patient(303)),
    "portal:number": (the_patient(303), the_patient(422)),
    "portal:check": (the_patient(200), the_patient(409)),
    "portal:draft-order": (the_patient(200), the_patient(422)),
    "portal:draft-paying": (the_patient(200), the_patient(303)),
    "portal:draft-card": (the_patient(200), the_patient(422)),
    "portal:draft-document": (the_patient(200), the_patient(405)),
    "portal:clear": (the_patient(200), the_patient(303)),
    "portal:invitation": ({**everyone(200)}, {**everyone(422), "the patient": 303}),
    "portal:find-visit": (everyone(200), everyone(422)),
    "portal:lost": (everyone(200), everyone(422)),
    "portal:lost-sent": (everyone(200), NO_POST),
    "portal:visit": (everyone(200), everyone(422)),
    "portal:booked": (verified(200), everyone(405)),
    "portal:calendar": (verified(200), NO_POST),
    "portal:come": (NO_GET, verified(409)),
    "portal:take-back": (NO_GET, verified(303)),
    "portal:again": (NO_GET, verified(303)),
    "portal:move": (verified(200), verified(422)),
    "portal:move-where": (verified(200), NO_POST),
    "portal:move-check": (verified(422), verified(422)),
    "portal:health": (verified(303), NO_POST),
    "portal:health-questions": (verified(303), verified(303)),
    "portal:health-outcome": (verified(303), verified(303)),
    "portal:safety-form": (verified(303), NO_POST),
    "portal:safety-check": (verified(303), verified(303)),
    "portal:safety-question": (verified(303), verified(303)),
    "portal:answers": (verified(200), NO_POST),
    "portal:visit-waitlist": (verified(200), verified(422)),
    "portal:waitlist": (the_patient(200), the_patient(422)),
    "portal:waitlist-entry": (everyone(200), everyone(303)),  # whoever has the link, as it says on the page
    "portal:waitlist-change": (everyone(200), everyone(422)),
    "portal:close": (NO_GET, everyone(303)),
    "portal:visit-order": (verified(200), verified(422)),
    "portal:visit-paying": (verified(200), everyone(303)),
    "portal:visit-card": (verified(200), verified(422)),
    "portal:visit-document": (verified(200), NO_POST),
    "portal:cancel": (verified(200), verified(303)),
    "locations:list": (everyone(200), NO_POST),
    "locations:location": (everyone(200), NO_POST),
    "demo:mailbox": (everyone(404), NO_POST),  # there is one with DEMO=1 only
    "demo:mail": (everyone(404), NO_POST),
    "demo:mail-html": (everyone(404), NO_POST),
    "frontdesk:desk": (everyone(302), staff(405)),
    "frontdesk:today": (staff(303, desk_elsewhere=404), staff(405, desk_elsewhere=404)),
    "frontdesk:board": (staff(200, desk_elsewhere=404), staff(405, desk_elsewhere=404)),
    "frontdesk:book": (bookers(200), bookers(422)),
    "frontdesk:booking": (calls(200), calls(303)),
    "frontdesk:booking-exam": (calls(200), calls(422)),
    "frontdesk:visit": (staff(200, desk_elsewhere=404), at_the_desk(405)),
    "frontdesk:visit-step": (staff(303, desk_elsewhere=404), at_the_desk(422)),
    "frontdesk:visit-authorization": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:visit-exam": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:visit-move": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:visit-swap": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:visit-cancel": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:visit-undo": (staff(303, desk_elsewhere=404), bookers(422)),
    "frontdesk:arrivals": (staff(200, desk_elsewhere=404), staff(405, desk_elsewhere=404)),
    "frontdesk:arrivals-today": (staff(303, desk_elsewhere=404), staff(405, desk_elsewhere=404)),
    "frontdesk:worklist": (staff(200, desk_elsewhere=404), staff(405, desk_elsewhere=404)),
    "frontdesk:worklist-today": (staff(303, desk_elsewhere=404), staff(405, desk_elsewhere=404)),
    "frontdesk:day-sheet": (staff(200, desk_elsewhere=404), staff(405, desk_elsewhere=404)),
    "frontdesk:day-export": (bookers(200), bookers(405)),
    "frontdesk:week": (staff(200, desk_elsewhere=404), staff(405, desk_elsewhere=404)),
    "frontdesk:everywhere": (staff(200), staff(405)),
    "frontdesk:figures": (administrators(200), administrators(405)),
    "frontdesk:figures-file": (administrators(200), administrators(405)),
    "frontdesk:search": (staff(200), staff(422)),
    "frontdesk:visit-illness": (staff(200, desk_elsewhere=404), at_the_desk(409)),
    "frontdesk:authorizations": (bookers(200), bookers(405)),
    "frontdesk:behind": (bookers(200), bookers(422)),
    "frontdesk:walk-ins": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:orders": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:order": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:order-exam": (staff(200, desk_elsewhere=404), bookers(422)),
    "frontdesk:order-files": (staff(303, desk_elsewhere=404), bookers(422)),
    "frontdesk:order-book": (staff(303, desk_elsewhere=404), bookers(303)),
    "frontdesk:order-invite": (staff(303, desk_elsewhere=404), bookers(422)),
    "frontdesk:order-give": (staff(303, desk_elsewhere=404), bookers(422)),
    "frontdesk:order-take-back": (staff(303, desk_elsewhere=404), bookers(422)),
    "frontdesk:order-close": (staff(303, desk_elsewhere=404), bookers(422)),
    "frontdesk:order-reopen": (staff(303, desk_elsewhere=404), bookers(422)),
    "frontdesk:walk-in": (calls(200), calls(303)),
    "frontdesk:walk-in-room": (staff(200, desk_elsewhere=404), at_the_desk(422)),
    "frontdesk:walk-in-step": (staff(303, desk_elsewhere=404), at_the_desk(422)),
    "frontdesk:downtime": (bookers(200), bookers(422)),
    "frontdesk:closure-plan": (calls(200), calls(422)),
    "frontdesk:closure-look": (calls(405), calls(303)),
    "frontdesk:closure-discard": (calls(405), calls(303)),
    "frontdesk:closure-reopen": (staff(405), calls(303)),
    "frontdesk:visit-caller": (staff(303, desk_elsewhere=404), at_the_desk(422)),
    "frontdesk:visit-note": (staff(303, desk_elsewhere=404), at_the_desk(422)),
    "account_login": (unsigned(200), unsigned(422, 303)),
    "mfa_authenticate": (everyone(302), everyone(303)),
    "mfa_index": (staff(200), staff(405)),
    "mfa_activate_totp": (staff(302), staff(302)),
    "mfa_deactivate_totp": (staff(404), staff(404)),
    "mfa_add_webauthn": (staff(302), staff(302)),
    "mfa_remove_webauthn": (staff(302), staff(302)),
    "mfa_view_recovery_codes": (staff(404), staff(405)),
    "mfa_generate_recovery_codes": (staff(302), staff(302)),
    "mfa_reauthenticate": (staff(302), staff(303)),
    "mfa_reauthenticate_webauthn": (staff(302), staff(303)),
    "account_reauthenticate": (staff(200), staff(422)),
    "account_change_password": (staff(200), staff(422)),
    "account_sessions": (staff(200), staff(405)),
    "account_end_sessions": (staff(405), staff(303)),
    "account_end_session": (staff(405), staff(303)),
    "account_join": (everyone(200), everyone(422)),
    "account_forgot": (everyone(200), everyone(422)),
    "account_forgot_sent": (everyone(200), NO_POST),
    "account_new_password": (everyone(200), everyone(422)),
    "frontdesk:patient": (staff(200, desk_elsewhere=404), at_the_desk(405)),
    "frontdesk:patient-edit": (at_the_desk(200), at_the_desk(422)),
    "frontdesk:patient-other": (staff(303, desk_elsewhere=404), bookers(422)),
    "frontdesk:patient-separate": (staff(303, desk_elsewhere=404), bookers(303)),
    "frontdesk:duplicates": (staff(200, **CLINICAL_ONLY), staff(405)),
    "frontdesk:merge": (bookers(200), bookers(422)),
    "frontdesk:two-people": (bookers(303), bookers(303)),
    "frontdesk:patient-caller": (staff(303, desk_elsewhere=404), at_the_desk(422)),
    "frontdesk:signed-in": (staff(200), staff(200)),
    "frontdesk:sign-out": (NO_GET, everyone(303)),
    "frontdesk:document": (staff(200, desk_elsewhere=404, auditor=404), staff(405)),
    "frontdesk:tasks": (staff(200), staff(405)),
    "frontdesk:queue": (staff(200), staff(405)),
    "frontdesk:queue-sheet": (staff(200), staff(405)),
    "frontdesk:task-done": (staff(303), staff(422, desk_elsewhere=404, auditor=403)),
    "frontdesk:task-tried": (staff(303), staff(409, desk_elsewhere=404, auditor=403)),
    "frontdesk:task-book": (staff(405), calls_back(303)),
    "frontdesk:task-take": (staff(303), staff(303, desk_elsewhere=404, auditor=403)),
    "frontdesk:waitlist": (staff(200, **CLINICAL_ONLY), staff(405, **CLINICAL_ONLY)),
    "frontdesk:waitlist-remove": (
        staff(303, **CLINICAL_ONLY),
        staff(422, desk_elsewhere=404, **CLINICAL_ONLY),
    ),
    "frontdesk:review": (staff(200, **NO_ANSWERS), staff(405, **NO_ANSWERS)),
    "frontdesk:review-look": (staff(303, **NO_ANSWERS), staff(303, **NO_ANSWERS)),
    "frontdesk:review-release": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:review-note": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:review-tried": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:review-card": (staff(303, **NO_ANSWERS), staff(303, **NO_ANSWERS)),
    "frontdesk:review-later": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:review-scanner": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:review-cancel": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:labs": (staff(200, **NO_ANSWERS), staff(405, **NO_ANSWERS)),
    "frontdesk:labs-result": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:labs-here": (staff(303, **NO_ANSWERS), staff(303, **NO_ANSWERS)),
    "frontdesk:labs-waive": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:before-scan": (staff(200, **NO_ANSWERS), staff(405, **NO_ANSWERS)),
    "frontdesk:spoken": (staff(200, **NO_ANSWERS), staff(409, **NO_ANSWERS)),
    "frontdesk:implants": (staff(200, **NO_ANSWERS), staff(405, **NO_ANSWERS)),
    "frontdesk:implant-add": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:implant-remove": (staff(303, **NO_ANSWERS), staff(422, **NO_ANSWERS)),
    "frontdesk:bursts": (staff(200, **CLINICAL_ONLY), staff(422, **CLINICAL_ONLY)),
    "frontdesk:burst-review": (staff(303, **CLINICAL_ONLY), staff(303, **CLINICAL_ONLY)),
    "frontdesk:burst-done": (staff(303, **CLINICAL_ONLY), staff(405, **CLINICAL_ONLY)),
    "manage:home": (administrators(200), administrators(405)),
    "manage:locations": (administrators(200), administrators(405)),
    "manage:scanner-add": (administrators(200), administrators(422)),
    "manage:scanner": (administrators(200), administrators(422)),
    "manage:week": (administrators(200), administrators(422)),
    "manage:scanner-week": (administrators(200), administrators(422)),
    "manage:exams": (administrators(200), administrators(405)),
    "manage:exam-add": (administrators(200), administrators(422)),
    "manage:exam": (administrators(200), administrators(422)),
    "manage:exam-state": (administrators(200), administrators(303)),
    "manage:file": (administrators(200), administrators(422)),
    "manage:file-download": (administrators(200), administrators(405)),
    "manage:file-check": (administrators(303), administrators(303)),
    "manage:file-discard": (administrators(405), administrators(303)),
    "manage:staff": (administrators(200), administrators(200)),
    "manage:staff-invite": (administrators(200), administrators(422)),
    "manage:person": (administrators(200), administrators(405)),
    "manage:person-account": (administrators(200), administrators(422)),
    "manage:person-add-role": (administrators(303), administrators(422)),
    "manage:person-remove-role": (administrators(200), administrators(303)),
    "manage:person-invite": (administrators(303), administrators(303)),
    "manage:person-end": (administrators(200), administrators(303)),
    "manage:person-give": (administrators(303), administrators(303)),
    "manage:person-factor": (administrators(200), administrators(303)),
    "manage:questionnaires": (administrators(200), administrators(405)),
    "manage:policy": (administrators(200), administrators(422)),
    "manage:switch-off": (administrators(200), administrators(422)),
    "manage:end": (administrators(200), administrators(303)),
    "manage:version": (administrators(200), administrators(405)),
    "manage:copy": (administrators(405), administrators(303)),
    "manage:compare": (administrators(200), administrators(405)),
    "manage:discard": (administrators(200), administrators(409)),
    "manage:about": (administrators(200), administrators(409)),
    "manage:parameters": (administrators(200), administrators(422)),
    "manage:add-text": (administrators(200), administrators(422)),
    "manage:text": (administrators(200), administrators(409)),
    "manage:add-question": (administrators(200), administrators(422)),
    "manage:question": (administrators(200), administrators(422)),
    "manage:add-rule": (administrators(200), administrators(422)),
    "manage:rule": (administrators(200), administrators(422)),
    "manage:move": (administrators(405), administrators(409)),
    "manage:delete": (administrators(200), administrators(409)),
    "manage:try": (administrators(200), administrators(405)),
    "manage:publish": (administrators(200), administrators(422)),
}


def names_of(patterns: list, namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            if pattern.namespace not in LEFT_OUT:
                yield from names_of(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_address_has_a_row():
    assert set(names_of(get_resolver().url_patterns)) == set(MATRIX)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with made_once(make_world, django_db_blocker) as world:
        yield world


@pytest.fixture
def world(made, db, time_machine):
    time_machine.move_to(NOW, tick=False)
    return deepcopy(made)


def make_world() -> SimpleNamespace:
    machine, exam = bookable(location__takes_walk_in_xray=True)
    load_preset("a")
    draft = ready_draft(machine, exam, visitor=VISITOR)
    visit = AppointmentFactory(scanner=machine, exam=exam, starts_at=NINE_FORTY + dt.timedelta(days=1))
    task = TaskFactory(location=machine.location)
    GuidancePageFactory(slug=exam.slug)
    here, elsewhere = machine.location, LocationFactory()

    def user(role, location):
        return AssignmentFactory(role=role, location=location).user

    users = {
        "desk elsewhere": user(ROLES.FRONT_DESK, elsewhere),
        "front desk": user(ROLES.FRONT_DESK, here),
        "technologist": user(ROLES.TECHNOLOGIST, here),
        "radiologist": user(ROLES.RADIOLOGIST, None),
        "administrator": user(ROLES.ADMINISTRATOR, None),
        "auditor": user(ROLES.AUDITOR, None),
    }
    return SimpleNamespace(
        draft=draft,
        call=ready_draft(machine, exam, visitor="desk-1", desk=here, started_by=users["front desk"]),
        papers={"draft": DocumentFactory(draft=draft), "visit": DocumentFactory(appointment=visit)},
        visit=visit,
        other=AppointmentFactory(
            scanner=machine, exam=exam, starts_at=NINE_FORTY + dt.timedelta(days=9), patient__given_name="Bo"
        ),
        merge=MergeFactory(kept=visit.patient, merged_by=users["front desk"]),
        entry=WaitlistFactory(draft=draft),
        order=OrderFactory(location=here, exam=exam, status="invited", invited_at=NOW),
        walk_in=WalkInFactory(location=here, came_at=NOW),
        version=load_preset("b"),
        publication=switched_off(here),
        task=task,
        review=TaskFactory(kind="review", appointment=visit, location=here),
        implant=ImplantFactory(appointment=visit),
        labs=TaskFactory(kind="labs", appointment=visit, location=here),
        exam=exam,
        location=here,
        users=users,
        links={
            "account_join": StaffLinkFactory(made_at=NOW),
            "account_new_password": StaffLinkFactory(
                user=users["front desk"], kind="password", made_at=NOW, ends_at=NOW + dt.timedelta(hours=2)
            ),
        },
        passkey=Authenticator.objects.create(user=UserFactory(), type="webauthn", data={"name": "Key"}),
        closure=ClosureFactory(location=here, starts_at=NOW, ends_at=NOW + dt.timedelta(hours=1)),
        plan=plan_closure(
            location=here,
            scanner=machine,
            kind=Closure.Kind.DOWNTIME,
            starts_at=NOW,
            ends_at=NOW + dt.timedelta(days=3),
            reason="",
            user=users["front desk"],
            now=NOW,
            by=Actor.staff(users["front desk"].pk),
        ),
    )


def switched_off(location):
    questionnaire = Questionnaire.objects.get(kind="respiratory")
    return switch_off(
        questionnaire=questionnaire, location=location, starts=NOW, now=NOW, by=Actor.process("test")
    )


def task_of(world, name: str):
    """Reviews and blood tests have pages of their own."""
    kind = name.removeprefix("frontdesk:").split("-")[0]
    return {"review": world.review, "labs": world.labs}.get(kind, world.task)


def draft_of(world, name: str):
    """The desk's own drafts have pages of their own."""
    desks = {
        "frontdesk:booking": world.call,
        "frontdesk:booking-exam": world.call,
        "frontdesk:walk-in": world.walk_in.draft,
    }
    return desks.get(name, world.draft)


def token_of(world, name: str) -> str:
    if name == "portal:invitation":
        return order_token(world.order)
    if name in world.links:
        return staff_token(world.links[name])
    return waitlist_token(world.entry) if name.startswith(ENTRY) else visit_token(world.visit)


KEYS = {"manage:switch-off": "respiratory", "manage:rule": "mild_signs", "manage:text": "intro"}


def address_of(world, name: str) -> str:
    known = {
        "draft_id": draft_of(world, name).pk,
        "walk_in_id": world.walk_in.pk,
        "order_id": world.order.pk,
        "token": token_of(world, name),
        "task_id": task_of(world, name).pk,
        "visit_id": world.visit.pk,
        "patient_id": world.visit.patient_id,
        "other_id": world.other.patient_id,
        "merge_id": world.merge.pk,
        "implant_id": world.implant.pk,
        "entry_id": world.entry.pk,
        "document_id": world.papers["draft" if name == "portal:draft-document" else "visit"].pk,
        "name": "1.eml",
        "version_id": world.version.pk,
        "publication_id": world.publication.pk,
        "kind": "questions",
        "exam_id": world.exam.pk,
        "key": KEYS.get(name, "pos"),
        "step": 1,
        "table": "offerings",
        "number": next(question.position for question in MRI.questions if question.key == "vessel"),
        "queue": "callbacks",
        "center": world.location.slug,
        "plan_id": world.plan.pk,
        "scanner_id": world.visit.scanner_id,
        "closure_id": world.closure.pk,
        "user_id": world.users["front desk"].pk,
        "assignment_id": world.users["front desk"].assignments.get().pk,
        "day": NINE_FORTY.date(),
        "pk": world.passkey.pk,
        "slug": world.location.slug if name.startswith("locations:") else world.exam.slug,
    }
    namespace, _, short = name.rpartition(":")
    wanted = next(
        pattern.pattern.converters
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and (resolver.namespace or "") == namespace
        for pattern in resolver.url_patterns
        if pattern.name == short
    )
    return reverse(name, kwargs={key: known[key] for key in wanted})


def client_of(world, actor: str) -> Client:
    client = Client()
    if actor in world.users:
        client.force_login(world.users[actor])
    elif actor != "anonymous":
        session = client.session
        mine = actor == "the patient"
        session["visitor"] = VISITOR if mine else "another-browser"
        mine_are = (world.visit.pk, world.order.pk) if mine else ()
        session["open_visits"] = {str(pk): NOW.isoformat() for pk in mine_are}
        session.save()
    return client


@pytest.mark.parametrize("name", MATRIX)
def test_matrix(world, name):
    address = address_of(world, name)
    found: tuple[Row, Row] = ({}, {})
    for actor in ACTORS:
        client = client_of(world, actor)
        for method, statuses in zip((client.get, client.post), found, strict=True):
            with transaction.atomic():  # nobody finds what the one before has changed
                answer = method(address)
                list(answer)  # a file that was read is closed
                statuses[actor] = answer.status_code
                transaction.set_rollback(True)
    assert found == MATRIX[name]


@pytest.mark.parametrize(
    "name", ["portal:visit", "portal:booked", "portal:cancel", "portal:move", "portal:move-check"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_with_one_sign_changed_opens_nothing(world, name, method):
    token = visit_token(world.visit)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    answer = getattr(client_of(world, "the patient"), method)(reverse(name, kwargs={"token": forged}))
    assert answer.status_code == 404


def test_a_foreign_draft_and_a_missing_one_read_the_same(world):
    foreign = reverse("portal:check", kwargs={"draft_id": world.draft.pk})
    missing = reverse("portal:check", kwargs={"draft_id": "00000000-0000-4000-8000-000000000000"})
    client = client_of(world, "another patient")
    assert client.get(foreign).content == client.get(missing).content


def test_a_foreign_task_and_a_missing_one_read_the_same(world):
    client = client_of(world, "desk elsewhere")
    bodies = {
        client.post(f"/desk/tasks/{pk}/done/", {"outcome": "x"}).content for pk in (world.task.pk, 10**9)
    }
    assert len(bodies) == 1
