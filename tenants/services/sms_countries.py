"""To which countries a business writes SMS: its own always, others when they are opened for it."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction

from tenants.countries import list_countries
from tenants.errors import CountryUnknown, TenantUnknown
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants

logger = logging.getLogger(__name__)


@transaction.atomic
def change_sms_countries(*, schema_name: str, opened: Iterable[str], closed: Iterable[str]) -> tuple[str, ...]:
    """Open and close countries (ISO 3166-1 alpha-2) besides the business's own, and return those that are open.

    A country that is named in both is closed.

    Raises:
        TenantUnknown: There is no such tenant.
        CountryUnknown: One of them is no country; satellites and international networks are none.
    """
    # Locked: of two operators who change the list at once, the second changes what the first made of it.
    tenant = Tenant.objects.select_for_update().filter(schema_name=schema_name).first()
    if tenant is None:
        raise TenantUnknown
    wanted = sorted({*tenant.sms_countries, *map(_clean_code, opened)} - set(map(_clean_code, closed)))
    unknown = [country for country in wanted if country not in list_countries()]
    if unknown:
        raise CountryUnknown(country=unknown[0])
    tenant.sms_countries = wanted
    tenant.save(update_fields=["sms_countries"])
    logger.info("sms_countries_changed", extra={"schema_name": schema_name, "countries": wanted})
    transaction.on_commit(forget_tenants)
    return tuple(wanted)


def _clean_code(typed: str) -> str:
    return typed.strip().upper()
