"""The way to a place: a map that looks for its address, or the link that the business prefers."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

REFUSED = '"<>\\`{}|^'
KEPT = "%/:=&?~#+!$,;'@()*[]"


def make_map_url(address: str, link: str = "") -> str:
    """Return ``link``, or the address of a map that shows a postal address; empty without both."""
    query = urlencode({"api": 1, "query": address})
    return link or (f"https://www.google.com/maps/search/?{query}" if address else "")


def clean_web_address(text: str) -> str | None:
    """Return the https address of a page as a link needs it; None when it is none.

    What people copy without ``https://`` is completed, letters beyond ASCII are encoded. Refused is what leads to
    no host, or shows a name and a password before it.
    """
    typed = text.strip()
    whole = typed if "://" in typed else f"https://{typed}"
    if any(sign.isspace() or sign in REFUSED for sign in whole):
        return None
    try:
        parts = urlsplit(whole)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    is_host = host.isascii() and "." in host.strip(".") and not host.startswith(".")
    if parts.scheme != "https" or not is_host or "@" in parts.netloc:
        return None
    return quote(whole, safe=KEPT)
