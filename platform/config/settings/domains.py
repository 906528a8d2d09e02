"""Domains of businesses: who is asked about them, and where they have to lead."""

from __future__ import annotations

from config.environment import read_environment


def read_servers(text: str) -> tuple[tuple[str, int], ...]:
    """Return address and port of each server of a list such as ``9.9.9.9, [2620:fe::fe]:5353``; empty: the machine's.

    Raises:
        ValueError: A port is not a number.
    """
    servers = []
    for each in (part.strip() for part in text.split(",")):
        if each:
            bracketed, _, rest = each.removeprefix("[").partition("]") if each.startswith("[") else ("", "", "")
            address, _, port = (bracketed, "", rest.removeprefix(":")) if bracketed else _split(each)
            servers.append((address, int(port or 53)))
    return tuple(servers)


def _split(server: str) -> tuple[str, str, str]:
    # An IPv6 address without brackets has colons of its own, and no port.
    return server.partition(":") if server.count(":") == 1 else (server, "", "")


DNS_SERVERS = read_servers(read_environment().dns_servers)
DOMAINS_LABEL = "negocios"
"""Below the platform's host: where own domains lead (CNAME), and whose addresses an apex domain has to have."""
