"""How the patient pays: said while booking or later by the visit's link, never asked twice."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from scheduling.actions.documents import add_documents
from scheduling.actions.drafts import save_answers
from scheduling.actions.paying import save_paying
from scheduling.exceptions import TooManyTries
from scheduling.portal.documents_page import paper_of
from scheduling.portal.paying_forms import CARDS, PayingForm
from scheduling.portal.paying_page import CARD_KINDS
from scheduling.portal.views.owned import OfDraft, OfVisit, OwnedView
from scheduling.queries.documents import documents_of
from scheduling.queries.drafts import today_at
from scheduling.wall_clock import local

TEMPLATE = "portal/paying.html"


class Paying(OwnedView):
    def today(self) -> date:
        raise NotImplementedError

    def save(self, answers: dict[str, Any]) -> None:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "remove" in request.POST:
            return self.remove(request.POST["remove"])
        refusal = self._refusal()
        form = self._form(request.POST, None if refusal else request.FILES)
        is_valid = form.is_valid()
        self._keep_cards(form)
        if not is_valid:
            form.add_refusal(refusal, [name for name in CARDS if name in request.FILES])
            return self._shown(form, 422)
        self.save(form.answers())
        if refusal:
            raise refusal
        answer = HttpResponseRedirect(self.done_url())
        answer.status_code = 303
        return answer

    def _refusal(self) -> TooManyTries | None:
        """Of the files only: what was typed is kept."""
        try:
            self.count_files()
        except TooManyTries as refusal:
            return refusal
        return None

    def _keep_cards(self, form: PayingForm) -> None:
        """Also beside an error: a browser cannot be given a chosen file back."""
        for kind, file in form.good.items():
            add_documents(owner=self.owner, kind=kind, files=[file], now=self.now, by=self.by)

    def _form(self, *sent: Any) -> PayingForm:
        return PayingForm(*sent, today=self.today(), owner=self.owner)

    def _shown(self, form: PayingForm, status: int = 200) -> HttpResponse:
        cards = documents_of(self.owner, *CARD_KINDS)
        papers = [paper_of(card, self.url_of) for card in cards]
        return self.page(status, form=form, papers=papers, back_url=self.done_url())


class DraftPaying(OfDraft, Paying):
    template_name = TEMPLATE

    def today(self) -> date:
        return today_at(self.draft, self.now)

    def save(self, answers: dict[str, Any]) -> None:
        save_answers(draft_id=self.draft.pk, answers=answers, now=self.now)


class VisitPaying(OfVisit, Paying):
    template_name = TEMPLATE

    def today(self) -> date:
        return local(self.now, self.visit.zone).date()

    def save(self, answers: dict[str, Any]) -> None:
        save_paying(visit_id=self.visit.pk, answers=answers, now=self.now, by=self.by)
