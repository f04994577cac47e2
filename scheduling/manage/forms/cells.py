"""Fields that read what is typed as the files of the catalogue read their cells: both refuse the same."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from scheduling.forms.words import Words
from scheduling.manage.file_words import trouble_words
from scheduling.rules.spreadsheets import CellError, Column, Value, as_cell, plain


class CellField(forms.CharField):
    """`join` of the column stands between several words; a large text has a line for each."""

    def __init__(self, column: Column, *, is_digits: bool = False, **kwargs: Any) -> None:
        self.column = column
        super().__init__(**kwargs)
        if is_digits:
            self.widget.attrs |= {"class": "input-digits", "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        is_typed = value is None or isinstance(value, str)
        return value if is_typed else as_cell(value, "\n" if isinstance(value, tuple) else "")

    def clean(self, value: Any) -> Value:
        try:
            return self.column.read(plain(super().clean(value) or ""))
        except CellError as error:
            raise ValidationError(trouble_words(error.trouble, error.about)) from error


def several(label: Words, column: Column, *, rows: int = 4, **kwargs: Any) -> CellField:
    """A line for each word."""
    return CellField(
        column, label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )
