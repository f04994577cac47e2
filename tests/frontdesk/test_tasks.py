import datetime as dt
import re

import pytest
from django.utils import timezone

from locations.models import Assignment
from scheduling.models import AuditEvent, Task
from scheduling.queries.queues import KINDS
from scheduling.rules.screening import private_rules
from scheduling.templatetags.staff import flag_words
from tests.factories.locations import AssignmentFactory, LocationFactory, UserFactory
from tests.factories.scheduling import AppointmentFactory, FullDraftFactory, SidedExamFactory
from tests.factories.screening import CT, MRI, XRAY, AnswerSheetFactory, ScreeningFactory
from tests.factories.tasks import TaskFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 3, 1, 18, tzinfo=dt.UTC)  # 12:00 in Austin
TASKS = "/desk/tasks/"


@pytest.fixture
def austin():
    return LocationFactory(name="Austin")


@pytest.fixture
def desk(client, austin):
    """A client signed in at Austin's front desk."""
    client.force_login(AssignmentFactory(location=austin, role=Assignment.Role.FRONT_DESK).user)
    return client


def words(response):
    """As a person reads it."""
    return re.sub(r"[^\S\xa0]+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def shown(response):
    return [row.task for row in response.context["rows"]]


def test_open_tasks_are_listed_the_most_urgent_first(desk, austin):
    late = TaskFactory(location=austin, due_at=NOON)
    early = TaskFactory(location=austin, due_at=NOON - dt.timedelta(minutes=1))
    TaskFactory(location=austin, closed_at=NOON, closed_by="staff:1")
    assert shown(desk.get(TASKS)) == [early, late]


def test_tasks_of_other_locations_are_not_listed(desk):
    TaskFactory(contact_name="Somebody Else")
    response = desk.get(TASKS)
    assert shown(response) == []
    assert "Somebody Else" not in response.content.decode()


def test_a_role_at_every_location_sees_all(client):
    tasks = [TaskFactory(due_at=NOON), TaskFactory(due_at=NOON + dt.timedelta(hours=1))]
    client.force_login(AssignmentFactory(location=None, role=Assignment.Role.RADIOLOGIST).user)
    assert shown(client.get(TASKS)) == tasks


def test_overdue_is_said_in_a_word_and_a_shape(desk, austin):
    TaskFactory(location=austin, due_at=timezone.now() - dt.timedelta(minutes=1))
    TaskFactory(location=austin, due_at=timezone.now() + dt.timedelta(minutes=1))
    response = desk.get(TASKS)
    assert [row.is_overdue for row in response.context["rows"]] == [True, False]
    page = response.content.decode()
    assert page.count("Overdue") == page.count('class="tag tag-brick"') == 2  # at the top, and in its row
    assert "1 patient waits for a call or an answer, since" in page


def test_times_are_in_the_zone_of_the_location(desk, austin):
    TaskFactory(location=austin, due_at=NOON)
    assert "Mon, Mar 1, 12:00\xa0pm CST" in desk.get(TASKS).content.decode()


def test_a_task_says_who_to_call_with_a_link_that_dials(desk, austin):
    TaskFactory(location=austin, contact_name="Nguyễn Thị Hoa", contact_phone="+15125550147")
    page = desk.get(TASKS).content.decode()
    assert "Nguyễn Thị Hoa" in page
    assert '<a href="tel:+15125550147">512-555-0147</a>' in page


def test_a_task_shows_the_email_where_there_is_no_phone(desk, austin):
    visit = AppointmentFactory(scanner__location=austin, phone="", email="ruth@example.com")
    TaskFactory(location=austin, appointment=visit, contact_name="", contact_phone="")
    page = desk.get(TASKS).content.decode()
    assert 'href="mailto:ruth@example.com">ruth@example.com</a>' in page
    assert "No phone or email was given" not in page


def test_a_task_says_when_nobody_can_be_reached(desk, austin):
    visit = AppointmentFactory(scanner__location=austin, phone="", email="", by_email=False)
    TaskFactory(location=austin, appointment=visit, contact_phone="")
    assert "No phone or email was given" in desk.get(TASKS).content.decode()


def test_a_task_says_who_booked_for_the_patient(desk, austin):
    visit = AppointmentFactory(scanner__location=austin, booker_name="Luz Núñez", booker_relation="daughter")
    TaskFactory(location=austin, appointment=visit, contact_name="")
    assert "Booked by Luz Núñez, daughter" in desk.get(TASKS).content.decode()


def test_a_task_names_exam_side_and_code_as_they_are_said(desk, austin):
    visit = AppointmentFactory(
        scanner__location=austin, exam=SidedExamFactory(), laterality="left", code="R574P6XX"
    )
    TaskFactory(location=austin, appointment=visit)
    page = desk.get(TASKS).content.decode()
    assert "Knee MRI, left" in page
    assert "R574 P6XX" in page


def screened(austin, **answers):
    visit = AppointmentFactory(scanner__location=austin)
    screening = ScreeningFactory(appointment=visit, answers={"q": "confirmed-positive"}, **answers)
    TaskFactory(location=austin, appointment=visit, kind=Task.Kind.REVIEW)
    return screening


def test_a_task_says_that_the_patient_will_come(desk, austin):
    task = TaskFactory(location=austin, kind=Task.Kind.REVIEW, appointment=AppointmentFactory())
    assert "Will come" not in desk.get(TASKS).content.decode()

    task.appointment.confirmed_at = NOON
    task.appointment.save()
    assert "Will come" in desk.get(TASKS).content.decode()


def test_the_desk_reads_flag_and_outcome_and_no_answer(desk, austin):
    screened(
        austin,
        disposition="defer",
        defer_until=dt.date(2026, 12, 6),
        rule_keys=["positive_covid", "symptoms", "mild_signs"],
    )
    page = desk.get(TASKS).content.decode()
    assert "<b>Later date</b>: Sun, Dec 6. Test result, Signs of illness" in page
    assert "confirmed-positive" not in page
    assert "Read the answers" not in page


def test_the_key_of_a_centers_own_rule_is_not_shown(desk, austin):
    screened(austin, disposition="review", rule_keys=["has_tuberculosis"])
    page = desk.get(TASKS).content.decode()
    assert "<b>Time kept, a person looks</b>. Other question" in page
    assert "tuberculosis" not in page


def test_a_flag_for_pregnancy_reads_as_several_others_do():
    about_it = {key for form in (MRI, CT, XRAY) for key in private_rules(form)}
    others = {rule.key for form in (MRI, CT, XRAY) for rule in form.rules} - about_it
    (word,) = {flag_words([key]) for key in about_it}
    assert len([key for key in others if flag_words([key]) == word]) >= 3


def test_answers_given_later_replace_the_flag(desk, austin):
    first = screened(austin, disposition="review", rule_keys=["symptoms"])
    ScreeningFactory(
        appointment=first.appointment, version=first.version, supersedes=first, disposition="mask"
    )
    (row,) = desk.get(TASKS).context["rows"]
    assert [(flag.outcome, flag.rule_keys) for flag in row.flags] == [("Wear a mask", ())]


def test_every_kind_of_questions_has_its_flag_and_what_is_well_has_none(desk, austin):
    first = screened(austin, disposition="review", rule_keys=["symptoms"])
    visit = first.appointment
    ScreeningFactory(appointment=visit, disposition="callback", rule_keys=["pacemaker"])
    ScreeningFactory(appointment=visit, disposition="ok")
    (row,) = desk.get(TASKS).context["rows"]
    assert [flag.rule_keys for flag in row.flags] == [("symptoms",), ("pacemaker",)]


@pytest.mark.parametrize("role", [Assignment.Role.ADMINISTRATOR, Assignment.Role.AUDITOR])
def test_who_treats_no_patient_reads_no_flag(client, austin, role):
    screened(austin, disposition="review", rule_keys=["symptoms"])
    client.force_login(AssignmentFactory(location=None, role=role).user)
    (row,) = client.get(TASKS).context["rows"]
    assert row.flags == []


def test_a_review_is_decided_by_a_trained_person_alone(client, austin):
    task = TaskFactory(location=austin, kind=Task.Kind.REVIEW, appointment=AppointmentFactory())
    done, tried = f"{TASKS}{task.pk}/done/", f"{TASKS}{task.pk}/tried/"
    for role in (Assignment.Role.FRONT_DESK, Assignment.Role.ADMINISTRATOR, Assignment.Role.TECHNOLOGIST):
        client.force_login(AssignmentFactory(location=austin, role=role).user)
        page = client.get(TASKS).content.decode()
        assert "A technologist or radiologist decides it." in page
        assert done not in page
        assert client.post(done, {"outcome": "Fine"}).status_code == 403
    assert client.post(tried, {"tries": 0}).status_code == 303


def test_a_clinical_role_is_led_to_the_answers(client, austin):
    screening = screened(austin, disposition="review", rule_keys=["symptoms"])
    user = AssignmentFactory(location=austin, role=Assignment.Role.RADIOLOGIST).user
    client.force_login(user)
    task = Task.objects.get()
    page = client.get(TASKS).content.decode()
    assert f'href="/desk/reviews/{task.pk}/">Read the answers' in page

    Task.objects.update(kind="room")  # is no review
    assert "Read the answers" not in client.get(TASKS).content.decode()
    AssignmentFactory(user=user, location=None, role=Assignment.Role.ADMINISTRATOR)
    page = client.get(TASKS).content.decode()
    assert f'href="/admin/scheduling/screening/{screening.pk}/change/">Read the answers' in page


def test_a_task_of_a_visit_shows_its_patient_phone_and_time(desk, austin):
    visit = AppointmentFactory(scanner__location=austin, phone="+15125550199")
    TaskFactory(location=austin, appointment=visit, contact_name="", contact_phone="")
    (row,) = desk.get(TASKS).context["rows"]
    assert (row.name, row.phone, row.visit_at) == ("Ana Núñez", "+15125550199", visit.starts_at)


def test_a_task_of_a_draft_shows_what_the_draft_says(desk, austin):
    draft = FullDraftFactory(location=austin, phone="+15125550188")
    TaskFactory(location=austin, draft=draft, contact_name="", contact_phone="")
    (row,) = desk.get(TASKS).context["rows"]
    assert (row.name, row.phone, row.visit_at) == ("Ana Núñez", "+15125550188", draft.starts_at)


def test_answers_to_screening_are_never_on_the_list(desk, austin):
    draft = FullDraftFactory(location=austin)
    AnswerSheetFactory(draft=draft, answers={"q": "confirmed-positive"})
    TaskFactory(location=austin, draft=draft, reason="Call before the visit.")
    page = desk.get(TASKS).content.decode()
    assert "Call before the visit." in page
    assert "confirmed-positive" not in page


def test_the_list_narrows_by_location_and_queue(client, austin):
    both = AssignmentFactory(location=austin).user
    tempe = AssignmentFactory(user=both, location=LocationFactory(name="Tempe")).location
    callback = TaskFactory(location=austin, kind=Task.Kind.CALLBACK)
    review = TaskFactory(location=austin, kind=Task.Kind.REVIEW)
    other = TaskFactory(location=tempe, kind=Task.Kind.REVIEW)
    client.force_login(both)

    assert shown(client.get(TASKS, {"location": tempe.pk})) == [other]
    assert shown(client.get(f"{TASKS}flags/", {"location": austin.pk})) == [review]
    assert shown(client.get(f"{TASKS}callbacks/")) == [callback]
    assert client.get(f"{TASKS}nonsense/").status_code == 404


def test_every_kind_of_work_is_in_one_queue():
    assert sorted(kind for kinds in KINDS.values() for kind in kinds) == sorted(Task.Kind)


def test_every_page_of_work_says_how_deep_each_queue_is(desk, austin):
    TaskFactory(location=austin, kind=Task.Kind.NOT_DELIVERED, due_at=timezone.now() - dt.timedelta(days=1))
    TaskFactory(location=austin, kind=Task.Kind.NOT_DELIVERED, due_at=timezone.now() + dt.timedelta(days=1))
    TaskFactory(kind=Task.Kind.NOT_DELIVERED)  # somewhere else
    for address in (TASKS, f"{TASKS}labs/", "/desk/tasks/waitlist/"):
        page = words(desk.get(address))
        assert "Not reached 2 1 late" in page
        assert "Calls asked for 0" in page
        assert "Waitlist 0" in page


def test_the_call_list_says_who_tried_when_and_what_came_of_it(client, austin, time_machine):
    time_machine.move_to(NOON, tick=False)
    dana = UserFactory(first_name="Dana", last_name="Osei")
    client.force_login(AssignmentFactory(user=dana, location=austin).user)
    task = TaskFactory(location=austin, kind=Task.Kind.NOT_DELIVERED)
    tried = f"{TASKS}{task.pk}/tried/?queue=unreached"
    for number, (result, minute) in enumerate([("left_message", 0), ("wrong_number", 5)]):
        time_machine.move_to(NOON.replace(minute=minute), tick=False)
        answer = client.post(tried, {"tries": number, "result": result})
        assert answer["Location"] == f"{TASKS}unreached/#task-{task.pk}"
    page = words(client.get(f"{TASKS}unreached/"))
    last, first = "12:05\xa0pm: wrong number Dana Osei", "12:00\xa0pm: left a message Dana Osei"
    assert page.index(f"Mon, Mar 1, {last}") < page.index(f"Mon, Mar 1, {first}")
    assert client.post(tried, {"tries": 2, "result": "nonsense"}).status_code == 409


def test_what_a_booking_lacks_is_said(desk, austin):
    user = UserFactory()
    draft = FullDraftFactory(birth_date=None, starts_at=None, desk=austin, started_by=user)
    TaskFactory(location=austin, kind=Task.Kind.MISSING_DETAILS, draft=draft, contact_name="")
    page = words(desk.get(f"{TASKS}details/"))
    assert "What is missing" in page
    assert "Time, date of birth" in page


def test_the_days_that_the_law_leaves_for_an_estimate_are_said(desk, austin, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 25, 18, tzinfo=dt.UTC), tick=False)  # before Thanksgiving
    due_at = dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)
    TaskFactory(location=austin, kind=Task.Kind.ESTIMATE, appointment=AppointmentFactory(), due_at=due_at)
    assert "2 business days after today" in words(desk.get(f"{TASKS}estimates/"))


