"""A queue on paper: who is to be called goes on while the network is down."""

from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from scheduling.actions.visits import note_export
from scheduling.frontdesk import queue_words
from scheduling.frontdesk.forms import TaskFilter
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries import worklist
from scheduling.queries.queues import Queue, tasks_in
from scheduling.queries.worklist import TaskRow
from scheduling.rules.actors import Actor
from scheduling.rules.opening_hours import local_day

MOST_PRINTED = 300


class QueueSheet(LoginRequiredMixin, View):
    """A paper for each location."""

    http_method_names = ("get",)

    def get(self, request: StaffRequest, queue: Queue) -> HttpResponse:
        now, lookups = timezone.now(), TaskFilter(request.GET, user=request.user).lookups()
        found = tasks_in(queue, worklist.tasks_for(request.user, now=now).filter(**lookups))
        papers = _by_location(worklist.task_rows(request.user, found[:MOST_PRINTED], now=now))
        _note(papers, queue, now=now, by=Actor.staff(request.user.pk))
        context = {
            "queue": queue,
            "name": queue_words.NAMES[queue],
            "nothing": queue_words.EMPTY[queue],
            "papers": papers,
            "left_out": found.count() - sum(len(rows) for rows in papers),
            "now": now,
        }
        return render(request, "frontdesk/queue_sheet.html", context)


def _by_location(rows: list[TaskRow]) -> list[list[TaskRow]]:
    place = attrgetter("task.location.name", "task.location_id")
    return [list(there) for _place, there in groupby(sorted(rows, key=place), key=place)]


def _note(papers: list[list[TaskRow]], queue: Queue, *, now: datetime, by: Actor) -> None:
    for location in (rows[0].task.location for rows in papers):
        day = local_day(now, location.zone)
        note_export(location=location, what=f"queue: {queue}", day=day, now=now, by=by)
