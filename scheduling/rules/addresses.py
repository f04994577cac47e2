"""Whose tries count together."""

from ipaddress import IPv6Address, ip_address, ip_network

HOUSEHOLD = 64  # bits of an IPv6 address; the rest one household, or one attacker, chooses freely


def source_of(address: str) -> str:
    """IPv4 as it is, IPv6 by its /64; what is no address (a socket's name) stands for itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), HOUSEHOLD), strict=False))
