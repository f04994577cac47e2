"""A server that needs no socket and no database."""

import mimetypes
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Route

HOME = "http://look.test"


def answer(route: Route) -> None:
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        assert found, f"no such file: {path}"
        kind = mimetypes.guess_type(path)[0] or "font/woff2"
        route.fulfill(body=Path(str(found)).read_bytes(), content_type=kind)
        return
    response = Client(headers={"host": "localhost"}).get(path)
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    route.fulfill(body=response.content, status=response.status_code, headers=headers)


@pytest.fixture
def specimen(make_page: Callable[..., Page], settings) -> Callable[..., Page]:
    """`specimen("patient", width=320)`: that page of tests/look/specimens.py in the browser."""
    settings.ROOT_URLCONF = "tests.look.urls"

    def open_page(name: str, **options: object) -> Page:
        page = make_page(**options)
        page.route(f"{HOME}/**", answer)
        page.goto(f"{HOME}/specimen/{name}/")
        return page

    return open_page
