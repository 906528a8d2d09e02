"""Where the current business answered before, and the domain that it wants to answer at."""

from __future__ import annotations

from datetime import datetime

from tenants.context import current_tenant
from tenants.domains import PROOF_LABEL, find_registered, make_proof, make_proof_name, show_domain
from tenants.hosts import add_port, get_domains_target, make_subdomain
from tenants.models import FormerAddress, OwnDomain
from tenants.types import DnsRecord, FormerAddressView, OwnDomainView

APEX = "@"
"""What most providers call the domain itself."""


def find_own_domain() -> OwnDomainView | None:
    """Return the current business's own domain, verified or not; None: it has typed none."""
    row = OwnDomain.objects.filter(tenant_id=current_tenant().id).first()
    if row is None:
        return None
    is_apex = find_registered(row.name) == row.name
    return OwnDomainView(
        name=row.name,
        shown=show_domain(row.name),
        state=row.state,
        state_since=row.state_since,
        checked_at=row.checked_at,
        is_asked=row.checked_at is None or row.asked_at > row.checked_at,
        has_proof=row.has_proof,
        is_pointed=row.is_pointed,
        is_taken=row.is_taken,
        points_to=row.points_to,
        our_addresses=tuple(row.our_addresses.split(",")) if row.our_addresses else (),
        is_apex=is_apex,
        records=_list_records(row, is_apex=is_apex),
    )


def list_former_addresses(*, now: datetime) -> tuple[FormerAddressView, ...]:
    """List the addresses that the current business had, the latest first."""
    rows = FormerAddress.objects.filter(tenant_id=current_tenant().id).order_by("-left_at", "-pk")
    return tuple(
        FormerAddressView(
            add_port(make_subdomain(row.slug)), row.redirects_until if row.redirects_until > now else None
        )
        for row in rows
    )


def _list_records(row: OwnDomain, *, is_apex: bool) -> tuple[DnsRecord, ...]:
    """List what the owner has to write: where the name leads, and the proof."""
    registered = find_registered(row.name)
    before = row.name.removesuffix(registered).rstrip(".")
    lead = DnsRecord("ALIAS" if is_apex else "CNAME", before or APEX, row.name, get_domains_target())
    proof = f"{PROOF_LABEL}.{before}" if before else PROOF_LABEL
    return (lead, DnsRecord("TXT", proof, make_proof_name(row.name), make_proof(row.token)))
