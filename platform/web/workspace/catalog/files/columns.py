"""The columns of the file: their keys, what people call them, and how a cell is read and written."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, gettext_lazy

from kernel.formats import to_minor
from kernel.languages import LANGUAGES
from kernel.money import PriceKind
from scheduling.types import LocalText, ServiceSetup
from tenants.context import current_tenant
from web.parts.cells import write_amount
from web.templatetags.formats import get_current_formats
from web.workspace.catalog.texts import SERVICE_TEXTS, list_other_languages, say_label_later
from web.workspace.files.cells import CellWrong, Column, read_number, read_switch, read_text

LARGEST_AMOUNT = 10**13
KINDS = {
    PriceKind.FIXED: ("fixed", "fijo"),
    PriceKind.FROM: ("from", "desde"),
    PriceKind.ON_REQUEST: ("on_request", "on request", "por cotizar"),
}


def read_price(text: str) -> int:
    """Return an amount in the smallest coin."""
    amount = get_current_formats().read_number(text)
    if amount is None or amount < 0:
        raise CellWrong(gettext("Write an amount, such as 850 or 850.50."))
    minor = to_minor(amount, current_tenant().currency)
    if minor is None or minor > LARGEST_AMOUNT:
        raise CellWrong(gettext("This amount has too many decimals, or is too large."))
    return minor


def read_kind(text: str) -> PriceKind:
    """Return a kind of price."""
    for kind, words in KINDS.items():
        if text.lower() in words:
            return kind
    raise CellWrong(gettext("Write “fixed”, “from” or “on request”."))


COLUMNS = (
    Column(
        "id",
        gettext_lazy("Number"),
        gettext_lazy("Number of a service that is there already; empty for a new one."),
        "",
        read_number,
    ),
    Column(
        "name",
        gettext_lazy("Name"),
        gettext_lazy("Name of the service or extra. Always needed."),
        "",
        read_text,
        "Afinación mayor",
        of_extras=True,
    ),
    Column(
        "extra_of",
        gettext_lazy("Extra of"),
        gettext_lazy("For an extra: the name of its service."),
        "",
        read_text,
        of_extras=True,
    ),
    Column(
        "category",
        gettext_lazy("Category"),
        gettext_lazy("Heading in the list."),
        "category",
        read_text,
        "Mantenimiento",
    ),
    Column(
        "price_kind",
        gettext_lazy("Kind of price"),
        gettext_lazy("“fixed”, “from” or “on request”."),
        "price_kind",
        read_kind,
        "from",
    ),
    Column(
        "price",
        gettext_lazy("Price"),
        gettext_lazy("Amount without sign: 850 or 850.50."),
        "price_minor",
        read_price,
        "2400",
        of_extras=True,
    ),
    Column(
        "duration_minutes",
        gettext_lazy("Duration (min)"),
        gettext_lazy("Minutes; of an extra, by how much the visit gets longer."),
        "duration_minutes",
        read_number,
        "120",
        of_extras=True,
    ),
    Column(
        "buffer_before_minutes",
        gettext_lazy("Free time before (min)"),
        gettext_lazy("Free minutes before."),
        "buffer_before_minutes",
        read_number,
        "0",
    ),
    Column(
        "buffer_after_minutes",
        gettext_lazy("Free time after (min)"),
        gettext_lazy("Free minutes after."),
        "buffer_after_minutes",
        read_number,
        "15",
    ),
    Column(
        "step_minutes",
        gettext_lazy("A start every (min)"),
        gettext_lazy("A start every so many minutes."),
        "step_minutes",
        read_number,
        "30",
    ),
    Column(
        "minimum_notice_minutes",
        gettext_lazy("Notice (min)"),
        gettext_lazy("Booked at least so many minutes before."),
        "minimum_notice_minutes",
        read_number,
        "60",
    ),
    Column(
        "booking_window_days",
        gettext_lazy("Days ahead"),
        gettext_lazy("Booked at most so many days ahead."),
        "booking_window_days",
        read_number,
        "60",
    ),
    Column(
        "cancel_cutoff_minutes",
        gettext_lazy("Cancel until (min)"),
        gettext_lazy("Customers cancel until so many minutes before the start."),
        "cancel_cutoff_minutes",
        read_number,
        "1440",
    ),
    Column(
        "move_cutoff_minutes",
        gettext_lazy("Move until (min)"),
        gettext_lazy("Customers move until so many minutes before the start."),
        "move_cutoff_minutes",
        read_number,
        "1440",
    ),
    Column(
        "seats",
        gettext_lazy("Places in a group"),
        gettext_lazy("Places in a group; empty for no group."),
        "seats",
        read_number,
    ),
    Column(
        "max_party_size",
        gettext_lazy("People, at most"),
        gettext_lazy("People in one booking, at most; empty for all places of the group."),
        "max_party_size",
        read_number,
        "1",
    ),
    Column(
        "online",
        gettext_lazy("Online"),
        gettext_lazy("“yes”: customers see it and book it."),
        "is_online",
        read_switch,
        "yes",
    ),
    Column(
        "needs",
        gettext_lazy("Who and what it takes"),
        gettext_lazy("Who and what it takes: see below."),
        "requirements",
        read_text,
    ),
    Column(
        "description",
        gettext_lazy("Description"),
        gettext_lazy("What customers read about it."),
        "description",
        read_text,
        "Bujías, filtros y aceite",
    ),
)
TEXT_COLUMNS = tuple(
    Column(
        f"{field}_{language}", say_label_later(field, language), gettext_lazy("The same in the other language."),
        "texts", read_text, of_extras=field == "name", language=language,
    )
    for language in LANGUAGES
    for field in SERVICE_TEXTS
)  # fmt: skip
"""Of every language: a file of before the business changed its own can be read."""
BY_KEY = {column.key: column for column in COLUMNS + TEXT_COLUMNS}
BY_FIELD = {column.field: column.key for column in COLUMNS if column.field} | {"minutes": "duration_minutes"}


def list_columns() -> tuple[Column, ...]:
    """Return the columns of this business's file: its own language first, then the others."""
    others = list_other_languages()
    return (*COLUMNS, *(column for column in TEXT_COLUMNS if column.language in others))


def write_cells(service_id: int, setup: ServiceSetup, needs: str) -> list[object]:
    """Return a service's cells in the order of the columns."""
    own: dict[str, object] = {
        "id": service_id,
        "name": setup.name,
        "extra_of": None,
        "price_kind": setup.price_kind.value,
        "price": write_amount(setup.price_minor, current_tenant().currency),
        "online": "yes" if setup.is_online else "no",
        "needs": needs,
        "description": setup.description,
        **write_texts(setup.texts),
    }
    return [
        own.get(column.key) if column.key in own or column.language else getattr(setup, column.field)
        for column in list_columns()
    ]


def write_texts(texts: Sequence[LocalText]) -> dict[str, object]:
    """Return the cells of texts in other languages, by their keys."""
    return {f"{field}_{each.language}": getattr(each, field) for each in texts for field in SERVICE_TEXTS}
