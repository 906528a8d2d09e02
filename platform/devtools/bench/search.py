"""``./dev bench search``: what staff type, looked for in 100,000 bookings, against an exact look-up.

That is the booking of one customer at its time, by its index. Both go the whole way through Django and answer rows of a
list. Medians of elapsed milliseconds in one process, in turns, so that whatever disturbs one disturbs all.
Then: bytes for each booking, what a booking's write costs with and without the search, and the plan that
PostgreSQL keeps for every search.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from statistics import median
from unittest.mock import patch

from database.connection import connection, write_array
from devtools.bench.business import make_business
from devtools.scratch.shop import add_service, add_shop
from devtools.scratch.tenant import empty_scheduling, temporary_tenant
from devtools.terminal import say
from kernel.identity.search import Findable, list_keys
from scheduling.enums import BookingSource
from scheduling.selectors.bookings.search import explain_search
from scheduling.selectors.bookings.views import list_bookings
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CUSTOMER, BookingFilters, CustomerDetails, SlotRequest, VisitDetails, Wish
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OPENING = datetime(2026, 1, 12, 15, 0, tzinfo=UTC)
ROUNDS, WRITES, BATCH = 15, 40, 5000
GIVEN = [
    "María",
    "José",
    "Juan",
    "Luis",
    "Ana",
    "Carlos",
    "Fernanda",
    "Miguel",
    "Sofía",
    "Jorge",
    "Guadalupe",
    "Francisco",
    "Lucía",
    "Antonio",
    "Elena",
    "Pedro",
    "Valeria",
    "Roberto",
    "Daniela",
    "Ricardo",
    "Paola",
    "Alejandro",
    "Gabriela",
    "Manuel",
    "Verónica",
    "Héctor",
    "Adriana",
    "Raúl",
    "Mónica",
    "Óscar",
]
FAMILY = [
    "Hernández",
    "García",
    "Martínez",
    "López",
    "González",
    "Pérez",
    "Rodríguez",
    "Sánchez",
    "Ramírez",
    "Cruz",
    "Flores",
    "Gómez",
    "Morales",
    "Vázquez",
    "Reyes",
    "Jiménez",
    "Torres",
    "Díaz",
    "Gutiérrez",
    "Ruiz",
    "Mendoza",
    "Aguilar",
    "Ortiz",
    "Moreno",
    "Castillo",
    "Romero",
    "Álvarez",
    "Méndez",
    "Chávez",
    "Rivera",
    "Juárez",
    "Ramos",
    "Domínguez",
    "Herrera",
    "Medina",
    "Castro",
    "Vargas",
    "Guzmán",
    "Velázquez",
    "Núñez",
    "Muñoz",
    "Rojas",
    "Contreras",
]
CARS = ("Nissan Versa", "Toyota Corolla", "Chevrolet Aveo", "Volkswagen Jetta", "Renault Mégane", "Ford Fiesta")
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
QUERIES = {
    "full name": "fernanda nuñez velázquez",
    "common name": "maria",
    "two words": "garcia maria",
    "beginning": "vel",
    "typing mistake": "hernadnez fernnada",
    "phone": "044 55 1000 4242",
    "last four": "4242",
    "one letter": "m",
    "nobody": "zzyzx",
    "endless": "maria " * 2000,
}
EXACT = "exact look-up"
KEPT = "scheduling.services.writing.events.add_search_part"


def run(argv: Sequence[str]) -> int:
    """Measure and print, or with ``--json`` print for programs."""
    with temporary_tenant("bench") as tenant:
        figures = call_in_tenant(tenant.schema_name, _measure_all, tenant)
    if "--json" in argv:
        say(json.dumps(figures))
        return 0
    for name, figure in figures.items():
        say(f"{name:<16} {figure}")
    return 0


def _measure_all(tenant: TenantInfo) -> dict[str, object]:
    writes = _measure_writes(tenant)
    make_business(tenant, "C", now=NOW)
    _fill()
    plate = next(islice(_list_people(), 4242, None))[-1].replace("-", " ").lower()
    asks = {name: partial(_search, text) for name, text in {**QUERIES, "plate": plate}.items()}
    times = _measure_in_turns({EXACT: partial(_look_up, *_add_customer()), **asks}, rounds=ROUNDS)
    floor = times[EXACT][0]
    figures: dict[str, object] = {
        name: f"{elapsed:8.2f} ms   x{elapsed / floor:6.1f}   rows {rows}" for name, (elapsed, rows) in times.items()
    }
    figures["bytes a booking"] = _weigh()
    figures["booking written"] = f"x{writes['with'][0] / writes['without'][0]:.3f} of one without the search"
    figures["plan"] = explain_search(BookingFilters(search=QUERIES["full name"], now=NOW))
    return figures


def _look_up(customer_id: int, starts_at: datetime) -> int:
    end = starts_at + timedelta(minutes=1)
    filters = BookingFilters(customer_id=customer_id, starts_after=starts_at, starts_before=end)
    return len(list_bookings(filters).rows)


def _add_customer() -> tuple[int, datetime]:
    """Give one booking a customer, to be found by exactly; return the customer's id and the booking's start."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH c AS (INSERT INTO scheduling_customer (name, locale, notes, tags, is_sample, created_at) "
            "VALUES ('Bench', 'es', '', '[]', true, now()) RETURNING id) UPDATE scheduling_booking b "
            "SET customer_id = c.id FROM c WHERE b.id = (SELECT max(id) / 2 FROM scheduling_booking) RETURNING c.id, "
            "b.starts_at"
        )
        customer_id, starts_at = cursor.fetchone()
        return int(customer_id), starts_at


