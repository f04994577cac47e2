"""Papers for a visit: the order, and the card of a device. Sent now, or later by the visit's link."""

import contextlib
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views import View

from scheduling.actions.documents import add_documents, note_view, remove_document
from scheduling.actions.limits import count_attempt
from scheduling.exceptions import NotFound, TooManyFiles
from scheduling.file_response import file_response
from scheduling.models import Document
from scheduling.portal.document_forms import DocumentsForm
from scheduling.portal.documents_page import DocumentsPage, documents_page
from scheduling.portal.limits import UPLOADS
from scheduling.portal.views.base import DraftView, see_other
from scheduling.portal.views.visit_base import OpenVisitView
from scheduling.portal.visitor import address_of
from scheduling.queries.access import document_of
from scheduling.queries.documents import Owner
from scheduling.queries.drafts import Step
from scheduling.rules.actors import Actor


class Papers(View):
    """What the pages of a draft and of a visit share. No paper is asked for here: all may come later."""

    template_name: ClassVar[str] = "portal/documents.html"
    takes_files: ClassVar[bool] = True
    kind: ClassVar[Document.Kind]
    now: datetime

    @property
    def owner(self) -> Owner:
        raise NotImplementedError

    @property
    def by(self) -> Actor:
        raise NotImplementedError

    def done_url(self) -> str:
        """Where the patient came from."""
        raise NotImplementedError

    def url_of(self, document: Document) -> str:
        raise NotImplementedError

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        raise NotImplementedError

    def turned_away(self) -> HttpResponse | None:
        """Who may not send anything here, or not now."""
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.turned_away() or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown()

    def post(self, request: HttpRequest) -> HttpResponse:
        if "remove" in request.POST:
            return self._remove(request.POST["remove"])
        count_attempt(source=address_of(request), now=self.now, **UPLOADS)
        form = self._form(request.POST, request.FILES)
        is_valid = form.is_valid()
        try:
            self._add(form)
        except TooManyFiles as refusal:
            form.add_error("files", str(refusal))
            return self._shown(form, 409)
        return self._again() if is_valid else self._shown(form, 422)

    def _add(self, form: DocumentsForm) -> None:
        if form.good:
            add_documents(owner=self.owner, kind=self.kind, files=form.good, now=self.now, by=self.by)

    def _remove(self, pk: str) -> HttpResponse:
        """One that is gone already, or never was here, is not here afterwards either."""
        with contextlib.suppress(NotFound, ValueError):
            remove_document(owner=self.owner, document_id=UUID(pk), now=self.now, by=self.by)
        return self._again()

    def _again(self) -> HttpResponse:
        answer = see_other(self.request.path)
        answer["Location"] += "#papers"
        return answer

    def _papers(self) -> DocumentsPage:
        return documents_page(self.owner, self.kind, self.url_of)

    def _form(self, *sent: Any) -> DocumentsForm:
        return DocumentsForm(*sent, most=self._papers().room)

    def _shown(self, form: DocumentsForm | None = None, status: int = 200) -> HttpResponse:
        papers, done_url = self._papers(), self.done_url()
        form = form or self._form()
        form.lay_out(has_some=bool(papers.papers))
        return self.page(status, form=form, papers=papers, done_url=done_url, back_url=done_url)


class DraftPapers(DraftView, Papers):
    template_name = Papers.template_name

    @property
    def owner(self) -> Owner:
        return self.draft

    def done_url(self) -> str:
        """Who is called back has no visit to check."""
        name = "callback" if self.has_call() else Step.CHECK
        return reverse(f"portal:{name}", kwargs={"draft_id": self.draft.pk})

    def url_of(self, document: Document) -> str:
        key = {"draft_id": self.draft.pk, "document_id": document.pk}
        return reverse("portal:draft-document", kwargs=key)


class VisitPapers(OpenVisitView, Papers):
    """Until the scan starts."""

    template_name = Papers.template_name

    @property
    def owner(self) -> Owner:
        return self.visit

    def turned_away(self) -> HttpResponse | None:
        return None if self.visit.is_ahead(self.now) else self.back_to_visit()

    def done_url(self) -> str:
        return reverse("portal:visit", kwargs={"token": self.token})

    def url_of(self, document: Document) -> str:
        return reverse("portal:visit-document", kwargs={"token": self.token, "document_id": document.pk})


class DraftOrder(DraftPapers):
    kind = Document.Kind.ORDER


class DraftCard(DraftPapers):
    kind = Document.Kind.DEVICE_CARD


class VisitOrder(VisitPapers):
    kind = Document.Kind.ORDER


class VisitCard(VisitPapers):
    kind = Document.Kind.DEVICE_CARD


class DraftDocument(DraftView):
    """What was sent, as it is kept: to see whether it can be read."""

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        return file_response(document_of(self.draft, document_id))


class VisitDocument(OpenVisitView):
    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        document = document_of(self.visit, document_id)
        note_view(document=document, now=self.now, by=self.by)
        return file_response(document)
