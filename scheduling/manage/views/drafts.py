"""A draft as a whole: who answers for it, its numbers and texts, and doing away with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduling.actions import versions
from scheduling.exceptions import NotFound
from scheduling.manage.condition_words import Sentences
from scheduling.manage.forms.about import AboutForm, ParametersForm, TextForm
from scheduling.manage.version_page import text_row
from scheduling.manage.views.base import DraftView, EditView
from scheduling.queries.questionnaires import day_of_scope


class Discard(DraftView):
    template_name = "manage/discard.html"

    def get(self, request: HttpRequest, version_id: int) -> HttpResponse:
        self.refuse_published()
        return self.page()

    def post(self, request: HttpRequest, version_id: int) -> HttpResponse:
        said = _("The draft, version %(number)s, is gone.") % {"number": self.version.number}
        return self.press(lambda: versions.discard_draft(**self.seen), said, reverse("manage:questionnaires"))


class About(EditView):
    template_name = "manage/about.html"

    def form(self, data: Any = None) -> AboutForm:
        return AboutForm(data, version=self.version, today=day_of_scope(None, self.now))

    def write(self, form: AboutForm) -> None:
        versions.save_about(about=form.cleaned_data, **self.seen)


class Parameters(EditView):
    """The form stands on the version's page too."""

    template_name = "manage/parameters.html"
    said = gettext_lazy("The numbers are saved.")

    def form(self, data: Any = None) -> ParametersForm:
        return ParametersForm(data, spec=self.spec)

    def write(self, form: ParametersForm) -> None:
        versions.save_parameters(parameters=form.parameters, **self.seen)

    def next_url(self) -> str:
        return f"{self.url()}#numbers"


class EditText(EditView):
    template_name = "manage/text.html"

    @property
    def key(self) -> str:
        return str(self.kwargs["key"])

    def form(self, data: Any = None) -> TextForm:
        text = self.spec.texts.get(self.key)
        if text is None and data is None:
            raise NotFound
        return TextForm(data, spec=self.spec, initial=dict(text or {}))

    def more(self) -> dict[str, Any]:
        return {"row": text_row(self.key, self.spec.texts.get(self.key, {}), Sentences(self.spec))}

    def write(self, form: TextForm) -> None:
        versions.save_text(key=self.key, text=form.text, **self.seen)

    def next_url(self) -> str:
        return f"{self.url()}#text-{self.key}"


class AddText(EditView):
    template_name = "manage/text.html"

    def form(self, data: Any = None) -> TextForm:
        return TextForm(data, spec=self.spec, is_new=True)

    def write(self, form: TextForm) -> None:
        versions.save_text(key=form.cleaned_data["key"], text=form.text, **self.seen)
