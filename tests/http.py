"""A browser without a window: cookies, no scripts, no automatic redirects. For many at once."""

import http.client
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.contrib.sessions.backends.db import SessionStore

CSRF = "c" * 32


@dataclass(frozen=True)
class Reply:
    status: int
    location: str
    text: str


@dataclass
class HttpBrowser:
    """`base` is the server's address. Give each rival an own one: it holds one connection."""

    base: str
    session: str = ""

    @classmethod
    def of_visitor(cls, base: str, visitor: str) -> "HttpBrowser":
        """With the session of someone who began drafts as `visitor`."""
        session = SessionStore()
        session["visitor"] = visitor
        session.save()
        return cls(base, session.session_key or "")

    def get(self, path: str) -> Reply:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Reply:
        return self._ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": CSRF}))

    def _ask(self, method: str, path: str, body: str | None = None) -> Reply:
        address = urlsplit(self.base)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        headers = {"Cookie": f"csrftoken={CSRF}; sessionid={self.session}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers.get("Location", ""), reply.read().decode())
        finally:
            connection.close()
