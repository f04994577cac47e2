"""Receiving files: onto disk without a name, so that even a killed process leaves nothing behind, and no
more of them than a page can take."""

from tempfile import TemporaryFile
from typing import IO, Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from scheduling.uploads.kinds import LARGEST_FILE, MEGABYTE

LARGEST_REQUEST: Final = 80 * MEGABYTE  # bytes of all its files


class SentFile(UploadedFile):
    """`size` is what was sent; of a file that was too big nothing is kept (`is_cut`)."""

    is_cut = False


class LimitedUpload(FileUploadHandler):
    """For views with `takes_files = True`; what is sent to another address is read past. Counts all that
    comes, so that the answer can say how big it was, and keeps only what may be used."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0
        self.file: IO[bytes]
        self.is_cut = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not _takes_files(self.request):
            raise SkipFile
        self.file, self.is_cut = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR), False  # noqa: SIM115

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.is_cut:
            return
        if start + len(raw_data) > LARGEST_FILE or self.received > LARGEST_REQUEST:
            self.is_cut = True
            self.file.truncate(0)
        else:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> SentFile:
        self.file.seek(0)
        sent = SentFile(self.file, self.file_name, self.content_type, file_size)
        sent.is_cut = self.is_cut
        return sent

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def _takes_files(request: HttpRequest | None) -> bool:
    match = request.resolver_match if request else None
    return bool(match and getattr(getattr(match.func, "view_class", None), "takes_files", False))
