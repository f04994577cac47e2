"""What an uploaded file may be, and why one is refused."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MEGABYTE: Final = 1_000_000
LARGEST_FILE: Final = 15 * MEGABYTE  # bytes, as it was sent
LARGEST_KEPT: Final = 2 * LARGEST_FILE  # bytes of a PDF made anew: a few KB may unpack to gigabytes
MOST_PAGES: Final = 50  # of a PDF


class ContentType(StrEnum):
    JPEG = "image/jpeg"  # every picture becomes one
    PDF = "application/pdf"


class Fault(StrEnum):
    EMPTY = "empty"
    TOO_BIG = "too_big"
    TOO_BIG_TOGETHER = "too_big_together"  # with the others that came at the same time
    UNKNOWN = "unknown"  # neither a picture nor a PDF, whatever its name says
    LOCKED = "locked"  # a PDF that asks for a password
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE_PICTURE = "too_large_picture"  # more pixels than a camera makes
    BROKEN = "broken"
    BUSY = "busy"  # nothing is wrong with it: there was no time to open it


@dataclass(frozen=True, slots=True)
class CleanFile:
    """What is kept: made anew from what can be seen, so that nothing else of the file is left."""

    content_type: ContentType
    content: bytes


class Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault
