"""Two centers in Austin that offer everything, with the starter questionnaire; and a guide to every page.

`Guide` puts a browser straight onto a page in the state wanted, without walking there.
"""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from playwright.sync_api import Page, Response

from locations.models import Location, Scanner
from scheduling.actions.answers import answer_screening
from scheduling.actions.catalogue import load_catalogue
from scheduling.actions.guidance import load_guidance
from scheduling.actions.holds import place_hold
from scheduling.frontdesk.second_factor import mark_verified as mark_verified_staff
from scheduling.models import Appointment, Draft, Exam, Offering, Order, WaitlistEntry
from scheduling.portal.verification import mark_verified
from scheduling.queries.access import order_token, visit_token, waitlist_token
from scheduling.rules.screening import FormKind
from tests.factories.journey import NINE_FORTY, NOW, PATIENT
from tests.factories.locations import OpenLocationFactory, ScannerFactory
from tests.factories.scheduling import AppointmentFactory, FullDraftFactory
from tests.factories.screening import publish_preset

DAY = dt.timedelta(days=1)
WELL = {"emerg": "no", "sympt": ["none"], "pos": "no", "isol": "no", "expo": "no", "compan": "no"}
UNANSWERED = {"given_name": "", "family_name": "", "birth_date": None, "booking_for": "", "by_email": False}
VISITOR = "this-browser"


@dataclass(frozen=True)
class World:
    center: Location
    mri: Scanner
    knee: Exam
    chest: Exam


def make_world() -> World:
    load_catalogue()
    load_guidance()
    center = OpenLocationFactory(name="Riverside", slug="riverside", directions_en="Bus 7 stops in front.")
    second = OpenLocationFactory(
        name="Mueller, Alamo Heights and Northeast San Antonio",
        slug="mueller",
        latitude=30.2985,
        longitude=-97.7051,
    )
    for place in (center, second):
        for modality in Scanner.Modality.values:
            bore = 70 if place == center else 60
            ScannerFactory(location=place, modality=modality, has_contrast=modality != "XR", bore_cm=bore)
    Offering.objects.bulk_create(
        Offering(exam=exam, location=place, price=Decimal(420), price_is_example=True)
        for exam in Exam.objects.all()
        for place in (center, second)
    )
    publish_preset("a", starts=NOW - DAY)
    exams = {exam.slug: exam for exam in Exam.objects.all()}
    mri = Scanner.objects.get(location=center, modality="MR")
    return World(center, mri, exams["knee-mri"], exams["chest-ct-with-contrast"])


@dataclass
class Guide:
    page: Page
    base: str
    world: World
    days: itertools.count = field(default_factory=lambda: itertools.count(2))

    def open(self, path: str) -> Response:
        answer = self.page.goto(self.base + path)
        assert answer is not None
        return answer

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).first.click()

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f"input[name={name}][value={value}]").check()

    def be(self, *, visits: tuple[Appointment | Order, ...] = (), user=None, visitor: str = VISITOR) -> None:
        """A browser that began drafts as `visitor`, opened these visits, or is signed in as this user."""
        session = SessionStore()
        session["visitor"] = visitor
        request = SimpleNamespace(session=session)
        for visit in visits:
            mark_verified(request, visit, now=NOW + dt.timedelta(minutes=10))
        if user:
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            mark_verified_staff(request)
        session.save()
        cookie = {"name": "sessionid", "value": session.session_key, "url": self.base}
        self.page.context.add_cookies([cookie])

    def draft(self, page: str = "", *, query: str = "", held: bool = True, **fields) -> Draft:
        """A draft for 9:40 tomorrow, opened at `page`; what is not given is answered."""
        self.be(visitor=fields.get("visitor", VISITOR))
        fields = {"exam": self.world.knee, "laterality": "left", "starts_at": NINE_FORTY, **fields}
        draft = FullDraftFactory(**{"visitor": VISITOR, "location": self.world.center, **fields})
        if held and draft.starts_at and draft.location:
            held_at = place_hold(
                draft_id=draft.pk,
                location_id=draft.location.pk,
                starts_at=draft.starts_at,
                now=NOW,
                by=PATIENT,
            )
            assert held_at.starts_at == draft.starts_at
        if page:
            self.open(draft_path(draft, page) + query)
        return draft

    def screened(self, page: str, query: str = "", answers=None, **fields) -> Draft:
        draft = self.draft(**fields)
        given = {**WELL, **(answers or {})}
        answer_screening(
            draft_id=draft.pk, kind=FormKind.RESPIRATORY, answers=given, language="en", now=NOW, by=PATIENT
        )
        self.open(draft_path(draft, page) + query)
        return draft

    def visit(self, page: str = "", *, is_open: bool = True, **fields) -> Appointment:
        """A booked visit on a day of its own."""
        starts_at = NINE_FORTY + next(self.days) * DAY
        usual = {"scanner": self.world.mri, "exam": self.world.knee, "laterality": "left"}
        visit = AppointmentFactory(**{**usual, "starts_at": starts_at, **fields})
        self.be(visits=(visit,) if is_open else ())
        if page:
            self.open(visit_path(visit, page))
        return visit


def draft_path(draft: Draft, page: str) -> str:
    return reverse(f"portal:{page}", kwargs={"draft_id": draft.pk})


def visit_path(visit: Appointment, page: str) -> str:
    return reverse(f"portal:{page}", kwargs={"token": visit_token(visit)})


def entry_path(entry: WaitlistEntry, page: str = "waitlist-entry") -> str:
    return reverse(f"portal:{page}", kwargs={"token": waitlist_token(entry)})


def invitation_path(order: Order) -> str:
    return reverse("portal:invitation", kwargs={"token": order_token(order)})


def is_private(path: str) -> bool:
    """Pages about one person: a draft, a visit, a place on the waitlist, the desk."""
    is_draft = path.startswith("/book/") and not path.startswith("/book/exam/")
    return is_draft or path.startswith(("/visit/", "/invitation/", "/waitlist/", "/desk/"))
