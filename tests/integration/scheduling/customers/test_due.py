"""What a vehicle comes for next: what staff wrote, and what its trade does again, by the meter and by the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from scheduling.enums import BookingStatus
from scheduling.errors import CustomerInvalid
from scheduling.errors.customers import AssetNotFound, DueNotFound
from scheduling.models import Asset, AssetDue, AssetReading, Booking, Customer, Service
from scheduling.selectors.customers.due import get_upkeep, iterate_due, list_due, list_next
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.customers.assets import create_asset
from scheduling.services.customers.due import MOST_OPEN, finish_due, reopen_due, write_due
from scheduling.services.customers.merging import merge_customers, part_customers
from scheduling.services.customers.owners import archive_asset, move_asset
from scheduling.services.customers.records import create_customer
from scheduling.services.erasing import KIND
from scheduling.types import CustomerSetup, SlotRequest
from tenants.context import tenant_scope
from tenants.services.erasures.erasing import erase
from tests.factories.scheduling import CAR, CUSTOMER, DETAILS, NOW, STAFF, hours_later, make_shop, make_wish

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def shop(tenant) -> int:
    service = make_shop(4)[0]
    Service.objects.filter(pk=service).update(name="Cambio de aceite y filtro")
    return service


def book(service_id: int, hours: float, name: str = "Laura Jiménez", **more) -> Booking:
    customer = replace(DETAILS.customer, name=name, email=None)
    details = replace(DETAILS, customer=customer, asset={**CAR, "plate": "ABC-123-D", **more})
    request = SlotRequest(make_wish(service_id), hours_later(hours))
    made = book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER)
    return Booking.objects.get(pk=made.booking_id)


@pytest.fixture
def asset_id(tenant) -> int:
    owner = create_customer(setup=CustomerSetup(name="Laura Jiménez"), by=STAFF, now=NOW)
    return create_asset(customer_id=owner, fields={"plate": "ABC-123-D"}, now=NOW)


def read(asset_id: int, *pairs: tuple[int, int]) -> None:
    for days_ago, value in pairs:
        AssetReading.objects.create(asset_id=asset_id, value=value, unit="km", read_at=NOW - days_ago * DAY)


def write(asset_id: int, what="", at_meter="", on=None) -> int:
    return write_due(asset_id=asset_id, what=what, at_meter=at_meter, on=on, by=STAFF, now=NOW)


def upkeep(asset_id: int):
    return get_upkeep(asset_id=asset_id, now=NOW)


def test_what_was_written_is_due_by_what_comes_first(asset_id):
    read(asset_id, (100, 40_000), (0, 44_000))

    write(asset_id, "Frenos", "44,800", TODAY + 90 * DAY)
    write(asset_id, on=TODAY + 5 * DAY)

    found = upkeep(asset_id)
    assert [(each.what, each.at_meter, each.on, each.due_on, each.left) for each in found.items] == [
        ("", None, TODAY + 5 * DAY, TODAY + 5 * DAY, None),
        ("Frenos", 44_800, TODAY + 90 * DAY, TODAY + 20 * DAY, 800),
    ]
    assert (found.last_value, found.last_on, found.estimate) == (44_000, TODAY, 44_000)
    assert [(each.is_over, each.is_near) for each in found.items] == [(False, False), (False, True)]


def test_what_lies_behind_is_over(asset_id):
    read(asset_id, (100, 40_000), (50, 42_000))
    write(asset_id, "Frenos", "43000")

    item = upkeep(asset_id).items[0]

    assert (item.left, item.is_over, item.due_on) == (-1_000, True, TODAY - 25 * DAY)


def test_without_a_pace_the_meter_alone_says_that_it_is_near(asset_id):
    read(asset_id, (3, 59_000))
    write(asset_id, at_meter="60000")
    near = upkeep(asset_id).items[0]
    AssetReading.objects.update(value=30_000)

    far = upkeep(asset_id).items[0]

    assert [(each.due_on, each.left, each.is_near) for each in (near, far)] == [
        (None, 1_000, True), (None, 30_000, False),
    ]  # fmt: skip


def test_what_is_nearly_there_comes_before_a_far_day_and_is_found_by_its_list(asset_id):
    read(asset_id, (0, 40_000))
    write(asset_id, "Bujías", on=TODAY + 700 * DAY)
    write(asset_id, "Aceite", at_meter="40300")

    assert [each.what for each in upkeep(asset_id).items] == ["Aceite", "Bujías"]
    assert [row.asset.id for row in list_due(due="month", now=NOW).rows] == [asset_id]


def test_the_trade_does_it_again_after_the_last_visit(shop):
    visit = book(shop, 0, mileage="40000")
    later = NOW + 60 * DAY

    found = get_upkeep(asset_id=visit.asset_id, now=later)

    done_on = visit.starts_at.date()
    assert [(each.what, each.at_meter, each.on, each.id) for each in found.items] == [
        ("Cambio de aceite y filtro", 50_000, date(done_on.year + 1, done_on.month, done_on.day), None)
    ]


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.NO_SHOW])
def test_what_did_not_take_place_says_nothing(shop, status):
    visit = book(shop, 0)
    Booking.objects.filter(pk=visit.pk).update(status=status, is_active=status == BookingStatus.NO_SHOW)

    assert get_upkeep(asset_id=visit.asset_id, now=NOW + 60 * DAY).items == ()


def test_a_visit_to_come_says_nothing_and_one_without_a_reading_the_day_alone(shop):
    visit = book(shop, 0)

    before, after = (get_upkeep(asset_id=visit.asset_id, now=at).items for at in (NOW, NOW + 60 * DAY))

    assert (before, [each.at_meter for each in after]) == ((), [None])


def test_a_service_of_their_own_is_not_done_again(shop):
    visit = book(shop, 0)
    Service.objects.filter(pk=shop).update(name="Lavado")

    assert get_upkeep(asset_id=visit.asset_id, now=NOW + 60 * DAY).items == ()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "at_meter"),
        ({"at_meter": "mucho"}, "at_meter"),
        ({"on": TODAY}, "on"),
        ({"what": "x" * 121, "on": TODAY + DAY}, "what"),
    ],
)
def test_what_says_not_when_is_refused(asset_id, typed, field):
    with pytest.raises(CustomerInvalid) as refused:
        write(asset_id, **typed)

    assert (list(refused.value.errors), AssetDue.objects.count()) == ([field], 0)


def test_so_many_are_enough(asset_id):
    for number in range(MOST_OPEN):
        write(asset_id, f"Cosa {number}", on=TODAY + DAY)

    with pytest.raises(CustomerInvalid) as refused:
        write(asset_id, on=TODAY + DAY)

    assert list(refused.value.errors) == ["what"]


def test_a_note_is_taken_off_and_put_back(asset_id):
    note = write(asset_id, on=TODAY + DAY)

    off = [finish_due(asset_id=asset_id, due_id=note, now=NOW) for _ in range(2)], upkeep(asset_id).items
    back = [reopen_due(asset_id=asset_id, due_id=note) for _ in range(2)], len(upkeep(asset_id).items)

    assert (off, back) == (([True, False], ()), ([True, False], 1))
    with pytest.raises(DueNotFound):
        finish_due(asset_id=asset_id, due_id=999999, now=NOW)
    with pytest.raises(AssetNotFound):
        finish_due(asset_id=999999, due_id=note, now=NOW)


def test_the_database_wants_to_know_when(asset_id):
    with pytest.raises(IntegrityError), transaction.atomic():
        AssetDue.objects.create(asset_id=asset_id, what="Algo", written_at=NOW)


def make_many(owner: int) -> list[int]:
    ids = [create_asset(customer_id=owner, fields={"plate": f"AAA-00{number}-A"}, now=NOW) for number in range(5)]
    read(ids[0], (100, 40_000), (0, 44_000))
    write(ids[0], at_meter="44400")  # in ten days
    write(ids[1], on=TODAY + 60 * DAY)
    write(ids[2], on=TODAY + DAY)
    AssetDue.objects.filter(asset_id=ids[2]).update(on=TODAY - DAY)
    read(ids[3], (1, 59_900))
    write(ids[3], at_meter="60000")  # near, nobody knows when
    return ids


def test_the_list_is_narrowed_by_when_it_is_due(asset_id):
    ids = make_many(Asset.objects.get().owner_id)

    found = {due: [each.asset.id for each in list_due(due=due, now=NOW).rows] for due in ("over", "month", "quarter")}
    everything = list_due(now=NOW)

    assert found == {
        "over": [ids[2]],
        "month": [ids[2], ids[3], ids[0]],
        "quarter": [ids[2], ids[3], ids[0], ids[1]],
    }
    assert (everything.count, [each.asset.id for each in everything.rows[:3]]) == (6, [ids[2], ids[3], ids[0]])
    assert sorted(each.asset.id for each in iterate_due(now=NOW)) == sorted([asset_id, *ids])


def test_the_list_goes_on_page_by_page_and_knows_archived_ones(asset_id):
    make_many(Asset.objects.get().owner_id)
    archive_asset(asset_id=asset_id, now=NOW)

    first = list_due(limit=3, now=NOW)
    second = list_due(limit=3, place=first.next_place, now=NOW)
    archived = list_due(is_archived=True, now=NOW)

    assert (len(first.rows), first.next_place, len(second.rows), second.next_place) == (3, 3, 2, None)
    assert [each.asset.id for each in archived.rows] == [asset_id]


def test_the_list_says_whose_it_is_and_when_they_come(shop):
    visit = book(shop, 0)

    (row,) = list_due(now=NOW).rows

    assert (row.owner_name, row.phone, row.next_visit_at) == (
        "Laura Jiménez", visit.customer_phone, visit.starts_at,
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(tenant, django_assert_num_queries, count):
    for number in range(count):
        owner = create_customer(setup=CustomerSetup(name=f"Ana {number}"), by=STAFF, now=NOW)
        row = create_asset(customer_id=owner, fields={"plate": "ABC-123-D"}, now=NOW)
        read(row, (100, 40_000), (0, 44_000))
        write(row, at_meter="45000")

    with django_assert_num_queries(8):
        assert len(list_due(now=NOW).rows) == count


def test_a_note_goes_where_its_vehicle_goes(shop, asset_id):
    twin = book(shop, 0, "Laura Jimenes")
    write(twin.asset_id, "Frenos", on=TODAY + DAY)
    owner = Asset.objects.get(pk=asset_id).owner_id

    merge_id = merge_customers(kept_id=owner, gone_id=twin.customer_id, by=STAFF, now=NOW)
    merged = list(list_next([asset_id], now=NOW))
    part_customers(merge_id=merge_id, by=STAFF, now=NOW)
    parted = list(list_next([asset_id, twin.asset_id], now=NOW))
    move_asset(asset_id=asset_id, to_id=twin.customer_id, on=TODAY, by=STAFF, now=NOW)

    assert (merged, parted, list(list_next([asset_id], now=NOW))) == ([asset_id], [twin.asset_id], [asset_id])


def test_erasing_an_owner_takes_what_was_written(asset_id):
    write(asset_id, "La caja de Laura", on=TODAY + DAY)

    erase(kind=KIND, row_ids=[Asset.objects.get().owner_id], now=NOW)

    assert list(AssetDue.objects.values_list("what", flat=True)) == [""]
    assert list_due(now=NOW).rows == ()


def test_a_trade_without_a_meter_goes_by_days(tenants, db):
    with tenant_scope(tenants["salon"]):
        owner = Customer.objects.create(name="Ana", created_at=NOW)
        asset = Asset.objects.create(owner=owner, type_key="hair", created_at=NOW)

        with pytest.raises(CustomerInvalid) as refused:
            write(asset.pk, at_meter="500")
        write(asset.pk, on=TODAY + DAY)

        assert (list(refused.value.errors), upkeep(asset.pk).items[0].due_on) == (["on"], TODAY + DAY)
