"""What can be read from a file besides services: types of resources, resources, and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scheduling.models import CapacityRule, Resource, ResourceType
from scheduling.selectors.catalog.setups import read_resource, read_resource_type, read_rule
from scheduling.services.catalog import resource_types, resources, rules
from scheduling.services.catalog.batches.lines import Importer
from scheduling.services.catalog.checks import Lookup
from scheduling.types import ResourceSetup, ResourceTypeSetup, RuleSetup

RESOURCE_KEY = ("name", "resource_type_id", "location_id")


def _are_same(setup: ResourceSetup | ResourceTypeSetup, values: Mapping[str, Any], *names: str) -> bool:
    return all(_fold(getattr(setup, name)) == _fold(values[name]) for name in names if name in values)


def _fold(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _check_type(
    setup: ResourceTypeSetup, *, before: ResourceTypeSetup | None, own_id: int | None, lookup: Lookup
) -> ResourceTypeSetup:
    del before
    return resource_types.check_resource_type(setup, own_id=own_id, lookup=lookup)


def _check_rule(setup: RuleSetup, *, before: RuleSetup | None, own_id: int | None, lookup: Lookup) -> RuleSetup:
    del own_id
    return rules.check_rule(setup, before=before, lookup=lookup)


TYPES: Importer[ResourceType] = Importer(
    noun=resource_types.NOUN,
    read=read_resource_type,
    make=ResourceTypeSetup,
    needed=("name",),
    is_meant=lambda setup, values: _are_same(setup, values, "name"),
    twin_key=lambda setup: _fold(setup.name),
    check=_check_type,
    create=resource_types.create_resource_type,
    change=lambda row_id, **how: resource_types.change_resource_type(resource_type_id=row_id, **how),
    name_of=lambda setup: str(setup.name),
)
RESOURCES: Importer[Resource] = Importer(
    noun=resources.NOUN,
    read=read_resource,
    make=ResourceSetup,
    needed=RESOURCE_KEY,
    is_meant=lambda setup, values: _are_same(setup, values, *RESOURCE_KEY),
    twin_key=lambda setup: tuple(_fold(getattr(setup, name)) for name in RESOURCE_KEY),
    check=resources.check_resource,
    create=resources.create_resource,
    change=lambda row_id, **how: resources.change_resource(resource_id=row_id, **how),
    name_of=lambda setup: str(setup.name),
)
RULES: Importer[CapacityRule] = Importer(
    noun=rules.NOUN,
    read=read_rule,
    make=RuleSetup,
    needed=("limit", "period", "scope"),
    is_meant=lambda setup, values: {"limit", "period", "scope"} <= values.keys() and setup == RuleSetup(**values),
    twin_key=lambda setup: setup,
    check=_check_rule,
    create=rules.create_rule,
    change=lambda row_id, **how: rules.change_rule(rule_id=row_id, **how),
    name_of=lambda setup: str(setup.limit),
)