def test_anothers_location_in_the_filter_shows_nothing_of_it(desk, austin):
    mine, foreign = TaskFactory(location=austin), TaskFactory()
    assert shown(desk.get(TASKS, {"location": foreign.location_id})) == [mine]


def test_an_empty_list_says_so(desk):
    assert "Nothing to do right now" in desk.get(TASKS).content.decode()
    assert "No blood test is awaited." in desk.get(f"{TASKS}labs/").content.decode()


def test_someone_without_a_role_reads_what_is_missing(client):
    TaskFactory()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    response = client.get(TASKS)
    assert shown(response) == []
    assert "You have no location yet" in response.content.decode()


def test_long_lists_have_pages(desk, austin):
    TaskFactory.create_batch(26, location=austin)
    assert len(shown(desk.get(TASKS))) == 25
    assert len(shown(desk.get(TASKS, {"page": 2}))) == 1
    assert len(shown(desk.get(TASKS, {"page": "99"}))) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_rows(desk, austin, rows, django_assert_num_queries):
    for _ in range(rows):
        task = TaskFactory(location=austin, appointment=AppointmentFactory(scanner__location=austin))
        desk.post(f"{TASKS}{task.pk}/tried/", {"tries": 0})
    desk.get(TASKS)
    with django_assert_num_queries(LIST_QUERIES):
        desk.get(TASKS)


