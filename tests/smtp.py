"""A real SMTP server on loopback that can fail in the ways real ones do."""

import asyncio
import contextlib
import email
import email.policy
import socket
from email.message import EmailMessage

from aiosmtpd.controller import Controller


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content.replace(b"\r\n", b"\n"), policy=email.policy.default)


class MailServer:
    """`mails` is what it accepted. Set `answer` (to DATA), `refused` (recipients and their reply),
    `refused_sender` (the reply), `seconds` (before it takes a mail),
    `seconds_to_answer` (after that), `drops` (how many connections
    it breaks in mid-message) or `drops_after_accepting` (the reply to an accepted mail is lost)."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.tries = 0
        self.answer = "250 OK"
        self.refused: dict[str, str] = {}
        self.refused_sender = ""
        self.seconds = 0.0
        self.seconds_to_answer = 0.0
        self.drops = 0
        self.drops_after_accepting = 0
        self.port = unused_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self.refused_sender or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.tries += 1
        await asyncio.sleep(self.seconds)
        if self.drops:
            self.drops -= 1
            server.transport.abort()
            return "421 gone"
        if not self.answer.startswith("250"):
            return self.answer
        self.mails.append(_parsed(envelope.content))
        self.recipients.extend(envelope.rcpt_tos)
        await asyncio.sleep(self.seconds_to_answer)
        if self.drops_after_accepting:
            self.drops_after_accepting -= 1
            server.transport.abort()
        return self.answer


@contextlib.contextmanager
def running_mail_server():
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
