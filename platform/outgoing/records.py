"""What the domain name system says about a name that a user typed: its texts, and where it leads.

The servers are the setting ``DNS_SERVERS``, or those of the machine. A slow one delays a worker for
`LOOK_SECONDS`, never a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
from django.conf import settings

from outgoing.errors import CallFailed

SERVER_SECONDS, LOOK_SECONDS = 2.0, 4.0
"""For one server, and for one question to all of them together."""
MOST_TEXTS = 50
"""Of one name; who has more has them for others."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a name leads.

    Attributes:
        names: The name itself, and all that it stands for (CNAME), in order; lower case, without a dot at the end.
        addresses: What the last one has, IPv4 and IPv6 as text; empty: none.
    """

    names: tuple[str, ...]
    addresses: frozenset[str]


def list_texts(name: str) -> tuple[str, ...]:
    """Return the TXT records of a name; none when it does not exist.

    Raises:
        CallFailed: Nobody could say.
    """
    answer = _ask(name, dns.rdatatype.TXT)
    if answer is None or answer.rrset is None:
        return ()
    return tuple(b"".join(row.strings).decode("utf-8", "replace") for row in list(answer.rrset)[:MOST_TEXTS])


def follow(name: str) -> Trail:
    """Return where a name leads; a name that does not exist leads nowhere.

    Raises:
        CallFailed: Nobody could say.
    """
    names = [name]
    addresses: set[str] = set()
    for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
        answer = _ask(name, kind)
        if answer is None:
            continue
        steps = [_read_name(row.target) for rrset in answer.chaining_result.cnames for row in rrset]
        names += [step for step in steps if step not in names]
        addresses |= {row.address for row in answer.rrset or ()}
    if len(names) == 1 and not addresses:
        # A name that stands for one that does not exist: "no such name" says nothing of what lies between.
        direct = _ask(name, dns.rdatatype.CNAME)
        names += [_read_name(row.target) for row in (direct.rrset if direct else None) or ()]
    return Trail(tuple(names), frozenset(addresses))


def _ask(name: str, kind: dns.rdatatype.RdataType) -> Any:
    """Return the answer to one question; None: there is no such name."""
    try:
        return _make_resolver().resolve(name, kind, search=False, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return None
    except dns.exception.DNSException as error:
        raise CallFailed(reason=f"{type(error).__name__}: {error}"[:200]) from error


def _make_resolver() -> dns.resolver.Resolver:
    servers = tuple(settings.DNS_SERVERS)
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in servers]
    resolver.timeout, resolver.lifetime = SERVER_SECONDS, LOOK_SECONDS
    return resolver


def _read_name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
