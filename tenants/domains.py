"""What is known of a domain by its name alone; the endings that are nobody's own are in ``domains.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import dns.exception
import dns.name

COUNTRY_LETTERS = 2
PROOF_LABEL = "_turnero"
PROOF_WORD = "turnero-verificar="


def make_proof(token: str) -> str:
    """Return the value of the TXT record that proves whose a domain is."""
    return f"{PROOF_WORD}{token}"


def make_proof_name(name: str) -> str:
    """Return the name of the TXT record of a domain."""
    return f"{PROOF_LABEL}.{name}"


def show_domain(name: str) -> str:
    """Return a name as people write it: ``citas.peluquería.mx``."""
    try:
        return dns.name.from_text(name).to_unicode(omit_final_dot=True, idna_codec=dns.name.IDNA_2008) if name else ""
    except (dns.exception.DNSException, UnicodeError):
        return name


def is_inside(name: str) -> bool:
    """Tell whether a name (lower case, without a dot at the end) is one that the internet does not know."""
    return name.rpartition(".")[2] in _load()["inside"] or find_registered(name) in _load()["explaining"]


def is_suffix(name: str) -> bool:
    """Tell whether anybody may register names below this one, so that it is nobody's own."""
    return name == find_suffix(name)


def find_suffix(name: str) -> str:
    """Return the ending of a name below which names are registered: ``com.mx`` of ``citas.taller.com.mx``."""
    labels = name.split(".")
    for start in range(len(labels)):
        rest = labels[start:]
        if ".".join(rest) in _load()["hosted"] or _is_countrys(rest):
            return ".".join(rest)
    return labels[-1]


def find_registered(name: str) -> str:
    """Return the domain that somebody bought, of a name at or below it."""
    suffix = find_suffix(name)
    before = name.removesuffix(suffix).rstrip(".").rpartition(".")[2]
    return f"{before}.{suffix}" if before else suffix


def _is_countrys(labels: list[str]) -> bool:
    lists = _load()
    match labels:
        case [second, country] if len(country) == COUNTRY_LETTERS:
            return second in lists["below_countries"] and country not in lists["without_second"]
    return False


@lru_cache(maxsize=1)
def _load() -> Mapping[str, frozenset[str]]:
    lists = tomllib.loads((Path(__file__).parent / "domains.toml").read_text())
    return {key: frozenset(words) for key, words in lists.items()}
