"""The catalog as those see it who set it up: archived things too, with what still needs them.

A constant number of queries, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from django.db.models import Prefetch, QuerySet

from kernel.errors import NotFound
from kernel.identity.keys import split_words
from kernel.identity.search import Findable, keep_matching
from scheduling.errors import (
    AddOnNotFound,
    LocationNotFound,
    ResourceNotFound,
    ResourceTypeNotFound,
    RuleNotFound,
    ServiceNotFound,
)
from scheduling.models import (
    AddOn,
    CapacityRule,
    Location,
    Requirement,
    RequirementResource,
    Resource,
    ResourceType,
    Service,
    ServiceResource,
)
from scheduling.models.row import CatalogRow
from scheduling.selectors.catalog.setups import (
    read_add_on,
    read_location,
    read_resource,
    read_resource_type,
    read_rule,
    read_service,
)
from scheduling.selectors.catalog.usage import (
    count_bookings_of_add_ons,
    count_bookings_of_locations,
    count_bookings_of_resources,
    count_bookings_of_services,
    count_bookings_of_types,
)
from scheduling.types import (
    AddOnSetup,
    Entry,
    LocalText,
    LocationSetup,
    ResourceSetup,
    ResourceTypeSetup,
    RuleSetup,
    ServiceSetup,
)
from tenants.context import current_tenant

SetupT = TypeVar("SetupT")
RowT = TypeVar("RowT", bound=CatalogRow)


def list_location_entries(
    *, now: datetime, search: str = "", is_active: bool | None = True
) -> tuple[Entry[LocationSetup], ...]:
    """List locations in the business's order; ``is_active`` None: archived ones too."""
    rows = _search(_narrow(Location.objects.all(), is_active), search, lambda row: Findable((row.name, row.address)))
    return view_entries(
        rows, read_location, count_bookings_of_locations([row.pk for row in rows], now=now), place=_by_position
    )


def get_location_entry(*, location_id: int, now: datetime) -> Entry[LocationSetup]:
    """Return one location, also an archived one.

    Raises:
        LocationNotFound: There is none.
    """
    row = get_row(Location.objects.all(), location_id, LocationNotFound)
    return view_entries([row], read_location, count_bookings_of_locations([row.pk], now=now))[0]


def list_resource_type_entries(
    *, now: datetime, search: str = "", is_active: bool | None = True
) -> tuple[Entry[ResourceTypeSetup], ...]:
    """List resource types in the business's order; ``is_active`` None: archived ones too."""
    rows = _search(_narrow(ResourceType.objects.all(), is_active), search, lambda row: Findable((row.name,)))
    return view_entries(
        rows, read_resource_type, count_bookings_of_types([row.pk for row in rows], now=now), place=_by_position
    )


def get_resource_type_entry(*, resource_type_id: int, now: datetime) -> Entry[ResourceTypeSetup]:
    """Return one resource type, also an archived one.

    Raises:
        ResourceTypeNotFound: There is none.
    """
    row = get_row(ResourceType.objects.all(), resource_type_id, ResourceTypeNotFound)
    return view_entries([row], read_resource_type, count_bookings_of_types([row.pk], now=now))[0]


def list_resource_entries(
    *,
    now: datetime,
    search: str = "",
    is_active: bool | None = True,
    location_id: int | None = None,
    resource_type_id: int | None = None,
) -> tuple[Entry[ResourceSetup], ...]:
    """List resources in the order of their types, then in the business's."""
    found = _narrow(Resource.objects.all(), is_active)
    if location_id is not None:
        found = found.filter(location_id=location_id)
    if resource_type_id is not None:
        found = found.filter(resource_type_id=resource_type_id)
    found = found.select_related("resource_type")
    found = found.order_by("resource_type__position", "resource_type_id", "position", "id")
    rows = _search(found, search, lambda row: Findable((row.name, *row.skills), email=row.email, phone=row.phone))
    return view_entries(
        rows, read_resource, count_bookings_of_resources([row.pk for row in rows], now=now), place=_by_type
    )


def get_resource_entry(*, resource_id: int, now: datetime) -> Entry[ResourceSetup]:
    """Return one resource, also an archived one.

    Raises:
        ResourceNotFound: There is none.
    """
    row = get_row(Resource.objects.all(), resource_id, ResourceNotFound)
    return view_entries([row], read_resource, count_bookings_of_resources([row.pk], now=now))[0]


def list_service_entries(
    *, now: datetime, search: str = "", is_active: bool | None = True
) -> tuple[Entry[ServiceSetup], ...]:
    """List services in the business's order, with what they take."""
    found = _narrow(with_requirements(Service.objects.all()), is_active)
    rows = _search(found, search, lambda row: Findable(_list_texts(row)))
    return view_entries(
        rows, read_service, count_bookings_of_services([row.pk for row in rows], now=now), place=_by_position
    )


