"""Sending papers: photos and PDF files."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scheduling.actions.documents import NewFile
from scheduling.forms.files import FilesField, clean_files
from scheduling.forms.layout import AllianceHelper, PrimaryButton, SecondButton
from scheduling.uploads.sandbox import Budget


class DocumentsForm(forms.Form):
    """Files that can be taken are in `good`, also when others of the same try are refused."""

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.good: list[NewFile] = []
        self.fields["files"] = FilesField(
            most=most,
            label=_("Choose photos or PDF files"),
            help_text=_("Photos (JPEG, PNG, HEIC) or PDF, up to 15 MB each."),
            error_messages={"required": _("Choose a photo or a PDF first")},
        )
        self.lay_out(has_some=False)

    def lay_out(self, *, has_some: bool) -> None:
        """Who has sent something is likely done; more can be added."""
        button = SecondButton if has_some else PrimaryButton
        self.helper = AllianceHelper(self, "files", button=button(_("Send"), busy=_("Sending…")))
        if has_some:
            self.fields["files"].label = _("Add another photo or PDF")

    def clean_files(self) -> list[NewFile]:
        self.good, faults = clean_files(self.cleaned_data["files"], Budget())
        if faults:
            raise ValidationError(faults)
        return self.good
