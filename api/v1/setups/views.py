"""The catalog, for staff and programs: everything that was set up, archived things too when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.fields import IdField
from api.pagination import PageQuery, cut_list, name_next
from api.v1.setups.shapes import describe_entry, make_list, make_shape
from api.views import StaffView
from kernel.clock import utc_now
from kernel.errors import NotFound
from kernel.ids import read_row_id
from scheduling.errors import (
    AddOnNotFound,
    LocationNotFound,
    ResourceNotFound,
    ResourceTypeNotFound,
    RuleNotFound,
    ServiceNotFound,
)
from scheduling.selectors.catalog import entries
from scheduling.types import (
    AddOnSetup,
    Entry,
    LocationSetup,
    ResourceSetup,
    ResourceTypeSetup,
    RuleSetup,
    ServiceSetup,
)

Entries = Sequence[Entry[Any]]


class SetupQuery(PageQuery):
    """Query of a list of the catalog."""

    archived = serializers.BooleanField(required=False, default=False, help_text="Those instead of those in use.")


class AddOnQuery(SetupQuery):
    """Query of ``GET add_ons``."""

    service = IdField()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing.

    Attributes:
        name: In addresses, and of its cursors.
        load: By its id.
        fetch: All of them, in the business's order, by what the query says.
    """

    name: str
    noun: str
    setup: type
    missing: type[NotFound]
    load: Callable[[int], Entry[Any]]
    fetch: Callable[[dict[str, Any], bool], Entries] | None = None
    query: type[SetupQuery] = SetupQuery


LOCATIONS = Kind(
    "locations",
    "Location",
    LocationSetup,
    LocationNotFound,
    load=lambda row_id: entries.get_location_entry(location_id=row_id, now=utc_now()),
    fetch=lambda _asked, is_active: entries.list_location_entries(now=utc_now(), is_active=is_active),
)
RESOURCE_TYPES = Kind(
    "resource_types",
    "ResourceType",
    ResourceTypeSetup,
    ResourceTypeNotFound,
    load=lambda row_id: entries.get_resource_type_entry(resource_type_id=row_id, now=utc_now()),
    fetch=lambda _asked, is_active: entries.list_resource_type_entries(now=utc_now(), is_active=is_active),
)
RULES = Kind(
    "capacity_rules",
    "CapacityRule",
    RuleSetup,
    RuleNotFound,
    load=lambda row_id: entries.get_rule_entry(rule_id=row_id),
    fetch=lambda _asked, is_active: entries.list_rule_entries(is_active=is_active),
)
ADD_ONS = Kind(
    "add_ons",
    "AddOn",
    AddOnSetup,
    AddOnNotFound,
    load=lambda row_id: entries.get_add_on_entry(add_on_id=row_id, now=utc_now()),
    fetch=lambda asked, is_active: entries.list_add_on_entries(
        service_id=asked["service"], now=utc_now(), is_active=is_active
    ),
    query=AddOnQuery,
)
RESOURCES = Kind(
    "resources",
    "Resource",
    ResourceSetup,
    ResourceNotFound,
    load=lambda row_id: entries.get_resource_entry(resource_id=row_id, now=utc_now()),
)
SERVICES = Kind(
    "services",
    "Service",
    ServiceSetup,
    ServiceNotFound,
    load=lambda row_id: entries.get_service_entry(service_id=row_id, now=utc_now()),
)

_SAID = {"declared_permission": Permission.CATALOG_VIEW, "key_area": KeyArea.CATALOG}


def _make_views(kind: Kind) -> tuple[type[StaffView], type[StaffView]]:
    """Return the view of the list, and that of one."""
    shape = make_shape(f"{kind.noun}Setup", kind.setup)
    pages, fetch = make_list(f"{kind.noun}Setup", shape), kind.fetch

    @describe_call(
        f"get_{kind.name}_entry",
        fails=(kind.missing,),
        description="Return one as it was set up, archived or not.",
        responses=shape,
    )
    def get_one(_self: StaffView, _request: Request, row_id: str) -> Response:
        number = read_row_id(row_id)
        if number is None:
            raise kind.missing
        return Response(describe_entry(kind.load(number)))

    @describe_call(
        f"list_{kind.name}_entries",
        description="List what was set up, in the business's order.",
        parameters=[kind.query],
        responses=pages,
    )
    def get_list(_self: StaffView, request: Request) -> Response:
        asked = kind.query.read(request).validated_data
        found = fetch(asked, not asked["archived"]) if fetch else ()
        page = cut_list(found, asked, kind.name)
        return Response({"results": [describe_entry(row) for row in page.rows], "next": name_next(page, kind.name)})

    return (
        type(f"{kind.noun}ListView", (StaffView,), {"__doc__": f"``GET {kind.name}``.", "get": get_list, **_SAID}),
        type(f"{kind.noun}View", (StaffView,), {"__doc__": f"``GET {kind.name}/{{id}}``.", "get": get_one, **_SAID}),
    )


LocationsView, LocationView = _make_views(LOCATIONS)
ResourceTypesView, ResourceTypeView = _make_views(RESOURCE_TYPES)
CapacityRulesView, CapacityRuleView = _make_views(RULES)
AddOnsView, AddOnView = _make_views(ADD_ONS)
_, ResourceView = _make_views(RESOURCES)
_, ServiceView = _make_views(SERVICES)
