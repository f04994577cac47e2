"""The bare list of open tasks: without it, "we will call" would be a lie."""

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
from scheduling.frontdesk.forms import OutcomeForm, TaskFilter, TriedForm
from scheduling.models import Task
from scheduling.queries import worklist
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

TASKS_A_PAGE = 25
FOCUS = "focus"  # the message itself takes the focus: no row is left for it


class StaffRequest(HttpRequest):
    user: User


class TaskList(LoginRequiredMixin, View):
    def get(self, request: StaffRequest) -> HttpResponse:
        return _list_page(request)


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
            return _list_page(request, unsaved={"task_id": task.pk, "form": form}, status=422)
        outcome, by = form.cleaned_data["outcome"], Actor.staff(request.user.pk)
        try:
            tasks.close_task(task_id=task.pk, outcome=outcome, now=timezone.now(), by=by)
        except IllegalMove:
            return _conflict_page(request, task, note=outcome)
        return _back_to(request, worklist.neighbor_of(task, _filtered(request)), _("Done."))


class TaskTried(LoginRequiredMixin, View):
    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        return SeeOther(_back(request))

    def post(self, request: StaffRequest, task_id: int) -> HttpResponse:
        task = _workable_task(request.user, task_id)
        form = TriedForm(request.POST)
        seen, by = form.cleaned_data["tries"] if form.is_valid() else -1, Actor.staff(request.user.pk)
        try:
            tasks.count_try(task_id=task.pk, tries_seen=seen, now=timezone.now(), by=by)
        except (IllegalMove, EditConflict):
            return _conflict_page(request, task)
        return _back_to(request, task, _("Counted: tried, no answer."))


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
    request: StaffRequest, *, unsaved: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """`unsaved`: the task whose form has an error, and the form as it was typed."""
    filter_form = TaskFilter(request.GET, user=request.user)
    page = Paginator(_filtered(request, filter_form), TASKS_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "filter": filter_form,
        "page": page,
        "late": worklist.late_tasks(worklist.tasks_for(request.user), now=now),
        "rows": worklist.task_rows(request.user, page.object_list, now=now),
        "unsaved": unsaved,
        "landing": {message.extra_tags for message in messages.get_messages(request)},
        "query": request.GET.urlencode(),
    }
    return render(request, "frontdesk/tasks.html", context, status=status)


def _filtered(request: StaffRequest, filter_form: TaskFilter | None = None) -> QuerySet[Task]:
    form = filter_form or TaskFilter(request.GET, user=request.user)
    return worklist.tasks_for(request.user).filter(**form.lookups())


def _conflict_page(request: StaffRequest, task: Task, *, note: str = "", taken_by: str = "") -> HttpResponse:
    """Another desk was first. Shows what it did, and what was typed here."""
    task = worklist.task_for(request.user, task.pk)
    context = {"task": task, "note": note, "taken_by": taken_by, "back": _back(request)}
    return render(request, "frontdesk/task_conflict.html", context, status=409)


def _back_to(request: StaffRequest, row: Task | None, said: str) -> HttpResponse:
    """To a row of the list: the browser itself puts the focus there, and the row says what was done."""
    messages.success(request, said, extra_tags=str(row.pk) if row else FOCUS)
    return SeeOther(_back(request) + (f"#task-{row.pk}" if row else ""))


def _back(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return reverse("frontdesk:tasks") + (f"?{query}" if query else "")
