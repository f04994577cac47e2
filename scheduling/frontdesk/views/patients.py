"""A patient at the desk: who they are, how they are reached, what they came for and what is planned."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from locations.zones import home_zone
from scheduling.actions.patient_record import change_patient, note_caller_is, note_patient_view
from scheduling.exceptions import EditConflict
from scheduling.frontdesk.carried import carried
from scheduling.frontdesk.merge_forms import VisitCodeForm
from scheduling.frontdesk.merge_page import one_person_context
from scheduling.frontdesk.patient_forms import PatientForm
from scheduling.frontdesk.patient_page import differing, home_of, patient_context
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.frontdesk.visit_forms import CallerForm
from scheduling.models import Patient
from scheduling.queries.access import may_change_patient, patient_for_staff
from scheduling.queries.history import history_of_patient
from scheduling.queries.patients import COMING, visits_of
from scheduling.rules.actors import Actor
from scheduling.rules.opening_hours import local_day
from scheduling.see_other import SeeOther


class PatientView(LoginRequiredMixin, View):
    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        if request.user.is_authenticated:
            if self.patient.pk != kwargs["patient_id"]:
                return self.part_of_another()
            if not self.may_change and request.method == "POST":
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def patient(self) -> Patient:
        return patient_for_staff(self.request.user, self.kwargs["patient_id"])

    def part_of_another(self) -> HttpResponse:
        """An old link, or a page that was open while two records became one."""
        words = _("That record was merged into this one.")
        messages.warning(self.request, words, extra_tags=FOCUS)
        return SeeOther(self.url)

    @property
    def may_change(self) -> bool:
        return may_change_patient(self.request.user, self.patient)

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    @property
    def url(self) -> str:
        return reverse("frontdesk:patient", args=[self.patient.pk])

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        user = self.request.user
        about = patient_context(self.patient, user, now=self.now) | one_person_context(self.patient, user)
        context = {"caller_form": CallerForm(), "code_form": VisitCodeForm(), **about, **context}
        return render(self.request, "frontdesk/patient.html", context, status=status)

    def said(self, words: str) -> HttpResponse:
        messages.success(self.request, words, extra_tags=FOCUS)
        return SeeOther(self.url)


class PatientPage(PatientView):
    http_method_names = ("get",)

    def get(self, request: StaffRequest, patient_id: int) -> HttpResponse:
        note_patient_view(patient=self.patient, now=self.now, by=self.by)
        return self.page()


class CallerIs(PatientView):
    """The history says that a caller was checked, and by what."""

    def get(self, request: StaffRequest, patient_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, patient_id: int) -> HttpResponse:
        form = CallerForm(request.POST)
        if not form.is_valid():
            return self.page(422)
        note_caller_is(patient=self.patient, by_what=form.cleaned_data["by_what"], now=self.now, by=self.by)
        return self.said(_("The history says that the caller was checked."))


class EditPatient(PatientView):
    def get(self, request: StaffRequest, patient_id: int) -> HttpResponse:
        if not self.may_change:
            raise PermissionDenied
        typed = carried(request)
        return self.edit_page(self.form(typed) if typed else self.form())

    def post(self, request: StaffRequest, patient_id: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.edit_page(form, 422)
        try:
            self._save(form)
        except EditConflict:
            return self._slower(form)
        return self.said(_("Saved."))

    def _save(self, form: PatientForm) -> None:
        change_patient(
            patient_id=self.patient.pk,
            version=form.cleaned_data["version"],
            values=form.values,
            visit_ids=form.visit_ids,
            now=self.now,
            by=self.by,
        )

    def _slower(self, form: PatientForm) -> HttpResponse:
        """What was typed stays, beside what is stored now; pressing again saves it."""
        self.__dict__.pop("patient", None)
        typed = self.request.POST.copy()
        typed["version"] = str(self.patient.version)
        latest = next(iter(history_of_patient(self.patient)), None)
        stored = differing(form, self.patient)
        return self.edit_page(self.form(typed), 409, latest=latest, stored=stored)

    def form(self, *data: QueryDict) -> PatientForm:
        """Only visits at the desk's own locations are offered."""
        coming = visits_of(self.patient, self.request.user).filter(status__in=COMING, ends_at__gt=self.now)
        today = local_day(self.now, home_zone())
        return PatientForm(*data, patient=self.patient, visits=coming.order_by("starts_at"), today=today)

    def edit_page(self, form: PatientForm, status: int = 200, **context: Any) -> HttpResponse:
        visits = list(visits_of(self.patient, self.request.user)[:1])
        about = {"patient": self.patient, "location": home_of(visits, self.request.user), "form": form}
        return render(self.request, "frontdesk/patient_edit.html", {**about, **context}, status=status)
