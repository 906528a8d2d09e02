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
def set_sms_countries(*, schema_name: str, countries: Iterable[str]) -> tuple[str, ...]:
    """Open these countries (ISO 3166-1 alpha-2), and no others, besides the business's own; return them.

    Raises:
        TenantUnknown: There is no such tenant.
        CountryUnknown: One of them is no country; satellites and international networks are none.
    """
    wanted = sorted({country.strip().upper() for country in countries})
    unknown = [country for country in wanted if country not in list_countries()]
    if unknown:
        raise CountryUnknown(country=unknown[0])
    if not Tenant.objects.filter(schema_name=schema_name).update(sms_countries=wanted):
        raise TenantUnknown
    logger.info("sms_countries_set", extra={"schema_name": schema_name, "countries": wanted})
    transaction.on_commit(forget_tenants)
    return tuple(wanted)
