"""The team, its equipment and their types as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from kernel.clock import utc_now
from scheduling.selectors.catalog.entries import list_resource_entries, list_resource_type_entries
from scheduling.selectors.catalog.services import list_locations
from scheduling.services.catalog.batches.importers import RESOURCES as RESOURCE_IMPORTER
from scheduling.services.catalog.batches.importers import TYPES
from scheduling.services.catalog.batches.lines import FileLine, import_rows
from tenants.context import current_tenant
from web.formats import format_phone
from web.workspace.files.cells import (
    CellWrong,
    Column,
    find_named,
    read_number,
    read_one_of,
    read_switch,
    read_text,
    read_words,
    write_switch,
)
from web.workspace.files.page import FilePage
from web.workspace.files.reading import ReadFile, TypedLine
from web.workspace.team.forms import KINDS, PEOPLE, THINGS, ResourceForm, ResourceTypeForm
from web.workspace.team.pages import RESOURCE_TYPES, RESOURCES

NUMBER = gettext_lazy("Number")
OLD = gettext_lazy("Number of what is there already; empty for a new one.")
ORDER = gettext_lazy("The lowest number comes first. Empty: at the end.")


def _read_kind(text: str) -> bool:
    labels = {key: (label, key) for key, label in KINDS}
    return read_one_of({True: labels[PEOPLE], False: labels[THINGS]}, text)


TYPE_COLUMNS = (
    Column("id", NUMBER, OLD, "id", read_number),
    Column(
        "name",
        gettext_lazy("Name"),
        gettext_lazy("Mechanic, lift, chair. Always needed."),
        "name",
        read_text,
        "Elevador",
    ),
    Column(
        "kind",
        gettext_lazy("What it is"),
        gettext_lazy("“People”, or “Places and tools”."),
        "is_person",
        _read_kind,
        THINGS,
    ),
    Column("position", gettext_lazy("Order"), ORDER, "position", read_number),
)
RESOURCE_COLUMNS = (
    Column("id", NUMBER, OLD, "id", read_number),
    Column(
        "name",
        gettext_lazy("Name"),
        gettext_lazy("Of the person, bay or tool. Always needed."),
        "name",
        read_text,
        "Eva Ruiz",
    ),
    Column(
        "type", gettext_lazy("Type"), gettext_lazy("One of your types of resources."), "resource_type_id", read_text
    ),
    Column(
        "location",
        gettext_lazy("Location"),
        gettext_lazy("May be left out where there is one only."),
        "location_id",
        read_text,
    ),
    Column("phone", gettext_lazy("Phone"), gettext_lazy("For messages about appointments."), "phone", read_text),
    Column("email", gettext_lazy("E-mail"), gettext_lazy("For messages about appointments."), "email", read_text),
    Column(
        "skills",
        gettext_lazy("Skills"),
        gettext_lazy("Several with commas between: brakes, engine"),
        "skills",
        read_words,
    ),
    Column(
        "capacity",
        gettext_lazy("Appointments at a time"),
        gettext_lazy("1 unless it looks after several at once."),
        "capacity",
        read_number,
        "1",
    ),
    Column(
        "pace",
        gettext_lazy("Pace"),
        gettext_lazy("In percent: at 110, an hour of work takes 55 minutes."),
        "efficiency_percent",
        read_number,
        "100",
    ),
    Column(
        "share",
        gettext_lazy("Share of the turns"),
        gettext_lazy("2 has twice as many turns as 1."),
        "weight",
        read_number,
        "1",
    ),
    Column(
        "choosable",
        gettext_lazy("Customers choose it"),
        gettext_lazy("“yes”: customers may choose them."),
        "is_customer_choosable",
        read_switch,
    ),
    Column(
        "link_only",
        gettext_lazy("By their own link only"),
        gettext_lazy("“yes”: not listed; then customers do not choose them from a list either."),
        "is_link_only",
        read_switch,
    ),
    Column("color", gettext_lazy("Color in the calendar"), gettext_lazy("As #1d4ed8."), "color", read_text),
    Column("position", gettext_lazy("Order"), ORDER, "position", read_number),
    Column(
        "timezone",
        gettext_lazy("Time zone"),
        gettext_lazy("Only where it differs from the location’s."),
        "timezone",
        read_text,
    ),
)


def _list_types() -> Iterator[Sequence[object]]:
    kinds = dict(KINDS)
    for entry in list_resource_type_entries(now=utc_now()):
        setup = entry.setup
        yield entry.id, setup.name, kinds[PEOPLE if setup.is_person else THINGS], setup.position


def _list_resources() -> Iterator[Sequence[object]]:
    types = {each.id: each.setup.name for each in list_resource_type_entries(now=utc_now(), is_active=None)}
    places, country = {each.id: each.name for each in list_locations()}, current_tenant().country
    for entry in list_resource_entries(now=utc_now()):
        setup = entry.setup
        yield (
            entry.id, setup.name, types[setup.resource_type_id], places.get(setup.location_id),
            format_phone(setup.phone, country), setup.email, ", ".join(setup.skills), setup.capacity,
            setup.efficiency_percent, setup.weight, write_switch(setup.is_customer_choosable),
            write_switch(setup.is_link_only), setup.color, setup.position, setup.timezone,
        )  # fmt: skip


def _read_types(file: ReadFile) -> list[FileLine]:
    return [make_line(line, file.read_values(line, TYPE_COLUMNS)) for line in file.lines]


def _read_resources(file: ReadFile) -> list[FileLine]:
    types = {each.id: each.setup.name for each in list_resource_type_entries(now=utc_now())}
    places = {each.id: each.name for each in list_locations()}
    return [
        make_line(line, _name_rows(file, line, file.read_values(line, RESOURCE_COLUMNS), types, places))
        for line in file.lines
    ]


def _name_rows(
    file: ReadFile, line: TypedLine, values: dict[str, Any], types: Mapping[int, str], places: Mapping[int, str]
) -> dict[str, Any]:
    """Return the values with the ids of what they name; what goes without saying is filled in for a new one."""
    for key, field, names in (("type", "resource_type_id", types), ("location", "location_id", places)):
        if field in values:
            try:
                values[field] = find_named(names, values[field])
            except CellWrong as error:
                file.note(line.number, key, str(error))
        elif len(names) == 1 and "id" not in values:
            values[field] = next(iter(names))
    return values


def make_line(line: TypedLine, values: dict[str, Any]) -> FileLine:
    """Return a line as services take it."""
    return FileLine(number=line.number, row_id=values.pop("id", None), values=values)


TYPE_FILE = FilePage(
    key="resource_types",
    title=gettext_lazy("Types as a file"),
    back_label=RESOURCE_TYPES.title,
    lead=gettext_lazy("All types in use. Change the file in a spreadsheet and import it again."),
    columns=lambda: TYPE_COLUMNS,
    needed="name",
    list_rows=_list_types,
    read=_read_types,
    save=lambda **how: import_rows(TYPES, **how),
    words=ResourceTypeForm,
)
RESOURCE_FILE = FilePage(
    key="resources",
    title=gettext_lazy("Team and equipment as a file"),
    back_label=RESOURCES.title,
    lead=gettext_lazy("Everybody and everything in use. Change the file in a spreadsheet and import it again."),
    columns=lambda: RESOURCE_COLUMNS,
    needed="name",
    list_rows=_list_resources,
    example=lambda: {"type": next((each.setup.name for each in list_resource_type_entries(now=utc_now())), "")},
    read=_read_resources,
    save=lambda **how: import_rows(RESOURCE_IMPORTER, **how),
    words=ResourceForm,
    notes=(gettext_lazy("Weekly hours have a file of their own; accounts and photos are not in files."),),
)
