"""What a log line must not say: who a patient is, and the links that open a visit or a draft."""

import logging
import re
import traceback
from types import TracebackType

_LINKS = (
    (re.compile(r"(/(?:visit|invitation)/)[^/\s\"'?#]+"), r"\1<token>"),
    (re.compile(r"(?<![\w-])[\w-]{22}\.[\w-]{43}(?![\w-])"), "<token>"),
    (re.compile(r"(/book/)[0-9a-f]{8}-[0-9a-f-]{27}", re.IGNORECASE), r"\1<draft>"),
)
# PostgreSQL repeats the row in DETAIL and the values in LINE and behind "invalid …:". In the text of an
# exception these begin a line; in its repr, which Celery logs, the line's end is written out.
_ROW = re.compile(r"(?:\n|\\n)(?:DETAIL|LINE \d+|CONTEXT|HINT|QUERY):.*", re.DOTALL)
_VALUE = re.compile(
    r"(invalid input \w+ for [\w ]+|invalid input value for [\w ]+|out of range): .*", re.DOTALL
)

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PrivateFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another formatter may have kept its own
        return without_links(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return without_values(super().formatMessage(record))

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802
        """Each part by itself: what is cut from one message must not cut the places that follow it."""
        kind, error, place = ei
        if kind is None or error is None:
            return ""
        parts = traceback.TracebackException(kind, error, place).format()
        return "\n".join(without_values(part).rstrip("\n") for part in parts)


def without_links(text: str) -> str:
    for pattern, pattern_name in _LINKS:
        text = pattern.sub(pattern_name, text)
    return text


def without_values(text: str) -> str:
    return _VALUE.sub(r"\1", _ROW.sub("", text))
