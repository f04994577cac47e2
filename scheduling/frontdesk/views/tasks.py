"""Open work, all of it or one queue: without it, "we will call" would be a lie."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from locations.models import User
from scheduling.actions import tasks
from scheduling.actions.tries import count_try
from scheduling.exceptions import EditConflict, IllegalMove, LookedAt, NoTimeToTry
from scheduling.frontdesk import queue_words
from scheduling.frontdesk.forms import OutcomeForm, TaskFilter
from scheduling.frontdesk.queue_columns import CALLS, COLUMNS
from scheduling.frontdesk.queue_words import said_of
from scheduling.frontdesk.try_form import TriedForm
from scheduling.models import Task
from scheduling.models.tasks import TaskQuerySet
from scheduling.queries import worklist
from scheduling.queries.queues import Queue, tasks_in
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

TASKS_A_PAGE = 25
FOCUS = "focus"  # the message itself takes the focus: no row is left for it


class StaffRequest(HttpRequest):
    user: User


@dataclass(frozen=True, slots=True)
class Unsaved:
    """The row whose form has an error, and the form as it was typed."""

    task_id: int
    form: Form

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The field, and what is wrong with it."""
        return [(name, str(said)) for name, found in self.form.errors.items() for said in found]


class TaskList(LoginRequiredMixin, View):
    def get(self, request: StaffRequest, queue: Queue | None = None) -> HttpResponse:
        return _list_page(request, queue)


class TaskDone(LoginRequiredMixin, View):
    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        """Where someone lands who had to sign in again in between."""
        return SeeOther(_back(request))

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        task = _workable_task(request.user, task_id)
        if not worklist.may_finish(request.user, task):
            raise PermissionDenied
        form, now = OutcomeForm(request.POST), timezone.now()
        if not form.is_valid():
            return _list_page(request, _queue(request), unsaved=Unsaved(task.pk, form), status=422)
        outcome, by = form.cleaned_data["outcome"], Actor.staff(request.user.pk)
        following = worklist.neighbor_of(task, _filtered(request, _queue(request), now=now))
        try:
            tasks.close_task(task_id=task.pk, outcome=outcome, now=now, by=by)
        except IllegalMove:
            return _conflict_page(request, task, note=outcome)
        return _back_to(request, following, _("Done."))


class TaskTried(LoginRequiredMixin, View):
    """A call, and what came of it."""

    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return SeeOther(_back(request))

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        task, now = _workable_task(request.user, task_id), timezone.now()
        form = TriedForm(request.POST, location=task.location, now=now)
        if form.is_valid():
            return self._count(request, task, form, now)
        if form.is_made_up:
            return _conflict_page(request, task)
        return _list_page(request, _queue(request), unsaved=Unsaved(task.pk, form), status=422)

    def _count(self, request: StaffRequest, task: Task, form: TriedForm, now: datetime) -> HttpResponse:
        """Work goes on with the one after it, where this one is done or rests."""
        is_done = form.came_of_it == Task.Try.DONE
        if is_done and not worklist.may_finish(request.user, task):
            raise PermissionDenied
        after = worklist.neighbor_of(task, _filtered(request, _queue(request), now=now))
        try:
            tried = count_try(task_id=task.pk, **form.seen(), now=now, by=Actor.staff(request.user.pk))
        except NoTimeToTry as refusal:
            form.add_error("next_try", str(refusal))
            return _list_page(request, _queue(request), unsaved=Unsaved(task.pk, form), status=422)
        except (IllegalMove, EditConflict):
            return _conflict_page(request, task, note=form.cleaned_data["outcome"])
        row = after if is_done or (after and tried.rests(now)) else tried.pk
        return _back_to(request, row, said_of(tried, form.came_of_it, now=now))


class TaskTake(LoginRequiredMixin, View):
    """“I do it”, and “give back”: so that no two call the same patient."""

    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return SeeOther(_back(request))

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        task = _workable_task(request.user, task_id)
        if worklist.is_decided_elsewhere(task):
            raise PermissionDenied
        user, now, by = request.user, timezone.now(), Actor.staff(request.user.pk)
        try:
            if "give_back" in request.POST:
                tasks.give_back(task_id=task.pk, user=user, now=now, by=by)
                return _back_to(request, task.pk, _("Given back."))
            take_over = "take_over" in request.POST
            tasks.take(task_id=task.pk, user=user, take_over=take_over, now=now, by=by)
        except LookedAt as refusal:
            return _conflict_page(request, task, taken_by=refusal.who)
        except IllegalMove:
            return _conflict_page(request, task)
        return _back_to(request, task.pk, _("It is yours. Others see your name."))


def _workable_task(user: User, task_id: int) -> Task:
    task = worklist.task_for(user, task_id)
    if not worklist.may_work(user, task):
        raise PermissionDenied
    return task


def _list_page(
    request: StaffRequest, queue: Queue | None, *, unsaved: Unsaved | None = None, status: int = 200
) -> HttpResponse:
    filter_form, now = TaskFilter(request.GET, user=request.user), timezone.now()
    found = _filtered(request, queue, now=now, filter_form=filter_form)
    page = Paginator(found, TASKS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "queue": queue,
        "name": queue_words.NAMES[queue] if queue else _("Tasks"),
        "nothing": queue_words.EMPTY[queue] if queue else "",
        "filter": filter_form,
        "page": page,
        "late": worklist.late_tasks(worklist.tasks_for(request.user, now=now), now=now),
        "resting": page.paginator.count - found.to_do(now).count(),
        "rows": worklist.task_rows(request.user, page.object_list, now=now),
        "unsaved": unsaved,
        "columns": COLUMNS[queue],
        "calls": queue in CALLS,
        "several_places": len(filter_form.places) > 1,
        "now": now,
        "landing": {message.extra_tags for message in messages.get_messages(request)},
        "query": _query(request, queue),
    }
    return render(request, "frontdesk/tasks.html", context, status=status)


def _filtered(
    request: StaffRequest, queue: Queue | None, *, now: datetime, filter_form: TaskFilter | None = None
) -> TaskQuerySet:
    form = filter_form or TaskFilter(request.GET, user=request.user)
    found = worklist.tasks_for(request.user, now=now).filter(**form.lookups())
    return tasks_in(queue, found) if queue else found


def _conflict_page(request: StaffRequest, task: Task, *, note: str = "", taken_by: str = "") -> HttpResponse:
    """Another desk was first. Shows what it did, and what was typed here."""
    task = worklist.task_for(request.user, task.pk)
    context = {"task": task, "note": note, "taken_by": taken_by, "back": _back(request)}
    return render(request, "frontdesk/task_conflict.html", context, status=409)


def _back_to(request: StaffRequest, row: int | None, said: str) -> HttpResponse:
    """To a row of the list: the browser itself puts the focus there, and the row says what was done."""
    messages.success(request, said, extra_tags=str(row) if row else FOCUS)
    return SeeOther(_back(request) + (f"#task-{row}" if row else ""))


def _queue(request: HttpRequest) -> Queue | None:
    """Of the list that a form stands in."""
    name = request.GET.get("queue")
    return Queue(name) if name in list(Queue) else None


def _query(request: HttpRequest, queue: Queue | None) -> str:
    """Which list a form leads back to."""
    query = request.GET.copy()
    if queue:
        query["queue"] = queue
    return query.urlencode()


def _back(request: HttpRequest) -> str:
    query, queue = request.GET.copy(), _queue(request)
    query.pop("queue", None)
    address = reverse("frontdesk:queue", args=[queue]) if queue else reverse("frontdesk:tasks")
    return address + (f"?{query.urlencode()}" if query else "")
