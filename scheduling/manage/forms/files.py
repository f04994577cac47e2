"""Sending a file of the catalogue."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from scheduling.forms.layout import AllianceHelper, PrimaryButton
from scheduling.rules.spreadsheets import LARGEST_TABLE


class UploadForm(forms.Form):
    """Reads no more than one byte above the limit: enough to tell that it is too much."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8, with commas or semicolons, up to 1 MB. First you see what it would change."),
        allow_empty_file=True,
        error_messages=dict.fromkeys(("required", "missing", "invalid"), _("Choose a file")),
        widget=forms.FileInput(attrs={"class": "input-file", "accept": ".csv,text/csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = AllianceHelper(
            self, button=PrimaryButton(_("See what it would change"), busy=_("Reading…"))
        )

    @property
    def data_sent(self) -> bytes:
        sent: UploadedFile = self.cleaned_data["file"]
        if getattr(sent, "is_cut", False):
            return b"x" * (LARGEST_TABLE + 1)
        data: bytes = sent.read(LARGEST_TABLE + 1)
        return data
