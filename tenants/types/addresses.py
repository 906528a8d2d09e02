"""Where a business answers, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenants.types.businesses import TenantInfo


@dataclass(frozen=True, slots=True)
class AddressChange:
    """What became of the addresses of the current business, for whoever keeps a log or writes to people.

    Attributes:
        event: A `tenants.enums.AddressEvent` value.
        tenant: As it is now.
        old: The host or domain before, and ``new`` after; empty: none.
        author_id: Who of the staff; None: nobody, it was found out.
        lack: What a domain that fell lacks, a `tenants.enums.Lack` value; ``points_to``, where it leads instead.
    """

    event: str
    tenant: TenantInfo
    old: str
    new: str
    author_id: int | None
    at: datetime
    lack: str = ""
    points_to: str = ""


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record that the owner of a domain has to write.

    Attributes:
        name: As most providers ask for it: what stands before the registered domain; ``@``: the domain itself.
        full_name: The whole name.
    """

    kind: str
    name: str
    full_name: str
    value: str


@dataclass(frozen=True, slots=True)
class OwnDomainView:
    """A domain of a business's own, and what was found out about it.

    Attributes:
        name: As name servers know it; ``shown`` as people write it.
        state: A `tenants.enums.DomainState` value, since ``state_since``.
        checked_at: Of the last look; None: none yet.
        is_asked: A look was asked for and has not been taken.
        has_proof: The TXT record stood there at the last look; ``is_pointed``: it led here.
        is_taken: Another business answers there.
        points_to: Where it led; empty: nowhere.
        our_addresses: Which an apex domain has to have where its provider knows no ALIAS; empty: not known yet.
        is_apex: It is a registered domain itself, which cannot have a CNAME.
    """

    name: str
    shown: str
    state: str
    state_since: datetime
    checked_at: datetime | None
    is_asked: bool
    has_proof: bool
    is_pointed: bool
    is_taken: bool
    points_to: str
    our_addresses: tuple[str, ...]
    is_apex: bool
    records: tuple[DnsRecord, ...]


@dataclass(frozen=True, slots=True)
class FormerAddressView:
    """An address that the business had, and until when it leads to the present one; None: not any more."""

    host: str
    redirects_until: datetime | None
