"""Looking at a version, comparing two, copying one."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from scheduling.actions.versions import start_draft
from scheduling.exceptions import NotFound
from scheduling.manage.comparison import compared
from scheduling.manage.forms.about import ParametersForm
from scheduling.manage.problem_words import told
from scheduling.manage.scope_words import publication_row
from scheduling.manage.version_page import sections_of
from scheduling.manage.views.base import VersionView
from scheduling.models import Version
from scheduling.queries.questionnaires import day_of_scope, problems_of
from scheduling.queries.versions import Scope, publications_of, siblings_of, version_in_scope
from scheduling.see_other import SeeOther


class VersionPage(VersionView):
    template_name = "manage/version.html"

    def get(self, request: HttpRequest, version_id: int) -> HttpResponse:
        is_draft = not self.version.is_published
        problems = problems_of(self.version, day_of_scope(None, self.now)) if is_draft else []
        return self.page(
            sections=sections_of(self.spec),
            numbers=ParametersForm(spec=self.spec) if is_draft else None,
            problems=told(problems, self.version, self.spec),
            publications=[
                publication_row(each, now=self.now) for each in publications_of(self.version, now=self.now)
            ],
            others=list(siblings_of(self.version)),
            now=self.now,
        )


class Copy(VersionView):
    """Into a new draft; with `back`, to put what was in force into force again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, version_id: int) -> HttpResponse:
        is_back = "back" in request.POST
        note = _("Back to version %(number)s") % {"number": self.version.number} if is_back else ""
        draft = start_draft(
            version_id=self.version.pk, as_it_was=is_back, note=note, now=self.now, by=self.by
        )
        said = _("Version %(number)s is a new draft.") % {"number": draft.number}
        del self.version  # the next page is about the copy
        self.version = draft
        return self.done(said, self.url("publish" if is_back else "version"))


class Compare(VersionView):
    """With the one that is asked for; else with the one in force, or the one before."""

    template_name = "manage/compare.html"

    def get(self, request: HttpRequest, version_id: int) -> HttpResponse:
        others = list(siblings_of(self.version))
        other = self._other(others, request.GET.get("with", ""))
        if other is None:
            return SeeOther(self.url())
        older, newer = sorted((self.version, other), key=lambda each: each.number)
        changes = compared(older, newer)
        return self.page(others=others, other=other, older=older, newer=newer, changes=changes)

    def _other(self, others: list[Version], asked: str) -> Version | None:
        if not asked:
            current = version_in_scope(self.version.questionnaire, Scope(), at=self.now)
            earlier = [each for each in others if each.number < self.version.number]
            known = [each for each in (current, *earlier, *others) if each and each != self.version]
            return next(iter(known), None)
        found = next((each for each in others if str(each.number) == asked), None)
        if found is None:
            raise NotFound
        return found
