import datetime as dt
from io import StringIO

import pytest
import zipcodes
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from locations.geography import Point
from locations.models import Assignment, Closure, Location, Notice, Scanner, User
from locations.queries import nearest_locations
from scheduling.management.demo.papers import LETTER
from scheduling.management.demo.staff import PASSWORD
from scheduling.models import (
    Appointment,
    Document,
    Exam,
    Message,
    Offering,
    Order,
    Task,
    WalkIn,
)
from scheduling.queries.documents import open_document
from scheduling.queries.machines import Wish
from scheduling.queries.openings import first_openings
from scheduling.queries.walk_ins import queue_at

pytestmark = pytest.mark.django_db  # without it, run alone, nobody makes the database of the tests
Status = Appointment.Status


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Made once for this module's reading tests; taken away by rolling back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True):
        out = StringIO()
        call_command("make_demo", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


def test_demo_has_six_locations_in_three_zones_one_without_summer_time(demo):
    zones = sorted(location.time_zone for location in Location.objects.all())
    assert zones == ["America/Chicago"] * 2 + ["America/New_York"] * 2 + ["America/Phoenix"] * 2
    assert Scanner.objects.count() == 20


def test_demo_stands_where_its_zip_codes_are(demo):
    for location in Location.objects.all():
        (place,) = zipcodes.matching(location.zip_code)
        near = nearest_locations(Point(float(place["lat"]), float(place["long"])), limit=1)[0]
        assert near.location == location
        assert near.miles < 3
        assert (place["city"], place["state"], place["timezone"]) == (
            location.city,
            location.state,
            location.time_zone,
        )


def test_demo_scanners_differ_in_what_they_can_do(demo):
    magnets = Scanner.objects.filter(modality="MR")
    assert {str(scanner.field_strength_tesla) for scanner in magnets} == {"1.50", "3.00"}
    assert {scanner.bore_cm for scanner in magnets} == {60, 70}
    assert {scanner.weight_limit_lb for scanner in magnets} == {350, 500, 550}
    assert {scanner.dicom_modality for scanner in Scanner.objects.filter(modality="XR")} == {"DX", "CR"}


def test_demo_prices_are_marked_as_examples(demo):
    assert Offering.objects.exists()
    assert not Offering.objects.filter(price_is_example=False).exists()
    assert not Offering.objects.filter(price=None).exists()


def test_demo_offers_every_exam_somewhere_and_can_book_it(demo):
    location_ids = list(Location.objects.values_list("pk", flat=True))
    now = timezone.now()
    for exam in Exam.objects.all():
        assert first_openings(wish=Wish(exam_id=exam.pk), location_ids=location_ids, limit=1, now=now), exam


def test_demo_has_someone_of_every_role_who_can_sign_in(demo):
    assert set(Assignment.objects.values_list("role", flat=True)) == set(Assignment.Role.values)
    for user in User.objects.all():
        assert user.check_password(PASSWORD)
        assert not user.is_superuser


def test_demo_is_full_soon_and_empty_later(demo):
    """Of the magnets with office hours, over whole weeks."""
    now = timezone.now()

    def booked(first, last):
        rows = Appointment.objects.occupying(now).filter(
            scanner__modality="MR",
            starts_at__gte=now + dt.timedelta(days=first),
            starts_at__lt=now + dt.timedelta(days=last),
        )
        return rows.count()

    assert booked(-7, 0) > 2 * booked(10, 17) > 4 * booked(21, 28) > 0


def test_demo_visits_of_the_past_are_over_and_those_ahead_are_not(demo):
    now = timezone.now()
    past = Appointment.objects.filter(ends_at__lt=now - dt.timedelta(hours=1))
    ahead = Appointment.objects.filter(arrive_at__gt=now + dt.timedelta(hours=1))
    assert set(past.values_list("status", flat=True)) == {Status.DONE, Status.NO_SHOW, Status.CANCELED}
    assert set(ahead.values_list("status", flat=True)) == {Status.BOOKED, Status.CANCELED}


def test_demo_books_nobody_into_a_closure(demo):
    assert Closure.objects.filter(kind="holiday").count() == 5
    assert Closure.objects.filter(kind="downtime").count() == 1
    for closure in Closure.objects.all():
        visits = Appointment.objects.filter(
            scanner__location=closure.location, starts_at__lt=closure.ends_at, ends_at__gt=closure.starts_at
        )
        assert not (visits.filter(scanner=closure.scanner) if closure.scanner else visits).exists()


def test_demo_gives_contrast_only_where_it_can_be_given(demo):
    assert not Appointment.objects.exclude(exam__contrast="none").filter(scanner__has_contrast=False).exists()


def test_demo_has_open_tasks_with_someone_to_call_and_some_overdue(demo):
    tasks = Task.objects.open()
    assert set(tasks.values_list("location__slug", flat=True)) == set(
        Location.objects.values_list("slug", flat=True)
    )
    assert tasks.filter(due_at__lt=timezone.now(), tries=1).count() == 2
    assert all(task.contact_phone or (task.appointment or task.order).phone for task in tasks)


def test_demo_has_orders_in_every_open_state(demo):
    assert set(Order.objects.values_list("status", flat=True)) == {"new", "ready", "invited"}
    assert Order.objects.filter(urgency="urgent", status="ready").exists()
    assert Message.objects.filter(kind="order_invited").exists()
    assert Task.objects.filter(kind="invitation").exists()
    assert Document.objects.filter(order__isnull=False, order__exam=None).count() == 1


def test_demo_has_an_order_to_match_and_estimates_for_who_pays_themselves(demo):
    order = Document.objects.exclude(appointment=None).get()
    assert Task.objects.open().filter(appointment=order.appointment, kind="match_order").exists()
    with open_document(order) as file:
        assert Image.open(file).size == LETTER
    estimates = Task.objects.open().filter(kind="estimate")
    assert {task.appointment.paying for task in estimates} == {"self"}


def test_demo_shows_a_notice_now(demo):
    now = timezone.now()
    assert Notice.objects.filter(shown_from__lte=now, shown_until__gt=now, locations=None).count() == 1


def test_demo_says_what_it_made(demo):
    assert demo.splitlines()[-1] == f"Made 6 locations and {Appointment.objects.count()} visits around today."


def test_logins_are_printed_by_role(demo):
    out = StringIO()
    call_command("demo_logins", stdout=out)
    assert out.getvalue().splitlines()[0] == f"front desk: desk@alliance.example / {PASSWORD}"
    assert len(out.getvalue().splitlines()) == User.objects.count()


def test_demo_has_people_who_wait_for_an_x_ray_where_it_is_open(demo):
    places = set(WalkIn.objects.waiting().values_list("location__slug", flat=True))
    assert "camelback" in places  # day and night
    for location in Location.objects.filter(slug__in=places):
        assert len(queue_at(location, now=timezone.now()).rows) == 3
