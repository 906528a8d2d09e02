"""Reports as files: the same numbers as on the page, and no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import Booking, Location, RefusedDemand, Service
from scheduling.selectors.bookings import views
from tests.factories.reports import make_row
from tests.factories.scheduling import make_shop

DAYS = "period=month&on=2026-01-15"
LIST = "from=2026-01-01&to=2026-01-31&status=counted"
NOON = datetime(2026, 1, 10, 18, tzinfo=UTC)
TABLES = ("days", "doors", "services", "lead", "visitors", "resources", "refused", "wished")


@pytest.fixture
def shop(tenant) -> Service:
    service_id, _ = make_shop()
    return Service.objects.get(pk=service_id)


def add(shop: Service, count: int = 1, **values) -> None:
    place = Location.objects.latest("pk")
    Booking.objects.bulk_create(make_row(shop, place, NOON + timedelta(minutes=n), **values) for n in range(count))


def read_csv(client, path: str) -> list[list[str]]:
    answer = client.get(f"/workspace/reports/{path}")
    return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def read_xlsx(client, path: str) -> str:
    """What the only sheet says, and its texts."""
    answer = client.get(f"/workspace/reports/{path}")
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as book:
        return "".join(book.read(name).decode() for name in sorted(book.namelist()) if "sheet1" in name)


@pytest.mark.parametrize("key", TABLES)
def test_every_table_of_a_page_is_a_file(owner_client, shop, key):
    add(shop, 3)
    RefusedDemand.objects.create(service=shop, on=NOON.date(), hour=9, count=4)
    page = "use/" if key in TABLES[5:] else ""
    table = owner_client.get(f"/workspace/reports/{page}?{DAYS}").context[f"{key}_table"]

    rows = read_csv(owner_client, f"{key}.csv?{DAYS}")

    expected = [["" if cell.value is None else str(cell.value) for cell in row] for row in table.rows]
    assert rows == [[str(head) for head in table.heads], *expected]
    sheet = read_xlsx(owner_client, f"{key}.xlsx?{DAYS}")
    assert (len(rows) > 1, sheet.count("<row ")) == (True, len(rows))


def test_unknown_table_is_not_there(owner_client, shop):
    assert [owner_client.get(f"/workspace/reports/moon.{end}").status_code for end in ("csv", "xlsx")] == [404, 404]
    assert [owner_client.get(f"/workspace/reports/bookings.{end}").status_code for end in ("csv", "xlsx")] == [404, 404]


def test_bookings_behind_a_figure_are_a_file_and_none_is_a_formula(owner_client, shop):
    for start in "=+-@\t":
        add(shop, customer_name=f"{start}1+1", status="no_show")
    add(shop, status="held", customer_name="Nobody")
    add(shop, customer_name="Ana", customer_phone="+525512345678", customer_email="ana@example.com")

    rows = read_csv(owner_client, f"bookings.csv?{LIST}")
    gone = read_csv(owner_client, f"bookings.csv?{LIST.replace('counted', 'no_show')}")
    sheet = read_xlsx(owner_client, f"bookings.xlsx?{LIST}")

    assert {row[2] for row in gone[1:]} == {"'=1+1", "'+1+1", "'-1+1", "'@1+1", "'\t1+1"}
    assert rows[0] == ["Fecha", "Folio", "Cliente", "Celular", "Correo", "Servicio", "Estado", "Llegaron por"]
    last = ["2026-01-10 12:00", "R", "Ana", "'+525512345678", "ana@example.com", "Corte"]
    assert (len(rows), rows[-1][:6]) == (7, last)
    assert ("<f>" in sheet, sheet.count("<row "), "=1+1" in sheet) == (False, 7, True)


@pytest.mark.parametrize("role", ["manager", "read_only"])
def test_contacts_are_in_no_file_of_who_may_not_take_them(staff_client, owner_client, shop, role):
    add(shop, customer_name="Ana", customer_phone="+525512345678", customer_email="ana@example.com")
    client = staff_client(role)

    rows, sheet = read_csv(client, f"bookings.csv?{LIST}"), read_xlsx(client, f"bookings.xlsx?{LIST}")

    assert rows[0] == ["Fecha", "Folio", "Cliente", "Servicio", "Estado", "Llegaron por"]
    assert rows[1][2:4] == ["Ana", "Corte"]
    assert ("5512345678" in sheet, "ana@example.com" in sheet) == (False, False)
    own = read_xlsx(owner_client, f"bookings.xlsx?{LIST}")
    assert ("5512345678" in own, "ana@example.com" in own) == (True, True)


def test_file_asks_for_a_part_of_the_rows_at_a_time(owner_client, shop, monkeypatch):
    monkeypatch.setattr(views, "CHUNK", 4)
    add(shop, 9)

    with CaptureQueriesContext(connection) as asked:
        rows = read_csv(owner_client, f"bookings.csv?{LIST}")

    parts = [each for each in asked if "LIMIT 4" in each["sql"]]
    times = [row[0] for row in rows[1:]]
    assert (len(times), sorted(set(times)) == times, len(parts)) == (9, True, 4)
