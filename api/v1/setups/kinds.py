"""The kinds of things of the catalog: how each is read, made, changed and deleted; one door for pages and programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from api.fields import DayField, IdField, InstantField
from api.pagination import PageQuery
from kernel.clock import utc_now
from kernel.errors import DomainError, NotFound
from scheduling import errors
from scheduling.selectors.catalog import calendars, entries
from scheduling.services.catalog import add_ons, locations, resource_types, resources, rules, services
from scheduling.services.catalog.door import Noun
from scheduling.services.catalog.special_days import date_overrides, time_off
from scheduling.types import (
    AddOnSetup,
    DateOverrideSetup,
    Entry,
    LocationSetup,
    ResourceSetup,
    ResourceTypeSetup,
    RuleSetup,
    ServiceSetup,
    TimeOffSetup,
)

Entries = Sequence[Entry[Any]]


class SetupQuery(PageQuery):
    """Query of a list of the catalog."""

    archived = serializers.BooleanField(required=False, default=False, help_text="Those instead of those in use.")


class AddOnQuery(SetupQuery):
    """Query of ``GET add_ons``."""

    service = IdField()


class DaysQuery(SetupQuery):
    """Query of ``GET date_overrides``: both dates included."""

    # "from" is a word of the language, so the field is added below.
    to = DayField()

    def get_fields(self) -> dict[str, Any]:
        """Add ``from``."""
        return {**super().get_fields(), "from": DayField()}


class TimeOffQuery(SetupQuery):
    """Query of ``GET time_off``: what lies between the two instants, also in part."""

    ends_after = InstantField()
    starts_before = InstantField()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of thing.

    Attributes:
        name: In addresses, and of its cursors.
        id_name: How the services below call its id.
        load: By its id.
        fetch: All of them, in the business's order, by what the query says.
        delete: None: it is only archived.
        unlisted: Why there is no list.
        unmade: Why one cannot be set up, beside what is wrong with it.
        stuck: Why one cannot be archived, beside the bookings that need it.
    """

    name: str
    noun: str
    setup: type
    missing: type[NotFound]
    id_name: str
    door: Noun[Any]
    load: Callable[[int], Entry[Any]]
    fetch: Callable[[dict[str, Any], bool], Entries]
    create: Callable[..., int]
    change: Callable[..., int]
    delete: Callable[..., None] | None = None
    query: type[SetupQuery] = SetupQuery
    unlisted: tuple[type[DomainError], ...] = ()
    unmade: tuple[type[DomainError], ...] = ()
    stuck: tuple[type[DomainError], ...] = ()


def _list_add_ons(asked: dict[str, Any], is_active: bool) -> Entries:  # noqa: FBT001 - as every `fetch`
    found = entries.list_add_on_entries(service_id=asked["service"], now=utc_now(), is_active=is_active)
    if not found:
        entries.get_service_entry(service_id=asked["service"], now=utc_now())
    return found


LOCATIONS = Kind(
    name="locations",
    noun="Location",
    setup=LocationSetup,
    missing=errors.LocationNotFound,
    id_name="location_id",
    door=locations.NOUN,
    load=lambda row_id: entries.get_location_entry(location_id=row_id, now=utc_now()),
    fetch=lambda _asked, is_active: entries.list_location_entries(now=utc_now(), is_active=is_active),
    create=locations.create_location,
    change=locations.change_location,
    delete=locations.delete_location,
    stuck=(errors.LastLocation, errors.StillUsed),
)
RESOURCE_TYPES = Kind(
    name="resource_types",
    noun="ResourceType",
    setup=ResourceTypeSetup,
    missing=errors.ResourceTypeNotFound,
    id_name="resource_type_id",
    door=resource_types.NOUN,
    load=lambda row_id: entries.get_resource_type_entry(resource_type_id=row_id, now=utc_now()),
    fetch=lambda _asked, is_active: entries.list_resource_type_entries(now=utc_now(), is_active=is_active),
    create=resource_types.create_resource_type,
    change=resource_types.change_resource_type,
    delete=resource_types.delete_resource_type,
    stuck=(errors.StillUsed,),
)
RULES = Kind(
    name="capacity_rules",
    noun="CapacityRule",
    setup=RuleSetup,
    missing=errors.RuleNotFound,
    id_name="rule_id",
    door=rules.NOUN,
    load=lambda row_id: entries.get_rule_entry(rule_id=row_id),
    fetch=lambda _asked, is_active: entries.list_rule_entries(is_active=is_active),
    create=rules.create_rule,
    change=rules.change_rule,
    delete=rules.delete_rule,
)
ADD_ONS = Kind(
    name="add_ons",
    noun="AddOn",
    setup=AddOnSetup,
    missing=errors.AddOnNotFound,
    id_name="add_on_id",
    door=add_ons.NOUN,
    load=lambda row_id: entries.get_add_on_entry(add_on_id=row_id, now=utc_now()),
    fetch=_list_add_ons,
    create=add_ons.create_add_on,
    change=add_ons.change_add_on,
    delete=add_ons.delete_add_on,
    query=AddOnQuery,
    unlisted=(errors.ServiceNotFound,),
)
RESOURCES = Kind(
    name="resources",
    noun="Resource",
    setup=ResourceSetup,
    missing=errors.ResourceNotFound,
    id_name="resource_id",
    door=resources.NOUN,
    load=lambda row_id: entries.get_resource_entry(resource_id=row_id, now=utc_now()),
    fetch=lambda _asked, is_active: entries.list_resource_entries(now=utc_now(), is_active=is_active),
    create=resources.create_resource,
    change=resources.change_resource,
    delete=resources.delete_resource,
)
SERVICES = Kind(
    name="services",
    noun="Service",
    setup=ServiceSetup,
    missing=errors.ServiceNotFound,
    id_name="service_id",
    door=services.NOUN,
    load=lambda row_id: entries.get_service_entry(service_id=row_id, now=utc_now()),
    fetch=lambda _asked, is_active: entries.list_service_entries(now=utc_now(), is_active=is_active),
    create=services.create_service,
    change=services.change_service,
    delete=services.delete_service,
)
DATE_OVERRIDES = Kind(
    name="date_overrides",
    noun="DateOverride",
    setup=DateOverrideSetup,
    missing=errors.SpecialDayNotFound,
    id_name="date_override_id",
    door=date_overrides.NOUN,
    load=lambda row_id: calendars.get_date_override_entry(date_override_id=row_id),
    fetch=lambda asked, is_active: calendars.list_date_override_entries(
        from_on=asked["from"], to_on=asked["to"], is_active=is_active
    ),
    create=date_overrides.create_date_override,
    change=date_overrides.change_date_override,
    query=DaysQuery,
    unmade=(errors.BookingsInTheWay,),
)
TIME_OFF = Kind(
    name="time_off",
    noun="TimeOff",
    setup=TimeOffSetup,
    missing=errors.SpecialDayNotFound,
    id_name="time_off_id",
    door=time_off.NOUN,
    load=lambda row_id: calendars.get_time_off_entry(time_off_id=row_id),
    fetch=lambda asked, is_active: calendars.list_time_off_entries(
        starts_before=asked["starts_before"], ends_after=asked["ends_after"], is_active=is_active
    ),
    create=time_off.create_time_off,
    change=time_off.change_time_off,
    query=TimeOffQuery,
    unmade=(errors.BookingsInTheWay,),
)
