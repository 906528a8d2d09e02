"""Network addresses: what counts as one neighbor."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV4_PREFIX, IPV6_PREFIX = 24, 48
"""A block of 256 lines either way: an IPv4 address each, or a /56 each, which is what providers assign (RFC 6177)."""
IPV4_LINE, IPV6_LINE = 32, 64
TRANSLATED = ip_network("64:ff9b::/96")
"""IPv4 behind a NAT64 (RFC 6052)."""


def find_block(address: str) -> str:
    """Return the block that a network address lies in; what is no address (a Unix socket: empty) stays as it is.

    Whoever has one address easily has its neighbors. IPv4 that is written as IPv6 is the same block.
    """
    return _widen(address, IPV4_PREFIX, IPV6_PREFIX)


def find_network(address: str) -> str:
    """Return the network of one household or office: an IPv4 address, or the smallest IPv6 prefix that is assigned."""
    return _widen(address, IPV4_LINE, IPV6_LINE)


def _widen(address: str, ipv4_prefix: int, ipv6_prefix: int) -> str:
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        known = known.ipv4_mapped or (IPv4Address(int(known) & 0xFFFF_FFFF) if known in TRANSLATED else known)
    prefix = ipv6_prefix if isinstance(known, IPv6Address) else ipv4_prefix
    return str(ip_network((known, prefix), strict=False))
