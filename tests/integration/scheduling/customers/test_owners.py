"""What visits are about changes hands and is archived: who had it when stays known, and visits stay with who came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Event
from scheduling.enums import ContactKind
from scheduling.errors import CustomerInvalid, CustomerNotFound
from scheduling.errors.customers import (
    AssetKnown,
    AssetMoved,
    AssetNotFound,
    AssetOwned,
    AssetSample,
    CustomerKnown,
)
from scheduling.models import Asset, AssetMark, AssetOwner, AssetReading, Booking, Customer
from scheduling.selectors.customers.assets import find_last_asset, get_asset, list_assets
from scheduling.selectors.customers.listing import list_for_desk
from scheduling.selectors.customers.owners import list_former_assets, list_owners
from scheduling.selectors.customers.profile import get_profile
from scheduling.selectors.customers.stories import get_asset_story
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.customers.assets import change_asset, create_asset
from scheduling.services.customers.merging import FOLLOW_AFTER, follow_merge, merge_customers, part_customers
from scheduling.services.customers.owners import archive_asset, move_asset, move_asset_to_new, restore_asset
from scheduling.services.customers.readings import add_reading
from scheduling.services.customers.records import create_customer
from scheduling.services.erasing import KIND
from scheduling.types import ContactSetup, Correction, CustomersAsked, CustomerSetup, SlotRequest
from tenants.context import tenant_scope
from tenants.services.erasures.erasing import erase
from tests.factories.scheduling import CAR, CUSTOMER, DETAILS, NOW, STAFF, hours_later, make_shop, make_wish
from tests.factories.webhooks import make_webhook

TODAY = NOW.date()
PHONE, OTHER = "+525512345601", "+525598765432"


@pytest.fixture
def shop(tenant):
    return make_shop(4)[0]


def make(name: str, phone: str = OTHER) -> int:
    contacts = (ContactSetup(ContactKind.PHONE, phone),)
    return create_customer(setup=CustomerSetup(name=name, contacts=contacts), by=STAFF, now=NOW)


def book(service_id: int, hours: float, name: str, phone: str, mileage: str = "") -> Booking:
    customer = replace(DETAILS.customer, name=name, phone=phone, email=None)
    asset = {**CAR, "plate": "ABC-123-D"} | ({"mileage": mileage} if mileage else {})
    request = SlotRequest(make_wish(service_id), hours_later(hours))
    details = replace(DETAILS, customer=customer, asset=asset)
    return Booking.objects.get(
        pk=book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER).booking_id
    )


@pytest.fixture
def visit(shop) -> Booking:
    return book(shop, 0, "Laura Jiménez", PHONE, "41000")


def move(asset_id: int, to_id: int, on: date | None = TODAY, **more) -> int:
    return move_asset(asset_id=asset_id, to_id=to_id, on=on, by=STAFF, now=NOW, **more)


def periods(asset_id: int) -> list[tuple]:
    return [(each.customer_id, each.from_on, each.until_on) for each in list_owners(asset_id=asset_id)]


def test_it_changes_hands_and_visits_stay_with_who_came(shop, visit):
    laura, asset_id = visit.customer_id, visit.asset_id
    victor = make("Víctor Salas")
    sold = TODAY - timedelta(days=30)

    move(asset_id, victor, sold, from_id=laura)

    visit.refresh_from_db()
    story, former = get_asset_story(asset_id=asset_id, now=NOW), list_former_assets(customer_id=laura)
    assert (visit.customer_id, visit.asset_id) == (laura, asset_id)
    assert periods(asset_id) == [(victor, sold, None), (laura, None, sold)]
    assert (story.asset.customer_id, [row.customer_id for row in story.visits], story.coming_of_others) == (
        victor, [laura], 1,
    )  # fmt: skip
    assert [(each.asset.id, each.until_on, each.owner_name) for each in former] == [(asset_id, sold, "Víctor Salas")]
    assert (get_profile(customer_id=laura, now=NOW).assets, len(get_profile(customer_id=victor, now=NOW).assets)) == (
        (), 1,
    )  # fmt: skip
    found = list_for_desk(CustomersAsked(search="abc123d"), now=NOW)
    assert [row.id for row in found.rows] == [victor]


def test_whoever_had_it_and_comes_again_has_another_one(shop, visit):
    victor = make("Víctor Salas")
    move(visit.asset_id, victor)

    again = book(shop, 2, "Laura Jiménez", PHONE)
    his = book(shop, 4, "Víctor Salas", OTHER)

    assert (again.asset_id != visit.asset_id, his.asset_id) == (True, visit.asset_id)


def test_what_the_new_owner_came_with_before_is_the_same_thing(shop, visit):
    his = book(shop, 2, "Víctor Salas", OTHER, "42500")

    move(visit.asset_id, his.customer_id)

    his.refresh_from_db()
    asset = Asset.objects.get()
    assert (his.asset_id, asset.pk, asset.data["mileage"]) == (visit.asset_id, visit.asset_id, "42500")
    assert sorted(AssetReading.objects.values_list("asset_id", "value")) == [(asset.pk, 41000), (asset.pk, 42500)]
    assert set(AssetMark.objects.values_list("asset_id", "owner_id")) == {(asset.pk, his.customer_id)}


def test_what_changed_hands_itself_is_not_taken_in(shop, visit):
    his = book(shop, 2, "Víctor Salas", OTHER)
    third, fourth = make("Berta"), make("Carla", "+525511112222")
    move(his.asset_id, third)
    move(visit.asset_id, fourth)

    with pytest.raises(AssetKnown):
        move(visit.asset_id, third)

    assert (Asset.objects.get(pk=visit.asset_id).owner_id, periods(visit.asset_id)[0][0]) == (fourth, fourth)


def test_a_mistake_of_the_same_day_is_taken_back(visit):
    laura, asset_id, victor, berta = visit.customer_id, visit.asset_id, make("Víctor"), make("Berta", PHONE)

    move(asset_id, victor)
    move(asset_id, berta)
    between = periods(asset_id)
    move(asset_id, laura)

    assert between == [(berta, TODAY, None), (laura, None, TODAY)]
    assert (periods(asset_id), Asset.objects.get().owner_id) == ([(laura, None, None)], laura)
    assert list_former_assets(customer_id=victor) == ()


def test_it_comes_back_later(visit):
    laura, asset_id, victor = visit.customer_id, visit.asset_id, make("Víctor")
    sold = TODAY - timedelta(days=90)

    move(asset_id, victor, sold)
    move(asset_id, laura, TODAY)

    assert periods(asset_id) == [(laura, TODAY, None), (victor, sold, TODAY), (laura, None, sold)]
    assert list_former_assets(customer_id=laura) == ()  # they have it
    assert [each.until_on for each in list_former_assets(customer_id=victor)] == [TODAY]


def test_days_that_cannot_be_are_refused(visit):
    asset_id, victor, berta = visit.asset_id, make("Víctor"), make("Berta", PHONE)
    move(asset_id, victor, TODAY - timedelta(days=3))

    for on in (None, TODAY + timedelta(days=1), TODAY - timedelta(days=4), date(1800, 1, 1)):
        with pytest.raises(CustomerInvalid) as refused:
            move(asset_id, berta, on)
        assert set(refused.value.errors) == {"on"}

    assert periods(asset_id)[0] == (victor, TODAY - timedelta(days=3), None)


def test_whose_it_cannot_be_is_refused(visit):
    laura, asset_id, victor = visit.customer_id, visit.asset_id, make("Víctor")
    sample = Customer.objects.create(name="Muestra", is_sample=True, created_at=NOW).pk

    for error, arguments in (
        (AssetOwned, (asset_id, laura)),
        (CustomerNotFound, (asset_id, 999999)),
        (AssetNotFound, (999999, victor)),
        (AssetSample, (asset_id, sample)),
    ):
        with pytest.raises(error):
            move(*arguments)
    with pytest.raises(AssetMoved):
        move(asset_id, victor, from_id=victor)

    assert (Asset.objects.get().owner_id, AssetOwner.objects.count()) == (laura, 0)


def test_somebody_new_gets_it_with_a_record(visit):
    setup = CustomerSetup(name="Nueva", contacts=(ContactSetup(ContactKind.PHONE, OTHER),))

    new = move_asset_to_new(asset_id=visit.asset_id, setup=setup, on=TODAY, by=STAFF, now=NOW)

    assert get_asset(asset_id=visit.asset_id).customer_id == new
    with pytest.raises(CustomerKnown):
        move_asset_to_new(asset_id=visit.asset_id, setup=setup, on=TODAY, by=STAFF, now=NOW)
    other = replace(setup, name="Otra")
    with pytest.raises(CustomerInvalid):
        move_asset_to_new(asset_id=visit.asset_id, setup=other, on=None, by=STAFF, now=NOW)
    assert Customer.objects.filter(name="Otra").exists() is False


def test_both_owners_webhooks_are_told(visit):
    make_webhook(url="https://example.com/hook", events=["customer.updated"], now=NOW)
    victor = make("Víctor")

    move(visit.asset_id, victor)

    told = Event.objects.filter(kind="customer.updated").values_list("subject_id", flat=True)
    assert sorted(told) == sorted([visit.customer_id, victor])


def test_the_database_lets_nobody_have_it_at_once(visit):
    move(visit.asset_id, make("Víctor"))

    with pytest.raises(IntegrityError), transaction.atomic():
        AssetOwner.objects.create(asset_id=visit.asset_id, customer_id=visit.customer_id, from_on=TODAY, written_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        AssetOwner.objects.create(
            asset_id=visit.asset_id, customer_id=visit.customer_id, from_on=TODAY, until_on=TODAY, written_at=NOW
        )


def test_a_merge_takes_what_somebody_had_and_gives_it_back(visit):
    laura, victor, twin = visit.customer_id, make("Víctor"), make("Laura Jiménez")
    move(visit.asset_id, victor)

    merge_id = merge_customers(kept_id=twin, gone_id=laura, by=STAFF, now=NOW)
    merged = periods(visit.asset_id)
    part_customers(merge_id=merge_id, by=STAFF, now=NOW)

    assert merged == [(victor, TODAY, None), (twin, None, TODAY)]
    assert periods(visit.asset_id) == [(victor, TODAY, None), (laura, None, TODAY)]


def test_erasing_who_had_it_before_leaves_it_to_who_has_it(visit):
    victor = make("Víctor")
    move(visit.asset_id, victor)

    erase(kind=KIND, row_ids=[visit.customer_id], now=NOW)

    asset = Asset.objects.get(pk=visit.asset_id)
    assert (asset.identifier, list_owners(asset_id=asset.pk)[1].name) == ("ABC-123-D", "Persona borrada")


def test_what_is_archived_is_offered_no_more_until_it_is_brought_back(visit):
    laura, asset_id = visit.customer_id, visit.asset_id
    other = create_asset(customer_id=laura, fields={"plate": "XYZ-987-A"}, now=NOW)

    done = archive_asset(asset_id=asset_id, now=NOW), archive_asset(asset_id=asset_id, now=NOW)

    assert done == (True, False)
    assert [each.id for each in list_assets(customer_id=laura, is_archived=False).rows] == [other]
    assert [each.id for each in list_assets(customer_id=laura, is_archived=True).rows] == [asset_id]
    assert find_last_asset(customer_id=laura).id == other
    assert [each.id for each in get_profile(customer_id=laura, now=NOW).assets] == [other, asset_id]
    row = list_for_desk(CustomersAsked(), now=NOW).rows[0]
    assert (row.asset_count, row.asset_identifier) == (1, "XYZ-987-A")
    assert len(get_asset_story(asset_id=asset_id, now=NOW).visits) == 1
    done = restore_asset(asset_id=asset_id, now=NOW), restore_asset(asset_id=asset_id, now=NOW)
    assert (done, get_asset(asset_id=asset_id).archived_at) == ((True, False), None)


def test_an_archived_one_that_changes_hands_is_offered_again(visit):
    archive_asset(asset_id=visit.asset_id, now=NOW)
    victor = make("Víctor")

    move(visit.asset_id, victor)

    assert find_last_asset(customer_id=victor).archived_at is None


def test_a_trade_without_a_meter_and_marks_moves_too(tenants, db):
    with tenant_scope(tenants["salon"]):
        first, second = (Customer.objects.create(name=name, created_at=NOW) for name in ("Ana", "Berta"))
        asset = Asset.objects.create(owner=first, type_key="hair", created_at=NOW)

        move(asset.pk, second.pk)

        assert Asset.objects.get().owner_id == second.pk


@pytest.mark.parametrize("count", [1, 3])
def test_owners_are_one_query(visit, django_assert_num_queries, count):
    for number in range(count):
        move(visit.asset_id, make(f"Dueño {number}"), TODAY - timedelta(days=count - number))

    with django_assert_num_queries(1):
        assert len(list_owners(asset_id=visit.asset_id)) == count + 1


def test_a_reading_of_the_new_owner_goes_on(visit):
    move(visit.asset_id, make("Víctor"))

    add_reading(asset_id=visit.asset_id, typed="42000", now=NOW + timedelta(days=1))

    assert list(AssetReading.objects.order_by("pk").values_list("value", flat=True)) == [41000, 42000]


VIN = "3VWFE21C04M000001"


def test_what_is_taken_in_is_called_and_found_by_all_that_both_say(shop, visit):
    laura = visit.customer_id
    old = create_asset(customer_id=laura, fields={"make": "Mazda", "plate": "", "vin": VIN}, now=NOW)
    Asset.objects.filter(pk=old).update(data={**Asset.objects.get(pk=old).data, "plate": ""})
    his = book(shop, 2, "Víctor Salas", OTHER)
    change_asset(asset_id=his.asset_id, fields={"vin": VIN}, now=NOW)

    move(old, his.customer_id)
    again = book(shop, 4, "Víctor Salas", OTHER)

    asset = Asset.objects.get(pk=old)
    assert (again.asset_id, asset.identifier, asset.data["plate"], asset.data["make"]) == (
        old, "ABC-123-D", "ABC-123-D", "Mazda",
    )  # fmt: skip
    assert asset.label == "Mazda Versa"
    assert list(Asset.objects.filter(owner_id=his.customer_id).values_list("pk", flat=True)) == [old]


def test_a_visit_booked_with_an_archived_one_brings_it_back(shop, visit):
    archive_asset(asset_id=visit.asset_id, now=NOW)

    again = book(shop, 2, "Laura Jiménez", PHONE)

    assert (again.asset_id, get_asset(asset_id=visit.asset_id).archived_at) == (visit.asset_id, None)


def test_who_was_erased_has_no_page(visit):
    move(visit.asset_id, make("Víctor"))
    erase(kind=KIND, row_ids=[visit.customer_id], now=NOW)

    assert [each.is_erased for each in list_owners(asset_id=visit.asset_id)] == [False, True]


def story_of(asset_id: int) -> tuple:
    """Who had it, and which visits are shown."""
    return periods(asset_id), sorted(row.id for row in get_asset_story(asset_id=asset_id, now=NOW).visits)


def rows() -> tuple:
    return (
        list(AssetOwner.objects.order_by("pk").values_list("pk", "asset_id", "customer_id", "from_on", "until_on")),
        list(Asset.objects.order_by("pk").values_list("pk", "owner_id", "archived_at", "data")),
        list(Booking.objects.order_by("pk").values_list("pk", "customer_id", "asset_id")),
    )


def test_a_merge_of_two_who_have_it_keeps_who_had_it_before(shop, visit):
    laura, victor = visit.customer_id, make("Víctor Salas")
    twin = book(shop, 2, "Victor Salas", "+525511112222")
    sold = TODAY - timedelta(days=30)
    move(visit.asset_id, victor, sold)
    before = rows()

    merge_id = merge_customers(kept_id=twin.customer_id, gone_id=victor, by=STAFF, now=NOW)
    told = story_of(twin.asset_id)
    part_customers(merge_id=merge_id, by=STAFF, now=NOW)

    assert told == ([(twin.customer_id, sold, None), (laura, None, sold)], sorted([visit.pk, twin.pk]))
    assert rows() == before


def test_two_stories_of_one_thing_are_one_in_order(shop, visit):
    laura, victor = visit.customer_id, make("Víctor Salas")
    berta, twin = book(shop, 2, "Berta Ruiz", "+525511112222"), make("Victor Salas", "+525511113333")
    first, second = TODAY - timedelta(days=90), TODAY - timedelta(days=30)
    move(visit.asset_id, victor, second)
    move(berta.asset_id, twin, first)
    before = rows()

    merge_id = merge_customers(kept_id=victor, gone_id=twin, by=STAFF, now=NOW)
    told = story_of(visit.asset_id)
    part_customers(merge_id=merge_id, by=STAFF, now=NOW)

    assert told == (
        [(victor, second, None), (laura, first, second), (berta.customer_id, None, first)],
        sorted([visit.pk, berta.pk]),
    )
    assert rows() == before


def test_what_changed_hands_since_a_merge_stays_in_order_when_it_is_parted(shop, visit):
    laura, victor = visit.customer_id, make("Víctor Salas")
    twin = book(shop, 2, "Victor Salas", "+525511112222")
    move(visit.asset_id, victor, TODAY - timedelta(days=30))
    merge_id = merge_customers(kept_id=twin.customer_id, gone_id=victor, by=STAFF, now=NOW)
    carla = make("Carla", "+525511114444")
    move(twin.asset_id, carla, TODAY)

    part_customers(merge_id=merge_id, by=STAFF, now=NOW)

    now_has = [each for each in periods(twin.asset_id) if each[2] is None]
    assert now_has == [(carla, TODAY, None)]
    assert laura in {each[0] for asset in (twin.asset_id, visit.asset_id) for each in periods(asset)}


def test_what_one_of_two_records_still_comes_with_is_not_archived(shop, visit):
    twin = book(shop, 2, "Laura Jimenes", OTHER)
    archive_asset(asset_id=visit.asset_id, now=NOW)
    before = rows()

    merge_id = merge_customers(kept_id=visit.customer_id, gone_id=twin.customer_id, by=STAFF, now=NOW)
    merged = get_asset(asset_id=visit.asset_id).archived_at
    part_customers(merge_id=merge_id, by=STAFF, now=NOW)

    assert merged is None
    assert rows() == before


def test_what_is_archived_after_a_merge_stays_so_unless_a_visit_follows(shop, visit):
    twin = book(shop, 2, "Laura Jimenes", OTHER)
    theirs = twin.asset_id
    merge_id = merge_customers(kept_id=visit.customer_id, gone_id=twin.customer_id, by=STAFF, now=NOW)
    archive_asset(asset_id=visit.asset_id, now=NOW)

    follow_merge(merge_id * len(FOLLOW_AFTER), NOW)
    before = get_asset(asset_id=visit.asset_id).archived_at
    Booking.objects.filter(pk=twin.pk).update(customer_id=twin.customer_id, asset_id=theirs)  # written meanwhile
    follow_merge(merge_id * len(FOLLOW_AFTER), NOW)

    assert (before, get_asset(asset_id=visit.asset_id).archived_at) == (NOW, None)


@pytest.mark.parametrize("is_too", [True, False])
def test_a_corrected_visit_of_a_former_owner_stays_about_the_same_thing(visit, is_too):
    move(visit.asset_id, make("Víctor Salas"))
    before = list(Asset.objects.values())
    correction = Correction(
        name=visit.customer_name, phone=PHONE, email="", asset={**visit.asset_data, "model": "Otro"},
        note="Mal escrito", price_minor=visit.price_minor, is_customer_too=is_too,
    )  # fmt: skip

    assert correct_booking(booking_id=visit.pk, correction=correction, now=NOW, by=STAFF)

    visit.refresh_from_db()
    assert (visit.asset_data["model"], visit.note, visit.asset_id) == ("Otro", "Mal escrito", before[0]["id"])
    assert list(Asset.objects.values()) == before
