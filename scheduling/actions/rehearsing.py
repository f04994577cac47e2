"""Trying out a change: what it would do is seen, and nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rehearsed() -> Iterator[None]:
    """What is written inside is seen by who asks there, and then taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
