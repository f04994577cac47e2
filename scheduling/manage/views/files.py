"""The catalogue as files: taken away, looked at before anything changes, applied as a whole or not at all."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.models import User
from scheduling.actions import catalogue_edits
from scheduling.csv_response import csv_response
from scheduling.exceptions import FileRefused, PlanChanged
from scheduling.manage.file_words import ABOUT, FILES, MOST_SHOWN, parts_of, told_faults
from scheduling.manage.forms.files import UploadForm
from scheduling.manage.views.catalogue_base import OfferingsView
from scheduling.queries.catalogue_plan import FilePlan, plan_file, upload_of
from scheduling.queries.catalogue_rows import may_write_catalogue, register_of, rows_of
from scheduling.rules.catalogue_files import COLUMNS, CatalogueFile, keys_of
from scheduling.rules.spreadsheets import table_of
from scheduling.see_other import SeeOther

FOR_ALL = (CatalogueFile.EXAMS, CatalogueFile.PREPARATIONS)


class FileView(OfferingsView):
    template_name = "manage/catalogue/file.html"

    def may_open(self, user: User) -> bool:
        return super().may_open(user) and (self.file not in FOR_ALL or may_write_catalogue(user))

    @property
    def file(self) -> CatalogueFile:
        try:
            return CatalogueFile(self.kwargs["table"])
        except ValueError as error:
            raise Http404 from error

    def url(self, name: str = "file") -> str:
        return reverse(f"manage:{name}", args=[self.file.value])

    def page(self, status: int = 200, *, template: str = "", **context: Any) -> HttpResponse:
        may_write_all = may_write_catalogue(self.request.user)
        about = {
            "file": self.file.value,
            "title": FILES[self.file],
            "about": ABOUT[self.file],
            "columns": COLUMNS[self.file],
            "keys": keys_of(self.file),
            "files": [
                (each.value, words) for each, words in FILES.items() if may_write_all or each not in FOR_ALL
            ],
        }
        return super().page(status, template=template, **{**about, **context})


class CatalogueFilePage(FileView):
    """Download, and send it back: a file with faults is told here, a good one is kept to be looked at."""

    takes_files = True

    def get(self, request: HttpRequest, table: str) -> HttpResponse:
        return self.page(form=UploadForm(), kept=upload_of(self.file, self.request.user))

    def post(self, request: HttpRequest, table: str) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(422, form=form)
        data, user = form.data_sent, self.request.user
        plan = plan_file(self.file, data, user=user, now=self.now)
        if plan.faults:
            return self._refused(form, plan)
        catalogue_edits.keep_upload(file=self.file, data=data, user=user, now=self.now)
        return SeeOther(self.url("file-check"))

    def _refused(self, form: UploadForm, plan: FilePlan) -> HttpResponse:
        count = len(plan.faults)
        words = ngettext(
            "%(count)s thing in the file is wrong. Nothing was changed.",
            "%(count)s things in the file are wrong. Nothing was changed.",
            count,
        ) % {"count": count}
        form.add_error("file", words)
        return self.page(422, form=form, faults=told_faults(plan.faults), more=max(0, count - MOST_SHOWN))


class FileDownload(FileView):
    def get(self, request: HttpRequest, table: str) -> HttpResponse:
        register = register_of(self.file, self.request.user)
        return csv_response(table_of(COLUMNS[self.file], rows_of(register)), name=f"alliance-{table}")


class FileCheck(FileView):
    """What the kept file would change as things are now; the button does exactly that."""

    template_name = "manage/catalogue/file_check.html"

    def get(self, request: HttpRequest, table: str) -> HttpResponse:
        return self._plan()

    def post(self, request: HttpRequest, table: str) -> HttpResponse:
        user, digest = self.request.user, request.POST.get("digest", "")
        try:
            plan = catalogue_edits.apply_upload(
                file=self.file, digest=digest, user=user, now=self.now, by=self.by
            )
        except (FileRefused, PlanChanged):
            return self._plan(409)
        return self._gone() if plan is None else self.done(_applied(plan), self.url())

    def _plan(self, status: int = 200) -> HttpResponse:
        upload = upload_of(self.file, self.request.user)
        if upload is None:
            return self._gone()
        plan = plan_file(self.file, bytes(upload.data), user=self.request.user, now=self.now)
        return self.page(
            status,
            plan=plan,
            parts=parts_of(plan),
            faults=told_faults(plan.faults),
            more=max(0, len(plan.faults) - MOST_SHOWN),
            is_changed=status == 409,
        )

    def _gone(self) -> HttpResponse:
        words = _("There is no file to apply: it was applied or discarded already.")
        messages.warning(self.request, words, extra_tags="focus")
        return SeeOther(self.url())


class FileDiscard(FileView):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, table: str) -> HttpResponse:
        catalogue_edits.discard_upload(file=self.file, user=self.request.user)
        return self.done(_("The file is discarded. Nothing was changed."), self.url())


def _applied(plan: FilePlan) -> str:
    counted = {
        "added": len(plan.added),
        "changed": len(plan.changed),
        "ended": len(plan.ended),
    }
    return _("Done: %(added)s added, %(changed)s changed, %(ended)s ended.") % counted
