import datetime as dt

import pytest
from django.db.models import F

from scheduling.actions.booking import confirm_booking
from scheduling.actions.implants import add_implant
from scheduling.actions.merging import BOTH, MOVES, STAYS, merge_patients, separate_patients, tell_apart
from scheduling.actions.patient_record import change_patient
from scheduling.actions.patients import match_or_create
from scheduling.exceptions import (
    AlreadyMerged,
    EditConflict,
    MergedFurther,
    NotMerged,
    TooManyVisits,
    VisitsOverlap,
)
from scheduling.models import (
    Appointment,
    AuditEvent,
    Implant,
    Patient,
    PatientMerge,
    TwoPeople,
    WaitlistEntry,
)
from scheduling.queries.access import visit_of_token, visit_token
from scheduling.queries.drafts import digest_of
from scheduling.queries.merging import seen_of
from scheduling.rules.actors import Actor
from tests.factories.implants import ImplantFactory
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import UserFactory
from tests.factories.messages import MessageFactory
from tests.factories.orders import OrderFactory
from tests.factories.scheduling import AppointmentFactory, DraftFactory, PatientFactory
from tests.factories.waitlist import WaitlistFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def machine():
    machine, exam = bookable()
    machine.exam = exam
    return machine


@pytest.fixture
def ana():
    return PatientFactory()


@pytest.fixture
def anna():
    """The same person, typed on the phone."""
    return PatientFactory(
        given_name="Anna", family_name="Nunez", phone="+15125550199", email="", no_email=True, language="es"
    )


def visit_of(patient, machine, days=0, **fields):
    at = NINE_FORTY + days * DAY
    return AppointmentFactory(patient=patient, scanner=machine, exam=machine.exam, starts_at=at, **fields)


def merge(kept, merged, user, *, now=NOW, **more):
    more = {"choices": {}, "seen": seen_of(kept, merged), **more}
    by = Actor.staff(user.pk)
    done = merge_patients(kept_id=kept.pk, merged_id=merged.pk, user=user, now=now, by=by, **more)
    kept.refresh_from_db()
    merged.refresh_from_db()
    return done


def separate(merge, user, now=NOW):
    return separate_patients(merge_id=merge.pk, user=user, now=now, by=Actor.staff(user.pk))


def test_everything_that_points_at_a_patient_is_spoken_for():
    """A new foreign key has to go along with a merge, or to say that it stays."""
    found = {
        f"{relation.related_model._meta.model_name}.{relation.field.name}"
        for relation in Patient._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and relation.is_relation
    }
    assert found == {f"{name}.patient" for name in MOVES} | STAYS


def test_visits_implants_and_places_on_the_waitlist_are_one_persons(ana, anna, machine, user):
    mine, theirs = visit_of(ana, machine), visit_of(anna, machine, 1)
    MessageFactory(appointment=theirs)
    entry = WaitlistFactory(draft=None, appointment=theirs)
    implant = ImplantFactory(appointment=theirs)
    order = OrderFactory(patient=anna, location=machine.location)
    token = visit_token(theirs)

    merge(ana, anna, user, choices={"phone": anna.pk, "wishes": ana.pk})

    assert {*ana.appointments.all()} == {mine, theirs}
    implant.refresh_from_db()
    assert (implant.patient, implant.came_from) == (ana, anna)
    assert ana.orders.get() == order
    assert visit_of_token(token, now=NOW).patient == ana
    assert theirs.messages.count() == 1
    assert (ana.given_name, str(ana.phone), ana.language) == ("Ana", "+15125550199", "en")
    assert (anna.merged_into, anna.appointments.count()) == (ana, 0)
    assert WaitlistEntry.objects.get(pk=entry.pk).given_name == "Ana"
    events = AuditEvent.objects.filter(event="patient.merged").values_list("object_kind", "object_id")
    assert set(events) == {
        ("patient", str(ana.pk)),
        ("patient", str(anna.pk)),
        ("appointment", str(mine.pk)),
        ("appointment", str(theirs.pk)),
    }
    assert len(events) == 4


def test_what_staff_should_know_can_be_both(ana, anna, user):
    Patient.objects.filter(pk=ana.pk).update(accommodation="Uses a wheelchair")
    Patient.objects.filter(pk=anna.pk).update(accommodation="Hears badly")
    merge(ana, anna, user, choices={"accommodation": BOTH})
    assert ana.accommodation == "Uses a wheelchair\nHears badly"


def test_a_wish_that_stays_counts_for_the_visits_of_both(ana, anna, machine, user):
    mine = visit_of(ana, machine)
    visit_of(anna, machine, 1, by_email=False)
    merge(ana, anna, user, choices={"wishes": anna.pk})
    mine.refresh_from_db()
    assert (ana.no_email, mine.by_email) == (True, False)


@pytest.mark.parametrize("way", [{"phone": "+15125550199"}, {"email": "anna@example.com"}])
def test_who_books_with_what_the_merged_record_knows_is_the_one_that_stayed(ana, anna, user, way):
    Patient.objects.filter(pk=anna.pk).update(email="anna@example.com")
    third = PatientFactory(given_name="Zoe")
    merge(ana, anna, user)
    merge(third, ana, user)
    draft = DraftFactory(given_name="anna", family_name="Núñez", birth_date=anna.birth_date, **way)
    assert match_or_create(draft=draft, now=NOW) == third


def test_one_patient_is_in_one_place(ana, anna, machine, user):
    other, _exam = bookable()
    other.exam = machine.exam
    visit_of(ana, machine)
    visit_of(anna, other)
    with pytest.raises(VisitsOverlap):
        merge(ana, anna, user)
    assert Patient.objects.get(pk=anna.pk).merged_into is None
    assert not PatientMerge.objects.exists()
    assert not AuditEvent.objects.filter(event="patient.merged").exists()


