"""The only way to patient data: by a signed link, by code and date of birth, by the browser that
fills in the draft, or by a member of staff's location and role. Foreign and missing look alike."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.crypto import constant_time_compare

from locations.models import Assignment, Location, User
from scheduling.exceptions import NotFound
from scheduling.models import (
    Appointment,
    Document,
    Draft,
    Implant,
    Order,
    Patient,
    Task,
    WaitlistEntry,
    WalkIn,
)
from scheduling.queries.patients import survivor_of
from scheduling.queries.worklist import BOOKING, CLINICAL, READING, WORKING
from scheduling.rules.codes import CODE_LENGTH, clean_code

RUNNING_THE_DAY = (*BOOKING, Assignment.Role.TECHNOLOGIST)


def _links() -> Signer:
    """HMAC-SHA256 over the visit's link key. The key is random, so a link tells neither which visit it is nor
    how many there are; the signature is not stored, so a copy of the database opens nothing."""
    return Signer(salt="scheduling.visit-link", sep=".")


def visit_token(appointment: Appointment) -> str:
    """For a link that opens the visit; opening it changes nothing."""
    assert appointment.link_key, "a hold has no link"
    return _links().sign(appointment.link_key)


def visit_of_token(token: str, *, now: datetime) -> Appointment:
    """Works until 30 days (LINK_DAYS_AFTER_VISIT) after the visit. Raises NotFound."""
    try:
        link_key = _links().unsign(token)
    except BadSignature as error:
        raise NotFound from error
    return _visible_visit({"link_key": link_key}, now=now)


def _waitlist_links() -> Signer:
    return Signer(salt="scheduling.waitlist-link", sep=".")


def waitlist_token(entry: WaitlistEntry) -> str:
    """For a link that shows a place on the waitlist, without who has it or what for."""
    return _waitlist_links().sign(entry.link_key)


def entry_of_token(token: str) -> WaitlistEntry:
    """Raises NotFound, also when the entry was forgotten some time after it ended."""
    try:
        link_key = _waitlist_links().unsign(token)
    except BadSignature as error:
        raise NotFound from error
    entries = WaitlistEntry.objects.select_related("appointment__scanner__location", "draft")
    entry = entries.filter(link_key=link_key).exclude(given_name="").first()
    if entry is None:
        raise NotFound
    return entry


def _order_links() -> Signer:
    return Signer(salt="scheduling.order-link", sep=".")


def order_token(order: Order) -> str:
    """For a link that asks to book what was ordered; opening it changes nothing."""
    assert order.link_key, "nobody was invited"
    return _order_links().sign(order.link_key)


def order_of_token(token: str) -> Order:
    """In whatever state, as it can be told kindly. Raises NotFound."""
    try:
        link_key = _order_links().unsign(token)
    except BadSignature as error:
        raise NotFound from error
    order = Order.objects.with_all().filter(link_key=link_key).first()
    if order is None:
        raise NotFound
    return order


def desk_locations(user: User) -> QuerySet[Location]:
    """Whose day the user may see, by name."""
    return user.locations_for(*READING).order_by("name", "pk")


def desk_location(user: User, slug: str) -> Location:
    """Raises NotFound, the same for a missing location and for one where the user does not work."""
    location = desk_locations(user).filter(slug=slug).first()
    if location is None:
        raise NotFound
    return location


def visit_for_staff(user: User, visit_id: int) -> Appointment:
    """In whatever state; a hold is no visit yet. Raises NotFound, the same for a missing visit and for
    another location's."""
    visits = Appointment.objects.with_place().prefetch_related("sheets")
    visit = visits.filter(
        pk=visit_id, patient__isnull=False, scanner__location__in=desk_locations(user)
    ).first()
    if visit is None:
        raise NotFound
    return visit


def walk_in_for_staff(user: User, walk_in_id: int) -> WalkIn:
    """Waiting, taken in or left. Raises NotFound, the same for a missing one and for another location's."""
    found = WalkIn.objects.select_related("location", "draft__exam", "draft__location")
    found = found.select_related("visit__scanner__location", "visit__patient")
    here = found.filter(pk=walk_in_id, location__in=desk_locations(user))
    walk_in = here.prefetch_related("draft__sheets").first()
    if walk_in is None:
        raise NotFound
    return walk_in


