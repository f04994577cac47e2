"""Records that may be one person: suggested, compared, merged, told apart, and separated again."""

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

from scheduling.actions.merging import merge_patients, separate_patients, tell_apart
from scheduling.actions.patient_record import note_patient_view
from scheduling.actions.visits import note_search
from scheduling.exceptions import AlreadyMerged, BookingError, EditConflict, NotFound, TooManyVisits
from scheduling.frontdesk.merge_forms import MergeForm, VisitCodeForm
from scheduling.frontdesk.merge_page import merge_context, pair_rows, refusal_words
from scheduling.frontdesk.views.patients import PatientView
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.models import Patient
from scheduling.queries.access import patient_for_staff, patient_of_code
from scheduling.queries.duplicates import MOST_SHOWN, likely_pairs
from scheduling.queries.merging import books_for, may_merge, merge_into, merging_places, recent_first, seen_of
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther


class Duplicates(LoginRequiredMixin, View):
    """For those who book. Names are shown: the history says so, as of a search."""

    http_method_names = ("get",)

    def get(self, request: StaffRequest) -> HttpResponse:
        if not merging_places(request.user):
            raise PermissionDenied
        pairs, by = likely_pairs(request.user), Actor.staff(request.user.pk)
        if pairs:
            note_search(user=request.user, found=len(pairs), now=timezone.now(), by=by)
        context = {"rows": pair_rows(pairs, request.user), "most": MOST_SHOWN}
        return render(request, "frontdesk/duplicates.html", context)


class PairView(LoginRequiredMixin, View):
    """Both are known where the user works; who merges them books wherever one has been."""

    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.now = timezone.now()
        if not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        one, other = self.pair
        if one == other:
            return self.one_already()
        if not self.is_allowed:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def pair(self) -> tuple[Patient, Patient]:
        """The record that was booked with last comes first. A merged one is the one it was merged into."""
        keys = self.kwargs["patient_id"], self.kwargs["other_id"]
        if keys[0] == keys[1]:
            raise NotFound
        return recent_first(*(patient_for_staff(self.request.user, key) for key in keys))

    @property
    def is_allowed(self) -> bool:
        return may_merge(self.request.user, *self.pair)

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    def one_already(self) -> HttpResponse:
        words = _("These two records are one already. See its history for who merged them.")
        messages.warning(self.request, words, extra_tags=FOCUS)
        return SeeOther(reverse("frontdesk:patient", args=[self.pair[0].pk]))

    def read_again(self) -> None:
        self.__dict__.pop("pair", None)


class Merge(PairView):
    def get(self, request: StaffRequest, patient_id: int, other_id: int) -> HttpResponse:
        for patient in self.pair:
            note_patient_view(patient=patient, now=self.now, by=self.by)
        return self.page(self.form())

    def post(self, request: StaffRequest, patient_id: int, other_id: int) -> HttpResponse:
        form = self.form(request.POST, asks_reason="reason" in request.POST)
        if not form.is_valid():
            return self.page(form, 422) if self._is_as_seen else self._changed()
        try:
            self._merge(form)
        except AlreadyMerged:
            self.read_again()
            return self.one_already()
        except EditConflict:
            return self._changed()
        except BookingError as refusal:
            asked = self.form(request.POST, asks_reason=isinstance(refusal, TooManyVisits))
            return self.page(asked, 409, refusal=refusal_words(refusal))
        messages.success(request, _("The two records are one now."), extra_tags=FOCUS)
        return SeeOther(reverse("frontdesk:patient", args=[form.kept_id]))

    def _merge(self, form: MergeForm) -> None:
        merge_patients(
            kept_id=form.kept_id,
            merged_id=form.merged_id,
            choices=form.choices,
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data.get("reason", ""),
            user=self.request.user,
            now=self.now,
            by=self.by,
        )

    @property
    def _is_as_seen(self) -> bool:
        now = seen_of(*self.pair)
        return self.request.POST.get("seen", now) == now

    def _changed(self) -> HttpResponse:
        """As it is now, with what was chosen; of what differs only now, what is proposed."""
        self.read_again()
        proposed, chosen = self.form(), self.request.POST.copy()
        for name in proposed.differing:
            chosen.setdefault(name, proposed[name].value())
        chosen["seen"] = seen_of(*self.pair)
        words = _("One of the records changed since you opened them. Nothing is merged yet: look again.")
        return self.page(self.form(chosen, asks_reason="reason" in chosen), 409, refusal=words)

    def form(self, *data: QueryDict, asks_reason: bool = False) -> MergeForm:
        recent, older = self.pair
        seen = seen_of(recent, older)
        return MergeForm(*data, recent=recent, older=older, seen=seen, asks_reason=asks_reason)

    def page(self, form: MergeForm, status: int = 200, **context: Any) -> HttpResponse:
        about = merge_context(*self.pair, now=self.now)
        return render(self.request, "frontdesk/merge.html", {"form": form, **about, **context}, status=status)


class TellApart(PairView):
    @property
    def is_allowed(self) -> bool:
        return books_for(self.request.user, *self.pair)

    def get(self, request: StaffRequest, patient_id: int, other_id: int) -> HttpResponse:
        """Where someone lands who had to sign in again in between."""
        return SeeOther(reverse("frontdesk:duplicates"))

    def post(self, request: StaffRequest, patient_id: int, other_id: int) -> HttpResponse:
        one, other = self.pair
        tell_apart(one=one, other=other, user=request.user, now=self.now, by=self.by)
        messages.success(request, _("Kept: two people. They are not suggested again."), extra_tags=FOCUS)
        return SeeOther(reverse("frontdesk:duplicates"))


class Separate(PatientView):
    @property
    def may_change(self) -> bool:
        return may_merge(self.request.user, self.patient)

    def get(self, request: StaffRequest, patient_id: int, merge_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, patient_id: int, merge_id: int) -> HttpResponse:
        merge = merge_into(self.patient, merge_id)
        try:
            separate_patients(merge_id=merge.pk, user=request.user, now=self.now, by=self.by)
        except BookingError as refusal:
            return self.page(409, refusal=str(refusal))
        return self.said(_("Separated again: two records, each with the visits it had."))


class FindOther(PatientView):
    """By the code of a visit: the record that no suggestion found."""

    @property
    def may_change(self) -> bool:
        return books_for(self.request.user, self.patient)

    def get(self, request: StaffRequest, patient_id: int) -> HttpResponse:
        return SeeOther(self.url)

    def post(self, request: StaffRequest, patient_id: int) -> HttpResponse:
        form = VisitCodeForm(request.POST)
        other = patient_of_code(request.user, form.cleaned_data["code"]) if form.is_valid() else None
        if form.is_valid() and other is None:
            form.add_error("code", _("No visit at your centers has that code"))
        elif other == self.patient:
            form.add_error("code", _("That is a visit of this record"))
        if other is None or form.errors:
            return self.page(422, code_form=form, form_with_errors=form)
        return SeeOther(reverse("frontdesk:merge", args=[self.patient.pk, other.pk]))
