"""By whose law and clock a request is answered."""

from __future__ import annotations

from kernel.law.clocks import Place
from privacy.models import PersonRequest
from scheduling.selectors.customers.persons import find_first_place
from tenants.context import current_tenant


def get_place_of(request: PersonRequest) -> Place:
    """Return where a request is answered, as it was when it was asked."""
    return Place(request.law_country, request.timezone, request.law_region)


def find_place(*, timezone: str = "", region: str = "") -> Place:
    """Return where a request is answered: in the country of the business, by the clock of the visit's place.

    Without a visit by that of its first location, and of the business where it has none.
    """
    tenant = current_tenant()
    if not timezone:
        timezone, region = find_first_place()
    return Place(tenant.country, timezone or tenant.timezone, region)