def order_for_staff(user: User, order_id: UUID) -> Order:
    """In whatever state. Raises NotFound, the same for a missing order and for another location's."""
    orders = Order.objects.with_all().filter(pk=order_id, location__in=desk_locations(user))
    order = orders.first()
    if order is None:
        raise NotFound
    return order


def may_book_at(user: User, location: Location) -> bool:
    """And so move and cancel there."""
    return user.locations_for(*BOOKING).filter(pk=location.pk).exists()


def may_run_the_day_at(user: User, location: Location) -> bool:
    """Mark who arrives, is scanned, leaves or does not come, and write notes."""
    return user.locations_for(*RUNNING_THE_DAY).filter(pk=location.pk).exists()


def patients_of(user: User) -> QuerySet[Patient]:
    """Who has or had a visit or an order at one of the user's locations, or waits for a time there."""
    here = desk_locations(user)
    visits = Appointment.objects.filter(patient=OuterRef("pk"), scanner__location__in=here)
    waiting = WaitlistEntry.objects.filter(appointment__patient=OuterRef("pk"), locations__in=here)
    orders = Order.objects.filter(patient=OuterRef("pk"), location__in=here)
    return Patient.objects.filter(Exists(visits) | Exists(waiting) | Exists(orders))


def patient_for_staff(user: User, patient_id: int) -> Patient:
    """For a merged record the one that it is a part of now. Raises NotFound, the same for a missing patient
    and for one whom only other locations know."""
    asked = Patient.objects.filter(pk=patient_id).first()
    patient = patients_of(user).filter(pk=survivor_of(asked).pk).first() if asked else None
    if patient is None:
        raise NotFound
    return patient


def patient_of_code(user: User, code: str) -> Patient | None:
    """Of a visit at one of the user's locations."""
    return Patient.objects.filter(
        appointments__code=code, appointments__scanner__location__in=desk_locations(user)
    ).first()


def may_change_patient(user: User, patient: Patient) -> bool:
    """Who runs the day where the patient has a visit."""
    return patient.appointments.filter(scanner__location__in=user.locations_for(*RUNNING_THE_DAY)).exists()


def waitlist_locations(user: User) -> QuerySet[Location]:
    """Where the user calls those who wait: the people who book by phone do."""
    return user.locations_for(*BOOKING)


def waitlist_for_staff(user: User) -> QuerySet[WaitlistEntry]:
    """Who waits for a time at one of the user's locations, the longest first."""
    return (
        WaitlistEntry.objects.active()
        .filter(pk__in=_waiting_at(user))
        .select_related("exam", "draft", "appointment__scanner__location")
        .prefetch_related("locations")
        .order_by("created_at", "pk")
    )


def entry_for_staff(user: User, entry_id: int) -> WaitlistEntry:
    """Waiting or ended. Raises NotFound, the same for a missing entry and for another location's."""
    entry = WaitlistEntry.objects.filter(pk=entry_id).filter(pk__in=_waiting_at(user)).first()
    if entry is None:
        raise NotFound
    return entry


def _waiting_at(user: User) -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(locations__in=waitlist_locations(user))


def visit_of_code(code: str, birth_date: date, *, now: datetime) -> Appointment:
    """The look-up without a link. Raises NotFound, the same for a wrong code or a wrong date."""
    cleaned = clean_code(code)
    if len(cleaned) != CODE_LENGTH:
        raise NotFound
    return _visible_visit({"code": cleaned}, birth_date=birth_date, now=now)


def visits_to_remind_of(
    *, email: str = "", phone: str = "", birth_date: date, now: datetime
) -> list[Appointment]:
    """Coming visits of somebody born that day that were booked with this email or phone and can be written
    about by mail, the soonest first. For a mail to the visit's own address, never for a page."""
    theirs = Q(email__iexact=email) if email else Q(phone=phone)
    return list(
        Appointment.objects.with_place()
        .filter(
            theirs,
            patient__birth_date=birth_date,
            status=Appointment.Status.BOOKED,
            starts_at__gt=now,
            by_email=True,
        )
        .exclude(email="")
        .order_by("starts_at", "pk")
    )


