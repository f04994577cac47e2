"""Confirming bookings over HTTP: gunicorn with two processes, real sessions, audit and outbox."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from statistics import median, quantiles
from time import perf_counter

from django.urls import reverse
from django.utils import timezone

from benchmarks.report import Row
from locations.models import Scanner
from scheduling.actions.holds import place_hold
from scheduling.models import Appointment, Attempts, Draft, Exam
from scheduling.queries.drafts import digest_of
from scheduling.queries.openings import Wish, find_openings
from scheduling.rules.actors import Actor
from tests.concurrency.conftest import running_server
from tests.factories.journey import bookable, ready_draft
from tests.http import HttpBrowser

CLIENTS = 8
SCANNERS = 8
EACH = 25
RIVALS = 50
PATIENT = Actor.patient("benchmark")
Post = tuple[HttpBrowser, str, dict[str, str]]


def measure(size: int) -> Iterator[Row]:
    Attempts.objects.all().delete()  # one address sends all of it, and bookings of an address are limited
    now = timezone.now()
    with running_server() as base:
        drafts = [draft for number in range(SCANNERS) for draft in held_drafts(f"{size}-{number}", now)]
        yield row(
            f"confirm, {CLIENTS} clients", size, [post_of(base, draft) for draft in drafts], CLIENTS, "100/s"
        )

        machine, exam = bookable()
        starts_at = times_apart(machine, exam, now)[5]
        rivals = [
            ready_draft(machine, exam, starts_at=starts_at, visitor=f"{size}-r{n}", given_name=f"R{size}-{n}")
            for n in range(RIVALS)
        ]
        yield row(
            f"{RIVALS} rivals for one time",
            size,
            [post_of(base, one) for one in rivals],
            RIVALS,
            "2 s, 1 booked",
        )
        assert Appointment.objects.filter(scanner=machine, status="booked").count() == 1


def held_drafts(name: str, now: datetime) -> list[Draft]:
    machine, exam = bookable()
    drafts = []
    for number, starts_at in enumerate(times_apart(machine, exam, now)[:EACH]):
        draft = ready_draft(
            machine, exam, starts_at=starts_at, visitor=f"{name}-{number}", given_name=f"P{name}{number}"
        )
        place_hold(
            draft_id=draft.pk, location_id=machine.location_id, starts_at=starts_at, now=now, by=PATIENT
        )
        drafts.append(draft)
    return drafts


def times_apart(machine: Scanner, exam: Exam, now: datetime) -> list[datetime]:
    """Times of the coming days that don't overlap."""
    found: list[datetime] = []
    free_from = now
    today = now.date()
    for opening in find_openings(
        wish=Wish(exam_id=exam.pk, laterality="left"),
        location_id=machine.location_id,
        first=today,
        last=today + timedelta(days=10),
        now=now,
    ):
        if opening.starts_at >= free_from:
            found.append(opening.starts_at)
            free_from = opening.occupied_until
    return found


def post_of(base: str, draft: Draft) -> Post:
    draft.refresh_from_db()
    path = reverse("portal:check", kwargs={"draft_id": draft.pk})
    return HttpBrowser.of_visitor(base, draft.visitor), path, {"digest": digest_of(draft)}


def row(work: str, size: int, posts: list[Post], clients: int, goal: str) -> Row:
    with ThreadPoolExecutor(clients) as pool:
        start = perf_counter()
        replies = list(pool.map(confirm, posts))
        seconds = perf_counter() - start
    times = [milliseconds for milliseconds, _ in replies]
    booked = sum(status == 303 for _, status in replies)
    assert {status for _, status in replies} <= {303, 409}
    return Row(
        work=work,
        size=size,
        median_ms=round(median(times), 2),
        p95_ms=round(quantiles(times, n=20)[-1], 2),
        queries=0,
        results=booked,
        goal=goal,
        rate=f"{len(posts) / seconds:.0f}/s" if booked > 1 else f"{seconds:.1f} s",
    )


def confirm(post: Post) -> tuple[float, int]:
    browser, path, form = post
    start = perf_counter()
    reply = browser.post(path, form)
    return (perf_counter() - start) * 1000, reply.status
