"""Exams: the list, one of them with all that patients read of it, retiring it and bringing it back."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Scanner
from scheduling.actions import exams
from scheduling.exceptions import EditConflict, SidesInUse, VisitsTouched
from scheduling.manage.catalogue_page import LACKS, STATES, both_said
from scheduling.manage.forms.exams import ExamForm
from scheduling.manage.views.catalogue_base import CatalogueView, OfferingsView
from scheduling.models import Exam
from scheduling.queries.catalogue_rows import digest_of, exam_values
from scheduling.queries.exams import (
    Lack,
    State,
    clashes_of,
    exam_for,
    exam_lines,
    reach_of,
    told_of,
    visits_told,
)
from scheduling.rules.spreadsheets import Value

LONGEST_SEARCH = 100


class ExamList(OfferingsView):
    """For every administrator; only those of all locations change what it leads to."""

    template_name = "manage/catalogue/exams.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = _chosen(request.GET)
        return self.page(
            lines=[(line, [LACKS[each] for each in line.lacks]) for line in exam_lines(**chosen)],
            is_filtered=any(chosen.values()),
            modalities=Scanner.Modality.choices,
            states=STATES,
            lacks=LACKS.items(),
            **chosen,
        )


class AddExam(CatalogueView):
    template_name = "manage/catalogue/exam.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=ExamForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ExamForm(request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        try:
            exam = exams.add_exam(slug=form.slug_given, values=form.values(), now=self.now, by=self.by)
        except EditConflict:
            form.add_error("slug", _("Choose another short name: “%(slug)s” is taken") % form.cleaned_data)
            return self.page(422, form=form)
        said = _("%(exam)s is added. Nobody can book it before a location offers it.") % {"exam": exam.name}
        return self.done(said, reverse("manage:exam", args=[exam.pk]))


class ExamView(CatalogueView):
    @cached_property
    def exam(self) -> Exam:
        return exam_for(self.kwargs["exam_id"])

    @cached_property
    def standing(self) -> dict[str, Value]:
        return exam_values(self.exam)

    @property
    def url(self) -> str:
        return reverse("manage:exam", args=[self.exam.pk])

    def page(self, status: int = 200, *, template: str = "", **context: Any) -> HttpResponse:
        about = {"exam": self.exam, "reach": reach_of(self.exam, now=self.now)}
        return super().page(status, template=template, **{**about, **context})


class EditExam(ExamView):
    template_name = "manage/catalogue/exam.html"

    def page(self, status: int = 200, *, template: str = "", **context: Any) -> HttpResponse:
        texts = [*_several(self.standing["synonyms_en"]), *_several(self.standing["synonyms_es"])]
        about: dict[str, Any] = {"seen": digest_of(self.standing), "clashes": clashes_of(self.exam, texts)}
        if context.get("told"):
            about["unfit"] = visits_told(self.exam, context["told"], now=self.now)
        return super().page(status, template=template, **{**about, **context})

    def get(self, request: HttpRequest, exam_id: int) -> HttpResponse:
        return self.page(form=ExamForm(exam=self.exam, standing=self.standing))

    def post(self, request: HttpRequest, exam_id: int) -> HttpResponse:
        form = self.form(asks_reason="told" in request.POST)
        if not form.is_valid():
            return self._again(form)
        try:
            changed = self._save(form)
        except EditConflict:
            del self.exam, self.standing
            return self.page(409, form=form, both=both_said(Exam, self.standing, form.values()))
        except SidesInUse as refusal:
            form.add_error("has_sides", str(refusal))
            return self._again(form)
        except VisitsTouched as refusal:
            return self._ask(refusal.unfit)
        return self.done(_said(changed, self.exam), self.url)

    def form(self, *, asks_reason: bool) -> ExamForm:
        standing = self.standing
        return ExamForm(self.request.POST, exam=self.exam, standing=standing, asks_reason=asks_reason)

    def _save(self, form: ExamForm) -> Mapping[str, Value]:
        values, why = form.values(), form.why
        return exams.save_exam(
            exam_id=self.exam.pk, values=values, **self.seen, reason=why, now=self.now, by=self.by
        )

    @property
    def seen(self) -> dict[str, str]:
        return {name: self.request.POST.get(name, "") for name in ("seen", "told")}

    def _again(self, form: ExamForm, **context: Any) -> HttpResponse:
        return self.page(422, form=form, **{**self.seen, **context})

    def _ask(self, unfit: Sequence[int]) -> HttpResponse:
        """Nothing is saved before it is seen whom it touches, and why is said."""
        form = self.form(asks_reason=True)
        form.add_error("reason", _("Say why, and the desks are told. Nothing is saved yet"))
        return self._again(form, told=told_of(unfit))


class ExamState(ExamView):
    """Retire it, or bring it back: says first whom that touches."""

    template_name = "manage/catalogue/exam_state.html"

    def get(self, request: HttpRequest, exam_id: int) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest, exam_id: int) -> HttpResponse:
        is_retired = request.POST.get("to") == State.RETIRED
        write = exams.retire_exam if is_retired else exams.bring_back_exam
        write(exam_id=self.exam.pk, now=self.now, by=self.by)
        said = _("%(exam)s is retired. Nobody can book it any more; booked visits stay.")
        back = _("%(exam)s can be booked again wherever it is offered.")
        return self.done((said if is_retired else back) % {"exam": self.exam.name}, self.url)


def _chosen(asked: QueryDict) -> dict[str, Any]:
    """What the list is narrowed to; anything unknown narrows nothing."""
    modality, state, lack = (asked.get(name, "") for name in ("kind", "state", "lacks"))
    return {
        "typed": asked.get("q", "")[:LONGEST_SEARCH].replace("\0", "").strip(),
        "modality": modality if modality in Scanner.Modality else "",
        "state": State(state) if state in set(State) else None,
        "lack": Lack(lack) if lack in set(Lack) else None,
    }


def _said(changed: Mapping[str, Value], exam: Exam) -> str:
    if not changed:
        return _("Nothing was different, so nothing was changed.")
    return _("%(exam)s is saved.") % {"exam": exam.name}


def _several(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
