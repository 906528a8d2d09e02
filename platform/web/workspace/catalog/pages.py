"""The page of services."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from kernel.identity.keys import fold_letters
from scheduling.selectors.catalog.entries import get_service_entry
from scheduling.services.catalog import extras, services
from web.parts.cells import write_amount
from web.parts.lists import Column
from web.workspace.catalog.forms import ServiceForm
from web.workspace.catalog.price_kinds import PRICE_KINDS
from web.workspace.catalog.rows import ServiceRow, fits, list_filters, list_rows
from web.workspace.crud.page import CrudPage

SERVICES: CrudPage[ServiceRow, ServiceForm] = CrudPage(
    key="services",
    noun=services.NOUN,
    title=gettext_lazy("Services"),
    new_label=gettext_lazy("New service"),
    search_label=gettext_lazy("Name or category"),
    empty_title=gettext_lazy("There are no services yet"),
    empty_text=gettext_lazy(
        "Your booking page opens with the first one: name, price and duration are enough to begin."
    ),
    icon="tag",
    form=ServiceForm,
    list_rows=list_rows,
    load=lambda row_id, now: get_service_entry(service_id=row_id, now=now),
    delete=lambda row_id, **how: services.delete_service(service_id=row_id, **how),
    create=lambda form, **how: extras.create_service_with_extras(
        setup=form.make_setup(), extras=form.make_extras(), **how
    ),
    change=lambda row_id, form, **how: extras.change_service_with_extras(
        service_id=row_id, setup=form.make_setup(), extras=form.make_extras(), known=form.known_extras, **how
    ),
    columns=(
        Column("name", gettext_lazy("Service")),
        Column("price", gettext_lazy("Price"), css="number"),
        Column("duration", gettext_lazy("Duration"), css="number"),
        Column("needs", gettext_lazy("Who and what it takes")),
        Column("online", gettext_lazy("Online")),
        Column("bookings", gettext_lazy("Coming"), css="number"),
        Column("acts", gettext_lazy("Actions"), is_silent=True),
    ),
    sorts={
        "": lambda row: row.order,
        "name": lambda row: (fold_letters(row.entry.setup.name), row.entry.id),
        "price": lambda row: (-1 if row.entry.setup.price_minor is None else row.entry.setup.price_minor, row.entry.id),
        "duration": lambda row: (row.entry.setup.duration_minutes, row.entry.id),
        "bookings": lambda row: (row.entry.coming_bookings, row.entry.id),
    },
    row_template="workspace/catalog/service_row.html",
    form_acts="workspace/catalog/form_acts.html",
    form_aside="workspace/catalog/preview.html",
    list_lead="workspace/catalog/legend.html",
    list_foot="workspace/catalog/list_foot.html",
    list_acts="workspace/catalog/list_acts.html",
    list_starts="workspace/catalog/starts.html",
    list_script="js/price-rows.js",
    form_script="js/visit-bars.js",
    list_style="catalog",
    filters=list_filters,
    narrows=fits,
    name_group=lambda row: row.entry.setup.category,
    has_file=True,
    export=(
        (gettext_lazy("Name"), lambda row: row.entry.setup.name),
        (gettext_lazy("Category"), lambda row: row.entry.setup.category),
        (gettext_lazy("Price"), lambda row: write_amount(row.entry.setup.price_minor, row.currency)),
        (gettext_lazy("Kind of price"), lambda row: dict(PRICE_KINDS)[row.entry.setup.price_kind.value]),
        (gettext_lazy("Duration"), lambda row: row.entry.setup.duration_minutes),
        (gettext_lazy("Who and what it takes"), lambda row: row.needs),
    ),
)
