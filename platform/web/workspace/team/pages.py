"""The pages of resources and of their types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy

from kernel.identity.keys import fold_letters
from scheduling.selectors.availability.turns import find_share
from scheduling.selectors.catalog.entries import (
    get_resource_entry,
    get_resource_type_entry,
    list_resource_entries,
    list_resource_type_entries,
)
from scheduling.selectors.catalog.needs import list_needed_resource_ids
from scheduling.selectors.catalog.photos import RESOURCE_PHOTO
from scheduling.selectors.catalog.services import list_locations
from scheduling.services.catalog import resource_types, resources
from scheduling.types import Entry, ResourceSetup, ResourceTypeSetup
from tenants.context import current_tenant
from web.formats import format_phone
from web.parts.filters import Filter
from web.parts.lists import Column
from web.workspace.crud.page import CrudPage
from web.workspace.team.forms import ResourceForm, ResourceTypeForm


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A line of the list.

    Attributes:
        location: Empty where there is only one.
        share_percent: Of the turns among the active ones of its type; None for an archived one.
        is_needed: Some active service asks for it.
    """

    entry: Entry[ResourceSetup]
    type_name: str
    type_order: tuple[int, int]
    location: str
    share_percent: int | None
    is_needed: bool

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Return its place: by type, then as the business put it."""
        return (*self.type_order, self.entry.setup.position or 0, self.entry.id)


def list_rows(now: datetime, search: str) -> Sequence[ResourceRow]:
    """Return resources with the names of their types and places, archived ones too."""
    types = {each.id: each.setup for each in list_resource_type_entries(now=now, is_active=None)}
    places = {each.id: each.name for each in list_locations()}
    entries = list_resource_entries(now=now, search=search, is_active=None)
    everybody = list_resource_entries(now=now) if search else [each for each in entries if each.is_active]
    needed, weights = list_needed_resource_ids(), Counter[int]()
    for each in everybody:
        weights[each.setup.resource_type_id] += each.setup.weight
    return tuple(
        ResourceRow(
            entry=entry,
            type_name=types[entry.setup.resource_type_id].name,
            type_order=(types[entry.setup.resource_type_id].position or 0, entry.setup.resource_type_id),
            location=places.get(entry.setup.location_id, "") if len(places) > 1 else "",
            share_percent=_share(entry, weights[entry.setup.resource_type_id]),
            is_needed=entry.id in needed,
        )
        for entry in entries
    )


def _share(entry: Entry[ResourceSetup], whole: int) -> int | None:
    return find_share(entry.setup.weight, whole) if entry.is_active and whole else None


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
    delete=lambda row_id, **how: resources.delete_resource(resource_id=row_id, **how),
    create=lambda form, **how: resources.create_resource(setup=form.make_setup(), **how),
    change=lambda row_id, form, **how: resources.change_resource(resource_id=row_id, setup=form.make_setup(), **how),
    columns=(
        Column("name", gettext_lazy("Name")),
        Column("skills", gettext_lazy("Skills")),
        Column("capacity", gettext_lazy("At a time"), css="number"),
        Column("efficiency", gettext_lazy("Pace"), css="number"),
        Column("share", gettext_lazy("Turns"), css="number"),
        Column("choosable", gettext_lazy("Customers choose it")),
        Column("bookings", gettext_lazy("Coming"), css="number"),
        Column("acts", gettext_lazy("Actions"), is_silent=True),
    ),
    sorts={
        "": lambda row: row.order,
        "name": lambda row: (fold_letters(row.entry.setup.name), row.entry.id),
        "capacity": lambda row: (row.entry.setup.capacity, row.entry.id),
        "efficiency": lambda row: (row.entry.setup.efficiency_percent, row.entry.id),
        "share": lambda row: (row.share_percent or 0, row.entry.id),
        "bookings": lambda row: (row.entry.coming_bookings, row.entry.id),
    },
    row_template="workspace/team/resource_row.html",
    form_aside="workspace/team/glance.html",
    picture_kinds=(RESOURCE_PHOTO,),
    list_lead="workspace/team/lead.html",
    filters=list_filters,
    narrows=fits,
    name_group=lambda row: row.type_name,
    has_file=True,
    export=(
        (gettext_lazy("Name"), lambda row: row.entry.setup.name),
        (gettext_lazy("Type"), lambda row: row.type_name),
        (gettext_lazy("Location"), lambda row: row.location),
        (gettext_lazy("Phone"), lambda row: format_phone(row.entry.setup.phone, current_tenant().country)),
        (gettext_lazy("E-mail"), lambda row: row.entry.setup.email),
        (gettext_lazy("Skills"), lambda row: ", ".join(row.entry.setup.skills)),
        (gettext_lazy("Appointments at a time"), lambda row: row.entry.setup.capacity),
        (gettext_lazy("Pace"), lambda row: row.entry.setup.efficiency_percent),
        (gettext_lazy("Share of the turns"), lambda row: row.entry.setup.weight),
    ),
)


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A line of the list of types; ``resources`` counts the active ones."""

    entry: Entry[ResourceTypeSetup]
    resources: int


def list_type_rows(now: datetime, search: str) -> Sequence[TypeRow]:
    """Return types with how many there are of each, archived ones too."""
    counts = Counter(each.setup.resource_type_id for each in list_resource_entries(now=now))
    return tuple(
        TypeRow(entry=entry, resources=counts[entry.id])
        for entry in list_resource_type_entries(now=now, search=search, is_active=None)
    )


RESOURCE_TYPES: CrudPage[TypeRow, ResourceTypeForm] = CrudPage(
    key="resource_types",
    noun=resource_types.NOUN,
    title=gettext_lazy("Types of resources"),
    new_label=gettext_lazy("New type"),
    search_label=gettext_lazy("Name"),
    empty_title=gettext_lazy("There are no types yet"),
    empty_text=gettext_lazy("Say first what is booked at your business: mechanics and bays, stylists and chairs."),
    icon="users",
    form=ResourceTypeForm,
    list_rows=list_type_rows,
    load=lambda row_id, now: get_resource_type_entry(resource_type_id=row_id, now=now),
    delete=lambda row_id, **how: resource_types.delete_resource_type(resource_type_id=row_id, **how),
    create=lambda form, **how: resource_types.create_resource_type(setup=form.make_setup(), **how),
    change=lambda row_id, form, **how: resource_types.change_resource_type(
        resource_type_id=row_id, setup=form.make_setup(), **how
    ),
    columns=(
        Column("name", gettext_lazy("Name")),
        Column("kind", gettext_lazy("What it is")),
        Column("resources", gettext_lazy("How many"), css="number"),
        Column("bookings", gettext_lazy("Coming"), css="number"),
        Column("acts", gettext_lazy("Actions"), is_silent=True),
    ),
    sorts={
        "": lambda row: (row.entry.setup.position or 0, row.entry.id),
        "name": lambda row: (fold_letters(row.entry.setup.name), row.entry.id),
        "resources": lambda row: (row.resources, row.entry.id),
        "bookings": lambda row: (row.entry.coming_bookings, row.entry.id),
    },
    row_template="workspace/team/type_row.html",
    has_file=True,
    list_lead="workspace/team/type_lead.html",
)
