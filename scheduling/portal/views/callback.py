"""“We’ll set this one up with you by phone.”"""

from functools import cached_property

from django.http import HttpRequest, HttpResponse

from scheduling.actions.callbacks import request_callback
from scheduling.models import Task
from scheduling.portal.callback_form import CallbackForm
from scheduling.portal.callback_page import answers_url, asked_rows, centers_to_call, known_caller, reasons_of
from scheduling.portal.strangers import press_again
from scheduling.portal.views.base import DraftView, see_other
from scheduling.portal.visitor import address_of, place_of
from scheduling.portal.where_page import Center
from scheduling.queries.by_phone import ByPhone, by_phone


class Callback(DraftView):
    """Whom to call and when; then who calls, and by when. `?change` opens the form again."""

    template_name = "portal/callback.html"
    has_ticket = False

    @cached_property
    def why(self) -> ByPhone | None:
        return by_phone(self.draft, now=self.now)

    @cached_property
    def centers(self) -> list[Center]:
        return centers_to_call(self.draft, typed=place_of(self.request))

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.why is None:
            return self.forward()
        task = self._task()
        if task and task.contact_phone and "change" not in request.GET:
            return self.page(task=task, why=self.why, rows=asked_rows(self.draft, task))
        known = known_caller(self.draft, task, self.centers)
        return self._asked(CallbackForm(initial=known, centers=self.centers))

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.why is None:
            return self.forward()
        form = CallbackForm(request.POST, centers=self.centers)
        if not form.is_valid():
            return self._asked(form, 422)
        return press_again(request, now=self.now) or self._request(form)

    def _request(self, form: CallbackForm) -> HttpResponse:
        if self._task() is None:
            self.count_callback()
        request_callback(
            draft_id=self.draft.pk,
            location=form.location,
            caller=form.caller(),
            address=address_of(self.request),
            now=self.now,
            by=self.by,
        )
        return see_other("portal:callback", draft_id=self.draft.pk)

    def back_url(self) -> str:
        assert self.why is not None
        return answers_url(self.draft, self.why)

    def _asked(self, form: CallbackForm, status: int = 200) -> HttpResponse:
        reasons = reasons_of(self.draft, now=self.now)
        return self.page(status, form=form, why=self.why, reasons=reasons, centers=self.centers)

    def _task(self) -> Task | None:
        return self.draft.tasks.open().filter(kind=Task.Kind.CALLBACK).select_related("location").first()
