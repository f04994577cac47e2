"""The blood test that a visit waits for."""

from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.actions import labs
from scheduling.actions.visits import note_view
from scheduling.frontdesk.lab_forms import ResultForm, WaiverForm
from scheduling.frontdesk.views.reviews import ReviewsView
from scheduling.frontdesk.views.steps import FormStep
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.models import Appointment, Task
from scheduling.queries.labs import labs_for, last_lab_result, limits_for, may_waive
from scheduling.rules.opening_hours import local_day


class LabsView(ReviewsView):
    @cached_property
    def task(self) -> Task:
        return labs_for(self.request.user, self.kwargs["task_id"])

    @property
    def visit(self) -> Appointment:
        assert self.task.appointment is not None
        return self.task.appointment

    @property
    def url(self) -> str:
        return self._address("labs")

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        if "refusal" in context:  # the task as it is now
            self.__dict__.pop("task", None)
        context = {
            "task": self.task,
            "visit": self.visit,
            "location": self.task.location,
            "last_result": last_lab_result(self.visit),
            "limits": limits_for(self.visit),
            "may_waive": may_waive(self.request.user, self.task),
            "is_planned_here": self.task.reason == labs.REASON_TEST_HERE,
            "form": self.result_form(),
            "waiver_form": self.waiver_form(),
            **context,
        }
        return render(self.request, "frontdesk/labs.html", context, status=status)

    def result_form(self, *data: QueryDict) -> ResultForm:
        zone = self.visit.zone
        return ResultForm(
            *data,
            action=self._address("labs-result"),
            limits=limits_for(self.visit),
            visit_on=local_day(self.visit.starts_at, zone),
            today=local_day(self.now, zone),
        )

    def waiver_form(self, *data: QueryDict) -> WaiverForm:
        return WaiverForm(*data, action=self._address("labs-waive"))

    def _address(self, name: str) -> str:
        return reverse(f"frontdesk:{name}", args=[self.task.pk])


class Labs(LabsView):
    def get(self, request: StaffRequest, task_id: int) -> HttpResponse:
        note_view(visit=self.visit, now=self.now, by=self.by)
        return self.page()


class RecordResult(LabsView, FormStep):
    name = "form"

    def form(self, data: QueryDict) -> forms.Form:
        return self.result_form(data)

    def act(self, form: forms.Form) -> str:
        given, user = form.cleaned_data, self.request.user
        labs.record_result(task_id=self.task.pk, user=user, now=self.now, by=self.by, **given)
        if limits_for(self.visit).is_low(given["egfr"]):
            return _("Recorded. It is low: a radiologist decides before the scan.")
        return _("Recorded.")


class Waive(LabsView, FormStep):
    name = "waiver_form"

    def form(self, data: QueryDict) -> forms.Form:
        return self.waiver_form(data)

    def act(self, form: forms.Form) -> str:
        because, user = form.cleaned_data["because"], self.request.user
        labs.waive(task_id=self.task.pk, because=because, user=user, now=self.now, by=self.by)
        return _("Noted: no test is needed.")


class PlanTestHere(LabsView, FormStep):
    def act(self, form: forms.Form) -> str:
        labs.plan_test_here(task_id=self.task.pk, now=self.now, by=self.by)
        return _("Noted: the test is done at the center.")
