import pytest

from scheduling.rules.addresses import source_of


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("203.0.113.9:52114", "203.0.113.9"),
        ("[2001:db8:1:2::1]:52114", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("999.0.113.9:1", "999.0.113.9:1"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_ipv6_counts_by_household(address, source):
    assert source_of(address) == source
