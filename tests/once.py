"""Rows that are made once for a module's tests: each test changes them inside a savepoint of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import time_machine
from django.db import transaction

from tests.factories.journey import NOW

T = TypeVar("T")


@contextmanager
def made_once(make: Callable[[], T], django_db_blocker) -> Iterator[T]:
    """For a fixture of scope "module" that also asks for `django_db_setup`. What `make` makes, at NOW, is
    there for the module's tests and then rolled back; a test takes a deep copy of the objects."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            made = make()
        yield made
        transaction.set_rollback(True)
