"""A fault of ours: the page says what became of what was sent. This module is its site map, too."""

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from alliance.urls import handler500

__all__ = ["handler500"]


def fail(request: HttpRequest) -> None:
    raise RuntimeError


urlpatterns = [path("book/fails/", fail), path("visit/fails/", fail)]


@pytest.fixture
def client(settings):
    settings.ROOT_URLCONF = "tests.portal.test_outage"
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("method", "address", "words"),
    [
        ("post", "/book/fails/", ["Sorry, we could not save that", "Nothing is booked yet. Try again"]),
        ("post", "/visit/fails/", ["Sorry, we could not save that", "Nothing has changed. Try again"]),
        ("get", "/book/fails/", ["Sorry, something went wrong on our side", "Please try again"]),
    ],
)
def test_the_page_says_what_became_of_it(client, method, address, words):
    answer = getattr(client, method)(address)
    page = answer.content.decode()
    assert answer.status_code == 500
    assert [said for said in words if said not in page] == []
    assert ("could not save" in page) == (method == "post")