def _search(text: str) -> int:
    return len(list_bookings(BookingFilters(search=text, now=NOW, limit=50)).rows)


def _measure_in_turns(works: Mapping[str, Callable[[], int]], *, rounds: int) -> dict[str, tuple[float, int]]:
    times: dict[str, list[float]] = {name: [] for name in works}
    rows = {name: work() for name, work in works.items()}
    for _ in range(rounds):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: (median(each), rows[name]) for name, each in times.items()}


def _list_people() -> Iterator[tuple[str, str, str, str]]:
    """Yield name, phone, vehicle and plate; the same ones each time."""
    chance = random.Random(7)  # noqa: S311 - people of a benchmark
    for number in count():
        name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)} {chance.choice(FAMILY)}"
        plate = "".join(chance.choices(LETTERS, k=3)) + f"-{chance.randrange(1000):03}-{chance.choice(LETTERS)}"
        yield name, f"+5255{10_000_000 + number}", f"{chance.choice(CARS)} {chance.randrange(1998, 2026)}", plate


def _fill() -> None:
    """Give every booking a customer of its own, and what it is found by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference FROM scheduling_booking ORDER BY id")
        rows = cursor.fetchall()
    people = _list_people()
    for start in range(0, len(rows), BATCH):
        batch = [(row_id, reference, *next(people)) for row_id, reference in rows[start : start + BATCH]]
        keys = [write_array(list_keys(_describe(*each[1:]))) for each in batch]
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH n AS (SELECT * FROM unnest(%s::int8[], %s::text[], %s::text[], %s::text[], %s::text[]) "
                "AS n(id, name, phone, label, keys)), b AS (UPDATE scheduling_booking b SET customer_name = n.name, "
                "customer_phone = n.phone, asset_label = n.label FROM n WHERE b.id = n.id RETURNING b.id, b.starts_at) "
                "INSERT INTO scheduling_bookingsearch (booking_id, starts_at, keys) "
                "SELECT b.id, b.starts_at, n.keys::int4[] FROM b JOIN n USING (id)",
                [*([each[place] for each in batch] for place in (0, 2, 3, 4)), keys],
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) scheduling_bookingsearch")
        cursor.execute("VACUUM (ANALYZE) scheduling_booking")


def _describe(reference: str, name: str, phone: str, label: str, plate: str) -> Findable:
    return Findable(texts=(name, label), marks=(plate,), phone=phone, reference=reference)


def _weigh() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_table_size('scheduling_bookingsearch'), pg_indexes_size('scheduling_bookingsearch'), "
            "count(*), avg(cardinality(keys)) FROM scheduling_bookingsearch"
        )
        table, indexes, bookings, keys = cursor.fetchone()
    return f"{table / bookings:.0f} in the table, {indexes / bookings:.0f} in its indexes, {float(keys):.0f} keys"


def _measure_writes(tenant: TenantInfo) -> dict[str, tuple[float, int]]:
    """Book in turns with the search and without it; nothing but the part of the statement differs."""
    empty_scheduling(tenant)
    _, pools = add_shop(staff=WRITES, bays=0)
    service_id = add_service(*pools, name="Bench", duration_minutes=30, booking_window_days=366)
    people = _list_people()

    def book() -> int:
        name, phone, _, _ = next(people)
        details = VisitDetails(customer=CustomerDetails(name=name, phone=phone, locale="es"))
        request = SlotRequest(Wish((service_id,)), starts_at=OPENING)
        book_slot(request=request, details=details, now=NOW, source=BookingSource.PAGE, by=CUSTOMER)
        return 1

    def book_without() -> int:
        with patch(KEPT):
            return book()

    return _measure_in_turns({"with": book, "without": book_without}, rounds=WRITES // 2 - 2)