def is_birth_date_of(about: Appointment | Order, birth_date: date) -> bool:
    person = about.patient if isinstance(about, Appointment) else about
    assert person is not None
    assert person.birth_date is not None
    return _is_same_day(person.birth_date, birth_date)


def draft_of_visitor(draft_id: UUID, visitor: str) -> Draft:
    """The draft, for the browser that began it. Raises NotFound."""
    draft = (
        Draft.objects.select_related("exam", "location")
        .prefetch_related("sheets")
        .filter(pk=draft_id, visitor=visitor)
        .first()
        if visitor
        else None
    )
    if draft is None:
        raise NotFound
    return draft


def document_of(owner: Draft | Appointment | Order, document_id: UUID) -> Document:
    """A paper of a draft or visit that is open already. Raises NotFound."""
    document = owner.documents.filter(pk=document_id).first()
    if document is None:
        raise NotFound
    return document


def document_for_staff(user: User, document_id: UUID) -> Document:
    """Of a visit or an order at a location where the user works with patients, or of a draft with a task
    there; with a visit, those of the order that it was booked from. The card of an implant stays with the
    patient: trained people read it wherever a visit of the patient is theirs. Raises NotFound."""
    here, trained = user.locations_for(*WORKING), user.locations_for(*CLINICAL)
    theirs = Q(appointment__scanner__location__in=here) | Q(draft__tasks__location__in=here)
    theirs |= Q(order__location__in=here) | Q(order__visits__scanner__location__in=here)
    visits = Appointment.objects.filter(scanner__location__in=trained, patient__isnull=False)
    cards = Implant.objects.filter(patient__in=visits.values("patient"), removed_at=None)
    of_implant = Q(pk__in=cards.values("card"))
    document = Document.objects.filter(theirs | of_implant, pk=document_id).distinct().first()
    if document is None:
        raise NotFound
    return document


def latest_draft_of(visitor: str) -> Draft | None:
    """What a browser typed last, so that it is not asked again."""
    own = Draft.objects.filter(visitor=visitor) if visitor else Draft.objects.none()
    return own.select_related("location").order_by("-updated_at").first()


def asked_call(task_id: int | None) -> Task | None:
    """For the browser that asked for it and keeps its key: a call without a draft, while it is not done."""
    calls = Task.objects.open().filter(kind=Task.Kind.CALLBACK, draft=None, appointment=None)
    return calls.select_related("location").filter(pk=task_id or 0).first()


def hold_of_draft(draft: Draft, *, now: datetime) -> Appointment | None:
    """The time held for a draft right now, if there is one."""
    return (
        Appointment.objects.with_place()
        .filter(draft=draft, status=Appointment.Status.HELD, held_until__gt=now)
        .first()
    )


def visit_of_draft(draft: Draft) -> Appointment | None:
    """The visit a draft became, in whatever state it is now. Nearly always there is none yet, so
    looking costs one column."""
    became = (
        Appointment.objects.filter(draft=draft)
        .exclude(status__in=[Appointment.Status.HELD, Appointment.Status.EXPIRED])
        .values_list("pk", flat=True)
        .first()
    )
    return Appointment.objects.with_place().get(pk=became) if became else None


def _visible_visit(key: dict[str, object], *, birth_date: date | None = None, now: datetime) -> Appointment:
    """Decided on three columns: what is there and may not be seen costs no more than what is not there."""
    found = (
        Appointment.objects.filter(patient__isnull=False, **key)
        .values_list("pk", "ends_at", "patient__birth_date")
        .first()
    )
    if found is None:
        raise NotFound
    pk, ends_at, born = found
    if ends_at + timedelta(days=settings.LINK_DAYS_AFTER_VISIT) < now:
        raise NotFound
    if birth_date and not _is_same_day(born, birth_date):
        raise NotFound
    return Appointment.objects.with_place().prefetch_related("sheets").get(pk=pk)


def _is_same_day(one: date, other: date) -> bool:
    return constant_time_compare(one.isoformat(), other.isoformat())
