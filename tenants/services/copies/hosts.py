"""Where a business that was made of an archive answers: below the platform, and at its own hosts that nobody else has.

A domain that its owner proved is proven again: its row travels with the word that stands in the name servers, and is
looked at at once. Hosts that an operator gave by hand come along as they are.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from tenants.enums import DomainState, Urgency
from tenants.hosts import is_below_platform
from tenants.models import Domain, OwnDomain, Tenant
from tenants.services.addresses.checks import plan_check
from tenants.services.copies.archives import Head


def find_own_domain(tenant: Tenant) -> tuple[str, str] | None:
    """Return the domain that a business wants to answer at, and the word that proves it."""
    return OwnDomain.objects.filter(tenant=tenant).values_list("name", "token").first()


def list_taken(head: Head) -> list[str]:
    """Return which hosts of an archive answer for somebody else by now."""
    names = {domain for domain, _ in head.domains if not is_ours(head, domain)}
    if head.own_domain is not None:
        names.add(head.own_domain[0])
    return sorted(Domain.objects.filter(domain__in=names).values_list("domain", flat=True))


def give_hosts(head: Head, tenant_id: int, *, taken: list[str]) -> list[str]:
    """Let a business answer at the hosts that were given by hand, those of the archive that are free.

    Return which somebody took since ``taken`` was looked up: whoever is just taking one is waited for.
    """
    lost = []
    proven = head.own_domain[0] if head.own_domain is not None else ""
    for domain, is_primary in head.domains:
        if domain not in taken and domain != proven and not is_ours(head, domain):
            try:
                with transaction.atomic():
                    # Saving a primary one makes the one before a further one (django-tenants).
                    Domain.objects.create(domain=domain, tenant_id=tenant_id, is_primary=is_primary)
            except IntegrityError:
                lost.append(domain)
    return lost


def ask_for_domain(head: Head, tenant_id: int, *, taken: list[str], now: datetime) -> None:
    """Have the domain of the archive looked at anew, inside its business, unless it answers for somebody else."""
    if head.own_domain is None or head.own_domain[0] in taken:
        return
    name, token = head.own_domain
    own = OwnDomain.objects.create(
        tenant_id=tenant_id, name=name, token=token, state=DomainState.WAITING, state_since=now, asked_at=now
    )
    plan_check(own, due_at=now, now=now, urgency=Urgency.SOON)


def is_ours(head: Head, domain: str) -> bool:
    """Tell whether a host is below the platform's that made the archive, or below this one's: given by the address."""
    return domain.endswith(f".{head.platform}") or is_below_platform(domain)
