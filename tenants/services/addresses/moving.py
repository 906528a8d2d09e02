"""Another address below the platform's: the one before leads there for a while, and never to anybody else."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from kernel.limits import Ask
from tenants.context import current_tenant
from tenants.enums import Ability, AddressEvent
from tenants.errors import SlugTaken, TooManyAddressChanges
from tenants.hosts import make_subdomain
from tenants.models import Domain, FormerAddress, Tenant
from tenants.policies import check_business_may, check_slug_is_free, is_left_by_another
from tenants.selectors.resolution import forget_tenants, make_info
from tenants.services.addresses.answering import note
from tenants.services.counts import count_up
from tenants.types import TenantInfo

REDIRECTING = timedelta(days=90)


@transaction.atomic
def change_address(*, slug: str, author_id: int | None, now: datetime) -> TenantInfo:
    """Give the current business another address and return it as it is now; its schema keeps its name.

    Everybody who signs in hears of it by mail. Whoever types the present address changes nothing, and a business may
    go back to one that it had.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SlugInvalid, SlugReserved, SlugTaken: The address cannot be had; one that somebody had before never can.
        TooManyAddressChanges: It was changed as often as it may be.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant().id)
    old = tenant.slug
    if slug == old:
        return make_info(tenant, tenant.domains.all())
    check_slug_is_free(slug, tenant_id=tenant.pk)
    refused = count_up([Ask("address_changes", "")], now=now)
    if refused:
        raise TooManyAddressChanges(wait_seconds=max(refused.values()).total_seconds())
    try:
        with transaction.atomic():
            tenant.slug = slug
            tenant.save(update_fields=["slug"])
            Domain.objects.filter(tenant=tenant, domain=make_subdomain(old)).update(domain=make_subdomain(slug))
    except IntegrityError as error:
        raise SlugTaken from error
    # Whoever left this name a moment ago held it until now; the row above waited for that.
    if is_left_by_another(slug, tenant_id=tenant.pk):
        raise SlugTaken
    FormerAddress.objects.filter(slug=slug, tenant=tenant).delete()
    FormerAddress.objects.create(slug=old, tenant=tenant, left_at=now, redirects_until=now + REDIRECTING)
    transaction.on_commit(forget_tenants)
    note(
        AddressEvent.MOVED,
        tenant,
        old=make_subdomain(old),
        new=make_subdomain(slug),
        author_id=author_id,
        now=now,
    )
    return make_info(tenant, tenant.domains.all())
