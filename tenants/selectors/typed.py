"""Which business somebody means by what they typed: its name or address, its host, a page's URL, with words around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, product, takewhile
from urllib.parse import urlsplit

from kernel.lines import compose, drop_hidden
from tenants.hosts import get_platform_name, make_subdomain
from tenants.names import make_address, spell_name
from tenants.selectors.resolution import find_moved, resolve_host
from tenants.types import TenantInfo

LIKE_DOTS = str.maketrans({"\u3002": ".", "\\": "/"})
"""What keyboards of other scripts type for a full stop (IDNA's list; NFKC makes one of the rest), and for a slash."""
SCHEME = re.compile("^(?:[a-z]{3,6}:|https?)?/+|^https?:")
"""Also with a mistake in it: "https//", "https:/"."""
AROUND = "@.,;:!?\u00a1\u00bf()[]<>{}\"'\u00ab\u00bb\u201c\u201d\u2018\u2019`*"
_COURTESY_LIST = """
hola hello hi buenas buenos dias tardes soy somos es por favor porfa porfavor gracias please thanks
"""
COURTESIES = frozenset(_COURTESY_LIST.split())
"""Words around an address that are not part of it; a business whose name has them is looked for first."""
MOST_TRIES = 12
"""Of hosts and of names, in one text."""


def find_business(typed: str) -> TenantInfo | None:
    """Return the business that somebody means; None: nobody can tell, and it is not guessed."""
    text = compose("NFKC", drop_hidden(typed)).translate(LIKE_DOTS).lower()
    words = [word for word in (each.strip(AROUND) for each in text.split()) if word]
    hosts = [_read_host(word) for word in words if "." in word or "/" in word]
    for host in hosts[:MOST_TRIES]:
        found = _find_at(host) if "." in host else _find_named(host)
        if found is not None:
            return found
    if hosts and len(words) == 1:
        return None  # "taller.example.com" is somebody else's host, and no name
    return next(
        (found for found in map(_find_named, islice(_list_names(words), MOST_TRIES)) if found is not None), None
    )


def _list_names(words: list[str]) -> Iterator[str]:
    """List what may be the name: all of it, without the courtesies around it, a word that is an address by itself."""
    before = len(list(takewhile(_is_courtesy, words)))
    after = len(list(takewhile(_is_courtesy, reversed(words))))
    for start, end in product(range(before + 1), range(after + 1)):
        yield " ".join(words[start : len(words) - end])
    yield from (word for word in words if "-" in word and "." not in word)


def _is_courtesy(word: str) -> bool:
    return spell_name(word) in COURTESIES


def _find_named(name: str) -> TenantInfo | None:
    """Return the business at the address that sign-up makes of a name.

    An address has no digits at its beginning: of "24 horas taller" it is "horas-taller", which may be somebody
    else's. So a name that loses something must be the one that the business has.
    """
    address = make_address(name)
    host = make_subdomain(address)
    found = (resolve_host(host) or find_moved(host)) if address else None
    if found is None or spell_name(name).startswith(address) or spell_name(found.name) == spell_name(name):
        return found
    return None


def _find_at(host: str) -> TenantInfo | None:
    label = host.removesuffix(f".{get_platform_name()}")
    if label != host and "." not in label:
        with suppress(UnicodeError):  # "xn--" before what is no such label
            label = label.encode().decode("idna")
        return _find_named(label)
    with suppress(UnicodeError):  # a label that is empty or too long
        return resolve_host(host.encode("idna").decode())
    return None


def _read_host(word: str) -> str:
    """Return the host of a link, with or without its scheme; empty: it has none."""
    with suppress(ValueError):  # brackets without an address in them
        host = urlsplit(f"//{SCHEME.sub('', word)}").hostname or ""
        return host.removeprefix("www.").strip(".")
    return ""
