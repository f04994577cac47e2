"""Search for a visit or an order. What was typed stands in no address: the session keeps it until the next
search."""

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from scheduling.actions.visits import note_search
from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries.desk_search import LONGEST, Found, search_desk
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther

KEPT = "desk_search"


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Name, phone, date of birth or visit code"),
        help_text=_("In any order, with or without accents."),
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={
            "required": _("Type a name, a phone, a date of birth or a visit code"),
            "max_length": _("Type less: a name, a phone, a date of birth or a visit code"),
            "null_characters_not_allowed": _("Type a name, a phone, a date of birth or a visit code"),
        },
    )


class Search(LoginRequiredMixin, View):
    def get(self, request: StaffRequest) -> HttpResponse:
        typed = request.session.get(KEPT, "")
        found = self._found(request, typed) if typed else Found()
        form = SearchForm(initial={"q": typed})
        return render(request, "frontdesk/search.html", {"form": form, "found": found, "typed": typed})

    def post(self, request: StaffRequest) -> HttpResponse:
        form = SearchForm(request.POST)
        is_valid = form.is_valid()
        if "find" in request.POST:
            typed = form.cleaned_data["q"] if is_valid else ""
            context = {"found": self._found(request, typed), "typed": typed}
            return render(request, "frontdesk/search_found.html", context)
        if not is_valid:
            request.session.pop(KEPT, None)
            return render(request, "frontdesk/search.html", {"form": form}, status=422)
        request.session[KEPT] = form.cleaned_data["q"]
        return SeeOther(reverse("frontdesk:search"))

    def _found(self, request: StaffRequest, typed: str) -> Found:
        """Names that are shown are a view of records: the history says so."""
        now = timezone.now()
        found = search_desk(request.user, typed, now=now)
        if found:
            note_search(user=request.user, found=len(found), now=now, by=Actor.staff(request.user.pk))
        return found
