"""Choosing an exam, and what the order says about it. The pages of a draft that is being changed have
no exam in their addresses: what is looked for and chosen is posted, and kept in the session."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views import View
from django.views.decorators.http import require_safe

from locations.forms import NearForm
from scheduling.actions.drafts import change_exam, start_draft
from scheduling.actions.limits import count_attempt
from scheduling.exceptions import OrderDecides
from scheduling.models import Draft, Exam
from scheduling.portal import choosing
from scheduling.portal.exam_forms import ExamForm, SearchForm, answers_of_draft
from scheduling.portal.exam_page import (
    ChestNote,
    ExamPage,
    chest_note,
    found_exams,
    has_example_price,
    has_price,
    rows_by_region,
)
from scheduling.portal.limits import DRAFTS, SEARCHES
from scheduling.portal.strangers import press_again
from scheduling.portal.views.base import DraftView, is_slug, see_other
from scheduling.portal.visitor import address_of, remember_place, visitor_of
from scheduling.queries.catalogue import all_exams, exam_by_slug, search_exams
from scheduling.queries.drafts import Step, missing_steps
from scheduling.queries.questionnaires import is_asked, version_for
from scheduling.rules.screening import FormKind

OF_ORDER = frozenset({"exam", "laterality", "contrast", "order_status"})


@require_safe
def choose_exam(request: HttpRequest) -> HttpResponse:
    """Search over plain words, and every exam by body part below it."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    if form.is_bound:
        count_attempt(source=address_of(request), now=timezone.now(), **SEARCHES)
    place = request.GET.get("place", "")
    if place and NearForm({"near": place}).is_valid():
        remember_place(request, place)
    context = search_context(form)
    only = context["found"].only_url if context["found"] else ""
    if only:  # one scan is meant: its page says what it is, and leads back to all of them
        return redirect(only)
    return render(request, "portal/exams.html", context, status=422 if form.errors else 200)


def search_context(form: SearchForm) -> dict[str, Any]:
    asked = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    found = found_exams(search_exams(asked)) if asked else None
    every = all_exams()
    return {
        "form": form,
        "asked": asked,
        "found": found,
        "chest": _chest_note("XR") if found and found.covid else None,
        "regions": sorted(rows_by_region(every), key=lambda region: region.name),
        "has_price": has_price(every),
        "has_example_price": has_example_price(every),
    }


class OtherExam(DraftView):
    """Another exam for a draft: looked for and chosen by buttons."""

    template_name = "portal/exams.html"
    has_ticket = False

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.draft.order_id:
            return see_other("portal:change-exam", draft_id=self.draft.pk)
        asked = choosing.asked_for(request, self.draft)
        return self._list(SearchForm({"q": asked} if asked else None))

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.draft.order_id:
            return order_decides(request, self.draft)
        if "exam" in request.POST:
            choosing.keep(request, self.draft, exam=_exam_or_404(request.POST["exam"]).slug)
            return see_other("portal:change-exam", draft_id=self.draft.pk)
        count_attempt(source=address_of(request), now=self.now, **SEARCHES)
        form = SearchForm(request.POST)
        if not form.is_valid():
            return self._list(form, 422)
        choosing.keep(request, self.draft, asked=form.cleaned_data["q"])
        return see_other("portal:other-exam", draft_id=self.draft.pk)

    def _list(self, form: SearchForm, status: int = 200) -> HttpResponse:
        return self.page(status, row_button="exam", **search_context(form))


@require_safe
def order_first(request: HttpRequest, slug: str) -> HttpResponse:
    """Not an error: the ways to come by an order."""
    return render(request, "portal/order_first.html", _about_order(ExamPage(_exam_or_404(slug))))


class DraftOrderFirst(DraftView):
    template_name = "portal/order_first.html"
    has_ticket = False

    def get(self, request: HttpRequest) -> HttpResponse:
        exam = _exam_or_404(choosing.chosen_exam(request, self.draft))
        return self.page(**_about_order(ExamPage(exam)))


