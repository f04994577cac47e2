"""Pages that a draft and a visit have alike: about papers, and about paying. Said while booking, or later
by the visit's link until the scan starts."""

import contextlib
import math
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views import View

from scheduling.actions.documents import remove_document
from scheduling.actions.limits import count_attempt
from scheduling.exceptions import NotFound
from scheduling.models import Document
from scheduling.portal.limits import UPLOADED, UPLOADS
from scheduling.portal.views.base import DraftView, see_other
from scheduling.portal.views.visit_base import OpenVisitView
from scheduling.portal.visitor import address_of
from scheduling.queries.documents import Owner
from scheduling.queries.drafts import Step
from scheduling.rules.actors import Actor
from scheduling.uploads.kinds import MEGABYTE


class OwnedView(View):
    """What such a page asks of the draft or visit it is about: see OfDraft and OfVisit."""

    takes_files: ClassVar[bool] = True
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

    def count_files(self) -> None:
        """Before any is opened; of their bytes those that are kept until then. Raises TooManyTries."""
        files = [file for _name, sent in self.request.FILES.lists() for file in sent]
        if not files:
            return
        source = address_of(self.request)
        kept = sum(file.size or 0 for file in files if not getattr(file, "is_cut", False))
        count_attempt(source=source, times=len(files), now=self.now, **UPLOADS)
        count_attempt(source=source, times=math.ceil(kept / MEGABYTE), now=self.now, **UPLOADED)

    def remove(self, pk: str) -> HttpResponse:
        """A paper that is gone already, or never was here, is not here afterwards either."""
        with contextlib.suppress(NotFound, ValueError):
            remove_document(owner=self.owner, document_id=UUID(pk), now=self.now, by=self.by)
        return self.again()

    def again(self) -> HttpResponse:
        """To the papers on the same page."""
        answer = see_other(self.request.path)
        answer["Location"] += "#papers"
        return answer


class OfDraft(DraftView, OwnedView):
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


class OfVisit(OpenVisitView, OwnedView):
    """Until the scan starts."""

    @property
    def owner(self) -> Owner:
        return self.visit

    def turned_away(self) -> HttpResponse | None:
        return None if self.visit.is_ahead(self.now) else self.back_to_visit()

    def done_url(self) -> str:
        return reverse("portal:visit", kwargs={"token": self.token})

    def url_of(self, document: Document) -> str:
        return reverse("portal:visit-document", kwargs={"token": self.token, "document_id": document.pk})