def get_service_entry(*, service_id: int, now: datetime) -> Entry[ServiceSetup]:
    """Return one service, also an archived one.

    Raises:
        ServiceNotFound: There is none.
    """
    row = get_row(with_requirements(Service.objects.all()), service_id, ServiceNotFound)
    return view_entries([row], read_service, count_bookings_of_services([row.pk], now=now))[0]


def list_add_on_entries(
    *, service_id: int, now: datetime, is_active: bool | None = True
) -> tuple[Entry[AddOnSetup], ...]:
    """List the extras of a service in the business's order."""
    rows = list(_narrow(AddOn.objects.filter(service_id=service_id), is_active))
    return view_entries(
        rows, read_add_on, count_bookings_of_add_ons([row.pk for row in rows], now=now), place=_by_position
    )


def list_add_ons_of_all() -> dict[int, list[AddOnSetup]]:
    """Map services to their extras in use, in the business's order; one query."""
    found: dict[int, list[AddOnSetup]] = {}
    for row in AddOn.objects.filter(is_active=True):
        found.setdefault(row.service_id, []).append(read_add_on(row))
    return found


def get_add_on_entry(*, add_on_id: int, now: datetime) -> Entry[AddOnSetup]:
    """Return one add-on, also an archived one.

    Raises:
        AddOnNotFound: There is none.
    """
    row = get_row(AddOn.objects.all(), add_on_id, AddOnNotFound)
    return view_entries([row], read_add_on, count_bookings_of_add_ons([row.pk], now=now))[0]


def list_rule_entries(*, is_active: bool | None = True) -> tuple[Entry[RuleSetup], ...]:
    """List capacity rules, the oldest first; one query."""
    return view_entries(_narrow(CapacityRule.objects.order_by("pk"), is_active), read_rule, place=lambda row: (row.pk,))


def get_rule_entry(*, rule_id: int) -> Entry[RuleSetup]:
    """Return one rule, also an archived one.

    Raises:
        RuleNotFound: There is none.
    """
    return view_entries([get_row(CapacityRule.objects.all(), rule_id, RuleNotFound)], read_rule)[0]


def with_requirements(services: QuerySet[Service]) -> QuerySet[Service]:
    """Load what services take along with them; two more queries."""
    return services.prefetch_related(
        Prefetch("requirements", Requirement.objects.order_by("position", "id")),
        Prefetch("requirements__named", RequirementResource.objects.order_by("position", "id")),
        Prefetch("per_resource", ServiceResource.objects.order_by("position", "id")),
    )


def _narrow(rows: QuerySet[RowT], is_active: bool | None) -> QuerySet[RowT]:  # noqa: FBT001
    return rows if is_active is None else rows.filter(is_active=is_active)


def _search(rows: QuerySet[RowT], search: str, describe: Callable[[RowT], Findable]) -> list[RowT]:
    """Keep the rows in which every word that was typed occurs, else those that match as bookings do.

    A catalog fits into memory.
    """
    found, wanted = list(rows), split_words(search) or search.split()
    contained = [row for row in found if all(word in _join_words(describe(row)) for word in wanted)]
    return contained or keep_matching(found, search, country=current_tenant().country, describe=describe)


def _list_texts(row: Service) -> tuple[str, ...]:
    """Return name and category in every language: people search in theirs."""
    others = ((each.name, each.category) for each in LocalText.read(row.texts))
    return (row.name, row.category, *(text for pair in others for text in pair))


def _join_words(row: Findable) -> str:
    return " ".join(split_words(" ".join((*row.texts, row.email, row.phone))))


def get_row(rows: QuerySet[RowT], row_id: int, missing: type[NotFound]) -> RowT:
    """Return a row by its id, or raise that it is missing."""
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise missing
    return row


def view_entries(
    rows: Iterable[Any],
    read: Callable[[Any], SetupT],
    bookings: Mapping[int, int] = MappingProxyType({}),
    *,
    place: Callable[[Any], tuple[int | str | datetime, ...]] = lambda _: (),
) -> tuple[Entry[SetupT], ...]:
    """Freeze rows as entries; ``bookings`` maps their ids to how many coming ones use them, ``place`` orders them."""
    return tuple(
        Entry(
            id=row.pk,
            version=row.version,
            is_active=row.is_active,
            setup=read(row),
            coming_bookings=bookings.get(row.pk, 0),
            is_sample=getattr(row, "is_sample", False),
            place=place(row),
        )
        for row in rows
    )


def _by_position(row: Any) -> tuple[int, int]:
    return row.position, row.pk


def _by_type(row: Resource) -> tuple[int, int, int, int]:
    return row.resource_type.position, row.resource_type_id, row.position, row.pk
