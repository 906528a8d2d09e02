"""The page of resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy

from kernel.lines import fold
from scheduling.selectors.catalog.entries import (
    get_resource_entry,
    list_resource_entries,
    list_resource_type_entries,
)
from scheduling.selectors.catalog.services import list_locations
from scheduling.services.catalog import resources
from scheduling.types import Entry, ResourceSetup
from tenants.context import current_tenant
from web.formats import format_phone
from web.parts.filters import Filter
from web.parts.lists import Column
from web.workspace.crud.page import CrudPage
from web.workspace.team.forms import ResourceForm


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A line of the list; ``location`` is empty where there is only one."""

    entry: Entry[ResourceSetup]
    type_name: str
    type_order: tuple[int, int]
    location: str

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Return its place: by type, then as the business put it."""
        return (*self.type_order, self.entry.setup.position or 0, self.entry.id)


def list_rows(now: datetime, search: str) -> Sequence[ResourceRow]:
    """Return resources with the names of their types and places, archived ones too."""
    types = {each.id: each.setup for each in list_resource_type_entries(now=now, is_active=None)}
    places = {each.id: each.name for each in list_locations()}
    return tuple(
        ResourceRow(
            entry=entry,
            type_name=types[entry.setup.resource_type_id].name,
            type_order=(types[entry.setup.resource_type_id].position or 0, entry.setup.resource_type_id),
            location=places.get(entry.setup.location_id, "") if len(places) > 1 else "",
        )
        for entry in list_resource_entries(now=now, search=search, is_active=None)
    )


def list_filters(rows: Sequence[ResourceRow]) -> Sequence[Filter]:
    """Offer the types that there are."""
    types = {str(row.entry.setup.resource_type_id): row.type_name for row in sorted(rows, key=lambda row: row.order)}
    return (Filter("type", gettext_lazy("Type"), (("", gettext_lazy("All")), *types.items())),)


def fits(row: ResourceRow, asked: Mapping[str, str]) -> bool:
    """Tell whether a row is of the type that is asked for."""
    return asked["type"] in {"", str(row.entry.setup.resource_type_id)}


RESOURCES: CrudPage[ResourceRow, ResourceForm] = CrudPage(
    key="resources",
    noun=resources.NOUN,
    title=gettext_lazy("Team and equipment"),
    new_label=gettext_lazy("Add"),
    search_label=gettext_lazy("Name or skill"),
    empty_title=gettext_lazy("Nobody and nothing can be booked yet"),
    empty_text=gettext_lazy("Add the people who do the work, and the bays, chairs or tools that they need for it."),
    icon="users",
    form=ResourceForm,
    list_rows=list_rows,
    load=lambda row_id, now: get_resource_entry(resource_id=row_id, now=now),
    create=lambda form, **how: resources.create_resource(setup=form.make_setup(), **how),
    change=lambda row_id, form, **how: resources.change_resource(resource_id=row_id, setup=form.make_setup(), **how),
    columns=(
        Column("name", gettext_lazy("Name")),
        Column("skills", gettext_lazy("Skills")),
        Column("capacity", gettext_lazy("At a time"), css="number"),
        Column("efficiency", gettext_lazy("Pace"), css="number"),
        Column("choosable", gettext_lazy("Customers choose it")),
        Column("bookings", gettext_lazy("Coming"), css="number"),
        Column("acts", gettext_lazy("Actions"), is_silent=True),
    ),
    sorts={
        "": lambda row: row.order,
        "name": lambda row: (fold(row.entry.setup.name), row.entry.id),
        "capacity": lambda row: (row.entry.setup.capacity, row.entry.id),
        "efficiency": lambda row: (row.entry.setup.efficiency_percent, row.entry.id),
        "bookings": lambda row: (row.entry.coming_bookings, row.entry.id),
    },
    row_template="workspace/team/resource_row.html",
    filters=list_filters,
    narrows=fits,
    name_group=lambda row: row.type_name,
    export=(
        (gettext_lazy("Name"), lambda row: row.entry.setup.name),
        (gettext_lazy("Type"), lambda row: row.type_name),
        (gettext_lazy("Location"), lambda row: row.location),
        (gettext_lazy("Phone"), lambda row: format_phone(row.entry.setup.phone, current_tenant().country)),
        (gettext_lazy("E-mail"), lambda row: row.entry.setup.email),
        (gettext_lazy("Skills"), lambda row: ", ".join(row.entry.setup.skills)),
        (gettext_lazy("Appointments at a time"), lambda row: row.entry.setup.capacity),
        (gettext_lazy("Pace"), lambda row: row.entry.setup.efficiency_percent),
    ),
)