LIST_QUERIES = 29


def test_done_closes_the_task_with_the_note_and_the_name(desk, austin):
    task = TaskFactory(location=austin)
    response = desk.post(f"{TASKS}{task.pk}/done/?queue=callbacks", {"outcome": "Booked for Friday"})

    assert (response.status_code, response["Location"]) == (303, f"{TASKS}callbacks/")
    assert 'role="status" tabindex="-1" data-focus' in desk.get(TASKS).content.decode()
    task.refresh_from_db()
    user_id = desk.session["_auth_user_id"]
    assert (task.outcome, task.closed_by) == ("Booked for Friday", f"staff:{user_id}")
    event = AuditEvent.objects.get()
    assert (event.event, event.actor_name, event.object_id) == ("task.closed", user_id, str(task.pk))
    assert shown(desk.get(TASKS)) == []


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        ("", "Write what came of it, then press Done"),
        ("   ", "Write what came of it, then press Done"),
        ("x" * 201, "Use at most 200 letters"),
    ],
)
def test_done_needs_a_short_note_and_loses_nothing_typed(desk, austin, outcome, error):
    task = TaskFactory(location=austin)
    response = desk.post(f"{TASKS}{task.pk}/done/", {"outcome": outcome})

    assert response.status_code == 422
    page = response.content.decode()
    assert page.count(error) == 2  # in the summary and beside the field
    assert f'href="#outcome-{task.pk}"' in page
    assert f'value="{outcome}"' in page
    assert "<title>Error: Tasks" in page
    task.refresh_from_db()
    assert task.closed_at is None


