"""A domain as somebody typed it, made into the name that name servers know, or refused in words."""

from __future__ import annotations

import re
from ipaddress import ip_address

import dns.exception
import dns.name

from kernel.lines import compose, drop_hidden
from kernel.text import mark
from tenants.domains import is_inside, is_suffix
from tenants.errors import DomainInvalid
from tenants.hosts import get_platform_name, is_below_platform

LONGEST = 253
"""Characters of a name as it travels (RFC 1035, section 3.1, without the root)."""
MOST_TYPED = 2000

EMPTY = mark("Type your domain, such as citas.yourbusiness.com.")
SEVERAL = mark("Type one domain, without spaces or commas.")
OTHER_SCHEME = mark("Type only the domain, such as citas.yourbusiness.com, without what stands before it.")
WITH_PATH = mark("Type only the domain, without the page: nothing after the slash.")
WITH_PORT = mark("Type only the domain, without the colon and the number after it.")
EMAIL = mark("This is an e-mail address. Type the domain alone, such as citas.yourbusiness.com.")
NUMBER = mark("This is the number of a computer. Type a name, such as citas.yourbusiness.com.")
WILDCARD = mark("Type one name without the asterisk: your page answers at one domain.")
TOO_LONG = mark("This is too long for a domain: at most 253 characters, and 63 between two dots.")
SHAPE = mark("This is no domain. It has letters, digits and hyphens, with dots between: citas.yourbusiness.com.")
NO_ENDING = mark("The ending is missing, such as .com or .mx.")
OURS = mark("This address is ours. Type a domain that you bought yourself, or change your address at Turnero above.")
NOT_PUBLIC = mark("Names with this ending are not known on the internet. Type a domain that you bought.")
NOBODYS = mark("This is an ending that many share. Type your own name in front of it, such as yourbusiness.com.")

_WEB = re.compile(r"(https?:)?[/\\]{1,3}")
_OTHER = re.compile(r"[a-z][a-z0-9+.-]*:([/\\]{1,3}|(?=[^/\\0-9]))")
_DOTS = str.maketrans("。．｡", "...")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# Browsers read a name whose last part is a number as an IPv4 address, however it is written.
_NUMERIC = re.compile(r"([0-9]+|0x[0-9a-f]*)")


def clean_domain(typed: str) -> str:
    """Return a domain in lower case and as it travels (punycode), without a dot at the end.

    What people copy along with it is taken away: ``https://``, a slash or a dot behind it, blanks around it.

    Raises:
        DomainInvalid: It is none, or not one of the business's own; says why in words, and what was typed stays.
    """
    if len(typed) > MOST_TYPED:
        raise _refuse(TOO_LONG)
    text = compose("NFKC", drop_hidden(typed)).strip().translate(_DOTS).lower()
    if not text:
        raise _refuse(EMPTY)
    if re.search(r"[\s,;]", text):
        raise _refuse(SEVERAL)
    host = _take_host(text)
    name = _encode(host)
    if is_below_platform(name) or get_platform_name().endswith(f".{name}"):
        raise _refuse(OURS)
    is_tried_out = name.rpartition(".")[2] == get_platform_name().rpartition(".")[2]
    if is_inside(name) and not is_tried_out:
        raise _refuse(NOT_PUBLIC)
    if "." not in name:
        raise _refuse(NO_ENDING)
    if is_suffix(name):
        raise _refuse(NOBODYS)
    return name


def _take_host(text: str) -> str:
    """Return the host of what may be a link.

    Raises:
        DomainInvalid: There is more than a host.
    """
    web = _WEB.match(text)
    if web is None and _OTHER.match(text):
        raise _refuse(EMAIL if text.startswith("mailto:") else OTHER_SCHEME)
    text = text[web.end() :] if web else text
    if not text:
        raise _refuse(EMPTY)
    host, *rest = re.split(r"[/\\?#]", text, maxsplit=1)
    if rest and rest[0].strip("/\\?#"):
        raise _refuse(WITH_PATH)
    if "@" in host:
        raise _refuse(EMAIL)
    if is_number(host):
        raise _refuse(NUMBER)
    if ":" in host:
        raise _refuse(WITH_PORT)
    if "*" in host:
        raise _refuse(WILDCARD)
    return host.removesuffix(".")


def is_number(host: str) -> bool:
    """Tell whether browsers read a host, with or without port, as the number of a computer."""
    bare = host.partition("]")[0].removeprefix("[") if host.startswith("[") else host
    without_port = bare if bare.count(":") > 1 else bare.partition(":")[0]
    try:
        ip_address(without_port)
    except ValueError:
        return _NUMERIC.fullmatch(without_port.removesuffix(".").rpartition(".")[2]) is not None
    return True


def encode_host(host: str) -> str | None:
    """Return a host as it travels (RFC 5891, mapped as UTS #46 says); None: no name server could know it."""
    try:
        return _encode(host)
    except DomainInvalid:
        return None


def _encode(host: str) -> str:
    """Return a host as it travels.

    Raises:
        DomainInvalid: No name server could know it.
    """
    try:
        name = dns.name.from_text(host, idna_codec=dns.name.IDNA_2008_UTS_46)
        labels = [label.decode("ascii").lower() for label in name.labels if label]
        for label in labels:
            dns.name.IDNA_2008_Strict.decode(label.encode())  # "xn--" before what is no such label, or an emoji
    except (dns.name.LabelTooLong, dns.name.NameTooLong) as error:
        raise _refuse(TOO_LONG) from error
    except (dns.exception.DNSException, UnicodeError) as error:
        raise _refuse(SHAPE) from error
    if not labels or any(_LABEL.fullmatch(label) is None for label in labels):
        raise _refuse(SHAPE)
    joined = ".".join(labels)
    if len(joined) > LONGEST:
        raise _refuse(TOO_LONG)
    return joined


def _refuse(text: str) -> DomainInvalid:
    return DomainInvalid(errors={"name": (text,)})
