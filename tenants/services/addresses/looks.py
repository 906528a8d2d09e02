"""What a domain of a business's own needs to have, and whether it has it; asks name servers, so never in a request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from outgoing.records import follow, list_texts
from tenants.domains import make_proof, make_proof_name
from tenants.hosts import get_domains_target

TOKEN_SIGNS, TOKEN_LENGTH = "abcdefghijkmnpqrstuvwxyz23456789", 20
"""Without what is mistaken for something else: some people type it. A hundred bits."""
LONGEST_TRAIL = 300


@dataclass(frozen=True, slots=True)
class Look:
    """What was found.

    Attributes:
        has_proof: The TXT record of the business stands there.
        is_pointed: The name leads to us, by CNAME or by nothing but our addresses.
        points_to: Where it leads instead; empty: nowhere, or to us.
        our_addresses: Those of `tenants.hosts.get_domains_target`; empty: nobody asked, or it has none.
    """

    has_proof: bool
    is_pointed: bool
    points_to: str = ""
    our_addresses: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Tell whether the business may answer there."""
        return self.has_proof and self.is_pointed


def make_token() -> str:
    """Return a word that nobody guesses."""
    return "".join(secrets.choice(TOKEN_SIGNS) for _ in range(TOKEN_LENGTH))


def look_at(name: str, *, token: str) -> Look:
    """Look at a domain.

    Raises:
        CallFailed: Name servers did not say; nothing is known.
    """
    has_proof = make_proof(token) in {text.strip() for text in list_texts(make_proof_name(name))}
    trail = follow(name)
    target = get_domains_target()
    if target in trail.names:
        return Look(has_proof, is_pointed=True)
    ours = follow(target).addresses
    if trail.addresses and trail.addresses <= ours:
        return Look(has_proof, is_pointed=True, our_addresses=tuple(sorted(ours)))
    elsewhere = trail.names[1] if len(trail.names) > 1 else ", ".join(sorted(trail.addresses)[:2])
    return Look(has_proof, is_pointed=False, points_to=elsewhere[:LONGEST_TRAIL], our_addresses=tuple(sorted(ours)))
