"""Mail over one SMTP connection, opened at the first message and opened again after it broke."""

from email.headerregistry import Address
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from scheduling.actions.delivery import Refused, TryLater
from scheduling.messaging.render import render
from scheduling.models import Message

_SERVICE_CLOSING = 421  # RFC 5321 4.2.3: the server ends the connection, not only this mail


class Mailer:
    def __init__(self) -> None:
        self._connection = get_connection()
        self._is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._connection.close()
        except (SMTPException, OSError):
            self._drop()

    def send(self, message: Message) -> None:
        """Raises TryLater and Refused; their texts hold reply codes, never addresses."""
        mail = compose(message)
        self._open()
        try:
            self._connection.send_messages([mail])
        except SMTPRecipientsRefused as refusal:
            (code, _reply), *_others = refusal.recipients.values()
            raise self._verdict(code) from None
        except SMTPSenderRefused as refusal:
            # Our own address or account is not accepted: no fault of this one message.
            self._drop()
            raise TryLater(f"SMTP {refusal.smtp_code}", server_down=True) from None
        except SMTPDataError as refusal:
            raise self._verdict(refusal.smtp_code) from None
        except (SMTPException, OSError) as problem:
            self._drop()
            raise TryLater(type(problem).__name__) from None

    def _verdict(self, code: int) -> TryLater | Refused:
        if code == _SERVICE_CLOSING:
            self._drop()
        return Refused(f"SMTP {code}") if code >= 500 else TryLater(f"SMTP {code}")

    def _open(self) -> None:
        if self._is_open:
            return
        try:
            self._connection.open()
        except (SMTPException, OSError) as problem:
            self._drop()
            raise TryLater(type(problem).__name__, server_down=True) from None
        self._is_open = True

    def _drop(self) -> None:
        """Without a farewell: the server no longer answers, or no longer matters."""
        smtp = getattr(self._connection, "connection", None)
        if smtp is not None:
            smtp.close()
        self._connection = get_connection()
        self._is_open = False


def compose(message: Message) -> EmailMultiAlternatives:
    content = render(message)
    mail = EmailMultiAlternatives(
        subject=content.subject,
        body=content.text,
        from_email=str(Address(settings.NEUTRAL_NAME, addr_spec=_sender_address())),
        to=[message.address],
        headers={
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
            "Content-Language": message.language,
        },
    )
    mail.attach_alternative(content.html, "text/html")
    return mail


def message_id(message: Message) -> str:
    """The same at every try, so that mailboxes can tell a repeated mail."""
    domain = _sender_address().rpartition("@")[2]
    return f"<message-{message.pk}-{message.ical_sequence}@{domain}>"


def _sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
