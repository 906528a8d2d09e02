"""The page of places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy, pgettext_lazy

from kernel.identity.keys import fold_letters
from scheduling.selectors.catalog.entries import get_location_entry, list_location_entries
from scheduling.selectors.catalog.photos import LOCATION_PHOTO
from scheduling.services.catalog import locations
from scheduling.types import Entry, LocationSetup
from tenants.context import current_tenant
from web.formats import format_phone
from web.parts.lists import Column
from web.parts.zones import name_zone, say_now
from web.workspace.crud.page import CrudPage
from web.workspace.hours.location_form import LocationForm


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A line of the list; ``zone`` is the city of its clocks, ``now`` what they show."""

    entry: Entry[LocationSetup]
    zone: str
    now: str


def list_rows(now: datetime, search: str) -> Sequence[LocationRow]:
    """List all locations that were found, archived ones too; two queries."""
    return [
        LocationRow(entry, name_zone(entry.setup.timezone), say_now(entry.setup.timezone, now))
        for entry in list_location_entries(now=now, search=search, is_active=None)
    ]


LOCATIONS: CrudPage[LocationRow, LocationForm] = CrudPage(
    key="locations",
    noun=locations.NOUN,
    title=gettext_lazy("Locations"),
    new_label=gettext_lazy("Add location"),
    search_label=gettext_lazy("Name or address"),
    empty_title=gettext_lazy("No location yet"),
    empty_text=gettext_lazy("Add the place where you work: its clock and its holidays decide when you are open."),
    icon="store",
    form=LocationForm,
    list_rows=list_rows,
    load=lambda row_id, now: get_location_entry(location_id=row_id, now=now),
    delete=lambda row_id, **how: locations.delete_location(location_id=row_id, **how),
    create=lambda form, **how: locations.create_location(setup=form.make_setup(), **how),
    change=lambda row_id, form, **how: locations.change_location(location_id=row_id, setup=form.make_setup(), **how),
    columns=(
        Column("name", gettext_lazy("Name")),
        Column("zone", gettext_lazy("Time zone")),
        Column("phone", pgettext_lazy("of a business", "Phone")),
        Column("holidays", gettext_lazy("Holidays")),
        Column("bookings", gettext_lazy("Coming"), css="number"),
        Column("acts", gettext_lazy("Actions"), is_silent=True),
    ),
    sorts={
        "": lambda row: (row.entry.setup.position or 0, row.entry.id),
        "name": lambda row: (fold_letters(row.entry.setup.name), row.entry.id),
        "zone": lambda row: (fold_letters(row.zone), row.entry.id),
        "bookings": lambda row: (row.entry.coming_bookings, row.entry.id),
    },
    row_template="workspace/hours/location_row.html",
    picture_kinds=(LOCATION_PHOTO,),
    export=(
        (gettext_lazy("Name"), lambda row: row.entry.setup.name),
        (gettext_lazy("Address"), lambda row: row.entry.setup.address),
        (
            pgettext_lazy("of a business", "Phone"),
            lambda row: format_phone(row.entry.setup.phone, current_tenant().country),
        ),
        (gettext_lazy("E-mail"), lambda row: row.entry.setup.email),
        (gettext_lazy("Time zone"), lambda row: row.entry.setup.timezone),
    ),
)
