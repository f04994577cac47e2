"""Devices and implants of a visit's patient: what is known, and what was looked up now."""

from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.actions import implants
from scheduling.actions.visits import note_view
from scheduling.frontdesk.implant_forms import ImplantForm, RemoveImplantForm
from scheduling.frontdesk.views.reviews import ReviewsView
from scheduling.frontdesk.views.steps import FormStep
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.models import Appointment, Implant
from scheduling.queries.implants import implant_of, known_implants
from scheduling.queries.reviews import open_review
from scheduling.queries.second_screen import visit_for_trained


class ImplantsView(ReviewsView):
    @cached_property
    def visit(self) -> Appointment:
        return visit_for_trained(self.request.user, self.kwargs["visit_id"])

    @property
    def url(self) -> str:
        return reverse("frontdesk:implants", args=[self.visit.pk])

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        context = {
            "visit": self.visit,
            "location": self.visit.location,
            "implants": known_implants(self.visit),
            "reasons": Implant.RemovedBecause.choices,
            "review": open_review(self.visit),
            "form": self.add_form(),
            **context,
        }
        return render(self.request, "frontdesk/implants.html", context, status=status)

    def add_form(self, *data: QueryDict) -> ImplantForm:
        action = reverse("frontdesk:implant-add", args=[self.visit.pk])
        return ImplantForm(*data, visit=self.visit, action=action)


class Implants(ImplantsView):
    def get(self, request: StaffRequest, visit_id: int) -> HttpResponse:
        note_view(visit=self.visit, now=self.now, by=self.by)
        return self.page()


class AddImplant(ImplantsView, FormStep):
    name = "form"

    def form(self, data: QueryDict) -> forms.Form:
        return self.add_form(data)

    def act(self, form: forms.Form) -> str:
        given = {"card_id": None, **form.cleaned_data}
        implants.add_implant(visit=self.visit, user=self.request.user, now=self.now, by=self.by, **given)
        return _("Kept with the patient.")


class RemoveImplant(ImplantsView, FormStep):
    @cached_property
    def implant(self) -> Implant:
        return implant_of(self.visit, self.kwargs["implant_id"])

    def form(self, data: QueryDict) -> forms.Form:
        assert self.implant  # missing before wrong
        return RemoveImplantForm(data)

    def act(self, form: forms.Form) -> str:
        because, implant_id = form.cleaned_data["because"], self.implant.pk
        implants.remove_implant(
            visit=self.visit, implant_id=implant_id, because=because, now=self.now, by=self.by
        )
        return _("Taken off the list.")
