"""Which center."""

from django.http import HttpRequest, HttpResponse

from locations.forms import NearForm
from scheduling.actions.drafts import save_answers
from scheduling.portal.views.base import DraftView, see_other
from scheduling.portal.visitor import place_of, remember_place
from scheduling.portal.where_page import where_context
from scheduling.queries.by_phone import NO_TIME, by_phone
from scheduling.queries.drafts import Step


class Where(DraftView):
    step = Step.WHERE
    template_name = "portal/where.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if by_phone(self.draft, now=self.now) in NO_TIME:
            return self.forward()
        return self.page(**where_context(self.draft, now=self.now, typed=place_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NearForm(request.POST)
        if not form.is_valid():
            return self.page(422, **where_context(self.draft, now=self.now, form=form))
        remember_place(request, request.POST["near"])
        save_answers(draft_id=self.draft.pk, answers={"place": request.POST["near"].strip()}, now=self.now)
        return see_other("portal:where", draft_id=self.draft.pk)
