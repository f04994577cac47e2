"""A field for photos and PDF files, and what to say about one that cannot be taken."""

import math
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduling.actions.documents import NewFile
from scheduling.uploads.kinds import LARGEST_FILE, MEGABYTE, MOST_PAGES, CleanFile, Fault, Refused
from scheduling.uploads.sandbox import Budget, clean_apart

# Endings beside types: some phones know HEIC by its ending only. The server looks at the content.
ACCEPT: Final = "image/jpeg,image/png,image/heic,image/heif,.heic,.heif,application/pdf"

_WORDS: Final[dict[Fault, Promise]] = {
    Fault.TOO_BIG_TOGETHER: gettext_lazy("These files are too big to send together. Send fewer at a time"),
    Fault.EMPTY: gettext_lazy("That file is empty. Choose it again, or take a new photo"),
    Fault.UNKNOWN: gettext_lazy("We can open photos (JPEG, PNG, HEIC) and PDF"),
    Fault.LOCKED: gettext_lazy("That PDF is locked with a password. Take a photo of the page instead"),
    Fault.TOO_LARGE_PICTURE: gettext_lazy(
        "That picture is too large. Take a new photo, or send a smaller one"
    ),
    Fault.BUSY: gettext_lazy(
        "We are busy and did not open that file. Nothing else is lost. Choose it again in a minute"
    ),
    Fault.BROKEN: gettext_lazy("We could not open that file. Take a new photo, or save the file again"),
}


def fault_words(fault: Fault, size: int) -> str:
    """`size` in bytes, as the file was sent."""
    match fault:
        case Fault.TOO_BIG:
            words = _("That file is %(size)s MB. The most we can take is %(most)s MB")
            return words % {"size": math.ceil(size / MEGABYTE), "most": LARGEST_FILE // MEGABYTE}
        case Fault.TOO_MANY_PAGES:
            return _("That PDF has more than %(most)s pages. Send only the pages we need") % {
                "most": MOST_PAGES
            }
    return str(_WORDS[fault])


class FilesInput(forms.FileInput):
    def __init__(self, *, many: bool) -> None:
        self.allow_multiple_selected = many
        super().__init__({"class": "input-file", "accept": ACCEPT})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        found: list[UploadedFile] = files.getlist(name) if hasattr(files, "getlist") else []
        return found


class FilesField(forms.Field):
    """Its value is what was sent; `clean_files` opens it, once the page has counted the try."""

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(widget=FilesInput(many=most > 1), **options)

    def clean(self, value: Any) -> list[UploadedFile]:
        sent: list[UploadedFile] = super().clean(value or [])
        if len(sent) > self.most:
            words = ngettext("Choose 1 file", "Choose %(most)s files or fewer", self.most)
            raise forms.ValidationError(words % {"most": self.most}, code="too_many")
        return sent


def clean_files(sent: Sequence[UploadedFile], budget: Budget) -> tuple[list[NewFile], list[str]]:
    """Those that can be taken, made harmless, and what is wrong with each of the others. `budget`: one for
    all fields of a form."""
    good, faults = [], []
    for file in sent:
        name = file.name or ""
        try:
            good.append(NewFile(name, _clean(file, budget)))
        except Refused as refusal:
            words = fault_words(refusal.fault, file.size or 0)
            faults.append(f"{name}: {words}" if len(sent) > 1 else words)
    return good, faults


def _clean(file: UploadedFile, budget: Budget) -> CleanFile:
    if file.size and file.size > LARGEST_FILE:
        raise Refused(Fault.TOO_BIG)
    if getattr(file, "is_cut", False):
        raise Refused(Fault.TOO_BIG_TOGETHER)
    return clean_apart(file.read(), budget)