class ExamView(View):
    """What the scan is like, and what the order says. Posting begins a draft."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        page = ExamPage(_exam_or_404(slug))
        return _exam_page(request, page, ExamForm(family=page.family, initial=_initial(page.exam)))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        page, now = ExamPage(_exam_or_404(slug)), timezone.now()
        form = ExamForm(request.POST, family=page.family)
        if not form.is_valid():
            return _exam_page(request, page, form, status=422)
        if form.lacks_order:
            return see_other("portal:order-first", slug=page.exam.slug)
        return press_again(request, now=now) or _begin(request, form.answers(), now)


class ChangeExam(DraftView):
    """The same page for a draft: about its exam, or the one chosen instead, which its form names."""

    @cached_property
    def exam_page(self) -> ExamPage:
        if self.draft.order_id:
            return ExamPage(_exam_or_404(self.draft.exam.slug), alone=True)
        chosen = choosing.chosen_exam(self.request, self.draft)
        return ExamPage(_exam_or_404(self.request.POST.get("exam") or chosen))

    def get(self, request: HttpRequest) -> HttpResponse:
        page = self.exam_page
        of_draft = answers_of_draft(self.draft) if self.draft.exam in page.family else _initial(page.exam)
        form = self._form(initial=of_draft)
        return _exam_page(request, page, form, draft=self.draft)

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.draft.order_id and not OF_ORDER.isdisjoint(request.POST):
            return order_decides(request, self.draft)
        page = self.exam_page
        form = self._form({**request.POST.dict(), "exam": page.exam.slug})
        if not form.is_valid():
            return _exam_page(request, page, form, status=422, draft=self.draft)
        if form.lacks_order:
            choosing.keep(request, self.draft, exam=page.exam.slug)
            return see_other("portal:draft-order-first", draft_id=self.draft.pk)
        self.draft = change_exam(draft_id=self.draft.pk, answers=form.answers(), now=self.now, by=self.by)
        choosing.end(request)
        return self.forward()

    def _form(self, *data: Any, **kwargs: Any) -> ExamForm:
        page, is_ordered = self.exam_page, self.draft.order_id is not None
        return ExamForm(*data, family=page.family, names=page.exam.slug, is_ordered=is_ordered, **kwargs)


def order_decides(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Exam, side and contrast of an order that is here are changed by its doctor, not on a page."""
    context = {"draft": draft, "order": draft.order, "refusal": OrderDecides()}
    return render(request, "portal/order_decides.html", context, status=409)


def _begin(request: HttpRequest, answers: dict[str, Any], now: datetime) -> HttpResponse:
    count_attempt(source=address_of(request), now=now, **DRAFTS)
    visitor, language = visitor_of(request, create=True), get_language() or "en"
    draft = start_draft(visitor=visitor, language=language, answers=answers, now=now)
    missing = missing_steps(draft, now=now)
    return see_other(f"portal:{missing[0] if missing else Step.CHECK}", draft_id=draft.pk)


def _initial(exam: Exam) -> dict[str, str]:
    """An exam named with its contrast was found by it; nothing else is answered beforehand."""
    return {"contrast": exam.contrast} if exam.needs_contrast else {}


def _exam_page(
    request: HttpRequest, page: ExamPage, form: ExamForm, *, status: int = 200, draft: Draft | None = None
) -> HttpResponse:
    asked = is_asked(FormKind.SAFETY, draft.location if draft else None, page.modality, timezone.now())
    context = {"form": form, "draft": draft, "asks_about_devices": asked, **_about_order(page)}
    return render(request, "portal/exam.html", context, status=status)


def _about_order(page: ExamPage) -> dict[str, Any]:
    return {"page": page, "chest": _chest_note(page.modality) if page.shows_lungs else None}


def _chest_note(modality: str) -> ChestNote:
    return chest_note(version_for(FormKind.RESPIRATORY, None, modality, timezone.now()))


def _exam_or_404(slug: str) -> Exam:
    exam = exam_by_slug(slug) if is_slug(slug) else None
    if exam is None:
        raise Http404
    return exam
