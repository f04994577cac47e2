"""Receiving files: what is counted, kept and thrown away while they come in."""

import contextlib
import gc
import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadhandler import SkipFile
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.test import RequestFactory
from django.test.client import BOUNDARY, encode_multipart

from scheduling.forms import upload_handler
from scheduling.uploads.kinds import LARGEST_FILE

CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def page_with(*, takes_files: bool) -> SimpleNamespace:
    return SimpleNamespace(func=SimpleNamespace(view_class=SimpleNamespace(takes_files=takes_files)))


def named(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def request_with(*files: bytes, takes_files: bool = True) -> HttpRequest:
    data = {"word": "kept", "files": [named(f"{number}.jpg", file) for number, file in enumerate(files)]}
    request = RequestFactory().post("/", encode_multipart(BOUNDARY, data), content_type=CONTENT_TYPE)
    request.resolver_match = page_with(takes_files=takes_files)
    return request


def open_files() -> set[str]:
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(str(descriptor.readlink()))
    return {name for name in found if "(deleted)" in name}


def test_files_come_in_with_their_names_and_sizes():
    request = request_with(b"one", b"second")
    found = request.FILES.getlist("files")
    assert [(file.name, file.size, file.is_cut, file.read()) for file in found] == [
        ("0.jpg", 3, False, b"one"),
        ("1.jpg", 6, False, b"second"),
    ]
    request.close()


def test_a_file_never_has_a_name_on_disk_and_is_gone_with_the_request(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    before = open_files()
    request = request_with(b"x" * 100_000)
    assert request.FILES["files"].size == 100_000
    assert list(tmp_path.iterdir()) == []
    request.close()
    assert open_files() == before


def test_of_a_file_that_is_too_big_nothing_is_kept_but_its_size():
    request = request_with(b"small", bytes(LARGEST_FILE + 1), b"small too")
    found = request.FILES.getlist("files")
    assert [(file.size, file.is_cut, len(file.read())) for file in found] == [
        (5, False, 5),
        (LARGEST_FILE + 1, True, 0),
        (9, False, 9),
    ]
    request.close()


def test_a_file_of_exactly_the_most_is_kept():
    request = request_with(bytes(LARGEST_FILE))
    assert not request.FILES["files"].is_cut
    assert len(request.FILES["files"].read()) == LARGEST_FILE
    request.close()


def test_what_comes_after_too_much_is_not_kept(monkeypatch):
    monkeypatch.setattr(upload_handler, "LARGEST_REQUEST", 10)
    request = request_with(b"12345", b"123456", b"1")
    assert [file.is_cut for file in request.FILES.getlist("files")] == [False, True, True]
    request.close()


def test_a_page_that_takes_no_files_gets_none_and_its_words_all_the_same(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "would fail if it were used")
    request = request_with(b"one", b"two", takes_files=False)
    assert dict(request.FILES) == {}
    assert request.POST["word"] == "kept"


def test_an_address_that_is_none_takes_no_files():
    for request in (None, HttpRequest()):
        with pytest.raises(SkipFile):
            upload_handler.LimitedUpload(request).new_file("files", "a.jpg", "image/jpeg", None)


class Broken(io.BytesIO):
    """A connection that ends in the middle."""

    def read(self, *size) -> bytes:
        found = super().read(*size)
        if not found:
            raise OSError("connection lost")
        return found


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # closed late is closed too
def test_an_upload_that_breaks_off_leaves_nothing_open():
    whole = encode_multipart(BOUNDARY, {"files": named("a.jpg", bytes(500_000))})
    before = open_files()
    request = request_with(b"x")
    request.META["CONTENT_LENGTH"] = str(len(whole))
    request._stream = Broken(whole[:300_000])

    with pytest.raises(UnreadablePostError):
        request.POST  # noqa: B018

    del request
    gc.collect()  # the error holds on to where it came from
    assert open_files() == before
