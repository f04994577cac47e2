"""“My doctor wrote something else”: a person finds the right scan with the caller. No draft is needed."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from locations.geography import place_from_text
from scheduling.actions.callbacks import LONGEST_ORDER, request_call_about_order
from scheduling.actions.limits import count_attempt
from scheduling.models import Draft, Task
from scheduling.portal.call_me_page import asked_rows, centers_that_call, known_before
from scheduling.portal.callback_form import OrderCallForm
from scheduling.portal.limits import CALLBACKS
from scheduling.portal.strangers import press_again
from scheduling.portal.views.base import see_other
from scheduling.portal.visitor import ANYBODY, ASKED_CALL, address_of, forget, place_of, visitor_of
from scheduling.portal.where_page import Center
from scheduling.queries.access import asked_call, latest_draft_of


class CallView(View):
    """What this browser asked for is known from its session, until the desk is done with it."""

    def dispatch(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        self.task: Task | None = asked_call(request.session.get(ASKED_CALL))
        answer = super().dispatch(request, **kwargs)
        add_never_cache_headers(answer)
        return answer


class CallMe(CallView):
    """`?order` is what was looked for and not found; `?change` opens what was asked for again."""

    @cached_property
    def draft(self) -> Draft | None:
        return latest_draft_of(visitor_of(self.request))

    @cached_property
    def centers(self) -> list[Center]:
        text = place_of(self.request) or (self.draft.place if self.draft else "")
        return centers_that_call(place_from_text(text) if text else None)

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.task and "change" not in request.GET:
            return redirect("portal:call-asked")
        known = known_before(self.task, self.draft, self.centers)
        looked_for = request.GET.get("order", "")[:LONGEST_ORDER]
        return self._asked(OrderCallForm(initial={"order": looked_for, **known}, centers=self.centers))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OrderCallForm(request.POST, centers=self.centers)
        if not self.centers or not form.is_valid():
            return self._asked(form, 422)
        return press_again(request, now=self.now) or self._ask(form)

    def _ask(self, form: OrderCallForm) -> HttpResponse:
        count_attempt(source=address_of(self.request), now=self.now, **CALLBACKS)
        task = request_call_about_order(
            order=form.cleaned_data["order"],
            location=form.location,
            caller=form.caller(),
            earlier=self.task.pk if self.task else None,
            address=address_of(self.request),
            now=self.now,
            by=ANYBODY,
        )
        self.request.session[ASKED_CALL] = task.pk
        return see_other("portal:call-asked")

    def _asked(self, form: OrderCallForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "centers": self.centers, "task": self.task}
        return render(self.request, "portal/call_me.html", context, status=status)


class CallAsked(CallView):
    """Who calls, and by when. Posting forgets it here, for shared computers; the desk calls all the same."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.task is None:
            return redirect("portal:call-me")
        return render(request, "portal/call_asked.html", {"task": self.task, "rows": asked_rows(self.task)})

    def post(self, request: HttpRequest) -> HttpResponse:
        forget(request)
        return see_other("portal:home")
