"""Two records of one person become one and are parted again; nothing is lost, and nobody else is touched."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, transaction

from billing.models import Credit, Payment
from database.connection import connection
from notifications.models import Event
from scheduling.enums import BookingLevel, ContactKind
from scheduling.errors import CustomerInvalid, CustomerNotFound
from scheduling.errors.customers import (
    AssetNotFound,
    CustomersAlike,
    MergeChanged,
    MergedFurther,
    MergeNotFound,
    MergeTooOld,
    MergeUndone,
    SampleMerged,
)
from scheduling.models import Asset, AssetReading, Booking, Consent, Contact, Customer, CustomerMerge, WaitlistEntry
from scheduling.selectors.customers.assets import get_asset
from scheduling.selectors.customers.comparing import compare_customers
from scheduling.selectors.customers.listing import list_for_desk
from scheduling.selectors.customers.merges import find_successor, list_alike, list_merges
from scheduling.selectors.customers.profile import get_profile
from scheduling.selectors.customers.records import get_customer
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.customers.assets import change_asset, create_asset
from scheduling.services.customers.merging import (
    FOLLOW_AFTER,
    follow_merge,
    merge_customers,
    part_customers,
    tell_apart,
)
from scheduling.services.customers.records import MOST_CONTACTS, change_customer, create_customer
from scheduling.services.erasing import KIND
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.types import ContactSetup, Correction, CustomersAsked, CustomerSetup, SlotRequest, WaitlistWish
from tenants.context import tenant_scope
from tenants.services.erasures.erasing import erase
from tests.factories.billing import make_payment
from tests.factories.credits import give_credit, open_credit_shop
from tests.factories.scheduling import CAR, CUSTOMER, DETAILS, NOW, STAFF, hours_later, make_shop, make_wish
from tests.factories.webhooks import make_webhook

LATER = NOW + timedelta(days=1)
PHONE, OTHER = "+525512345601", "+525598765432"


@pytest.fixture
def shop(tenant):
    return make_shop(4)[0]


def make(name: str, *contacts: str, **more) -> int:
    setups = tuple(ContactSetup(ContactKind.EMAIL if "@" in each else ContactKind.PHONE, each) for each in contacts)
    return create_customer(setup=CustomerSetup(name=name, contacts=setups, **more), by=STAFF, now=NOW)


def book(
    service_id: int, hours: float, name: str, *, phone: str = PHONE, plate: str = "ABC-123-D", mileage=""
) -> Booking:
    customer = replace(DETAILS.customer, name=name, phone=phone, email=None)
    asset = {**CAR, "plate": plate} | ({"mileage": mileage} if mileage else {})
    details = replace(DETAILS, customer=customer, asset=asset)
    request = SlotRequest(make_wish(service_id), hours_later(hours))
    made = book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER)
    return Booking.objects.get(pk=made.booking_id)


def merge(kept: int, gone: int, *taken: str, now=LATER, **more) -> int:
    return merge_customers(kept_id=kept, gone_id=gone, taken=taken, by=STAFF, now=now, **more)


def part(merge_id: int, now=LATER) -> tuple[str, ...]:
    return part_customers(merge_id=merge_id, by=STAFF, now=now)


def picture() -> dict[str, list]:
    """Everything that a merge touches, as it stands."""
    return {
        "customers": list(
            Customer.with_merged.order_by("pk").values_list(
                "pk", "number", "name", "name_key", "kind", "tax_id", "booking_level", "level_reason", "notes", "tags",
                "merged_into",
            )
        ),
        "contacts": sorted(Contact.objects.values_list("customer_id", "kind", "value", "verified_at")),
        "assets": list(Asset.objects.order_by("pk").values_list("pk", "owner_id", "label", "data")),
        "marks": sorted(Asset.objects.values_list("pk", "marks__mark", "marks__owner_id")),
        "bookings": list(
            Booking.with_tests.order_by("pk").values_list("pk", "customer_id", "payer_id", "asset_id", "is_sole")
        ),
        "readings": list(AssetReading.objects.order_by("pk").values_list("pk", "asset_id")),
        "consents": list(Consent.objects.order_by("pk").values_list("pk", "customer_id")),
        "waitlist": list(WaitlistEntry.objects.order_by("pk").values_list("pk", "customer_id")),
        "payments": list(Payment.objects.order_by("pk").values_list("pk", "customer_id")),
        "credits": list(Credit.objects.order_by("pk").values_list("pk", "customer_id")),
    }  # fmt: skip


@pytest.fixture
def twins(shop):
    """Laura, who came as herself and, with another phone and a letter wrong, once more."""
    first = book(shop, 0, "Laura Jiménez", mileage="41000")
    second = book(shop, 2, "Laura Jimenes", phone=OTHER, mileage="42500")
    third = book(shop, 4, "Laura Jimenes", phone=OTHER, plate="XYZ-987-Z")
    Booking.objects.filter(pk=first.pk).update(payer_id=second.customer_id)
    wish = WaitlistWish(make_wish(shop), from_on=NOW.date(), to_on=NOW.date() + timedelta(days=9))
    customer = replace(DETAILS.customer, name="Laura Jimenes", phone=OTHER, email=None)
    join_waitlist(asked=wish, details=replace(DETAILS, customer=customer, asset=CAR), join_key="a run", now=NOW)
    make_payment(booking_id=third.pk, customer_id=third.customer_id)
    change_customer(
        customer_id=third.customer_id,
        changes={
            "notes": "Prefiere las mañanas.", "tags": ("VIP",), "booking_level": BookingLevel.MUST_PREPAY,
            "level_reason": "Faltó dos veces.", "tax_id": "JIL890504",
        },
        by=STAFF, now=NOW,
    )  # fmt: skip
    Booking.objects.filter(pk=third.pk).update(is_sole=True)
    return first.customer_id, third.customer_id


def test_everything_goes_over_and_nothing_is_found_twice(twins):
    kept, gone = twins
    count = Booking.objects.count()

    merge(kept, gone, "booking_level", "tax_id")

    assert not Booking.objects.filter(customer_id=gone).exists()
    assert Booking.objects.filter(customer_id=kept).count() == count
    view = get_customer(customer_id=kept)
    assert {each.value for each in view.setup.contacts} == {PHONE, OTHER}
    assert (view.setup.notes, view.setup.tags) == ("Prefiere las mañanas.", ("VIP",))
    assert (view.setup.booking_level, view.setup.level_reason, view.setup.tax_id) == (
        BookingLevel.MUST_PREPAY, "Faltó dos veces.", "JIL890504",
    )  # fmt: skip
    assert WaitlistEntry.objects.get().customer_id == kept
    assert Payment.objects.get().customer_id == kept
    assert Consent.objects.exclude(customer_id=kept).count() == 0
    assert Booking.objects.filter(payer_id=gone).count() == 0
    with pytest.raises(CustomerNotFound):
        get_customer(customer_id=gone)
    assert [row.id for row in list_for_desk(CustomersAsked(search="Laura"), now=NOW).rows] == [kept]
    assert [row.id for row in list_for_desk(CustomersAsked(search="XYZ-987-Z"), now=NOW).rows] == [kept]
    assert find_successor(gone) == kept
    assert find_successor(kept) is None


def test_a_vehicle_that_both_have_is_one_with_all_its_readings(twins):
    kept, gone = twins
    (mine,) = Asset.objects.filter(owner_id=kept)
    theirs = Asset.objects.get(owner_id=gone, identifier=mine.identifier)

    merge(kept, gone)

    assert {each.identifier for each in get_profile(customer_id=kept, now=NOW).assets} == {"ABC-123-D", "XYZ-987-Z"}
    assert AssetReading.objects.filter(asset=mine).count() == 2
    assert not Booking.objects.filter(asset=theirs).exists()
    with pytest.raises(AssetNotFound):
        get_asset(asset_id=theirs.pk)


def test_parting_leaves_everything_as_it_was(twins):
    kept, gone = twins
    before = picture()

    merge_id = merge(kept, gone, "name", "booking_level", "tax_id")
    assert picture() != before
    assert part(merge_id) == ()

    assert picture() == before
    assert {row.id for row in list_for_desk(CustomersAsked(search="Laura"), now=NOW).rows} == {kept, gone}
    assert list_merges(kept, now=LATER) == ()


def test_what_was_changed_since_stays_and_is_named(twins):
    kept, gone = twins
    merge_id = merge(kept, gone, "booking_level", "tax_id")
    change_customer(customer_id=kept, changes={"level_reason": "Ya pagó.", "notes": "Otra."}, by=STAFF, now=LATER)
    assert list_merges(kept, now=LATER)[0].changed_since == ("booking_level", "level_reason", "notes")

    assert part(merge_id) == ("booking_level", "level_reason", "notes")

    setup = get_customer(customer_id=kept).setup
    assert (setup.booking_level, setup.level_reason, setup.notes, setup.tax_id, setup.tags) == (
        BookingLevel.MUST_PREPAY, "Ya pagó.", "Otra.", "", (),
    )  # fmt: skip
    assert get_customer(customer_id=gone).setup.notes == "Prefiere las mañanas."


def test_what_was_booked_since_or_given_to_somebody_else_stays(twins, shop):
    kept, gone = twins
    moved = Booking.objects.filter(customer_id=gone).order_by("pk").first()
    merge_id = merge(kept, gone)
    fresh = book(shop, 6, "Laura Jiménez", phone=OTHER)
    assert fresh.customer_id == kept
    somebody = make("Somebody else")
    Booking.objects.filter(pk=moved.pk).update(customer_id=somebody)

    part(merge_id)

    found = dict(Booking.objects.values_list("pk", "customer_id"))
    assert (found[fresh.pk], found[moved.pk]) == (kept, somebody)


def test_what_was_being_written_meanwhile_follows_and_goes_back(twins):
    kept, gone = twins
    before = picture()
    merge_id = merge(kept, gone)
    late = Booking.objects.filter(customer_id=kept).last()
    Booking.objects.filter(pk=late.pk).update(customer_id=gone)  # as a transaction that began before would
    Contact.objects.create(customer_id=gone, kind=ContactKind.EMAIL, value="laura@example.com")
    row_id = merge_id * len(FOLLOW_AFTER) + 1

    follow_merge(row_id, LATER)
    follow_merge(row_id, LATER)

    assert Booking.objects.get(pk=late.pk).customer_id == kept
    assert "laura@example.com" in {each.value for each in get_customer(customer_id=kept).setup.contacts}
    part(merge_id)
    follow_merge(row_id, LATER)
    Contact.objects.filter(value="laura@example.com", customer_id=gone).delete()
    assert picture() == before
    follow_merge(999_999, LATER)


def test_note_of_a_merged_visit_is_corrected_without_renaming_anybody(twins):
    kept, gone = twins
    booking = Booking.objects.filter(customer_id=gone).first()
    merge(kept, gone)
    said = {
        "name": booking.customer_name,
        "phone": booking.customer_phone,
        "email": "",
        "asset": booking.asset_data,
        "price_minor": None,
    }

    for name, expected in ((booking.customer_name, "Laura Jiménez"), ("Laura Jiménez Soto", "Laura Jiménez Soto")):
        correction = Correction(**said | {"name": name}, note=f"Nota de {name}", is_customer_too=True)
        correct_booking(booking_id=booking.pk, correction=correction, now=LATER, by=STAFF)
        assert get_customer(customer_id=kept).setup.name == expected


def test_a_vehicle_is_told_by_all_that_both_records_knew_of_it(shop):
    first = book(shop, 0, "Laura Jiménez")
    second = book(shop, 2, "Laura Jimenes", phone=OTHER)
    mine, theirs = first.asset, second.asset
    vin = "3N1CN7AD5KL812345"
    change_asset(asset_id=theirs.pk, fields={**theirs.data, "vin": vin}, now=NOW)
    before = picture()

    merge_id = merge(first.customer_id, second.customer_id)

    assert set(mine.marks.values_list("mark", flat=True)) == set(theirs.marks.values_list("mark", flat=True))
    assert Asset.objects.get(pk=mine.pk).data["vin"] == vin
    part(merge_id)
    assert picture() == before


def test_a_vehicle_that_was_there_three_times_is_parted_in_order(shop):
    first = book(shop, 0, "Laura Jiménez")
    second = book(shop, 2, "Laura Jimenes", phone=OTHER, plate="XYZ-987-Z")
    vin = "3N1CN7AD5KL812345"
    change_asset(asset_id=first.asset_id, fields={**first.asset.data, "vin": vin}, now=NOW)
    for fields in ({"mileage": "41000", "plate": "ABC-123-D"}, {"vin": vin, "plate": "QRS-111-A", "year": "2018"}):
        create_asset(customer_id=second.customer_id, fields={**CAR, **fields}, now=NOW)
    before = picture()

    part(merge(first.customer_id, second.customer_id))

    assert picture() == before


def test_a_contact_that_both_have_is_kept_once_and_stays_shown_to_be_theirs(tenant):
    kept, gone = make("Laura Jiménez", PHONE), make("Laura J.", PHONE, "laura@example.com")
    Contact.objects.filter(customer_id=gone, value=PHONE).update(verified_at=NOW)
    before = picture()

    merge_id = merge(kept, gone)

    assert list(Contact.objects.filter(customer_id=kept, value=PHONE).values_list("verified_at", flat=True)) == [NOW]
    assert not Contact.objects.filter(customer_id=gone).exists()
    part(merge_id)
    assert picture() == before


def test_credit_follows_its_customer(tenant):
    service_id = open_credit_shop()
    booking_id = give_credit(service_id)
    gone = Booking.objects.get(pk=booking_id).customer_id
    kept = make("Ana Torres", PHONE)

    merge_id = merge(kept, gone)

    assert set(Credit.objects.values_list("customer_id", flat=True)) == {kept}
    assert set(Payment.objects.values_list("customer_id", flat=True)) == {kept}
    part(merge_id)
    assert set(Credit.objects.values_list("customer_id", flat=True)) == {gone}


def test_programs_hear_which_record_goes_on(twins):
    kept, gone = twins
    make_webhook(url="https://example.com/hook", events=["customer.updated", "customer.merged"], now=NOW)

    merge(kept, gone)

    events = Event.objects.filter(kind__startswith="customer.").order_by("pk")
    told = [(each.kind, each.subject_id, each.payload.get("into")) for each in events][-2:]
    assert told == [("customer.updated", kept, None), ("customer.merged", gone, kept)]


def test_history_tells_who_merged(twins):
    kept, gone = twins

    merge(kept, gone)

    newest = Customer.history.filter(id=kept).latest("history_date", "history_id")
    assert (newest.history_user_id, newest.history_change_reason) == (STAFF.user_id, "merge")
    (line,) = list_merges(kept, now=LATER)
    assert (line.gone.id, line.merged_by_id, line.is_open) == (gone, STAFF.user_id, True)


def test_a_record_is_not_merged_with_itself_a_stranger_or_a_sample(tenant, other_tenant):
    kept, gone = make("Laura Jiménez"), make("Laura Jimenez", PHONE)
    sample = Customer.objects.create(name="Muestra", created_at=NOW, is_sample=True).pk

    for other, error in ((kept, CustomersAlike), (999_999, CustomerNotFound), (sample, SampleMerged)):
        with pytest.raises(error):
            merge(kept, other)
    with pytest.raises(CustomersAlike):
        compare_customers(kept_id=kept, gone_id=kept, now=NOW)
    with pytest.raises(CustomerNotFound):
        compare_customers(kept_id=kept, gone_id=999_999, now=NOW)
    merge(kept, gone)
    with pytest.raises(CustomerNotFound):
        merge(gone, kept)


def test_what_changed_since_it_was_shown_is_shown_again(tenant):
    kept, gone = make("Laura Jiménez"), make("Laura Jimenez", PHONE)
    mark = compare_customers(kept_id=kept, gone_id=gone, now=NOW).mark
    change_customer(customer_id=gone, changes={"notes": "Nueva."}, by=STAFF, now=NOW)

    with pytest.raises(MergeChanged):
        merge(kept, gone, seen=mark)
    merge(kept, gone, seen=compare_customers(kept_id=kept, gone_id=gone, now=NOW).mark)


def test_too_many_contacts_and_too_long_a_note_change_nothing(tenant):
    many = [f"laura{number}@example.com" for number in range(MOST_CONTACTS)]
    kept, gone = make("Laura Jiménez", *many, notes="a" * 300), make("Laura J.", PHONE, notes="b" * 300)
    before = picture()

    with pytest.raises(CustomerInvalid) as refused:
        merge(kept, gone)

    assert "contacts" in refused.value.errors
    assert picture() == before


def test_parting_is_refused_when_it_is_too_late_done_or_went_further(tenant):
    first, second, third = make("Laura Jiménez"), make("Laura Jimenez", PHONE), make("Laura J.", OTHER)
    one = merge(second, first)
    two = merge(third, second)

    for merge_id, now, error in (
        (one, LATER, MergedFurther), (two, LATER + timedelta(days=30), MergeTooOld), (999_999, LATER, MergeNotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            part(merge_id, now=now)
    assert find_successor(first) == third
    part(two)
    part(one)
    with pytest.raises(MergeUndone):
        part(one)
    assert Customer.objects.count() == 3


def test_erasing_a_person_erases_the_merged_record_too(twins):
    kept, gone = twins
    merge_id = merge(kept, gone)

    erase(kind=KIND, row_ids=[kept], now=LATER)

    assert set(Customer.with_merged.values_list("name", "notes")) == {("Persona borrada", "")}
    assert not Customer.history.exclude(name="Persona borrada").exists()
    assert not CustomerMerge.objects.exists()
    with pytest.raises(MergeNotFound):
        part(merge_id)


@pytest.mark.parametrize("name", ["Laura Jimenez", "Laura J.", "laura jimenes"])
def test_who_shares_a_contact_or_a_plate_and_is_called_alike_is_suggested(tenant, shop, name):
    first = book(shop, 0, "Laura Jiménez").customer_id
    second = book(shop, 2, name, phone=OTHER).customer_id
    make("Luis Jiménez", PHONE)
    make("Laura Jiménez", "+525500000000")

    (found,) = list_alike()

    assert (found.kept.id, found.gone.id) == (first, second)
    assert (bool(found.marks), found.contacts) == (True, ())
    assert list_alike(customer_id=second) == (found,)
    assert list_alike(customer_id=999_999) == ()


def test_who_was_told_apart_is_not_suggested_again(tenant):
    first, second = make("Laura Jiménez", PHONE), make("Laura J.", PHONE)
    assert len(list_alike()) == 1

    for pair in ((second, first), (first, second)):
        tell_apart(first_id=pair[0], second_id=pair[1], by=STAFF, now=NOW)

    assert list_alike() == ()
    with pytest.raises(CustomersAlike):
        tell_apart(first_id=first, second_id=first, by=STAFF, now=NOW)
    with pytest.raises(CustomerNotFound):
        tell_apart(first_id=first, second_id=999_999, by=STAFF, now=NOW)


def test_the_surest_come_first(tenant):
    make("Ana Torres", PHONE)
    make("Ana T.", PHONE)
    make("Eva Luna Soto", OTHER, "eva@example.com")
    make("Eva Luna", OTHER, "eva@example.com")

    assert [each.kept.name for each in list_alike()] == ["Eva Luna Soto", "Ana Torres"]


def test_the_database_keeps_a_record_from_going_into_itself_or_two_others(tenant):
    first, second, third = make("Laura"), make("Laura J.", PHONE), make("L. Jiménez", OTHER)
    merge(second, first)
    rows = (
        lambda: Customer.with_merged.filter(pk=third).update(merged_into=third),
        lambda: CustomerMerge.objects.create(kept_id=third, gone_id=third, merged_at=NOW),
        lambda: CustomerMerge.objects.create(kept_id=third, gone_id=first, merged_at=NOW),
    )
    for write in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_of_two_who_merge_both_ways_at_once_one_wins(scratch_tenant):
    with tenant_scope(scratch_tenant):
        pair = make("Laura Jiménez", PHONE), make("Laura Jimenez", OTHER)
    barrier = Barrier(2)

    def run(place: int) -> bool:
        with tenant_scope(scratch_tenant):
            connection.ensure_connection()
            barrier.wait(60)
            try:
                merge(pair[place], pair[1 - place])
            except CustomerNotFound:
                return False
            finally:
                connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, range(2)))

    with tenant_scope(scratch_tenant):
        assert (sorted(outcomes), Customer.objects.count(), CustomerMerge.objects.count()) == ([False, True], 1, 1)
