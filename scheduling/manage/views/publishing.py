"""Putting a version in force: where and from when, what it changes, and then the button."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from scheduling.actions.questionnaires import end_publication, publish, switch_off
from scheduling.exceptions import EditConflict, NotPublishable
from scheduling.manage.comparison import compared
from scheduling.manage.forms.publishing import AskAgainForm, ScopeForm
from scheduling.manage.problem_words import told
from scheduling.manage.scope_words import publication_row, scope_words, start_words
from scheduling.manage.views.base import DraftView, ManageView
from scheduling.models import Questionnaire
from scheduling.queries.questionnaires import day_of_scope, problems_of
from scheduling.queries.versions import (
    changes_since,
    publication_to_end,
    questionnaire_of_key,
    version_in_scope,
    visits_ahead,
)
from scheduling.rules.opening_hours import local_day


class Publish(DraftView):
    """Asked with the scope and the time in the address, it shows what the publication would come to. A
    published version can be put in force again."""

    template_name = "manage/publish.html"
    check_template = "manage/publish_check.html"

    def form(self, data: Any = None) -> ScopeForm:
        return ScopeForm(data, questionnaire=self.version.questionnaire, now=self.now)

    def get(self, request: HttpRequest, version_id: int) -> HttpResponse:
        form = self.form(request.GET if "when" in request.GET else None)
        if not form.is_bound:
            return self.page(form=form, problems=self.problems())
        if not form.is_valid():
            return self.page(422, form=form, problems=self.problems())
        return self.check(form)

    def post(self, request: HttpRequest, version_id: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(422, form=form, problems=self.problems())
        ask_form = self.ask_form(form, request.POST)
        if not ask_form.is_valid():
            return self.check(form, 422, ask_form=ask_form, form_with_errors=ask_form)
        return self._published(form, ask_form)

    def _published(self, form: ScopeForm, ask_form: AskAgainForm) -> HttpResponse:
        try:
            self._publish(form, ask_form)
        except NotPublishable:
            return self.check(form, 409)
        except EditConflict:
            self.look_again()
            return self.check(form, 409, changes=changes_since(self.version, self.revision), is_conflict=True)
        said = _("Version %(number)s is published: %(scope)s, %(start)s.")
        number = {"number": self.version.number}
        return self.done(said % {**number, **_where(form)}, reverse("manage:questionnaires"))

    def ask_form(self, form: ScopeForm, data: Any = None) -> AskAgainForm:
        return AskAgainForm(data, first_day=local_day(form.starts, form.zone))

    def _publish(self, form: ScopeForm, ask_form: AskAgainForm) -> None:
        scope = form.scope
        publish(
            version=self.version,
            location=scope.location,
            modality=scope.modality,
            starts=form.starts,
            asks_again_from=ask_form.day if self.asks_again else None,
            revision=None if self.version.is_published else self.revision,
            now=self.now,
            by=self.by,
        )

    @property
    def asks_again(self) -> bool:
        """Answers about safety do not go stale, and are asked for in person."""
        return self.spec.kind.goes_stale

    def problems(self, form: ScopeForm | None = None) -> list[Any]:
        if self.version.is_published:
            return []
        location = form.scope.location if form else None
        found = problems_of(self.version, day_of_scope(location, self.now))
        return told(found, self.version, self.spec)

    def check(self, form: ScopeForm, status: int = 200, **context: Any) -> HttpResponse:
        about, scope = self.version.questionnaire, form.scope
        current = version_in_scope(about, scope, at=form.starts)
        return self.page(
            status,
            template=self.check_template,
            form=form,
            **_where(form),
            problems=self.problems(form),
            current=current,
            compared=compared(current, self.version) if current and current != self.version else None,
            visits=visits_ahead(about, scope, starts=form.starts, now=self.now),
            **{"ask_form": self.ask_form(form) if self.asks_again else None, **context},
        )


class SwitchOff(ManageView):
    """No form for a scope, at once or from a time on."""

    template_name = "manage/switch_off.html"

    @cached_property
    def questionnaire(self) -> Questionnaire:
        return questionnaire_of_key(self.kwargs["key"])

    def form(self, data: Any = None) -> ScopeForm:
        return ScopeForm(data, questionnaire=self.questionnaire, now=self.now)

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self.page(form=self.form(), questionnaire=self.questionnaire)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(422, form=form, questionnaire=self.questionnaire)
        self._switch_off(form)
        said = _("Switched off: %(scope)s, %(start)s.") % _where(form)
        return self.done(said, reverse("manage:questionnaires"))

    def _switch_off(self, form: ScopeForm) -> None:
        switch_off(
            questionnaire=self.questionnaire,
            location=form.scope.location,
            modality=form.scope.modality,
            starts=form.starts,
            now=self.now,
            by=self.by,
        )


def _where(form: ScopeForm) -> dict[str, str]:
    start = start_words(form.starts, form.zone, is_now=form.is_now)
    return {"scope": scope_words(form.scope), "start": start}


class End(ManageView):
    """What is planned is withdrawn; what a narrower scope has of its own ends."""

    template_name = "manage/end.html"

    def get(self, request: HttpRequest, publication_id: int) -> HttpResponse:
        publication = publication_to_end(publication_id)
        row = publication_row(publication, now=self.now)
        return self.page(row=row, questionnaire=publication.questionnaire)

    def post(self, request: HttpRequest, publication_id: int) -> HttpResponse:
        row = publication_row(publication_to_end(publication_id), now=self.now)
        end_publication(publication_id=publication_id, now=self.now, by=self.by)
        said = _("Withdrawn: %(scope)s.") if row.is_planned else _("Ended: %(scope)s.")
        return self.done(said % {"scope": row.scope}, reverse("manage:questionnaires"))
