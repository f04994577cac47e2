"""`TaskFactory` is a callback for Ana at a location of its own, due at noon in Austin."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Task
from tests.factories.locations import LocationFactory


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    kind = Task.Kind.CALLBACK
    location = factory.SubFactory(LocationFactory)
    reason = "Asked to be called"
    contact_name = factory.Sequence(lambda n: f"Caller {n}")
    contact_phone = "+15125550147"
    due_at = dt.datetime(2027, 3, 1, 18, tzinfo=dt.UTC)
    created_at = dt.datetime(2027, 3, 1, 17, tzinfo=dt.UTC)
