"""Whose tries count together."""

import re
from ipaddress import IPv6Address, ip_address, ip_network

HOUSEHOLD = 64  # bits of an IPv6 address; the rest one household, or one attacker, chooses freely
# As some proxies write it: a port is new with each connection and must not make a new source.
_WITH_PORT = re.compile(r"\[([0-9a-fA-F:.%\w]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+")


def source_of(address: str) -> str:
    """IPv4 as it is, IPv6 by its /64; what is no address (a socket's name) stands for itself."""
    port = _WITH_PORT.fullmatch(address)
    bare = (port[1] or port[2]) if port else address
    try:
        found = ip_address(bare)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), HOUSEHOLD), strict=False))
