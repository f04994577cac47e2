"""The field for files: what it takes, and the words for what it cannot take."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from scheduling.forms.documents import DocumentsForm
from scheduling.forms.files import FilesField, fault_words
from scheduling.uploads.kinds import Fault
from tests.files import jpeg, pdf


class Form(forms.Form):
    files = FilesField(most=2, label="Files", error_messages={"required": "Choose one"})


def sent(*files: tuple[str, bytes]) -> MultiValueDict:
    return MultiValueDict({"files": [SimpleUploadedFile(name, content) for name, content in files]})


def form_of(*files: tuple[str, bytes], most=10) -> DocumentsForm:
    form = DocumentsForm({}, sent(*files), most=most)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("fault", "size", "words"),
    [
        (Fault.TOO_BIG, 18_000_000, "That file is 18 MB. The most we can take is 15 MB"),
        (Fault.TOO_BIG, 15_000_001, "That file is 16 MB. The most we can take is 15 MB"),
        (Fault.UNKNOWN, 1, "We can open photos (JPEG, PNG, HEIC) and PDF"),
        (Fault.LOCKED, 1, "That PDF is locked with a password. Take a photo of the page instead"),
        (Fault.TOO_MANY_PAGES, 1, "That PDF has more than 50 pages. Send only the pages we need"),
    ],
)
def test_a_fault_is_said_in_words_that_help(fault, size, words):
    assert fault_words(fault, size) == words


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_words(fault):
    words = fault_words(fault, 16_000_000)
    assert words.strip()
    assert not words.endswith(".")  # as every error beside a field


def test_nothing_chosen_and_too_many():
    assert Form({}, MultiValueDict()).errors == {"files": ["Choose one"]}
    assert Form({}, {}).errors == {"files": ["Choose one"]}
    three = sent(("1", b"x"), ("2", b"x"), ("3", b"x"))
    assert Form({}, three).errors == {"files": ["Choose 2 files or fewer"]}


def test_one_fault_needs_no_name_and_several_do():
    assert form_of(("a.exe", b"MZ")).errors["files"] == ["We can open photos (JPEG, PNG, HEIC) and PDF"]
    assert form_of(("a.jpg", b"MZ"), ("b.pdf", b"")).errors["files"] == [
        "a.jpg: We can open photos (JPEG, PNG, HEIC) and PDF",
        "b.pdf: That file is empty. Choose it again, or take a new photo",
    ]


def test_good_files_are_kept_beside_bad_ones():
    form = form_of(("a.jpg", jpeg()), ("b.svg", b"<svg/>"), ("c.pdf", pdf()))
    assert [file.name for file in form.good] == ["a.jpg", "c.pdf"]
    assert form.errors["files"] == ["b.svg: We can open photos (JPEG, PNG, HEIC) and PDF"]


def test_the_input_asks_a_phone_for_photos_and_pdf():
    html = str(DocumentsForm(most=3)["files"])
    assert 'type="file"' in html
    assert "image/jpeg,image/png,image/heic,image/heif,.heic,.heif,application/pdf" in html
    assert " multiple" in html
    assert "capture" not in html  # it would shut out files and photos taken before
    assert " multiple" not in str(DocumentsForm(most=1)["files"])
