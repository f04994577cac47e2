"""Scanners of one's locations. What visits depend on is changed by a plan, which shows whom it touches."""

from contextlib import suppress
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Location, Scanner
from scheduling.actions.changes import apply_plan, plan_scanner
from scheduling.actions.scanners import add_scanner, save_scanner
from scheduling.exceptions import PlanChanged
from scheduling.manage.forms.scanners import ScannerForm
from scheduling.manage.views.catalogue_base import OfferingsView, StaffRequest
from scheduling.queries.catalogue_rows import location_for, scanner_for
from scheduling.see_other import SeeOther


class AddScanner(OfferingsView):
    template_name = "manage/scanner.html"

    @cached_property
    def location(self) -> Location:
        return location_for(self.request.user, self.kwargs["center"])

    def get(self, request: HttpRequest, center: str) -> HttpResponse:
        return self.page(form=ScannerForm(instance=Scanner(location=self.location)), location=self.location)

    def post(self, request: HttpRequest, center: str) -> HttpResponse:
        form = ScannerForm(request.POST, instance=Scanner(location=self.location))
        if not form.is_valid():
            return self.page(422, form=form, location=self.location)
        scanner = add_scanner(location=self.location, fields=form.given(), now=self.now, by=self.by)
        said = _("%(name)s is added. Now say which exams it is for, if they are not offered here yet.")
        return self.done(said % {"name": scanner.name}, reverse("manage:locations"))


class EditScanner(OfferingsView):
    template_name = "manage/scanner.html"

    @cached_property
    def scanner(self) -> Scanner:
        return scanner_for(self.request.user, self.kwargs["scanner_id"])

    def get(self, request: HttpRequest, scanner_id: int) -> HttpResponse:
        return self._page(ScannerForm(instance=self.scanner))

    def post(self, request: StaffRequest, scanner_id: int) -> HttpResponse:
        form = ScannerForm(request.POST, instance=scanner_for(request.user, scanner_id))
        if not form.is_valid():
            return self._page(form, 422)
        if form.other_changes():
            save_scanner(scanner_id=scanner_id, fields=form.other_changes(), now=self.now, by=self.by)
        if not form.changed_abilities():
            return self._saved(_("%(name)s is saved."))
        return self._change(form.changed_abilities())

    def _change(self, fields: dict[str, Any]) -> HttpResponse:
        """At once where nobody is booked who depends on it."""
        plan = plan_scanner(
            scanner=self.scanner, fields=fields, user=self.request.user, now=self.now, by=self.by
        )
        if not plan.fates.exists():
            with suppress(PlanChanged):
                apply_plan(plan_id=plan.pk, chosen={}, now=self.now, by=self.by)
                return self._saved(_("%(name)s is saved. No booked visit depends on the change."))
        return SeeOther(reverse("frontdesk:closure-plan", args=[plan.pk]))

    def _saved(self, said: str) -> HttpResponse:
        return self.done(said % {"name": self.scanner.name}, reverse("manage:locations"))

    def _page(self, form: ScannerForm, status: int = 200) -> HttpResponse:
        return self.page(status, form=form, location=self.scanner.location, scanner=self.scanner)
