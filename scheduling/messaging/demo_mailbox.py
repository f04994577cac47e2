"""Reads what the SMTP code really sent, from the folder where the demo's mail server keeps it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

SHOWN = 200
# A link leaves the frame, and nothing in a mail runs.
FRAME_MAY = "allow-top-navigation-by-user-activation"
# Mail programs know no styles but inline ones.
FRAME_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox {FRAME_MAY}"


@dataclass(frozen=True, slots=True)
class Mail:
    name: str
    at: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    newest = sorted(_kept(), key=lambda path: path.name, reverse=True)[:SHOWN]
    return render(request, "demo/mailbox.html", {"mails": [_read(path) for path in newest]})


@require_safe
@never_cache
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/mail.html", {"mail": _find(name), "frame_may": FRAME_MAY})


@require_safe
@never_cache
@xframe_options_sameorigin
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    html = _find(name).html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(html, headers={"Content-Security-Policy": FRAME_POLICY})


def _kept() -> list[Path]:
    if not (settings.DEMO or settings.TESTING) or not settings.MAILBOX_DIR:
        raise Http404
    return [path for path in Path(settings.MAILBOX_DIR).glob("*.eml") if not path.name.startswith(".")]


def _find(name: str) -> Mail:
    """Only a name that the folder lists: nothing else on this machine can be read."""
    for path in _kept():
        if path.name == name:
            return _read(path)
    raise Http404


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return Mail(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC), message)
