"""All businesses, for whoever runs the platform."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Q

from kernel.page import MAX_LIMIT, Page, cut_page, read_cursor
from tenants.enums import TenantStatus
from tenants.errors import TenantUnknown
from tenants.models import Tenant
from tenants.selectors.resolution import make_info
from tenants.types import TenantInfo


def list_businesses(
    *, search: str = "", status: str = "", cursor: str = "", limit: int = MAX_LIMIT
) -> Page[TenantInfo]:
    """List businesses by name: those in a state, and with a part of their name or address; two queries.

    Raises:
        Invalid: The cursor is not one that this list gave.
    """
    tenants = Tenant.objects.order_by("name", "pk").prefetch_related("domains")
    if status:
        tenants = tenants.filter(status=status)
    if search:
        tenants = tenants.filter(
            Q(name__icontains=search) | Q(slug__icontains=search) | Q(domains__domain__icontains=search)
        ).distinct()
    if cursor:
        name, last = read_cursor(cursor, str, int)
        tenants = tenants.filter(Q(name__gt=name) | Q(name=name, pk__gt=last))
    rows = list(tenants[: limit + 1])
    return cut_page(
        rows, limit=limit, view=lambda row: make_info(row, row.domains.all()), key=lambda row: (row.name, row.pk)
    )


def list_schema_names() -> tuple[str, ...]:
    """Return the schemas of all businesses that are made, in their order; one query."""
    made = Tenant.objects.exclude(status=TenantStatus.PROVISIONING)
    return tuple(made.order_by("schema_name").values_list("schema_name", flat=True))


def count_by_status() -> Mapping[str, int]:
    """Map each state to the number of businesses in it; states that nobody is in are left out; one query."""
    return dict(Tenant.objects.values_list("status").annotate(Count("pk")).order_by())


def get_business(schema_name: str) -> TenantInfo:
    """Return a business as it is now, not as this process remembers it.

    Raises:
        TenantUnknown: There is none with this schema.
    """
    tenant = Tenant.objects.filter(schema_name=schema_name).first()
    if tenant is None:
        raise TenantUnknown
    return make_info(tenant, tenant.domains.all())
