"""Customers and what their visits are about, as staff and programs list, make and change them."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.clock import utc_now
from notifications.hooks import list_webhook_types
from notifications.models import Event, WebhookDelivery
from scheduling.enums import BookingLevel
from scheduling.models import Asset, AssetMark, Booking, Contact, ConversationLine, Customer, Series
from scheduling.services.bookings.levels import set_booking_level
from scheduling.services.customers import assets
from scheduling.services.customers.merging import merge_customers
from scheduling.services.customers.records import create_customer
from scheduling.services.erasing import KIND
from scheduling.types import Actor, CustomerSetup
from tenants.jobs import call_in_tenant, call_outside
from tenants.services.erasures.erasing import erase
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.webhooks import make_webhook
from tests.fakes.due_work import perform_all
from tests.integration.api.conftest import make_booking_body

ANA = {"name": "Ana Ríos", "contacts": [{"kind": "phone", "value": "55 1234 5678"}]}
CAR = {"make": "Nissan", "model": "Versa", "plate": "nxp-482-a"}


@pytest.fixture
def call(tenant):
    def call_(method: str, path: str, body: object = None, *, may: str = "write", **query: object):
        token = make_key({"customers": may})
        client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
        address = f"/api/v1/{path}?{urlencode(query)}"
        return client.generic(
            method.upper(), address, b"" if body is None else json.dumps(body).encode(), "application/json"
        )

    return call_


@pytest.fixture
def ana(call) -> dict:
    answer = call("post", "customers", ANA)
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.fixture
def car(call, ana) -> dict:
    answer = call("post", "assets", {"customer": ana["id"], "asset": CAR})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_customer_is_made_read_and_listed(call, ana):
    row = Customer.objects.get()

    assert ana == {
        "id": str(row.pk),
        "number": row.number,
        "name": "Ana Ríos",
        "kind": "person",
        "tax_id": "",
        "contacts": [{"kind": "phone", "value": "+525512345678", "verified_at": None}],
        "locale": "es",
        "booking_level": "normal",
        "level_reason": "",
        "notes": "",
        "tags": [],
        "is_sample": False,
        "created_at": ana["created_at"],
        "updated_at": ana["updated_at"],
        "mark": ana["mark"],
    }
    assert call("get", f"customers/{ana['id']}", may="read").json() == ana
    assert call("get", "customers", may="read").json() == {"results": [ana], "next": None}
    assert row.history.get().history_user_id is not None


def test_customer_is_changed_and_the_rest_stays(call, ana):
    Contact.objects.update(verified_at=utc_now())
    body = {
        "name": "Ana Ríos SA",
        "kind": "company",
        "tax_id": "rio8501011a1",
        "contacts": [*ANA["contacts"], {"kind": "email", "value": "Ana@Example.com"}],
        "locale": "en",
        "booking_level": "by_approval",
        "level_reason": "No vino dos veces",
        "notes": "Paga con tarjeta",
        "tags": ["flota", "  flota", "vip"],
        "mark": ana["mark"],
    }

    answer = call("patch", f"customers/{ana['id']}", body)

    changed = answer.json()
    said = {name: changed[name] for name in body if name not in {"contacts", "mark", "tags", "tax_id"}}
    assert (answer.status_code, said) == (200, {name: body[name] for name in said})
    assert (changed["tags"], changed["tax_id"]) == (["flota", "vip"], "RIO8501011A1")
    assert [(each["value"], each["verified_at"] is None) for each in changed["contacts"]] == [
        ("+525512345678", False),
        ("ana@example.com", True),
    ]
    assert (changed["mark"] != ana["mark"], changed["updated_at"] > ana["updated_at"]) == (True, True)
    assert [each.history_change_reason for each in Customer.history.order_by("history_id")] == [
        "",
        "No vino dos veces",
    ]
    less = call("patch", f"customers/{ana['id']}", {"contacts": body["contacts"][1:]}).json()
    assert [each["value"] for each in less["contacts"]] == ["ana@example.com"]


def test_change_that_changes_nothing_leaves_no_history(call, ana):
    answer = call("patch", f"customers/{ana['id']}", {"name": "Ana  Ríos"})

    assert (answer.status_code, answer.json(), Customer.history.count()) == (200, ana, 1)


def test_change_of_what_somebody_changed_meanwhile_is_refused(call, ana):
    call("patch", f"customers/{ana['id']}", {"notes": "Primero"})

    answer = call("patch", f"customers/{ana['id']}", {"notes": "Segundo", "mark": ana["mark"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "customer_changed")
    assert Customer.objects.get().notes == "Primero"


def test_same_person_is_made_once(call, ana):
    answer = call("post", "customers", {**ANA, "name": "ana rios"})
    other = call("post", "customers", {**ANA, "name": "Luis Ríos"})

    assert (answer.status_code, answer.json()["code"]) == (409, "customer_known")
    assert (other.status_code, Customer.objects.count()) == (201, 2)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"tax_id": "x" * 33}, ["tax_id"]),
        ({"contacts": [{"kind": "phone", "value": "12"}, {"kind": "email", "value": "x"}]},
         ["contacts.0.value", "contacts.1.value"]),
        ({"contacts": [{"kind": "email", "value": f"a{number}@example.com"} for number in range(11)]}, ["contacts"]),
        ({"booking_level": "refused"}, ["level_reason"]),
        ({"booking_level": "refused", "level_reason": "x" * 301}, ["level_reason"]),
        ({"notes": "x" * 2001}, ["notes"]),
        ({"tags": ["x" * 41]}, ["tags"]),
        ({"tags": [f"tag {number}" for number in range(21)]}, ["tags"]),
        ({"number": 5}, ["number"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["post", "patch"])
def test_customer_that_cannot_be_is_refused_at_its_fields(call, ana, method, body, fields):
    path = "customers" if method == "post" else f"customers/{ana['id']}"
    sent = {"name": "Luis", **body} if method == "post" else body

    answer = call(method, path, sent)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, fields)
    assert (Customer.objects.count(), Customer.objects.get().name, Customer.history.count()) == (1, "Ana Ríos", 1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"text": "rios"}, ["Ana Ríos"]),
        ({"text": "C-{number}"}, ["Ana Ríos"]),
        ({"phone": "5512345678"}, ["Ana Ríos"]),
        ({"phone": "x"}, []),
        ({"email": "LUIS@example.com"}, ["Luis Sol"]),
        ({"email": "luis@example.com", "phone": "5512345678"}, []),
        ({"level": "refused"}, ["Luis Sol"]),
        ({"created_since": "2020-01-01T00:00:00Z"}, ["Ana Ríos", "Luis Sol"]),
        ({"created_since": "2099-01-01T00:00:00Z"}, []),
        ({"updated_since": "{updated_at}"}, ["Luis Sol"]),
    ],
)
def test_list_is_narrowed(call, ana, query, names):
    luis = {"name": "Luis Sol", "contacts": [{"kind": "email", "value": "luis@example.com"}]}
    updated_at = call("post", "customers", luis | {"booking_level": "refused", "level_reason": "x"}).json()[
        "updated_at"
    ]
    asked = {name: text.format(updated_at=updated_at, number=ana["number"]) for name, text in query.items()}

    found = call("get", "customers", **asked).json()["results"]

    assert [each["name"] for each in found] == names


def test_what_changed_since_is_found_by_its_date_and_not_one_by_one(call, ana):
    call("post", "customers", {"name": "Luis Sol"})
    changed = call("patch", f"customers/{ana['id']}", {"notes": "Paga con tarjeta"}).json()

    with CaptureQueriesContext(connection) as asked:
        found = call("get", "customers", updated_since=changed["updated_at"]).json()["results"]

    assert [each["name"] for each in found] == ["Ana Ríos"]
    query = next(each["sql"] for each in asked if "history_date" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (COSTS OFF) {query}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "scheduling_historicalcustomer_history_date" in plan


def test_who_was_erased_is_not_there(call, ana, car):
    Customer.objects.update(erased_at=utc_now())

    answers = [
        call("get", f"customers/{ana['id']}"),
        call("patch", f"customers/{ana['id']}", {"notes": "x"}),
        call("post", "assets", {"customer": ana["id"], "asset": {"make": "Seat", "model": "Ibiza", "plate": "X1"}}),
        call("get", f"assets/{car['id']}"),
        call("patch", f"assets/{car['id']}", {"asset": {"model": "March"}}),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        *[(404, "customer_not_found")] * 3,
        *[(404, "asset_not_found")] * 2,
    ]
    assert [call("get", name).json()["results"] for name in ("customers", "assets")] == [[], []]
    assert (Asset.objects.get().data["model"], Customer.objects.get().notes) == ("Versa", "")


@pytest.mark.parametrize("number", ["999", "x"])
@pytest.mark.parametrize("method", ["get", "patch"])
@pytest.mark.parametrize("name", ["customers", "assets"])
def test_nobody_there(call, tenant, name, method, number):
    body = {"asset": {"plate": "X1"}} if name == "assets" else {}
    answer = call(method, f"{name}/{number}", None if method == "get" else body)

    assert (answer.status_code, answer.json()["code"]) == (404, f"{name[:-1]}_not_found")


def test_key_that_only_reads_changes_no_customer(call, ana, car):
    answers = [
        call("post", "customers", {"name": "Luis"}, may="read"),
        call("patch", f"customers/{ana['id']}", {"notes": "x"}, may="read"),
        call("post", "assets", {"customer": ana["id"], "asset": {"plate": "X1"}}, may="read"),
        call("patch", f"assets/{car['id']}", {"asset": {"model": "March"}}, may="read"),
    ]

    assert [each.status_code for each in answers] == [403] * 4
    assert (Customer.objects.get().notes, Asset.objects.get().data["model"]) == ("", "Versa")


def test_neighbors_customers_are_not_there(call, other_tenant, ana):
    def make() -> int:
        Customer.objects.create(name="Vecina", created_at=utc_now())
        return Customer.objects.create(name="Vecina", created_at=utc_now()).pk

    theirs = call_outside(call_in_tenant, other_tenant.schema_name, make)

    assert [each["name"] for each in call("get", "customers").json()["results"]] == ["Ana Ríos"]
    assert theirs == int(ana["id"]) or call("get", f"customers/{theirs}").status_code == 404


@pytest.mark.parametrize("name", ["customers", "assets", "series", "messages"])
def test_list_costs_the_same_with_one_and_three(call, tenant, name, customer_client):
    counts = []
    for number in range(3):
        customer = Customer.objects.create(name=f"Ana {number}", created_at=utc_now())
        customer.contacts.create(kind="email", value=f"ana{number}@example.com")
        Asset.objects.create(owner=customer, type_key="vehicle", created_at=utc_now())
        if number != 1:
            make_series(customer_client, customer)
            key = {"customers": "customers", "assets": "customers", "series": "bookings", "messages": "messages"}[name]
            token = make_key({key: "read"})
            client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {token}"})
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/api/v1/{name}").status_code == 200
            counts.append(len([each for each in queries if "SAVEPOINT" not in each["sql"]]))

    assert counts[0] == counts[1]


def make_series(client: HostClient, customer: Customer) -> None:
    if not Booking.objects.exists():
        client.post("/api/v1/bookings", make_booking_body(client), content_type="application/json")
    row = Series.objects.create(rule="RRULE:FREQ=WEEKLY", on_conflict="fail", created_at=utc_now())
    Booking.objects.update(series=row, customer=customer)
    ConversationLine.objects.create(booking=Booking.objects.first(), author="customer", text="?", written_at=utc_now())


def test_pages_follow_each_other(call, tenant):
    for number in range(3):
        customer = Customer.objects.create(name=f"Ana {number}", created_at=utc_now())
        Asset.objects.create(owner=customer, type_key="vehicle", label=f"Ana {number}", created_at=utc_now())

    for name, field in (("customers", "name"), ("assets", "label")):
        first = call("get", name, limit=2).json()
        second = call("get", name, limit=2, cursor=first["next"]).json()
        assert [each[field] for each in first["results"] + second["results"]] == ["Ana 0", "Ana 1", "Ana 2"]
        assert second["next"] is None
        assert call("get", name, cursor=f"bookings.{first['next']}").status_code == 422


def test_asset_is_made_read_and_listed(call, ana, car):
    assert car == {
        "id": str(Asset.objects.get().pk),
        "customer": ana["id"],
        "type": "vehicle",
        "label": car["label"],
        "identifier": car["identifier"],
        "asset": {"make": "Nissan", "model": "Versa", "plate": car["identifier"]},
        "is_sample": False,
        "created_at": car["created_at"],
        "archived_at": None,
        "mark": car["mark"],
    }
    assert "Versa" in car["label"]
    assert call("get", f"assets/{car['id']}", may="read").json() == car
    for query in ({}, {"customer": ana["id"]}, {"identifier": car["identifier"].lower()}):
        assert call("get", "assets", **query).json() == {"results": [car], "next": None}
    for query in ({"customer": "999"}, {"identifier": "X"}):
        assert call("get", "assets", **query).json() == {"results": [], "next": None}


def test_asset_is_changed_and_what_is_empty_goes(call, car):
    path = f"assets/{car['id']}"

    same = call("patch", path, {"asset": {"model": "Versa"}}).json()
    changed = call("patch", path, {"asset": {"model": "", "plate": "abc-12-34"}, "mark": car["mark"]})
    late = call("patch", path, {"asset": {"model": "March"}, "mark": car["mark"]})

    assert (same, changed.status_code) == (car, 200)
    assert (sorted(changed.json()["asset"]), changed.json()["identifier"][:3]) == (["make", "plate"], "ABC")
    assert (late.status_code, late.json()["code"]) == (409, "customer_changed")
    assert AssetMark.objects.filter(owner_id=int(car["customer"])).count() == 1


def test_one_plate_is_one_vehicle_of_a_customer(call, ana, car):
    again = call("post", "assets", {"customer": ana["id"], "asset": CAR})
    second = call("post", "assets", {"customer": ana["id"], "asset": {**CAR, "plate": "zzz-99-99"}}).json()
    moved = call("patch", f"assets/{second['id']}", {"asset": {"plate": CAR["plate"]}})

    assert [(each.status_code, each.json()["code"]) for each in (again, moved)] == [(409, "asset_known")] * 2
    assert Asset.objects.get(pk=second["id"]).identifier.startswith("ZZZ")


@pytest.mark.parametrize(
    ("asset", "field"),
    [({}, "asset"), ({"plate": " "}, "asset"), ({"plate": "X1", "color": "red"}, "asset.color"),
     ({"plate": "X1", "year": "1"}, "asset.year")],
)  # fmt: skip
def test_asset_that_cannot_be_is_refused_at_its_field(call, ana, asset, field):
    answer = call("post", "assets", {"customer": ana["id"], "asset": asset})

    assert (answer.status_code, list(answer.json()["errors"]), Asset.objects.count()) == (422, [field], 0)


def test_trade_without_assets_keeps_none(call, ana, tenant, monkeypatch):
    monkeypatch.setattr(assets, "get_vertical", lambda _: type("Vertical", (), {"asset": None}))

    answer = call("post", "assets", {"customer": ana["id"], "asset": CAR})

    assert (answer.status_code, list(answer.json()["errors"]), Asset.objects.count()) == (422, ["asset"], 0)


def test_webhooks_hear_of_customers_and_nobody_is_named(call, tenant, customer_client):
    types = [each for each in list_webhook_types() if each.startswith("customer.")]
    make_webhook(url="https://example.com/hook", events=types, now=utc_now())
    made = call("post", "customers", ANA).json()
    number = int(made["id"])
    call("patch", f"customers/{number}", {"notes": "x"})
    car = call("post", "assets", {"customer": number, "asset": CAR}).json()
    call("patch", f"assets/{car['id']}", {"asset": {"model": "March"}})
    level = {"customer_id": number, "level": BookingLevel.REFUSED, "reason": "x"}
    set_booking_level(**level, now=utc_now(), by=Actor(kind="staff"))
    body = make_booking_body(customer_client) | {"customer": {"name": "Berta", "email": "berta@example.com"}}
    customer_client.post("/api/v1/bookings", body, content_type="application/json")
    booking = Booking.objects.get()
    corrected = {"customer": {"phone": "+525598765432"}, "is_customer_too": True}
    bookings = HostClient(
        tenant.primary_host,
        headers={"Authorization": f"Bearer {make_key({'bookings': 'write'})}"},
    )
    assert (
        bookings.post(f"/api/v1/bookings/{booking.pk}/correct", corrected, content_type="application/json").status_code
        == 200
    )
    twin = create_customer(setup=CustomerSetup(name="Berta B."), by=Actor(kind="staff"), now=utc_now())
    merge_customers(kept_id=booking.customer_id, gone_id=twin, by=Actor(kind="staff"), now=utc_now())
    erase(kind=KIND, row_ids=[booking.customer_id], now=utc_now())

    perform_all(tenant.schema_name, "event")

    told = [(each.type, json.loads(each.body)["data"]) for each in WebhookDelivery.objects.order_by("event_id")]
    person = booking.customer_id
    steps = [
        ("created", number),
        *[("updated", number)] * 4,
        *[("created", person), ("updated", person), ("created", twin), ("updated", person)],
        *[("merged", twin), ("erased", person), ("erased", twin)],
    ]
    into = {"merged": {"merged_into": str(person)}}
    assert told == [
        (f"customer.{event}", {"customer": {"id": str(whose), **into.get(event, {})}}) for event, whose in steps
    ]


def test_webhooks_hear_nothing_of_samples(tenant, ana, call):
    make_webhook(url="https://example.com/hook", events=["customer.updated"], now=utc_now())
    Customer.objects.update(is_sample=True)

    call("patch", f"customers/{ana['id']}", {"notes": "x"})

    assert Event.objects.filter(kind__startswith="customer.").count() == 0


def test_nothing_is_kept_for_webhooks_that_nobody_wants(call, tenant):
    make_webhook(url="https://example.com/hook", events=["customer.updated"], now=utc_now())

    call("post", "customers", ANA)

    assert Event.objects.filter(kind__startswith="customer.").count() == 0


def test_asset_changes_hands_and_who_had_it_is_read(call, ana, car):
    path, bob = f"assets/{car['id']}/owners", call("post", "customers", {"name": "Bob"}).json()
    before = call("get", path).json()

    moved = call("post", path, {"customer": bob["id"], "on": "2026-01-15", "owner": ana["id"]})
    late = call("post", path, {"customer": bob["id"], "on": "2026-01-15", "owner": ana["id"]})
    again = call("post", path, {"customer": bob["id"], "on": "2026-01-15"})
    ahead = call("post", path, {"customer": ana["id"], "on": (utc_now() + timedelta(days=3)).date().isoformat()})

    assert (before, moved.json()) == ({"results": []}, {**car, "customer": bob["id"]})
    assert [(each.status_code, each.json()["code"]) for each in (late, again)] == [
        (409, "asset_moved"), (409, "asset_owned"),
    ]  # fmt: skip
    assert (ahead.status_code, list(ahead.json()["errors"])) == (422, ["on"])
    assert call("get", path, may="read").json()["results"] == [
        {"customer": bob["id"], "from_on": "2026-01-15", "until_on": None},
        {"customer": ana["id"], "from_on": None, "until_on": "2026-01-15"},
    ]


def test_asset_is_archived_listed_apart_and_restored(call, car):
    path = f"assets/{car['id']}"

    archived = [call("post", f"{path}/archive", {}).json()["archived_at"] is not None for _ in range(2)]
    lists = [
        [each["id"] for each in call("get", "assets", archived=text).json()["results"]] for text in ("true", "false")
    ]
    restored = call("post", f"{path}/restore", {}).json()

    assert (archived, lists, restored) == ([True, True], [[car["id"]], []], car)


def test_asset_stays_with_a_key_that_only_reads(call, ana, car):
    body = {"customer": ana["id"], "on": "2026-01-15"}
    answers = [
        call("post", f"assets/{car['id']}/{name}", body if name == "owners" else {}, may="read")
        for name in ("owners", "archive", "restore")
    ]

    assert [each.status_code for each in answers] == [403] * 3
    assert call("get", f"assets/{car['id']}").json() == car
