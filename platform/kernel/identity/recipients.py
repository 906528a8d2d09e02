"""Whom an address reaches: one name for all spellings of one mailbox or telephone, to count by."""

from __future__ import annotations

import re

from kernel.identity.phones import clean_phone
from kernel.lines import compose

DOTLESS_DOMAINS = frozenset({"gmail.com", "googlemail.com"})
"""Where dots before the @ mean nothing, and both domains are one (Google's help, "Dots don't matter")."""
NO_COUNTRY = "ZZ"
"""What ISO 3166-1 leaves to users, and the library calls an unknown region."""


def name_recipient(address: str) -> str:
    """Return the one name of an e-mail address or a phone number (E.164), however it is spelled.

    That of a number is what `clean_phone` stores: whoever answers to a message is found by it.

    What follows a plus sign before the @ reaches the same mailbox (RFC 5233), upper case, quotes and
    a domain in its own script do so too. It is a name to count by: nobody is written to at it.
    """
    text = compose("NFKC", address).strip().casefold()
    local, at, domain = text.rpartition("@")
    return _name_mailbox(local, domain) if at else _name_phone(text)


def _name_mailbox(local: str, domain: str) -> str:
    domain = _encode_domain(domain)
    if local.startswith('"') and local.endswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    local = local.partition("+")[0] or local
    if domain in DOTLESS_DOMAINS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _encode_domain(domain: str) -> str:
    try:
        return domain.rstrip(".").encode("idna").decode()
    except UnicodeError:
        return domain


def _name_phone(text: str) -> str:
    number = re.sub(r"[^\d+]", "", text) or text
    # With its country in front it is read in none; what no plan has stays as it is.
    return clean_phone(number, country=NO_COUNTRY) or number
