"""Services and extras as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy

from kernel.clock import utc_now
from scheduling.selectors.catalog.entries import list_add_ons_of_all, list_service_entries
from scheduling.selectors.catalog.roster import load_roster
from scheduling.services.catalog.batches.files import import_catalog
from tenants.context import current_tenant
from web.parts.cells import write_amount
from web.workspace.catalog.files.columns import BY_FIELD, list_columns, write_cells, write_texts
from web.workspace.catalog.files.needs_cell import write_needs
from web.workspace.catalog.files.reading import read_lines
from web.workspace.catalog.forms import ServiceForm
from web.workspace.catalog.pages import SERVICES
from web.workspace.catalog.question_forms import name_field
from web.workspace.files.page import FilePage


def _list_rows() -> Iterator[Sequence[object]]:
    extras, roster = list_add_ons_of_all(), load_roster()
    for entry in list_service_entries(now=utc_now()):
        yield write_cells(entry.id, entry.setup, write_needs(entry.setup.requirements, roster))
        for extra in extras.get(entry.id, ()):
            own = {
                "name": extra.name,
                "extra_of": entry.setup.name,
                "price": write_amount(extra.price_minor, current_tenant().currency),
                "duration_minutes": extra.minutes,
                **write_texts(extra.texts),
            }
            yield [own.get(column.key) for column in list_columns()]


def _make_example() -> dict[str, str]:
    people = [each.name for each in load_roster().types.values() if each.is_active and each.is_person]
    return {"needs": f"1 {people[0]}"} if people else {}


SERVICE_FILE = FilePage(
    key="services",
    title=gettext_lazy("Services as a file"),
    back_label=SERVICES.title,
    lead=gettext_lazy("All services and extras in use. Change the file in a spreadsheet and import it again."),
    stale=gettext_lazy("Somebody changed services meanwhile: look once more before you save."),
    columns=list_columns,
    needed="name",
    list_rows=_list_rows,
    example=_make_example,
    read=lambda file: read_lines(file, load_roster()),
    save=import_catalog,
    words=ServiceForm,
    find_key=lambda field: BY_FIELD.get(field) or name_field(field),
    notes=(
        gettext_lazy(
            "Needs are written as “1 mechanic (skill) 0-60 + 1 lift”: how many, the type, a skill and the minutes of"
            " the visit. “*” leaves them as they are."
        ),
    ),
)
