"""Where one is signed in, and signing out elsewhere."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from scheduling.actions import staff_sessions
from scheduling.frontdesk.views.tasks import FOCUS, StaffRequest
from scheduling.queries.staff_sessions import open_sessions
from scheduling.rules.actors import Actor
from scheduling.see_other import SeeOther


class Sessions(LoginRequiredMixin, View):
    http_method_names = ("get",)

    def get(self, request: StaffRequest) -> HttpResponse:
        key, now = str(request.session.session_key), timezone.now()
        rows = open_sessions(request.user, this_key=key, now=now)
        others = sum(not row.is_this for row in rows)
        return render(request, "account/sessions.html", {"sessions": rows, "others": others, "now": now})


class EndSession(LoginRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        user = request.user
        by = Actor.staff(user.pk)
        if staff_sessions.end_session(user=user, session_id=pk, now=timezone.now(), by=by):
            messages.success(request, _("That session has ended."), extra_tags=FOCUS)
        else:
            messages.warning(request, _("That session had ended already."), extra_tags=FOCUS)
        return SeeOther(reverse("account_sessions"))


class EndOtherSessions(LoginRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: StaffRequest) -> HttpResponse:
        user, key = request.user, str(request.session.session_key)
        staff_sessions.end_sessions(user=user, but_key=key, now=timezone.now(), by=Actor.staff(user.pk))
        messages.success(request, _("You are signed in here only."), extra_tags=FOCUS)
        return SeeOther(reverse("account_sessions"))
