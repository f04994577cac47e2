"""Open work, all of it or one queue: without it, "we will call" would be a lie."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from locations.models import User
from scheduling.actions import tasks
from scheduling.exceptions import EditConflict, IllegalMove, LookedAt
from scheduling.frontdesk import queue_words
from scheduling.frontdesk.forms import OutcomeForm, TaskFilter, TriedForm
from scheduling.models import Task
from scheduling.queries import worklist
from scheduling.queries.queues import KINDS, Queue
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

TASKS_A_PAGE = 25
FOCUS = "focus"  # the message itself takes the focus: no row is left for it


class StaffRequest(HttpRequest):
    user: User


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
        form = OutcomeForm(request.POST)
        if not form.is_valid():
            unsaved = {"task_id": task.pk, "form": form}
            return _list_page(request, _queue(request), unsaved=unsaved, status=422)
        outcome, by = form.cleaned_data["outcome"], Actor.staff(request.user.pk)
        try:
            tasks.close_task(task_id=task.pk, outcome=outcome, now=timezone.now(), by=by)
        except IllegalMove:
            return _conflict_page(request, task, note=outcome)
        following = worklist.neighbor_of(task, _filtered(request, _queue(request)))
        return _back_to(request, following, _("Done."))


class TaskTried(LoginRequiredMixin, View):
    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return SeeOther(_back(request))

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        task = _workable_task(request.user, task_id)
        form = TriedForm(request.POST)
        by = Actor.staff(request.user.pk)
        try:
            tasks.count_try(task_id=task.pk, **form.seen(), now=timezone.now(), by=by)
        except (IllegalMove, EditConflict):
            return _conflict_page(request, task)
        return _back_to(request, task, _("Written down: %(result)s.") % {"result": form.result_words()})


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
                return _back_to(request, task, _("Given back."))
            take_over = "take_over" in request.POST
            tasks.take(task_id=task.pk, user=user, take_over=take_over, now=now, by=by)
        except LookedAt as refusal:
            return _conflict_page(request, task, taken_by=refusal.who)
        except IllegalMove:
            return _conflict_page(request, task)
        return _back_to(request, task, _("It is yours. Others see your name."))


def _workable_task(user: User, task_id: int) -> Task:
    task = worklist.task_for(user, task_id)
    if not worklist.may_work(user, task):
        raise PermissionDenied
    return task


def _list_page(
    request: StaffRequest, queue: Queue | None, *, unsaved: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """`unsaved`: the task whose form has an error, and the form as it was typed."""
    filter_form = TaskFilter(request.GET, user=request.user)
    page = Paginator(_filtered(request, queue, filter_form), TASKS_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "queue": queue,
        "name": queue_words.NAMES[queue] if queue else _("Tasks"),
        "nothing": queue_words.EMPTY[queue] if queue else "",
        "filter": filter_form,
        "page": page,
        "late": worklist.late_tasks(worklist.tasks_for(request.user), now=now),
        "rows": worklist.task_rows(request.user, page.object_list, now=now),
        "unsaved": unsaved,
        "tried_results": Task.Try.choices,
        "landing": {message.extra_tags for message in messages.get_messages(request)},
        "query": _query(request, queue),
    }
    return render(request, "frontdesk/tasks.html", context, status=status)


def _filtered(
    request: StaffRequest, queue: Queue | None, filter_form: TaskFilter | None = None
) -> QuerySet[Task]:
    form = filter_form or TaskFilter(request.GET, user=request.user)
    found = worklist.tasks_for(request.user).filter(**form.lookups())
    return found.filter(kind__in=KINDS[queue]) if queue else found


def _conflict_page(request: StaffRequest, task: Task, *, note: str = "", taken_by: str = "") -> HttpResponse:
    """Another desk was first. Shows what it did, and what was typed here."""
    task = worklist.task_for(request.user, task.pk)
    context = {"task": task, "note": note, "taken_by": taken_by, "back": _back(request)}
    return render(request, "frontdesk/task_conflict.html", context, status=409)


def _back_to(request: StaffRequest, row: Task | None, said: str) -> HttpResponse:
    """To a row of the list: the browser itself puts the focus there, and the row says what was done."""
    messages.success(request, said, extra_tags=str(row.pk) if row else FOCUS)
    return SeeOther(_back(request) + (f"#task-{row.pk}" if row else ""))


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
