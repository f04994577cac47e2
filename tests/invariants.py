"""What must hold after every step, whatever was done: read from the tables, not from the code under test."""

import re
from collections import Counter, defaultdict
from itertools import pairwise

from scheduling.models import Appointment, AuditEvent, Message
from scheduling.models.appointments import IDENTIFIERS

OCCUPYING = {"held", "booked", "arrived", "in_exam", "done", "no_show"}
IDENTITY = (*IDENTIFIERS, "patient_id", "booked_at")
# A history is written with one letter per event.
LETTERS = {
    "hold.placed": "p",
    "hold.extended": "x",
    "hold.ended": "e",
    "visit.booked": "b",
    "visit.moved": "m",
    "visit.canceled": "c",
    "visit.taken_back": "t",
    "visit.exam_corrected": "o",
    "visit.change_undone": "u",
    "visit.arrived": "a",
    "visit.step_undone": "s",
}
STEPS = "as"
ANNOUNCED = (
    (("confirmation",), "b"),
    (("moved", "center_moved", "corrected"), "mo"),
    (("canceled",), "c"),
    (("taken_back",), "t"),
)
CHANGES = r"(m|mu|o|ou|ct|cu)*"
HISTORIES = {
    "held": r"px*",
    "expired": r"px*e",
    "booked": rf"px*b{CHANGES}",
    "arrived": rf"px*b{CHANGES}",
    "canceled": rf"px*b{CHANGES}c",
}
# Who came without a time is booked and here at once, or back in the queue.
WALK_IN_HISTORIES = {"arrived": r"pb(cb)*", "canceled": r"pb(cb)*c"}
DESK_HISTORIES = {"booked": CHANGES, "canceled": f"{CHANGES}c"}  # rows that the desk wrote without a hold


def check_calendar() -> None:
    """No two on one scanner, no patient in two places, the columns of each status, one visit a draft."""
    rows = list(Appointment.objects.all())
    standing = [row for row in rows if row.status in OCCUPYING]
    for key, end, knowingly in (
        ("scanner_id", "occupied_until", "overbooked"),
        ("patient_id", "ends_at", "overlap_reason"),
    ):
        of = defaultdict(list)
        for row in standing:
            if not getattr(row, knowingly) and getattr(row, key):
                of[getattr(row, key)].append((row.starts_at, getattr(row, end), row.pk))
        for ranges in of.values():
            for earlier, later in pairwise(sorted(ranges)):
                assert earlier[1] <= later[0], f"{key}: {earlier} and {later}"
    for row in rows:
        assert (row.held_until is not None) == (row.status == "held"), row.pk
        assert (row.canceled_at is not None) == bool(row.canceled_by) == (row.status == "canceled"), row.pk
        if row.status not in {"held", "expired"}:
            assert all(getattr(row, name) for name in IDENTITY), row.pk
    drafts = Counter(row.draft_id for row in rows if row.draft_id and row.status != "expired")
    assert set(drafts.values()) <= {1}, drafts


def histories() -> dict[int, str]:
    """The audit of each appointment, oldest first, one letter an event."""
    found: dict[int, str] = defaultdict(str)
    events = AuditEvent.objects.filter(object_kind="appointment", event__in=LETTERS).order_by("pk")
    for pk, event in events.values_list("object_id", "event"):
        found[int(pk)] += LETTERS[event]
    return found


def quiet_moves() -> Counter[int]:
    """Who is here hears of a swap or a delay from who stands beside them."""
    moves = AuditEvent.objects.filter(event="visit.moved", after__told=False)
    return Counter(int(pk) for pk in moves.values_list("object_id", flat=True))


def check_histories() -> None:
    """Every row got where it is by audited steps, each written once. A purged hold leaves a whole history."""
    told = histories()
    for row in Appointment.objects.all():
        history = told.pop(row.pk, "")
        was_held = row.draft_id or row.status in {"held", "expired"}  # proposed times have no draft
        shapes = HISTORIES if was_held else DESK_HISTORIES
        shape = (WALK_IN_HISTORIES if row.source == "walk_in" else shapes)[row.status]
        told_of = f"{row.pk} is {row.status}: {history}"
        assert re.fullmatch(shape, re.sub(f"[{STEPS}]", "", history)), told_of
        # Who is moved to another day comes again: no step is taken back for it.
        steps = re.sub(f"[^{STEPS}]", "", history)
        assert re.fullmatch(r"(a+s?)*", steps), told_of
        assert row.status != "arrived" or steps.endswith("a"), told_of
        assert history.count("x") == row.hold_extensions, row.pk
        again = max(history.count("b") - 1, 0)  # a walk-in that was put back
        assert sum(history.count(letter) for letter in "moctu") + again == row.ical_sequence, row.pk
    for pk, history in told.items():
        assert re.fullmatch(HISTORIES["expired"], history), f"{pk} is gone: {history}"


def check_messages() -> None:
    """One row per event; what is unsent still speaks of the visit as it is now."""
    told, quiet = histories(), quiet_moves()
    unsent = Counter()
    announced = Counter()
    for message in Message.objects.select_related("appointment"):
        visit = message.appointment
        announced[visit.pk, message.kind] += 1
        if message.status in {"pending", "sending"}:
            unsent[visit.pk, message.kind, message.channel, message.ical_sequence] += 1
            assert message.ical_sequence == visit.ical_sequence, message.pk
            expected = {"canceled"} if message.kind == "canceled" else {"booked", "arrived"}
            assert visit.status in expected, message.pk
    assert set(unsent.values()) <= {1}, unsent
    for visit in Appointment.objects.filter(by_email=True):
        history = told.get(visit.pk, "")
        for kinds, letters in ANNOUNCED:
            happened = sum(history.count(letter) for letter in letters)
            count = sum(announced[visit.pk, kind] for kind in kinds)
            count += quiet[visit.pk] if "m" in letters else 0
            # An undo announces again what its change had withdrawn before it left.
            again = history.count("u") if letters != "c" else 0
            assert happened <= count <= happened + again, f"{visit.pk}: {kinds}"


def check_everything() -> None:
    check_calendar()
    check_histories()
    check_messages()
