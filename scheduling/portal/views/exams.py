"""Choosing an exam, and what the order says about it. A draft that is being changed comes along as
`?draft=`; a page of one of its own addresses (`portal:change-exam`) has no exam in it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views import View
from django.views.decorators.http import require_safe

from scheduling.actions.drafts import change_exam, start_draft
from scheduling.actions.limits import count_attempt
from scheduling.models import Draft, Exam
from scheduling.portal.exam_forms import ExamForm, SearchForm, answers_of_draft
from scheduling.portal.exam_page import (
    ChestNote,
    ExamPage,
    chest_note,
    found_exams,
    has_example_price,
    rows_by_region,
)
from scheduling.portal.limits import DRAFTS, SEARCHES
from scheduling.portal.views.base import already_booked, see_other
from scheduling.portal.visitor import actor_of_draft, address_of, visitor_of
from scheduling.queries.access import draft_of_visitor, visit_of_draft
from scheduling.queries.catalogue import all_exams, exam_by_slug, search_exams
from scheduling.queries.drafts import Step, missing_steps
from scheduling.queries.screening import version_for


@require_safe
def choose_exam(request: HttpRequest) -> HttpResponse:
    """Search over plain words, and every exam by body part below it."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    if form.is_bound:
        count_attempt(source=address_of(request), now=timezone.now(), **SEARCHES)
    asked = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    draft = _draft_to_change(request)
    suffix = f"?draft={draft.pk}" if draft else ""
    found = found_exams(search_exams(asked), suffix=suffix) if asked else None
    every = all_exams()
    context = {
        "form": form,
        "asked": asked,
        "draft": draft,
        "found": found,
        "chest": _chest_note("XR") if found and found.covid else None,
        "regions": sorted(rows_by_region(every, suffix=suffix), key=lambda region: region.name),
        "has_example_price": has_example_price(every),
    }
    return render(request, "portal/exams.html", context, status=422 if form.errors else 200)


@require_safe
def order_first(request: HttpRequest, slug: str) -> HttpResponse:
    """Not an error: the ways to come by an order."""
    page = ExamPage(_exam_or_404(slug))
    return render(request, "portal/order_first.html", {"page": page, "draft": _draft_to_change(request)})


class ExamView(View):
    """What the scan is like, and what the order says. Posting begins a draft, or changes one."""

    def dispatch(
        self, request: HttpRequest, slug: str = "", draft_id: UUID | None = None, **kwargs: Any
    ) -> HttpResponseBase:
        self.now = timezone.now()
        self.draft = _draft_to_change(request, draft_id)
        booked = visit_of_draft(self.draft) if self.draft else None
        if booked:
            return already_booked(request, booked)
        self.exam_page = ExamPage(_exam_or_404(slug or (self.draft.exam.slug if self.draft else "")))
        answer = super().dispatch(request, **kwargs)
        if self.draft:
            add_never_cache_headers(answer)
        return answer

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ExamForm(family=self.exam_page.family, initial=self._initial()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ExamForm(request.POST, family=self.exam_page.family)
        if not form.is_valid():
            return self._page(form, status=422)
        if form.lacks_order:
            return self._order_first()
        draft = self._saved(form.answers())
        missing = missing_steps(draft, now=self.now)
        return see_other(f"portal:{missing[0] if missing else Step.CHECK}", draft_id=draft.pk)

    def _order_first(self) -> HttpResponse:
        answer = see_other("portal:order-first", slug=self.exam_page.exam.slug)
        if self.draft:
            answer["Location"] += f"?draft={self.draft.pk}"
        return answer

    def _saved(self, answers: dict[str, Any]) -> Draft:
        if self.draft:
            by = actor_of_draft(self.draft.pk)
            return change_exam(draft_id=self.draft.pk, answers=answers, now=self.now, by=by)
        count_attempt(source=address_of(self.request), now=self.now, **DRAFTS)
        visitor = visitor_of(self.request, create=True)
        return start_draft(visitor=visitor, language=get_language() or "en", answers=answers, now=self.now)

    def _initial(self) -> dict[str, str]:
        """An exam named with its contrast was found by it; nothing else is answered beforehand."""
        exam = self.exam_page.exam
        if self.draft and self.draft.exam in self.exam_page.family:
            return answers_of_draft(self.draft)
        return {"contrast": exam.contrast} if exam.needs_contrast else {}

    def _page(self, form: ExamForm, status: int = 200) -> HttpResponse:
        page = self.exam_page
        chest = _chest_note(page.modality) if page.shows_lungs else None
        context = {"page": page, "form": form, "draft": self.draft, "chest": chest}
        return render(self.request, "portal/exam.html", context, status=status)


def _chest_note(modality: str) -> ChestNote:
    return chest_note(version_for(None, modality, timezone.now()))


def _exam_or_404(slug: str) -> Exam:
    exam = exam_by_slug(slug)
    if exam is None:
        raise Http404
    return exam


def _draft_to_change(request: HttpRequest, draft_id: UUID | None = None) -> Draft | None:
    """Raises NotFound for a draft of someone else, or none."""
    given = request.GET.get("draft", "")
    if draft_id is None and given:
        try:
            draft_id = UUID(given)
        except ValueError as error:
            raise Http404 from error
    return draft_of_visitor(draft_id, visitor_of(request)) if draft_id else None
