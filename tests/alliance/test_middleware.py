import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from alliance.middleware import ProxyAddress


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first is the client's own invention
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_that_our_proxy_wrote(forwarded, address):
    seen = []

    def page(request):
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    header = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    ProxyAddress(page)(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **header))
    assert seen == [address]
