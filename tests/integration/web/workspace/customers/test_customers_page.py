"""The list of customers: what it shows, whom it shows it to, and what it costs."""

from __future__ import annotations

import csv
import io
import re
from zipfile import ZipFile

import pytest

from scheduling.enums import BookingLevel, ContactKind
from scheduling.selectors.customers import listing
from scheduling.services.customers.records import create_customer
from scheduling.types import ContactSetup, CustomerSetup
from tests.factories.scheduling import NOW, STAFF
from tests.integration.web.workspace.conftest import book

URL = "/workspace/customers/"


def make(name: str, phone: str = "", **more) -> int:
    contacts = (ContactSetup(ContactKind.PHONE, phone),) if phone else ()
    return create_customer(setup=CustomerSetup(name=name, contacts=contacts, **more), by=STAFF, now=NOW)


def read(client, query: str = "") -> str:
    answer = client.get(f"{URL}?lang=es{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def list_names(html: str) -> list[str]:
    return re.findall(r'<a class="name" href="[^"]+">(.*?)</a>', html)


def test_an_empty_business_is_told_how_customers_come(owner_client):
    page = read(owner_client)

    assert ("Aún no hay clientes" in page, "Nueva cita" in page, "<table>" in page) == (True, True, False)


def test_the_list_shows_who_came_and_how_to_reach_them(owner_client):
    book("Ana Torres")
    make("Transportes Jiménez", kind="company", tags=("Flotilla",))

    page = read(owner_client)

    assert list_names(page) == ["Ana Torres", "Transportes Jiménez"]
    for text in ("+525512345678", "ana@example.com", "Chevrolet Spark 2018", "ABC-12-34", "Empresa", "Flotilla",
                 "Próxima:", "Aún sin visitas", "2 clientes"):  # fmt: skip
        assert text in page, text


def test_search_and_menus_narrow_the_list(owner_client):
    make("Ana Torres", "55 1234 5678")
    make("Luis Soto", booking_level=BookingLevel.BY_APPROVAL, level_reason="Cancela tarde", tags=("Flotilla",))

    found = [
        list_names(read(owner_client, query))
        for query in (
            "&q=torres",
            "&q=5678",
            "&level=by_approval",
            "&tag=Flotilla",
            "&visits=never",
            "&sort=visit",
            "&visits=unknown&sort=unknown&tag=unknown",
        )
    ]

    both = ["Ana Torres", "Luis Soto"]
    assert found == [["Ana Torres"], ["Ana Torres"], ["Luis Soto"], ["Luis Soto"], both, [], both]


def test_who_finds_nobody_is_told_what_else_to_try(owner_client):
    make("Ana Torres")

    pages = (
        read(owner_client, "&q=zzyzx"),
        read(owner_client, "&visits=missed"),
        read(owner_client, "&q=" + "a" * 101),
    )

    assert ("C-142" in pages[0], "Nadie es así" in pages[1], "100" in pages[2]) == (True, True, True)
    assert [list_names(page) for page in pages] == [[], [], ["Ana Torres"]]


def test_a_long_list_goes_on_where_it_ended(owner_client):
    for number in range(51):
        make(f"Cliente {number:02}")

    first = read(owner_client, "&q=cliente")
    following = re.search(r'href="(\?[^"]*cursor=[^"]+)"', first)[1].replace("&amp;", "&")
    rest = owner_client.get(URL + following).content.decode()

    assert list_names(first) + list_names(rest) == [f"Cliente {number:02}" for number in range(51)]


def test_more_than_is_counted_is_said_so(owner_client, monkeypatch):
    monkeypatch.setattr("scheduling.selectors.customers.listing.MOST_COUNTED", 1)
    monkeypatch.setattr("web.workspace.customers.listing.MOST_COUNTED", 1)
    for number in range(3):
        make(f"Cliente {number}")

    assert "Más de 1 clientes" in read(owner_client)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_three_as_for_one(owner_client, django_assert_num_queries, count):
    for number in range(count):
        make(f"Cliente {number}", f"55 1234 567{number}", tags=(f"t{number}",))
    read(owner_client)

    with django_assert_num_queries(7):
        page = owner_client.get(URL).content.decode()

    assert len(list_names(page)) == count


def test_a_trade_without_vehicles_has_no_column_of_them(owner_client, monkeypatch):
    make("Ana Torres")
    monkeypatch.setattr("web.workspace.customers.words.list_terms", dict)

    assert "Vehículos" not in read(owner_client)


def read_csv(client, query: str = "") -> list[list[str]]:
    answer = client.get(f"{URL}customers.csv?lang=es{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_the_list_is_a_file_with_what_was_chosen(owner_client):
    book("Ana Torres")
    make("=HYPERLINK(1)", "55 1234 5679", tags=("Flotilla", "VIP"))

    head, *rows = read_csv(owner_client)

    assert head[:5] == ["Número", "Nombre", "Celular", "Correo", "Etiquetas"]
    assert [(row[1], row[2], row[4]) for row in rows] == [
        ("Ana Torres", "'+525512345678", ""),
        ("'=HYPERLINK(1)", "'+525512345679", "Flotilla, VIP"),
    ]
    assert rows[0][9] == "Chevrolet Spark 2018 ABC-12-34"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", rows[0][8])
    assert [row[1] for row in read_csv(owner_client, "&tag=VIP")[1:]] == ["'=HYPERLINK(1)"]
    assert [row[1] for row in read_csv(owner_client, "&q=torrez")[1:]] == ["Ana Torres"]
    assert read_csv(owner_client, "&q=nadie")[1:] == []
    assert "customers.csv?tag=VIP" in read(owner_client, "&tag=VIP")


def test_the_list_is_a_workbook_too(owner_client):
    make("=HYPERLINK(1)")

    answer = owner_client.get(f"{URL}customers.xlsx")

    sheet = ZipFile(io.BytesIO(answer.getvalue())).read("xl/worksheets/sheet1.xml").decode()
    assert ("HYPERLINK(1)" in sheet, "<f>" in sheet) == (True, False)


@pytest.mark.parametrize("sort", ["", "newest", "visit"])
def test_a_long_list_is_whole_in_every_order(owner_client, monkeypatch, sort):
    monkeypatch.setattr(listing, "MAX_LIMIT", 2)
    for name in ("Ana Uno", "Ana Dos", "Ana Tres", "Ana Cuatro", "Ana Cinco"):
        make(name)

    names = [row[1] for row in read_csv(owner_client, f"&sort={sort}")[1:]]

    assert sorted(names) == (
        [] if sort == "visit" else sorted({"Ana Uno", "Ana Dos", "Ana Tres", "Ana Cuatro", "Ana Cinco"})
    )
