"""The page of services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.numbers import get_currency_precision
from django.utils.translation import gettext_lazy

from kernel.lines import fold
from scheduling.enums import Approval
from scheduling.selectors.catalog.entries import (
    get_service_entry,
    list_service_entries,
)
from scheduling.services.catalog import extras, services
from scheduling.types import Entry, RequirementSetup, ServiceSetup
from tenants.context import current_tenant
from web.parts.filters import Filter
from web.parts.lists import Column
from web.workspace.catalog.forms import PRICE_KINDS, ServiceForm, find_price_kind
from web.workspace.catalog.needs import load_pools
from web.workspace.crud.page import CrudPage

BAR_MINUTES = 240
"""Width of the bars in the list: what services take is compared on one scale."""

BAR_HEIGHT, BAR_STEP = 6, 9


@dataclass(frozen=True, slots=True)
class Bar:
    """What one requirement takes, as a part of four hours in percent; ``top`` in pixels."""

    left: str
    width: str
    top: int
    css: str


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A line of the list; ``needs`` says in words what the bars draw."""

    entry: Entry[ServiceSetup]
    order: tuple[int, int, int]
    bars: tuple[Bar, ...]
    needs: str
    currency: str

    @property
    def height(self) -> int:
        """Return how tall the drawing is, in pixels."""
        return max(BAR_HEIGHT, len(self.bars) * BAR_STEP - (BAR_STEP - BAR_HEIGHT))

    @property
    def is_online(self) -> bool:
        """Tell whether it is in the list that customers see."""
        return self.entry.setup.approval is not Approval.LINK_ONLY


def list_rows(now: datetime, search: str) -> Sequence[ServiceRow]:
    """Return services with what they take, archived ones too."""
    pools, currency = load_pools(now=now), current_tenant().currency
    entries = list_service_entries(now=now, search=search, is_active=None)
    categories = {
        category: place for place, category in enumerate(dict.fromkeys(each.setup.category for each in entries))
    }
    return tuple(
        ServiceRow(
            entry=entry,
            order=(categories[entry.setup.category], entry.setup.position or 0, entry.id),
            bars=tuple(
                _draw(each, entry.setup.duration_minutes, place, css="people" if pools.is_person(each) else "things")
                for place, each in enumerate(entry.setup.requirements)
            ),
            needs=" · ".join(pools.describe(each) for each in entry.setup.requirements),
            currency=currency,
        )
        for entry in entries
    )


def list_filters(rows: Sequence[ServiceRow]) -> Sequence[Filter]:
    """Offer the categories that there are."""
    names = dict.fromkeys(row.entry.setup.category for row in sorted(rows, key=lambda row: row.order))
    known = tuple((name, name) for name in names if name)
    return (Filter("category", gettext_lazy("Category"), (("", gettext_lazy("All")), *known)),)


def fits(row: ServiceRow, asked: Mapping[str, str]) -> bool:
    """Tell whether a row is of the category that is asked for."""
    return asked["category"] in {"", row.entry.setup.category}


def to_major(amount_minor: int | None, currency: str) -> float | None:
    """Return an amount as a spreadsheet calculates with it."""
    return None if amount_minor is None else amount_minor / 10 ** get_currency_precision(currency)


def _draw(each: RequirementSetup, visit_minutes: int, place: int, *, css: str) -> Bar:
    begins = min(each.starts_after_minutes, BAR_MINUTES)
    lasts = each.duration_minutes or max(visit_minutes - each.starts_after_minutes, 0)
    return Bar(
        left=f"{100 * begins / BAR_MINUTES:.1f}%",
        width=f"{100 * min(lasts, BAR_MINUTES - begins) / BAR_MINUTES:.1f}%",
        top=place * BAR_STEP,
        css=css,
    )


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
        Column("bookings", gettext_lazy("Coming"), css="number"),
        Column("acts", gettext_lazy("Actions"), is_silent=True),
    ),
    sorts={
        "": lambda row: row.order,
        "name": lambda row: (fold(row.entry.setup.name), row.entry.id),
        "price": lambda row: (-1 if row.entry.setup.price_minor is None else row.entry.setup.price_minor, row.entry.id),
        "duration": lambda row: (row.entry.setup.duration_minutes, row.entry.id),
        "bookings": lambda row: (row.entry.coming_bookings, row.entry.id),
    },
    row_template="workspace/catalog/service_row.html",
    form_aside="workspace/catalog/preview.html",
    list_lead="workspace/catalog/legend.html",
    filters=list_filters,
    narrows=fits,
    name_group=lambda row: row.entry.setup.category,
    export=(
        (gettext_lazy("Name"), lambda row: row.entry.setup.name),
        (gettext_lazy("Category"), lambda row: row.entry.setup.category),
        (gettext_lazy("Price"), lambda row: to_major(row.entry.setup.price_minor, row.currency)),
        (gettext_lazy("Kind of price"), lambda row: dict(PRICE_KINDS)[find_price_kind(row.entry.setup)]),
        (gettext_lazy("Duration"), lambda row: row.entry.setup.duration_minutes),
        (gettext_lazy("Who and what it takes"), lambda row: row.needs),
    ),
)
