"""Papers for a visit: the order, and the card of a device. No paper is asked for here: all may come later."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from scheduling.actions.documents import add_documents, note_view
from scheduling.exceptions import TooManyFiles
from scheduling.file_response import file_response
from scheduling.forms.documents import DocumentsForm
from scheduling.models import Document
from scheduling.portal.documents_page import DocumentsPage, documents_page
from scheduling.portal.views.base import DraftView
from scheduling.portal.views.owned import OfDraft, OfVisit, OwnedView
from scheduling.portal.views.visit_base import OpenVisitView
from scheduling.queries.access import document_of

TEMPLATE = "portal/documents.html"


class Papers(OwnedView):
    kind: ClassVar[Document.Kind]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown()

    def post(self, request: HttpRequest) -> HttpResponse:
        if "remove" in request.POST:
            return self.remove(request.POST["remove"])
        self.count_files()
        form = self._form(request.POST, request.FILES)
        is_valid = form.is_valid()
        try:
            self._add(form)
        except TooManyFiles as refusal:
            form.add_error("files", str(refusal))
            return self._shown(form, 409)
        return self.again() if is_valid else self._shown(form, 422)

    def _add(self, form: DocumentsForm) -> None:
        if form.good:
            add_documents(owner=self.owner, kind=self.kind, files=form.good, now=self.now, by=self.by)

    def _papers(self) -> DocumentsPage:
        return documents_page(self.owner, self.kind, self.url_of)

    def _form(self, *sent: Any) -> DocumentsForm:
        return DocumentsForm(*sent, most=self._papers().room)

    def _shown(self, form: DocumentsForm | None = None, status: int = 200) -> HttpResponse:
        papers, done_url = self._papers(), self.done_url()
        form = form or self._form()
        form.lay_out(has_some=bool(papers.papers))
        return self.page(status, form=form, papers=papers, done_url=done_url, back_url=done_url)


class DraftOrder(OfDraft, Papers):
    template_name = TEMPLATE
    kind = Document.Kind.ORDER


class DraftCard(OfDraft, Papers):
    template_name = TEMPLATE
    kind = Document.Kind.DEVICE_CARD


class VisitOrder(OfVisit, Papers):
    template_name = TEMPLATE
    kind = Document.Kind.ORDER


class VisitCard(OfVisit, Papers):
    template_name = TEMPLATE
    kind = Document.Kind.DEVICE_CARD


class DraftDocument(DraftView):
    """What was sent, as it is kept: to see whether it can be read."""

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        document = document_of(self.draft, document_id)
        note_view(document=document, now=self.now, by=self.by)
        return file_response(document)


class VisitDocument(OpenVisitView):
    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        document = document_of(self.visit, document_id)
        note_view(document=document, now=self.now, by=self.by)
        return file_response(document)
