"""Who does something: the `by=` of every action, and the first column of the audit."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """A patient (or someone acting for one), a member of staff, or a named process.

    `name` is an id or a process name, never a person's name: it is written to the audit and to logs.
    """

    kind: Literal["patient", "staff", "process"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def patient(cls, reference: str) -> "Actor":
        return cls("patient", reference)

    @classmethod
    def staff(cls, user_id: int) -> "Actor":
        return cls("staff", str(user_id))

    @classmethod
    def process(cls, name: str) -> "Actor":
        return cls("process", name)
