"""What every screen about questionnaires has in common: who may open it, and how a draft is written."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from locations.models import User
from scheduling.exceptions import CannotEnd, EditConflict, VersionFrozen
from scheduling.forms.words import Words
from scheduling.models import Version
from scheduling.queries.questionnaires import spec_of
from scheduling.queries.versions import changes_since, may_write_questionnaires, version_to_write
from scheduling.rules.actors import Actor
from scheduling.rules.screening import VersionSpec
from scheduling.see_other import SeeOther

MOST_REVISIONS = 9  # digits


class StaffRequest(HttpRequest):
    user: User


class ManageView(LoginRequiredMixin, View):
    """For administrators of all locations."""

    request: StaffRequest
    template_name: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        if isinstance(request.user, User) and not may_write_questionnaires(request.user):
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)
        except (VersionFrozen, CannotEnd) as refusal:
            context = {"refusal": refusal, "version_id": kwargs.get("version_id")}
            return render(request, "manage/refused.html", context, status=409)

    @property
    def by(self) -> Actor:
        return Actor.staff(self.request.user.pk)

    def page(self, status: int = 200, *, template: str = "", **context: Any) -> HttpResponse:
        return render(self.request, template or self.template_name, context, status=status)

    def done(self, said: Words, url: str) -> HttpResponse:
        """To a page that says what was done, and puts the focus there."""
        messages.success(self.request, str(said), extra_tags="focus")
        return SeeOther(url)


class VersionView(ManageView):
    @cached_property
    def version(self) -> Version:
        return version_to_write(self.kwargs["version_id"])

    @cached_property
    def spec(self) -> VersionSpec:
        return spec_of(self.version)

    def url(self, name: str = "version", *more: object) -> str:
        return reverse(f"manage:{name}", args=[self.version.pk, *more])

    def page(self, status: int = 200, *, template: str = "", **context: Any) -> HttpResponse:
        about = {"version": self.version, "spec": self.spec, "revision": self.version.revision}
        return super().page(status, template=template, **{**about, **context})


class DraftView(VersionView):
    """Only a draft is written. `revision` is the one on the page that was sent."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.revision = _whole(request.POST.get("revision", ""))
        return super().dispatch(request, *args, **kwargs)

    def refuse_published(self) -> None:
        if self.version.is_published:
            raise VersionFrozen

    @property
    def seen(self) -> dict[str, Any]:
        """What every action on a draft is told."""
        return {
            "version_id": self.version.pk,
            "revision": self.revision,
            "now": self.now,
            "by": self.by,
        }

    def look_again(self) -> None:
        """After a conflict: the draft as it is now."""
        for name in ("version", "spec"):
            self.__dict__.pop(name, None)

    def press(self, write: Callable[[], object], said: Words, url: str) -> HttpResponse:
        """A single button: when somebody else was faster, the page is shown as it is now."""
        self.refuse_published()
        try:
            write()
        except EditConflict:
            self.look_again()
            context = {"version": self.version, "changes": changes_since(self.version, self.revision)}
            return render(self.request, "manage/conflict.html", context, status=409)
        return self.done(said, url)


class EditView(DraftView):
    """A form about one thing of a draft. What was typed survives every refusal."""

    said: ClassVar[Words] = ""

    def form(self, data: Any = None) -> Any:
        raise NotImplementedError

    def write(self, form: Any) -> None:
        raise NotImplementedError

    def next_url(self) -> str:
        return self.url()

    def more(self) -> dict[str, Any]:
        """What else stands on the page."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_published()
        return self.page(form=self.form(), **self.more())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_published()
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(422, form=form, revision=self.revision, **self.more())
        try:
            self.write(form)
        except EditConflict:
            return self.conflict(form)
        return self.done(self.said or _("Saved."), self.next_url())

    def conflict(self, form: Any) -> HttpResponse:
        """The form as it was typed; pressed again, it is written over what others wrote in between."""
        self.look_again()
        changes = changes_since(self.version, self.revision)
        return self.page(409, form=form, changes=changes, is_conflict=True, **self.more())


def _whole(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_REVISIONS else -1
