"""E-mail addresses: one way to write each, which every encoder of ours and of others can carry.

Used wherever an address comes in: bookings, sign-up, accounts, the catalog, imports. What passes is plain
ASCII, so that no header, calendar file or server in between has to encode it.
"""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from kernel.lines import compose, drop_hidden

LONGEST_EMAIL = 254
"""RFC 5321 by way of RFC 3696, erratum 1690."""
LONGEST_TYPED = 4 * LONGEST_EMAIL
_ENCODED_WORD = "=?"
"""Readers of headers decode what begins so (RFC 2047): such an address would be another one to them."""


def clean_email(typed: str) -> str | None:
    """Return an address as it is stored and written to; None when it is none, or none that we can write to.

    Compatibility forms are unified (NFKC), what nobody sees is dropped, letters are small, and the domain is
    ASCII (IDNA 2008): ``Ana@Bücher.example`` is ``ana@xn--bcher-kva.example``. Addresses of hosts
    (``a@[127.0.0.1]``), domains without a dot, local parts that are quoted, not ASCII or over 64
    characters, and U+FFFD, which somebody's program wrote in place of what it could not read, are refused.
    Nobody is asked whether the domain exists.
    """
    if len(typed) > LONGEST_TYPED:
        return None
    text = compose("NFKC", drop_hidden(compose("NFKC", typed)).strip().lower())
    if _ENCODED_WORD in text:
        return None
    try:
        found = validate_email(
            text,
            strict=True,
            allow_smtputf8=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            check_deliverability=False,
        )
    except EmailNotValidError:
        return None
    address = found.ascii_email
    return address if address is not None and len(address) <= LONGEST_EMAIL else None


def is_email(address: str) -> bool:
    """Tell whether ``address`` is one in the form that `clean_email` returns."""
    return clean_email(address) == address
