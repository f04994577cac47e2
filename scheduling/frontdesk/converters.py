"""Days and queues in addresses."""

from datetime import date

from scheduling.queries.queues import Queue


class DayConverter:
    """2026-12-01; a day that no calendar has is no address."""

    regex = r"20\d\d-\d\d-\d\d"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class QueueConverter:
    regex = "|".join(Queue)

    def to_python(self, value: str) -> Queue:
        return Queue(value)

    def to_url(self, value: str) -> str:
        return Queue(value).value