def test_a_second_done_changes_nothing_and_keeps_what_was_typed(desk, austin):
    task = TaskFactory(location=austin)
    desk.post(f"{TASKS}{task.pk}/done/", {"outcome": "First"})
    response = desk.post(f"{TASKS}{task.pk}/done/", {"outcome": "Second"})

    assert response.status_code == 409
    page = response.content.decode()
    assert "First" in page
    assert "Second" in page
    task.refresh_from_db()
    assert task.outcome == "First"
    assert AuditEvent.objects.count() == 1


def test_tried_no_answer_counts_one_try(desk, austin):
    task = TaskFactory(location=austin)
    response = desk.post(f"{TASKS}{task.pk}/tried/", {"tries": "0"})

    assert (response.status_code, response["Location"]) == (303, f"{TASKS}#task-{task.pk}")
    task.refresh_from_db()
    assert (task.tries, task.closed_at) == (1, None)
    page = desk.get(TASKS).content.decode()
    assert f'id="task-{task.pk}" tabindex="-1" aria-describedby="said"' in page
    assert "data-focus" not in page
    assert AuditEvent.objects.get().event == "task.tried"


def test_after_done_the_list_goes_on_with_the_next_task(desk, austin):
    one, two, three = (TaskFactory(location=austin, kind=kind) for kind in ("callback", "labs", "callback"))
    for task, query, then, page in ((one, "?queue=callbacks", three, "callbacks/"), (three, "", two, "")):
        response = desk.post(f"{TASKS}{task.pk}/done/{query}", {"outcome": "Booked"})
        assert response["Location"] == f"{TASKS}{page}#task-{then.pk}"


