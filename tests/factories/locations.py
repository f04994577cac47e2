"""Unsurprising places and staff.

`LocationFactory` is a center in Austin, Texas (America/Chicago) without any opening hours;
`OpenLocationFactory` is the same center, open for visits, contrast and its doors every day
from 07:00 to 19:00. `ScannerFactory` is an MRI scanner without contrast at an open location.
"""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from locations.models import Assignment, Closure, Location, Notice, OpeningHours, Scanner, User

OPENS, CLOSES = 7 * 60, 19 * 60


class LocationFactory(DjangoModelFactory):
    class Meta:
        model = Location

    name = factory.Sequence(lambda n: f"Center {n}")
    slug = factory.Sequence(lambda n: f"center-{n}")
    address = "1100 Congress Avenue"
    city = "Austin"
    state = "TX"
    zip_code = "78701"
    phone = "+15125550142"
    time_zone = "America/Chicago"
    latitude = 30.2711
    longitude = -97.7437


class OpenLocationFactory(LocationFactory):
    @factory.post_generation
    def hours(self, create, extracted, **kwargs):
        if create:
            OpeningHours.objects.bulk_create(
                OpeningHours(location=self, kind=kind, weekday=weekday, opens=OPENS, closes=CLOSES)
                for kind in OpeningHours.Kind.values
                for weekday in OpeningHours.Weekday.values
            )

    class Meta:
        model = Location
        skip_postgeneration_save = True


class ScannerFactory(DjangoModelFactory):
    class Meta:
        model = Scanner

    location = factory.SubFactory(OpenLocationFactory)
    name = factory.Sequence(lambda n: f"MRI {n}")
    modality = "MR"
    dicom_modality = factory.LazyAttribute(lambda s: {"XR": "DX"}.get(s.modality, s.modality))
    turnover_minutes = 5


class OpeningHoursFactory(DjangoModelFactory):
    class Meta:
        model = OpeningHours

    location = factory.SubFactory(LocationFactory)
    weekday = OpeningHours.Weekday.MONDAY
    opens = OPENS
    closes = CLOSES


class ClosureFactory(DjangoModelFactory):
    class Meta:
        model = Closure

    location = factory.SubFactory(LocationFactory)
    kind = Closure.Kind.HOLIDAY
    starts_at = dt.datetime(2027, 1, 1, 6, tzinfo=dt.UTC)
    ends_at = dt.datetime(2027, 1, 2, 6, tzinfo=dt.UTC)


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    text_en = "Please wear a mask."
    text_es = "Por favor, use mascarilla."
    shown_from = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    shown_until = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"staff{n}@alliance.example")
    first_name = "Sam"
    last_name = "Rivera"


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment

    user = factory.SubFactory(UserFactory)
    location = factory.SubFactory(LocationFactory)
    role = Assignment.Role.FRONT_DESK
