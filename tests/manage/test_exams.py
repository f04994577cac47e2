"""Exams on their own pages: found, added, changed by one at a time, retired and brought back."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from locations.models import Assignment, OpeningHours, Scanner
from scheduling.actions.catalogue import load_catalogue
from scheduling.actions.desk_moves import place_visit
from scheduling.actions.exams import REASON_MOVE
from scheduling.actions.holds import place_hold
from scheduling.actions.tasks import OUTCOME_MOVED
from scheduling.actions.undoing import undo_change
from scheduling.exceptions import NotAnOpening, SidesInUse
from scheduling.models import Appointment, AuditEvent, Exam, Offering, Task
from scheduling.queries.catalogue_plan import plan_file
from scheduling.queries.exams import told_of
from scheduling.queries.machines import Wish, machines_for
from scheduling.rules.actors import Actor
from scheduling.rules.catalogue_files import CatalogueFile
from tests.factories.journey import NINE_FORTY, NOW, PATIENT, bookable, ready_draft
from tests.factories.locations import AssignmentFactory, OpeningHoursFactory, ScannerFactory
from tests.factories.orders import OrderFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    DraftFactory,
    ExamFactory,
    OfferingFactory,
    PreparationFactory,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
CANCELED = {"status": "canceled", "canceled_at": NOW, "canceled_by": "patient"}
NEW = {
    "name": "Wrist MRI",
    "name_es": "Resonancia de muñeca",
    "modality": "MR",
    "body_region": "hand",
    "synonyms_en": "carpal tunnel\nscaphoid",
    "minutes": "35",
    "contrast": "none",
    "order_required": "yes",
}


@pytest.fixture
def admin(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    machine, exam = bookable()
    user = AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=None).user
    client.force_login(user)
    return SimpleNamespace(client=client, machine=machine, exam=exam, user=user)


def listed(admin, **asked):
    answer = admin.client.get(reverse("manage:exams"), asked)
    return [line.exam.slug for line, _words in answer.context["lines"]]


def add(admin, **fields):
    return admin.client.post(reverse("manage:exam-add"), {**NEW, **fields})


def page_of(admin, exam=None):
    return admin.client.get(reverse("manage:exam", args=[(exam or admin.exam).pk]))


def sent(page, **fields):
    """As the page has it, but for `fields`; None for a tick that is not there."""
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed = {**typed, "seen": page.context["seen"], **fields}
    lines = {"synonyms_en", "synonyms_es"}
    typed = {
        name: "\n".join(value) if name in lines and not isinstance(value, str) else value
        for name, value in typed.items()
    }
    return {name: value for name, value in typed.items() if value not in (None, False)}


def save(admin, page=None, exam=None, **fields):
    page = page or page_of(admin, exam)
    return admin.client.post(reverse("manage:exam", args=[page.context["exam"].pk]), sent(page, **fields))


def state(admin, to):
    return admin.client.post(reverse("manage:exam-state", args=[admin.exam.pk]), {"to": to})


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


# ---- the list


def test_the_list_says_what_is_missing_and_how_many_locations_offer_it(admin):
    whole = ExamFactory(slug="whole")
    whole.preparations.add(PreparationFactory())
    OfferingFactory(exam=whole)
    OfferingFactory(exam=whole)
    OfferingFactory(exam=whole, is_active=False)
    OfferingFactory(exam=whole, location__is_active=False)
    half = ExamFactory(slug="half", name_es="")
    half.preparations.add(PreparationFactory(text_es=""))
    OfferingFactory(exam=half)
    ExamFactory(slug="old", is_active=False)
    lines = {
        line.exam.slug: (line.offered, list(line.lacks))
        for line, _words in admin.client.get(reverse("manage:exams")).context["lines"]
    }
    assert lines == {
        admin.exam.slug: (1, ["preparation"]),
        "whole": (2, []),
        "half": (1, ["spanish"]),
        "old": (0, ["preparation"]),
    }
    assert listed(admin, lacks="spanish") == ["half"]
    assert listed(admin, state="retired") == ["old"]
    assert "old" not in listed(admin, state="active")
    assert listed(admin, lacks="location") == []


def test_the_list_finds_by_names_synonyms_and_codes_in_both_languages(admin):
    load_catalogue()
    assert (
        listed(admin, q="RODILLA, mri")
        == [admin.exam.slug, "knee-mri"]
        == listed(admin, q="mri knee rodilla")
    )
    assert "knee-mri" in listed(admin, q="Rodilla")
    assert listed(admin, q="mrcp", kind="CT") == []
    assert set(listed(admin, kind="XR")) == set(
        Exam.objects.filter(modality="XR").values_list("slug", flat=True)
    )
    nothing = admin.client.get(reverse("manage:exams"), {"q": "no such scan"})
    assert "No exam is like that" in nothing.content.decode()


@pytest.mark.parametrize("asked", [{"kind": "PET"}, {"state": "x"}, {"lacks": "'"}, {"q": "\0%"}])
def test_odd_addresses_of_the_list_show_all(admin, asked):
    assert listed(admin, **asked) == [admin.exam.slug]


def test_a_list_without_exams_says_how_to_begin(admin):
    Offering.objects.all().delete()
    Exam.objects.all().delete()
    assert "There is no exam yet" in admin.client.get(reverse("manage:exams")).content.decode()


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_asks_the_same_for_one_and_for_five(admin, count, django_assert_num_queries):
    for _ in range(count):
        OfferingFactory().exam.preparations.add(PreparationFactory())
    admin.client.get(reverse("manage:exams"))
    with django_assert_num_queries(15):
        admin.client.get(reverse("manage:exams"))


# ---- adding


def test_a_new_exam_is_found_by_its_words_and_its_history_says_by_whom(admin):
    prep = PreparationFactory(code="F4")
    answer = add(admin, prep_codes=["F4"], has_sides="on", minutes_both_sides="60")
    made = Exam.objects.get(slug="wrist-mri")
    assert answer.status_code == 303
    assert answer.url == reverse("manage:exam", args=[made.pk])
    assert (made.minutes, made.minutes_both_sides, made.family, made.cpt_code) == (35, 60, "wrist-mri", "")
    assert list(made.preparations.all()) == [prep]
    assert "scaphoid" in made.search_text
    event = AuditEvent.objects.get(event="exam.saved")
    assert (event.object_id, event.actor_name) == (str(made.pk), str(admin.user.pk))
    assert event.after["synonyms_en"] == "carpal tunnel; scaphoid"


def test_pressed_twice_there_is_one_and_what_was_typed_stays(admin):
    add(admin)
    again = add(admin)
    assert again.status_code == 422
    assert "“wrist-mri” is taken" in again.content.decode()
    assert again.context["form"]["name_es"].value() == NEW["name_es"]
    assert Exam.objects.filter(slug="wrist-mri").count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", " ", "Enter the name in English"),
        ("name", "n" * 121, "at most 120 characters"),
        ("minutes", "forty", "Write a whole number."),
        ("minutes", "-5", "It must not be less than zero."),
        ("minutes", "42", "multiple of 5"),
        ("minutes", "485", "Write minutes from 5 to 480."),
        ("minutes_both_sides", "30", "Both sides take no less time than one."),
        ("slug", "wrist mri", "Write a short name of letters"),
        ("modality", "PET", "is not one of the available choices"),
        ("body_region", "", "Choose the part of the body"),
        ("contrast", "much", "is not one of the available choices"),
        ("prep_codes", ["nothing"], "is not one of the available choices"),
        ("synonyms_en", "Palm\npalm", "“palm” is there twice"),
        ("synonyms_es", "p" * 121, "at most 120 characters"),
        ("cpt_code", "123456789", "at most 8 characters"),
        ("name", "Wrist\0MRI", "Null characters are not allowed"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_is_added(admin, field, typed, words):
    answer = add(admin, has_sides="on", **{field: typed})
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert answer.context["form"]["synonyms_en"].value()
    assert not Exam.objects.filter(name__startswith="Wrist").exists()
    assert Exam.objects.count() == 1


def test_exams_of_a_family_differ_by_contrast_and_are_of_one_kind(admin):
    same = add(admin, family=admin.exam.family)
    assert "has the same contrast" in " ".join(same.context["form"].errors["family"])
    other_kind = add(admin, family=admin.exam.family, contrast="with", modality="CT")
    assert "another kind of scan" in " ".join(other_kind.context["form"].errors["family"])
    assert add(admin, family=admin.exam.family, contrast="with").status_code == 303
    made = Exam.objects.get(slug="wrist-mri")
    assert made.family == admin.exam.family
    assert save(admin, exam=admin.exam, family="").status_code == 303
    admin.exam.refresh_from_db()
    assert admin.exam.family == f"{admin.exam.slug}-alone"


# ---- changing


def test_saving_what_is_there_changes_nothing(admin):
    load_catalogue()
    for exam in Exam.objects.all():
        answer = save(admin, exam=exam)
        assert answer.status_code == 303, answer.context["form"].errors
    assert not AuditEvent.objects.filter(event="exam.saved").exists()


def test_a_booked_visit_keeps_its_time_and_the_page_says_so(admin):
    visit = AppointmentFactory(scanner=admin.machine, exam=admin.exam, starts_at=NINE_FORTY)
    AppointmentFactory(scanner=admin.machine, exam=admin.exam, starts_at=NOW.replace(day=25))
    page = page_of(admin)
    assert "1 visit is booked. It keeps its time" in text_of(page)
    assert save(admin, page, minutes="60", minutes_both_sides="90", name="Knee scan").status_code == 303
    before = (visit.starts_at, visit.ends_at, visit.occupied_until)
    visit.refresh_from_db()
    assert (visit.starts_at, visit.ends_at, visit.occupied_until) == before
    event = AuditEvent.objects.get(event="exam.saved")
    assert event.before == {"name": "Knee MRI", "minutes": "40", "minutes_both_sides": "75"}
    assert event.after == {"name": "Knee scan", "minutes": "60", "minutes_both_sides": "90"}


def test_the_second_of_two_sees_both_and_loses_nothing(admin):
    old = page_of(admin)
    save(admin, minutes="50", synonyms_en="torn meniscus")
    answer = save(admin, old, name="Knee scan", minutes="60")
    assert answer.status_code == 409
    assert [(each.what, each.saved, each.typed) for each in answer.context["both"]] == [
        ("Name", "Knee MRI", "Knee scan"),
        ("Minutes", "50", "60"),
        ("Other words in English", "torn meniscus", "empty"),
    ]
    admin.exam.refresh_from_db()
    assert (admin.exam.name, admin.exam.minutes) == ("Knee MRI", 50)
    again = save(admin, answer)
    assert again.status_code == 303
    admin.exam.refresh_from_db()
    assert (admin.exam.name, admin.exam.minutes) == ("Knee scan", 60)


def test_an_old_page_sent_twice_by_one_is_no_conflict(admin):
    page = page_of(admin)
    assert save(admin, page, minutes="50").status_code == 303
    assert save(admin, page, minutes="50").status_code == 303
    assert AuditEvent.objects.filter(event="exam.saved").count() == 1


def test_words_that_find_another_exam_are_named(admin):
    other = ExamFactory(name="Leg CT", modality="CT")
    other.synonyms.create(language="en", text="Méniscus")
    relative = ExamFactory(family=admin.exam.family, contrast="with")
    relative.synonyms.create(language="en", text="meniscus")
    save(admin, synonyms_en="meniscus\ncartilage")
    clashes = page_of(admin).context["clashes"]
    assert [(each.text, [exam.name for exam in each.exams]) for each in clashes] == [("meniscus", ["Leg CT"])]


def test_a_length_from_before_multiples_of_five_need_not_be_mended_at_once(admin):
    Exam.objects.filter(pk=admin.exam.pk).update(minutes=17)
    assert save(admin, name_es="Rodilla").status_code == 303
    assert save(admin, minutes="18").status_code == 422


# ---- what booked visits depend on


def visit(admin, **fields):
    usual = {"scanner": admin.machine, "exam": admin.exam, "laterality": "left", "starts_at": NINE_FORTY}
    return AppointmentFactory(**{**usual, **fields})


def strong(admin, tesla="3.00", **fields):
    """Another scanner of the same place."""
    usual = {"location": admin.machine.location, "field_strength_tesla": tesla, "has_contrast": True}
    return ScannerFactory(**{**usual, **fields})


def weaken(admin):
    Scanner.objects.filter(pk=admin.machine.pk).update(field_strength_tesla="1.50")


def contrast_hours(admin, opens, closes):
    OpeningHours.objects.filter(kind="contrast").delete()
    OpeningHoursFactory(
        location=admin.machine.location, kind="contrast", weekday=1, opens=opens, closes=closes
    )


def test_visits_that_would_no_longer_fit_are_seen_before_it_is_saved(admin):
    weaken(admin)
    weak = visit(admin)
    fine = visit(admin, scanner=strong(admin))
    over = visit(admin, starts_at=NOW - DAY)
    gone = visit(admin, starts_at=NINE_FORTY + DAY, **CANCELED)
    before = list(Appointment.objects.order_by("pk").values())
    page = page_of(admin)
    wanted = {"minimum_tesla": "3", "name": "Knee MRI at 3 T"}
    asked = save(admin, page, **wanted)
    assert asked.status_code == 422
    assert "1 booked visit would no longer fit" in text_of(asked)
    assert asked.context["unfit"] == [weak]
    assert reverse("frontdesk:visit", args=[weak.pk]) in asked.content.decode()
    assert asked.context["form"]["name"].value() == "Knee MRI at 3 T"
    assert Exam.objects.get(pk=admin.exam.pk).minimum_tesla is None

    sent_on = {"told": asked.context["told"], **wanted}
    assert save(admin, page, **sent_on, reason=" ").status_code == 422
    assert not Task.objects.exists()
    for _ in range(2):
        assert save(admin, page, **sent_on, reason="The images are too coarse").status_code == 303
    (task,) = Task.objects.all()
    assert (task.kind, task.appointment, task.location) == ("to_move", weak, admin.machine.location)
    assert (task.reason, task.note) == (REASON_MOVE, "The images are too coarse")
    assert list(Appointment.objects.order_by("pk").values()) == before
    assert {fine.pk, over.pk, gone.pk} < {each["id"] for each in before}
    assert AuditEvent.objects.filter(event="exam.saved").count() == 1


def test_a_visit_booked_after_the_look_is_shown_before_anything_is_saved(admin):
    strong(admin)
    weaken(admin)
    first = visit(admin)
    page = page_of(admin)
    asked = save(admin, page, minimum_tesla="3")
    second = visit(admin, starts_at=NINE_FORTY + DAY)
    again = save(admin, page, minimum_tesla="3", told=asked.context["told"], reason="Coarse")
    assert again.status_code == 422
    assert again.context["unfit"] == [first, second]
    assert again.context["form"]["reason"].value() == "Coarse"
    done = save(admin, page, minimum_tesla="3", told=again.context["told"], reason="Coarse")
    assert (done.status_code, Task.objects.count()) == (303, 2)


def test_a_field_that_is_wrong_keeps_the_visits_and_the_reason_on_the_page(admin):
    weaken(admin)
    weak = visit(admin)
    page = page_of(admin)
    told = save(admin, page, minimum_tesla="3").context["told"]
    wrong = save(admin, page, minimum_tesla="3", told=told, reason="Coarse", minutes="x")
    assert wrong.context["unfit"] == [weak]
    assert wrong.context["form"]["reason"].value() == "Coarse"


def test_contrast_is_asked_of_scanners_and_of_hours(admin):
    """No contrast on the scanner; a scanner that has it, outside and inside the hours of contrast."""
    able = strong(admin)
    contrast_hours(admin, 13 * 60, 17 * 60)
    unable = visit(admin)
    early = visit(admin, scanner=able)
    fitting = visit(admin, scanner=able, starts_at=NINE_FORTY + 5 * HOUR)
    asked = save(admin, contrast="with")
    assert set(asked.context["unfit"]) == {unable, early}
    save(admin, contrast="with", told=asked.context["told"], reason="New protocol")
    moved = {task.appointment for task in Task.objects.filter(kind="to_move")}
    assert moved == {unable, early}
    assert fitting not in moved


def test_a_contrast_that_all_visits_fit_is_still_said_first(admin):
    Scanner.objects.filter(pk=admin.machine.pk).update(has_contrast=True)
    contrast_hours(admin, 0, 1440)
    visit(admin)
    asked = save(admin, contrast="with")
    assert asked.status_code == 422
    assert "Booked visits take the other contrast" in text_of(asked)
    assert save(admin, contrast="with", told=asked.context["told"], reason="Protocol").status_code == 303
    assert not Task.objects.filter(kind="to_move").exists()


def test_that_it_is_offered_no_more_does_not_hide_who_would_not_fit(admin):
    weaken(admin)
    weak = visit(admin)
    Offering.objects.update(is_active=False)
    Exam.objects.filter(pk=admin.exam.pk).update(is_active=False)
    asked = save(admin, minimum_tesla="3")
    assert asked.context["unfit"] == [weak]
    assert not Offering.objects.get().is_active


def test_a_time_held_for_somebody_who_is_booking_is_let_go(admin):
    weaken(admin)
    draft = ready_draft(admin.machine, admin.exam)
    hold = place_hold(
        draft_id=draft.pk, location_id=admin.machine.location_id, starts_at=NINE_FORTY, now=NOW, by=PATIENT
    )
    assert save(admin, minimum_tesla="3").status_code == 303
    hold.refresh_from_db()
    assert hold.status == "expired"
    assert not Task.objects.exists()


def test_weaker_and_unknown_scanners_are_not_offered_for_it(admin):
    Exam.objects.filter(pk=admin.exam.pk).update(minimum_tesla="3")
    Scanner.objects.filter(pk=admin.machine.pk).update(field_strength_tesla=None)
    strong(admin, tesla="1.50")
    three = strong(admin)
    found = machines_for(Wish(exam_id=admin.exam.pk), [admin.machine.location_id])
    assert [machine.scanner_id for machine in found] == [three.pk]


def test_moving_the_visit_does_the_task_and_undoing_the_move_opens_it_again(admin):
    weaken(admin)
    weak = visit(admin)
    three = strong(admin)
    save(admin, minimum_tesla="3", told=told_of([weak.pk]), reason="Coarse")
    by = Actor.staff(admin.user.pk)
    moved = place_visit(
        visit_id=weak.pk, scanner_id=three.pk, starts_at=NINE_FORTY + HOUR, version=0, now=NOW, by=by
    )
    assert Task.objects.get(kind="to_move").outcome == OUTCOME_MOVED
    undo_change(visit_id=weak.pk, version=moved.version, now=NOW, by=by)
    assert Task.objects.get(kind="to_move").closed_at is None


def test_a_file_leaves_what_visits_depend_on_to_the_page(admin):
    booked = visit(admin)
    text = f"slug,contrast,minutes\n{admin.exam.slug},with,50\n"
    plan = plan_file(CatalogueFile.EXAMS, text.encode(), user=admin.user, now=NOW)
    assert [(each.column, each.trouble) for each in plan.faults] == [("contrast", "exam with visits")]
    Appointment.objects.filter(pk=booked.pk).update(**CANCELED)
    assert not plan_file(CatalogueFile.EXAMS, text.encode(), user=admin.user, now=NOW).faults


def test_sides_stay_while_anything_was_booked_by_one(admin):
    """A side without sides would be refused wherever the row is written next."""
    told = []
    for kind in (AppointmentFactory, DraftFactory, OrderFactory):
        row = kind(exam=admin.exam, laterality="left")
        told.append(save(admin, has_sides=None).context["form"].errors["has_sides"])
        text = f"slug,has_sides,minutes_both_sides\n{admin.exam.slug},no,\n"
        plan = plan_file(CatalogueFile.EXAMS, text.encode(), user=admin.user, now=NOW)
        assert [(each.column, each.trouble) for each in plan.faults] == [("has_sides", "sides in use")]
        row.delete()
    assert [" ".join(each) for each in told] == [str(SidesInUse())] * 3
    assert save(admin, has_sides=None).status_code == 303
    assert Exam.objects.get(pk=admin.exam.pk).minutes_both_sides is None


def test_only_an_mri_has_a_strength(admin):
    told = add(admin, modality="CT", minimum_tesla="1.5")
    assert "Only an MRI has a field strength." in " ".join(told.context["form"].errors["minimum_tesla"])
    head = ExamFactory(modality="CT")
    assert "minimum_tesla" not in page_of(admin, head).context["form"].fields
    assert save(admin, exam=head, minutes="20").status_code == 303
    text = f"slug,minimum_tesla\n{head.slug},1.5\n"
    plan = plan_file(CatalogueFile.EXAMS, text.encode(), user=admin.user, now=NOW)
    assert [(each.column, each.trouble) for each in plan.faults] == [("minimum_tesla", "strength")]


# ---- retiring


def test_a_retired_exam_keeps_its_visits_and_takes_no_new_ones(admin):
    visit = AppointmentFactory(scanner=admin.machine, exam=admin.exam, starts_at=NINE_FORTY)
    page = text_of(admin.client.get(reverse("manage:exam-state", args=[admin.exam.pk])))
    assert "at 1 location that offers it" in page
    assert "1 coming visit stays booked" in page
    for _ in range(2):
        assert state(admin, "retired").status_code == 303
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert AuditEvent.objects.filter(event="exam.saved").count() == 1
    draft = ready_draft(ScannerFactory(location=admin.machine.location), admin.exam)
    with pytest.raises(NotAnOpening):
        place_hold(
            draft_id=draft.pk,
            location_id=admin.machine.location_id,
            starts_at=NINE_FORTY,
            now=NOW,
            by=PATIENT,
        )
    assert admin.client.get(reverse("portal:exam", args=[admin.exam.slug])).status_code == 404
    assert "can be booked again at 1 location" in text_of(
        admin.client.get(reverse("manage:exam-state", args=[admin.exam.pk]))
    )
    state(admin, "active")
    assert place_hold(
        draft_id=draft.pk, location_id=admin.machine.location_id, starts_at=NINE_FORTY, now=NOW, by=PATIENT
    )


# ---- who may


def test_administrators_of_one_location_read_the_list_and_change_nothing(admin, client):
    user = AssignmentFactory(role=Assignment.Role.ADMINISTRATOR, location=admin.machine.location).user
    client.force_login(user)
    assert client.get(reverse("manage:exams")).status_code == 200
    for name, args in (("exam-add", []), ("exam", [admin.exam.pk]), ("exam-state", [admin.exam.pk])):
        address = reverse(f"manage:{name}", args=args)
        assert client.get(address).status_code == 403
        assert client.post(address, {**NEW, "to": "retired"}).status_code == 403
        assert address not in client.get(reverse("manage:exams")).content.decode()