@pytest.mark.parametrize("tries", ["0", "", "many"])
def test_a_repeated_try_does_not_count_twice(desk, austin, tries):
    task = TaskFactory(location=austin, tries=1)
    assert desk.post(f"{TASKS}{task.pk}/tried/", {"tries": tries}).status_code == 409
    task.refresh_from_db()
    assert task.tries == 1


def test_a_try_for_a_done_task_is_refused(desk, austin):
    task = TaskFactory(location=austin, closed_at=timezone.now(), closed_by="staff:1")
    assert desk.post(f"{TASKS}{task.pk}/tried/", {"tries": "0"}).status_code == 409


@pytest.mark.parametrize("action", ["done", "tried"])
def test_anothers_task_and_a_missing_one_look_alike(desk, action):
    foreign = TaskFactory()
    answers = [
        desk.post(f"{TASKS}{pk}/{action}/", {"outcome": "x", "tries": "0"}) for pk in (foreign.pk, 10**9)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    foreign.refresh_from_db()
    assert (foreign.closed_at, foreign.tries) == (None, 0)


@pytest.mark.parametrize("action", ["done", "tried"])
def test_an_auditor_looks_and_does_not_touch(client, austin, action):
    task = TaskFactory(location=austin)
    client.force_login(AssignmentFactory(location=austin, role=Assignment.Role.AUDITOR).user)

    page = client.get(TASKS)
    assert shown(page) == [task]
    assert "You can look, but not finish." in page.content.decode()
    assert client.post(f"{TASKS}{task.pk}/{action}/", {"outcome": "x", "tries": "0"}).status_code == 403


def test_a_page_of_a_post_asked_for_by_get_leads_back_to_the_list(desk):
    response = desk.get(f"{TASKS}7/done/?kind=labs")
    assert (response.status_code, response["Location"]) == (303, f"{TASKS}?kind=labs")


def test_one_says_that_they_do_it_and_others_see_the_name(client, austin):
    task = TaskFactory(location=austin)
    address = f"{TASKS}{task.pk}/take/"
    first, second = (
        AssignmentFactory(location=austin, role=Assignment.Role.FRONT_DESK, user__last_name=name).user
        for name in ("Rivera", "Kim")
    )
    client.force_login(first)
    assert "Front desk</p>" in client.get(TASKS).content.decode()
    assert client.post(address).status_code == 303
    assert "Give back" in client.get(TASKS).content.decode()

    client.force_login(second)
    assert f"Front desk: {first}" in client.get(TASKS).content.decode()
    answer = client.post(address)
    assert (answer.status_code, f"{first} has it." in answer.content.decode()) == (409, True)
    client.post(address, {"take_over": ""})
    assert f"Front desk: {second}" in client.get(TASKS).content.decode()
    client.post(address, {"give_back": ""})
    assert "Front desk</p>" in client.get(TASKS).content.decode()


def test_a_review_is_taken_on_its_page(desk, austin):
    task = TaskFactory(location=austin, kind=Task.Kind.REVIEW, appointment=AppointmentFactory())
    assert "Technologist</p>" in desk.get(TASKS).content.decode()
    assert desk.post(f"{TASKS}{task.pk}/take/").status_code == 403
