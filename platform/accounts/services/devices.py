"""Devices and networks that we know: where somebody signed in before, strangers' wrong passwords count for nothing.

After OWASP's "device cookies": a signed cookie names the device and the people who signed in from
it. Whoever has it is counted apart from all others. It opens nothing: the password is still asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

from database.connection import connection
from kernel.identity.addresses import find_network
from tenants.secrets import list_hashes

DEVICE_LIFE = timedelta(days=365)
NETWORK_LIFE = timedelta(days=30)
LONGEST_COOKIE = 2000
MAX_PEOPLE = 20
"""Of one device: a reception desk is shared by a shift."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser from which people signed in; ``people`` are keyed hashes of their e-mails, the last one last."""

    id: str
    people: tuple[str, ...] = ()

    def knows(self, email: str) -> bool:
        """Tell whether this person signed in from here."""
        return not set(_name_person(email)).isdisjoint(self.people)


def read_device(request: HttpRequest) -> Device | None:
    """Return the device of a request; None when its cookie is missing, too old, forged or another business's."""
    signed = request.COOKIES.get(_name_cookie(), "")
    if not signed or len(signed) > LONGEST_COOKIE:
        return None
    try:
        kept = signing.loads(signed, salt=_make_salt(), max_age=DEVICE_LIFE)
    except signing.BadSignature:
        return None
    return Device(id=kept["id"], people=tuple(kept["people"]))


def remember_device(request: HttpRequest, response: HttpResponseBase, *, email: str) -> None:
    """Let the browser keep that this person proved who they are; the cookie is for this host alone."""
    device = read_device(request) or Device(id=token_urlsafe(12))
    person, *earlier = _name_person(email)
    others = tuple(each for each in device.people if each not in {person, *earlier})
    device = replace(device, people=(*others, person)[-MAX_PEOPLE:])
    response.set_cookie(
        _name_cookie(),
        signing.dumps({"id": device.id, "people": device.people}, salt=_make_salt()),
        max_age=DEVICE_LIFE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def is_known_network(address: str, *, email: str) -> bool:
    """Tell whether this person signed in from here within `NETWORK_LIFE`; while Redis is down nobody did."""
    return any(cache.get(each) for each in _name_network(address, email))


def remember_network(address: str, *, email: str) -> None:
    """Remember that this person signed in from here."""
    cache.set(_name_network(address, email)[0], 1, NETWORK_LIFE.total_seconds())


def _name_network(address: str, email: str) -> list[str]:
    return [f"known-network:{each}" for each in _name_person(f"{find_network(address)} {email}")]


def _name_person(email: str) -> list[str]:
    return [each[:32] for each in list_hashes("accounts.device", email.strip().lower())]


def _name_cookie() -> str:
    """Return the cookie's name; over TLS one that browsers bind to this host (RFC 6265bis, "__Host-")."""
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def _make_salt() -> str:
    return f"accounts.device.{connection.schema_name}"