def test_together_they_have_no_more_coming_visits_than_the_limit_without_a_reason(ana, anna, machine, user):
    machine.location.future_visits_limit = 2
    machine.location.save()
    for number, patient in enumerate((ana, ana, anna)):
        visit_of(patient, machine, number)
    with pytest.raises(TooManyVisits):
        merge(ana, anna, user)
    assert merge(ana, anna, user, reason="Series").reason == "Series"


@pytest.mark.parametrize("what", ["visit", "record", "implant"])
def test_what_changed_since_the_preview_is_looked_at_again(ana, anna, machine, user, what):
    visit = visit_of(anna, machine)
    seen = seen_of(ana, anna)
    if what == "visit":
        visit_of(anna, machine, 1)
    elif what == "record":
        Patient.objects.filter(pk=anna.pk).update(version=F("version") + 1)
    else:
        ImplantFactory(appointment=visit)
    with pytest.raises(EditConflict):
        merge(ana, anna, user, seen=seen)


def test_a_second_desk_is_told(ana, anna, user):
    seen = seen_of(ana, anna)
    merge(ana, anna, user)
    for kept, merged in ((ana, anna), (anna, ana)):
        with pytest.raises(AlreadyMerged):
            merge(kept, merged, user, seen=seen)


def test_an_editor_of_the_merged_record_is_told(ana, anna, user):
    version = anna.version
    merge(ana, anna, user)
    with pytest.raises(EditConflict):
        change_patient(
            patient_id=anna.pk, version=version, values={"language": "en"}, now=NOW, by=Actor.staff(user.pk)
        )


def test_an_implant_told_of_by_an_open_page_goes_to_the_record_that_stayed(ana, anna, machine, user):
    stale = Appointment.objects.select_related("patient", "scanner").get(pk=visit_of(anna, machine).pk)
    merge(ana, anna, user)
    implant = add_implant(
        visit=stale,
        what="Stent",
        make_model="",
        conditions="",
        card_id=None,
        user=user,
        now=NOW,
        by=Actor.staff(user.pk),
    )
    assert implant.patient == ana


def test_separated_again_each_has_what_it_had(ana, anna, machine, user):
    mine, theirs = visit_of(ana, machine), visit_of(anna, machine, 1)
    implant = ImplantFactory(appointment=theirs)
    order = OrderFactory(patient=anna, location=machine.location)
    done = merge(ana, anna, user, choices={"name": anna.pk, "birth_date": anna.pk, "phone": anna.pk})
    since = visit_of(ana, machine, 2, booked_at=NOW + DAY)
    before = Patient.objects.get(pk=ana.pk)
    assert before.given_name == "Anna"

    separate(done, user, now=NOW + 2 * DAY)

    ana.refresh_from_db()
    anna.refresh_from_db()
    implant.refresh_from_db()
    assert ({*ana.appointments.all()}, {*anna.appointments.all()}) == ({mine, since}, {theirs})
    assert (ana.given_name, ana.folded_name, str(ana.phone)) == ("Ana", "ana nunez", "+15125550147")
    assert (anna.merged_into, implant.patient, implant.came_from) == (None, anna, None)
    assert anna.orders.get() == order
    assert TwoPeople.objects.filter(first=ana, second=anna).exists()
    with pytest.raises(NotMerged):
        separate(done, user)
    assert AuditEvent.objects.filter(event="patient.separated").count() == 2 + 3
    merge(ana, anna, user)  # it was one person after all
    assert PatientMerge.objects.count() == 2


def test_a_record_that_was_changed_since_keeps_its_values(ana, anna, user):
    done = merge(ana, anna, user, choices={"name": anna.pk})
    change_patient(
        patient_id=ana.pk,
        version=ana.version,
        values={"given_name": "Hanna"},
        now=NOW,
        by=Actor.staff(user.pk),
    )
    separate(done, user)
    ana.refresh_from_db()
    assert ana.given_name == "Hanna"


def test_the_later_of_two_merges_goes_first(ana, anna, machine, user):
    third = PatientFactory(given_name="Zoe")
    theirs = visit_of(anna, machine)
    first = merge(ana, anna, user)
    second = merge(third, ana, user)
    with pytest.raises(MergedFurther):
        separate(first, user)
    separate(second, user)
    separate(first, user)
    theirs.refresh_from_db()
    assert theirs.patient == anna


def test_who_is_not_the_one_is_not_the_other(ana, anna, user):
    third = PatientFactory()
    by = Actor.staff(user.pk)
    tell_apart(one=third, other=anna, user=user, now=NOW, by=by)
    tell_apart(one=anna, other=third, user=user, now=NOW, by=by)
    assert TwoPeople.objects.count() == 1
    assert AuditEvent.objects.filter(event="patient.two_people").count() == 2
    done = merge(ana, anna, user)
    assert TwoPeople.objects.filter(first=ana, second=third).exists()
    separate(done, user)
    assert not TwoPeople.objects.filter(first=ana, second=third).exists()


def test_a_booking_of_the_merged_record_obeys_the_limits_of_the_one_that_stayed(ana, anna, machine, user):
    """What appointment_patient_no_overlap refuses online, as for any patient."""
    elsewhere, exam = bookable()
    visit_of(ana, machine)
    merge(ana, anna, user)
    draft = ready_draft(
        elsewhere, exam, given_name="Anna", family_name="Nunez", phone="+15125550199", email="", by_call=True
    )
    with pytest.raises(Exception, match="Please call us"):
        confirm_booking(draft_id=draft.pk, digest=digest_of(draft), now=NOW, by=PATIENT)
    assert Implant.objects.count() == 0
