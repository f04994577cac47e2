"""Search for a visit. What was typed stands in no address: the session keeps it until the next search."""

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from scheduling.frontdesk.views.tasks import StaffRequest
from scheduling.queries.desk_search import LONGEST, search_visits
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
        found = search_visits(request.user, typed, now=timezone.now()) if typed else []
        form = SearchForm(initial={"q": typed})
        return render(request, "frontdesk/search.html", {"form": form, "found": found, "typed": typed})

    def post(self, request: StaffRequest) -> HttpResponse:
        form = SearchForm(request.POST)
        if "find" in request.POST:
            typed = form.cleaned_data["q"] if form.is_valid() else ""
            found = search_visits(request.user, typed, now=timezone.now())
            return render(request, "frontdesk/search_found.html", {"found": found, "typed": typed})
        if not form.is_valid():
            request.session.pop(KEPT, None)
            return render(request, "frontdesk/search.html", {"form": form}, status=422)
        request.session[KEPT] = form.cleaned_data["q"]
        return SeeOther(reverse("frontdesk:search"))
