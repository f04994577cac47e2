"""An order and a visit that is booked already: given to it, or taken back."""

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.actions.order_giving import give_order, take_order_back
from scheduling.exceptions import NotFound
from scheduling.frontdesk.undo import forget_undo
from scheduling.frontdesk.views.orders import StepOfOrder
from scheduling.frontdesk.visit_forms import VersionForm
from scheduling.queries.access import may_book_at, visit_for_staff
from scheduling.templatetags.times import at_location


class GiveForm(VersionForm):
    visit = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)


class GiveOrder(StepOfOrder):
    form_class = GiveForm
    wanted = gettext_lazy("Give the order to the visit")

    def act(self, form: forms.Form) -> HttpResponse:
        visit = visit_for_staff(self.request.user, form.cleaned_data["visit"])
        if not may_book_at(self.request.user, visit.location):
            raise NotFound
        given = {"visit_id": visit.pk, "version": form.cleaned_data["version"]}
        give_order(order_id=self.order.pk, **given, now=self.now, by=self.by)
        forget_undo(self.request)  # what was done to the visit before is no longer the last
        at = at_location(visit.starts_at, visit.location)
        when = f"{at.short_day}, {at.time}"
        return self.said(_("The visit of %(when)s has the order now.") % {"when": when})


class TakeOrderBack(StepOfOrder):
    wanted = gettext_lazy("Take the order back from the visit")

    def act(self, form: forms.Form) -> HttpResponse:
        take_order_back(order_id=self.order.pk, now=self.now, by=self.by, **form.cleaned_data)
        return self.said(_("Taken back: the order waits again, and the visit lacks it."))
