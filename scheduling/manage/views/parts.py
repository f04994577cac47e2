"""One question or one rule of a draft: written anew, changed, moved, deleted."""

from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from scheduling.actions import versions
from scheduling.exceptions import NotFound
from scheduling.manage.condition_words import Sentences
from scheduling.manage.forms.conditions import AddTestForm, vocabulary
from scheduling.manage.forms.questions import QuestionForm
from scheduling.manage.forms.rules import RuleForm
from scheduling.manage.version_page import question_row, rule_row
from scheduling.manage.views.base import DraftView, EditView
from scheduling.models import Question, Rule
from scheduling.queries.versions import tags_of_exams
from scheduling.rules.condition_text import ConditionTextError, read
from scheduling.rules.screening import Disposition, QuestionKind, QuestionSpec, RuleSpec
from scheduling.rules.version_diff import condition_line

ADD_TEST = "add_test"
KINDS: dict[str, type[versions.Part]] = {"questions": Question, "rules": Rule}


class PartView(EditView):
    """With a box for a condition. The button “Add this test” writes in the box, and saves nothing."""

    box: ClassVar[str] = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.adding: AddTestForm | None = None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if ADD_TEST not in request.POST:
            return super().post(request, **kwargs)
        self.refuse_published()
        self.adding = AddTestForm(request.POST, **self.about())
        form = self.form(request.POST)
        if not self.adding.is_valid():
            return self._not_added(form)
        typed = request.POST.get(self.box, "").strip()
        try:
            condition = read(typed) if typed else {}
        except ConditionTextError:
            form.is_valid()  # says in the box what is wrong
            return self.page(422, form=form, revision=self.revision, **self.more())
        return self._added(condition_line(self.adding.added_to(condition), self.spec))

    def _added(self, text: str) -> HttpResponse:
        self.adding = None
        data = self.request.POST.copy()
        data[self.box] = text
        form = self.form(initial=kept(self.form(data), data), data_of_rows=data)
        return self.page(422, form=form, revision=self.revision, is_added=True, **self.more())

    def _not_added(self, form: Any) -> HttpResponse:
        kept_form = self.form(initial=kept(form, self.request.POST), data_of_rows=self.request.POST)
        context = {"form": kept_form, "revision": self.revision, **self.more()}
        return self.page(422, **context)

    def form(self, data: Any = None, **kwargs: Any) -> Any:
        raise NotImplementedError

    def about(self) -> dict[str, Any]:
        return {"spec": self.spec, "tags": tags_of_exams()}

    def more(self) -> dict[str, Any]:
        about = self.about()
        return {
            "adding": self.adding or AddTestForm(**about),
            "vocabulary": vocabulary(**about),
            "row": self.row(),
        }

    def row(self) -> object:
        return None


def kept(form: forms.Form, data: Any) -> dict[str, Any]:
    """What was typed, to be shown again without a word about what is missing."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }


class AddQuestion(PartView):
    template_name = "manage/question.html"
    box = "show_if"

    def question(self) -> QuestionSpec | None:
        return None

    def form(self, data: Any = None, data_of_rows: Any = None, **kwargs: Any) -> QuestionForm:
        return QuestionForm(
            data, question=self.question(), data_of_rows=data_of_rows, **self.about(), **kwargs
        )

    def write(self, form: QuestionForm) -> None:
        after = form.cleaned_data["after"]
        versions.save_question(question=form.spec_of_question, after=after, **self.seen)
        self.saved = form.spec_of_question.key

    def next_url(self) -> str:
        return f"{self.url()}#question-{self.saved}"


class EditQuestion(AddQuestion):
    """One that another deleted while it was edited keeps what was typed."""

    def question(self) -> QuestionSpec:
        key = self.kwargs["key"]
        found = _of_key(self.spec.questions, key)
        if found is None and self.request.method != "POST":
            raise NotFound
        return found or QuestionSpec(key=key, position=0, kind=QuestionKind.YES_NO, text={})

    def write(self, form: QuestionForm) -> None:
        question = form.spec_of_question
        versions.save_question(
            question=question, after=_place(self.spec.questions, question.key), **self.seen
        )
        self.saved = question.key

    def row(self) -> object:
        return question_row(0, self.question(), Sentences(self.spec))


class AddRule(PartView):
    template_name = "manage/rule.html"
    box = "condition"

    def rule(self) -> RuleSpec | None:
        return None

    def form(self, data: Any = None, data_of_rows: Any = None, **kwargs: Any) -> RuleForm:
        return RuleForm(data, rule=self.rule(), **self.about(), **kwargs)

    def write(self, form: RuleForm) -> None:
        versions.save_rule(rule=form.spec_of_rule, after=form.cleaned_data["after"], **self.seen)
        self.saved = form.spec_of_rule.key

    def next_url(self) -> str:
        return f"{self.url()}#rule-{self.saved}"


class EditRule(AddRule):
    def rule(self) -> RuleSpec:
        key = self.kwargs["key"]
        found = _of_key(self.spec.rules, key)
        if found is None and self.request.method != "POST":
            raise NotFound
        ok = Disposition.OK
        return found or RuleSpec(key=key, position=0, condition={}, disposition=ok, message={})

    def write(self, form: RuleForm) -> None:
        rule = form.spec_of_rule
        versions.save_rule(rule=rule, after=_place(self.spec.rules, rule.key), **self.seen)
        self.saved = rule.key

    def row(self) -> object:
        return rule_row(0, self.rule(), Sentences(self.spec))


def _of_key(parts: tuple[Any, ...], key: str) -> Any:
    return next((part for part in parts if part.key == key), None)


def _place(parts: tuple[Any, ...], key: str) -> str | None:
    """None for one that is there; else it was deleted meanwhile, and is put at the end again."""
    keys = [part.key for part in parts]
    return None if key in keys else next(reversed(keys), "")


class Move(DraftView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, version_id: int, kind: str, key: str) -> HttpResponse:
        step = versions.UP if request.POST.get("step") == "up" else versions.DOWN
        said = _("“%(key)s” is moved up.") if step == versions.UP else _("“%(key)s” is moved down.")
        return self.press(
            lambda: versions.move_part(kind=_kind(kind), key=key, step=step, **self.seen),
            said % {"key": key},
            f"{self.url()}#{kind.removesuffix('s')}-{key}",
        )


class Delete(DraftView):
    """Texts too."""

    template_name = "manage/delete.html"

    def get(self, request: HttpRequest, version_id: int, kind: str, key: str) -> HttpResponse:
        self.refuse_published()
        parts = {
            "questions": [each.key for each in self.spec.questions],
            "rules": [each.key for each in self.spec.rules],
            "texts": list(self.spec.texts),
        }
        if key not in parts.get(kind, ()):
            raise NotFound
        name = Sentences(self.spec).name(key) if kind == "questions" else key
        return self.page(kind=kind, key=key, name=name)

    def post(self, request: HttpRequest, version_id: int, kind: str, key: str) -> HttpResponse:
        said = _("“%(key)s” is deleted.") % {"key": key}
        if kind == "texts":
            return self.press(
                lambda: versions.save_text(key=key, text=None, **self.seen), said, f"{self.url()}#texts"
            )
        part = _kind(kind)
        return self.press(
            lambda: versions.remove_part(kind=part, key=key, **self.seen), said, f"{self.url()}#{kind}"
        )


def _kind(kind: str) -> type[versions.Part]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]
