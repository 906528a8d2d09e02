"""What people do about a domain of the business's own: type it, have it looked at, take it away."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction

from kernel.limits import Ask
from tenants.context import current_tenant
from tenants.enums import Ability, AddressEvent, DomainState, Urgency
from tenants.errors import CheckedJustNow, DomainTaken, DomainUnknown, TooManyDomains
from tenants.models import Domain, OwnDomain, Tenant
from tenants.policies import check_business_may
from tenants.services.addresses.answering import CHECK_KIND, note, stop_answering, wake_holder
from tenants.services.addresses.checks import plan_check
from tenants.services.addresses.looks import make_token
from tenants.services.addresses.typed import clean_domain
from tenants.services.counts import count_up
from tenants.services.due_work import remove_due_work

REST = timedelta(seconds=10)
"""Between two looks that people ask for."""


def claim_domain(*, typed: str, author_id: int | None, now: datetime) -> str:
    """Remember the domain that the current business wants, have it looked at, and return its name.

    It answers once it is proven and leads here. The one before, if any, answers no more from now on. Whoever
    types what is there already changes nothing. The word of the proof stays the same as long as there is a domain.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        DomainInvalid: It is none, or not one of the business's own.
        DomainTaken: Another business answers there.
        TooManyDomains: So many were typed today.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    name = clean_domain(typed)
    tenant_id = current_tenant().id
    if Domain.objects.filter(domain=name).exclude(tenant_id=tenant_id).exists():
        # Committed although this is refused: who left it behind is found out now, not tomorrow.
        wake_holder(name, but=tenant_id, now=now)
        raise DomainTaken
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        own = OwnDomain.objects.select_for_update().filter(tenant=tenant).first()
        if own is not None and own.name == name:
            return name
        refused = count_up([Ask("own_domains", "")], now=now)
        if refused:
            raise TooManyDomains(wait_seconds=max(refused.values()).total_seconds())
        old = own.name if own else ""
        if own is not None and own.state == DomainState.VERIFIED:
            stop_answering(tenant, own.name)
        own = own or OwnDomain(tenant=tenant, token=make_token())
        _begin(own, name, now)
        plan_check(own, due_at=now, now=now, urgency=Urgency.SOON)
        note(AddressEvent.CLAIMED, tenant, old=old, new=name, author_id=author_id, now=now)
    return name


@transaction.atomic
def ask_check(*, now: datetime) -> None:
    """Have the domain looked at now, by a worker.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        DomainUnknown: There is none.
        CheckedJustNow: That was asked or done a moment ago.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    own = OwnDomain.objects.select_for_update().filter(tenant_id=current_tenant().id).first()
    if own is None:
        raise DomainUnknown
    free_at = max(own.asked_at, own.checked_at or own.asked_at) + REST
    if now < free_at:
        raise CheckedJustNow(seconds=ceil((free_at - now).total_seconds()))
    own.asked_at = now
    own.save(update_fields=["asked_at"])
    plan_check(own, due_at=now, now=now, urgency=Urgency.NOW)


@transaction.atomic
def remove_domain(*, name: str, author_id: int | None, now: datetime) -> None:
    """Give up the domain ``name``, as somebody saw it: it answers no more, and anybody who proves it may have it.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        DomainUnknown: The business has none, or another one by now.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant().id)
    own = OwnDomain.objects.select_for_update().filter(tenant=tenant, name=name).first()
    if own is None:
        raise DomainUnknown
    remove_due_work(kind=CHECK_KIND, row_id=own.pk)
    if own.state == DomainState.VERIFIED:
        stop_answering(tenant, own.name)
    own.delete()
    note(AddressEvent.REMOVED, tenant, old=name, author_id=author_id, now=now)


def _begin(own: OwnDomain, name: str, now: datetime) -> None:
    """Forget what was found out about the name before."""
    own.name, own.state, own.state_since, own.asked_at = name, DomainState.WAITING, now, now
    own.checked_at = own.answered_at = None
    own.has_proof = own.is_pointed = own.is_taken = False
    own.points_to = ""
    own.save()
