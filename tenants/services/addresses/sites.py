"""A web site as somebody typed it, made into the origin that browsers compare, or refused in words."""

from __future__ import annotations

import re

from kernel.lines import compose, drop_hidden
from kernel.text import mark
from tenants.errors import SiteInvalid
from tenants.services.addresses.typed import MOST_TYPED, encode_host, is_number

EMPTY = mark("Type the address of your site, such as www.yourbusiness.com.")
SEVERAL = mark("Type one site at a time, without spaces or commas.")
SCHEME = mark("The address of a site begins with https:// or http://.")
WITH_PATH = mark("Type only the site, without the page: the widget then opens on all its pages.")
WILDCARD = mark("Type the whole name of the site, without the asterisk; www and blog are two sites.")
PORT = mark("What stands after the colon is no port: a number from 1 to 65535.")
NUMBER = mark("This is the number of a computer. Type the name of the site, such as www.yourbusiness.com.")
SHAPE = mark("This is no site. It has letters, digits and hyphens, with dots between: www.yourbusiness.com.")

LAST_PORT = 65_535
USUAL_PORTS = {"https": 443, "http": 80}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=//)")


def clean_site(typed: str) -> str:
    """Return the origin of a site (RFC 6454): scheme, name as it travels, and the port where it is not the usual one.

    Without a scheme it is https; a slash or a dot behind the name is taken away.

    Raises:
        SiteInvalid: It is none; says why in words.
    """
    text = compose("NFKC", drop_hidden(typed[:MOST_TYPED])).strip().lower()
    if not text:
        raise _refuse(EMPTY)
    if re.search(r"[\s,;]", text):
        raise _refuse(SEVERAL)
    scheme, host, port = _take_apart(text)
    name = host if host == "localhost" else _encode(host)
    is_usual = port is None or port == USUAL_PORTS[scheme]
    return f"{scheme}://{name}" if is_usual else f"{scheme}://{name}:{port}"


def _take_apart(text: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port.

    Raises:
        SiteInvalid: There is more than that, or less.
    """
    begun = _SCHEME.match(text)
    scheme = begun[0][:-1] if begun else "https"
    if scheme not in USUAL_PORTS:
        raise _refuse(SCHEME)
    rest = (text[begun.end() :] if begun else text).removeprefix("//")
    authority, *path = re.split(r"[/\\?#]", rest, maxsplit=1)
    if path and path[0].strip("/\\?#"):
        raise _refuse(WITH_PATH)
    if "*" in authority:
        raise _refuse(WILDCARD)
    host, colon, port = authority.partition(":")
    if is_number(authority):
        raise _refuse(NUMBER)
    if colon and not (re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) <= LAST_PORT):
        raise _refuse(PORT)
    return scheme, host.removesuffix("."), int(port) if colon else None


def _encode(host: str) -> str:
    """Return a host as it travels.

    Raises:
        SiteInvalid: No name server could know it.
    """
    name = encode_host(host)
    if name is None or "." not in name:
        raise _refuse(SHAPE)
    return name


def _refuse(text: str) -> SiteInvalid:
    return SiteInvalid(errors={"site": (text,)})
