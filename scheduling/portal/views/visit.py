"""My visit: found by link, or by code and date of birth. Opening a link changes nothing."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy
from django.views import View

from scheduling.actions.limits import count_attempt, forget_attempts
from scheduling.actions.visits import note_failed_lookup, note_view
from scheduling.calendar import CONTENT_TYPE, visit_calendar
from scheduling.exceptions import NotFound
from scheduling.models import Appointment
from scheduling.portal.forms import BirthDateForm, FindVisitForm
from scheduling.portal.limits import FIND_VISIT, FIND_VISIT_BY_ADDRESS
from scheduling.portal.verification import mark_verified
from scheduling.portal.views.base import see_other
from scheduling.portal.views.visit_base import LEADS_BACK_TO, OpenVisitView, VisitView
from scheduling.portal.visitor import ANYBODY, actor_of_visit, address_of, forget
from scheduling.queries.access import visit_of_code, visit_token
from scheduling.rules.codes import clean_code

NO_SUCH_VISIT = gettext_lazy("We could not find that visit. Check the code and date of birth, or call us")


class FindVisit(View):
    """By code and date of birth; a wrong code and a wrong date get the same answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(FindVisitForm(today=timezone.now().date()))

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        form = FindVisitForm(request.POST, today=now.date())
        if not form.is_valid():
            return self._page(form, 422)
        code = clean_code(form.cleaned_data["code"])
        count_attempt(source=address_of(request), now=now, **FIND_VISIT_BY_ADDRESS)
        count_attempt(source=code, now=now, **FIND_VISIT)
        try:
            visit = visit_of_code(code, form.cleaned_data["birth_date"], now=now)
        except NotFound:
            note_failed_lookup(visit=None, now=now, by=ANYBODY)
            form.add_error("code", NO_SUCH_VISIT)
            return self._page(form, 422)
        return self._open(visit, code, now)

    def _open(self, visit: Appointment, code: str, now: datetime) -> HttpResponse:
        forget_attempts(kind=FIND_VISIT["kind"], source=code)
        mark_verified(self.request, visit, now=now)
        note_view(visit=visit, now=now, by=actor_of_visit(visit.pk))
        return see_other("portal:visit", token=visit_token(visit))

    def _page(self, form: FindVisitForm, status: int = 200) -> HttpResponse:
        answer = render(self.request, "portal/find_visit.html", {"form": form}, status=status)
        add_never_cache_headers(answer)
        return answer


class Visit(VisitView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page() if self.is_open else self.ask_birth_date(BirthDateForm(today=self.now.date()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BirthDateForm(request.POST, today=self.now.date())
        if not self.opens_with(form):
            return self.ask_birth_date(form, 422)
        back_to = request.GET.get("to", "")
        return see_other(f"portal:{back_to if back_to in LEADS_BACK_TO else 'visit'}", token=self.token)


class Booked(OpenVisitView):
    """Right after booking; as soon as it is no longer true, My visit says what is."""

    template_name = "portal/booked.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page() if self.visit.is_ahead(self.now) else self.back_to_visit()


class Close(VisitView):
    """For shared computers: the next person at this browser sees neither visit nor answers."""

    def post(self, request: HttpRequest) -> HttpResponse:
        forget(request)
        return see_other("portal:home")


class CalendarFile(OpenVisitView):
    """Names the center and the time, nothing else; still only for browsers that gave the date of birth."""

    def get(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(visit_calendar(self.visit, now=self.now), content_type=CONTENT_TYPE)
        answer["Content-Disposition"] = 'attachment; filename="appointment.ics"'
        return answer
