"""IP addresses: which are public, and which a host name stands for."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

Resolver = Callable[[str, int, float], tuple[str, ...]]
"""Host, port and seconds → IP addresses as text; raises OSError."""

# Everything that the IANA registries of special-purpose addresses (RFC 6890) do not call global,
# multicast (RFC 5771) and what is reserved (RFC 1112), whatever this Python's `ipaddress` knows of them.
SPECIAL_IPV4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
GLOBAL_IPV6 = ip_network("2000::/3")
"""The only part of IPv6 that is given out (RFC 4291): loopback, link-local, private and multicast lie outside."""
# Within it: protocol assignments with Teredo, documentation twice, and 6to4, which wraps IPv4.
SPECIAL_IPV6 = tuple(ip_network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
NAT64 = ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether ``address`` (IPv4 or IPv6, as text) belongs to someone on the public internet.

    An IPv4 address in IPv6 clothes (mapped, RFC 4291; translated, RFC 6052) counts as the IPv4 address.
    """
    try:
        found = _undress(ip_address(address))
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in SPECIAL_IPV4)
    return found in GLOBAL_IPV6 and not any(found in network for network in SPECIAL_IPV6)


def resolve_host(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """Return the addresses of a host name, in the order in which they should be tried.

    The system's resolver cannot be interrupted: it runs in a thread of its own, which is left behind
    when the time is over.

    Raises:
        OSError: The name is unknown, or nobody said so in time.
    """
    found: SimpleQueue[tuple[str, ...] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            found.put(error if isinstance(error, OSError) else OSError(str(error)))
        else:
            found.put(tuple(dict.fromkeys(str(entry[4][0]) for entry in entries)))

    Thread(target=ask, name="resolve", daemon=True).start()
    try:
        result = found.get(timeout=seconds)
    except Empty:
        message = f"looking up {host} timed out"
        raise TimeoutError(message) from None
    if isinstance(result, OSError):
        raise result
    return result


def _undress(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else address
