"""The list of payments and the report of income when there are many: the database narrows, cuts and adds up."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest

from billing.engine import compute_balance
from billing.enums import IncomeShare
from billing.models import LedgerEntry, Payment
from billing.selectors.income import add_up_income, report_income
from billing.selectors.listing import find_payments, iterate_payments
from billing.types import PaymentFilters, PaymentTotals
from scheduling.models import Allocation, Booking, BookingLine, Session
from scheduling.services.bookings.cancellations import cancel_booking
from tests.factories.billing import make_entry, make_payment, make_received, make_refund, pay
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop

MANY = 5_000
SPAN = PaymentFilters(since=NOW - timedelta(days=9), until=NOW + timedelta(days=30))


def list_ids(**asked) -> list[int]:
    return [row.payment.id for row in find_payments(replace(SPAN, **asked)).page.rows]


@pytest.fixture
def many(tenant) -> int:
    """Five thousand payments, each noted in the ledger."""
    rows = [
        Payment(
            booking_id=number + 1, purpose="deposit", amount_minor=1_000, currency="MXN", door="at_business",
            means="cash", state="received", opened_at=NOW, received_at=NOW + timedelta(minutes=number),
        )
        for number in range(MANY)
    ]  # fmt: skip
    Payment.objects.bulk_create(rows)
    entries = [
        LedgerEntry(
            at=row.received_at, kind="received", debit="at_business", credit="prepaid", amount_minor=1_000,
            currency="MXN", payment=row,
        )
        for row in rows
    ]  # fmt: skip
    LedgerEntry.objects.bulk_create(entries)
    return MANY


@pytest.fixture
def loaded(monkeypatch) -> list[str]:
    """The rows of money that came into memory, one by one."""
    seen: list[str] = []
    for model in (Payment, LedgerEntry):
        make = model.from_db.__func__

        def count(cls, *values, make=make):
            seen.append(cls.__name__)
            return make(cls, *values)

        monkeypatch.setattr(model, "from_db", classmethod(count))
    return seen


def test_a_page_of_thousands_loads_no_more_than_it_shows(many, loaded):
    found = find_payments(replace(SPAN, limit=50))

    assert len(found.page.rows) == 50
    assert found.totals == (PaymentTotals("MXN", many, many * 1_000, 0, 0, 0),)
    assert loaded == ["Payment"] * 51


def test_a_report_of_thousands_loads_no_row(many, loaded, django_assert_num_queries):
    span = {"since": SPAN.since, "until": SPAN.until, "now": SPAN.until}

    with django_assert_num_queries(2):
        days = report_income(**span, share=IncomeShare.DAY)

    assert [(line.key, line.received_minor) for line in days] == [
        ("2026-01-05", 1_320_000), ("2026-01-06", 1_440_000), ("2026-01-07", 1_440_000), ("2026-01-08", 800_000),
    ]  # fmt: skip
    assert loaded == []


def test_all_of_thousands_are_loaded_page_by_page(many, loaded):
    rows = iterate_payments(SPAN)

    ids = [next(rows).payment.id]
    at_first = len(loaded)
    ids += [row.payment.id for row in rows]

    assert at_first == 201
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == many


def test_file_of_thousands_has_all_of_them(owner_client, many):
    answer = owner_client.get("/workspace/payments/list/payments.csv?from=2026-01-01&to=2026-01-31")

    content = answer.getvalue()
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert (answer.streaming, len(rows), answer["Content-Length"]) == (True, many + 1, str(len(content)))
    assert (answer["Content-Type"], rows[1][0], rows[-1][0]) == (
        "text/csv; charset=utf-8", "2026-01-08 13:19", "2026-01-05 02:00",
    )  # fmt: skip


@pytest.mark.parametrize("door", ["stripe", "bank_transfer", "at_business"])
@pytest.mark.parametrize("means", ["", "cash", "card", "transfer", "other"])
def test_each_way_to_pay_is_listed_and_reported_as_it_is_called(tenant, door, means):
    payment = make_received(booking_id=1, door=door, means=means)
    make_entry(payment)
    (row,) = find_payments(SPAN).page.rows

    found = [way for way in ("online", "transfer", "cash", "card", "other") if list_ids(method=way)]
    report = report_income(since=SPAN.since, until=SPAN.until, share=IncomeShare.METHOD, now=NOW)

    assert found == [row.payment.method]
    assert [line.key for line in report] == [row.payment.method]


def test_ways_and_states_that_there_are_not_find_nothing(tenant):
    make_received(booking_id=1, door="at_business", means="cash")

    assert (list_ids(method="barter"), list_ids(group="lost")) == ([], [])


def test_each_group_has_what_the_totals_of_its_payments_say(tenant):
    sent, waiting, kept = (make_received(booking_id=number, refunded_minor=10_000) for number in (1, 2, 3))
    make_refund(sent, state="done", done_at=NOW)
    make_refund(waiting)
    Payment.objects.filter(pk=kept.pk).update(kept_minor=5_000)
    asked, missed = make_payment(booking_id=4), make_payment(booking_id=5, state="failed", closed_at=NOW)

    groups = {
        group: list_ids(group=group) for group in ("received", "waiting", "refunded", "to_send", "kept", "missed")
    }

    assert groups == {
        "received": [kept.pk, waiting.pk, sent.pk], "waiting": [asked.pk], "refunded": [sent.pk],
        "to_send": [waiting.pk], "kept": [kept.pk], "missed": [missed.pk],
    }  # fmt: skip
    assert find_payments(SPAN).totals == (PaymentTotals("MXN", 5, 90_000, 10_000, 10_000, 5_000),)
    Payment.objects.filter(pk=sent.pk).update(disputed_minor=700)
    assert find_payments(SPAN).totals == (PaymentTotals("MXN", 5, 90_000, 10_000, 10_000, 5_000, 700),)


@pytest.mark.parametrize("amount", ["0.00001", "99999999999999999999", "1e5", "nan"])
def test_amounts_that_nothing_costs_find_nothing(tenant, amount):
    make_received(booking_id=1)

    assert list_ids(search=amount) == []


def test_amounts_are_found_in_the_decimals_of_their_currency(tenant):
    dinar = make_received(booking_id=1, currency="BHD", amount_minor=12_500)
    peso = make_received(booking_id=2, currency="CLP", amount_minor=900)

    assert (list_ids(search="12.500"), list_ids(search="900")) == ([dinar.pk], [peso.pk])


def test_words_are_found_in_names_and_services_however_they_are_written(tenant):
    shop, _ = make_shop(price_minor=100_000)
    payment_id = pay(book(shop).booking_id)
    booking = Booking.objects.get()
    Booking.objects.update(customer_name="Ángela 100% Ríos")
    BookingLine.objects.update(service_name="Baño")

    words = ("ÁNGELA ríos", "BAÑO", booking.reference.lower(), "100%", "_", booking.service.name, "nobody")
    found = {word: list_ids(search=word) for word in words}
    BookingLine.objects.all().delete()
    without_lines = list_ids(search=booking.service.name)

    assert found == {word: [payment_id] for word in words[:4]} | {word: [] for word in words[4:]}
    assert without_lines == [payment_id]


def test_person_is_whom_the_customer_meets_or_would_have_met(tenant):
    shop, (first, second, *_) = make_shop(people=2, price_minor=100_000)
    booking_id = book(shop).booking_id
    payment_id = pay(booking_id)
    met = Allocation.objects.get(booking_id=booking_id, resource__resource_type__is_person=True)
    other = second if met.resource_id == first else first
    before = {"booking_id": booking_id, "is_active": False, "starts_at": met.starts_at, "ends_at": met.ends_at}
    Allocation.objects.create(**before, resource_id=other, lane=None, is_override=True)

    now_met = (list_ids(resource_id=met.resource_id), list_ids(resource_id=other))
    cancel_booking(booking_id=booking_id, now=NOW, by=STAFF, cause="told")
    over = (list_ids(resource_id=met.resource_id), list_ids(resource_id=other))

    assert now_met == ([payment_id], [])
    assert over == ([payment_id], [payment_id])


def test_person_of_a_group_is_found_by_its_session(tenant):
    shop, _ = make_shop(price_minor=100_000)
    payment_id = pay(book(shop).booking_id)
    booking = Booking.objects.get()
    taken = Allocation.objects.filter(booking=booking, resource__resource_type__is_person=True)
    person = taken.get().resource
    session = Session.objects.create(
        service=booking.service, starts_at=booking.starts_at, ends_at=booking.ends_at, resource_key="1", seats=4,
        seats_taken=1,
    )  # fmt: skip
    taken.update(booking=None, session=session)
    lost = list_ids(resource_id=person.pk)
    Booking.objects.update(session=session)

    report = report_income(since=SPAN.since, until=SPAN.until, share=IncomeShare.PERSON, now=NOW)

    assert (lost, list_ids(resource_id=person.pk)) == ([], [payment_id])
    assert [(line.key, line.name) for line in report] == [(str(person.pk), person.name)]


def test_what_is_owed_is_the_sum_of_every_balance(tenant):
    shop, _ = make_shop(price_minor=100_000)
    paid = [(40_000, 10_000), (150_000, 0), (100_000, 0), (0, 0)]
    owed = 0
    for number, (amount, back) in enumerate(paid):
        booking_id = book(shop, MONDAY + timedelta(days=number)).booking_id
        if amount:
            payment_id = pay(booking_id, amount)
            pay(booking_id, 7_000, "card", "tip")
            Payment.objects.filter(pk=payment_id).update(refunded_minor=back)
        balance = compute_balance(price_minor=100_000, deposit_minor=0, received_minor=amount, refunded_minor=back)
        owed += balance.owed_minor or 0

    report = report_income(since=SPAN.since, until=SPAN.until, share=IncomeShare.SERVICE, now=SPAN.until)

    assert [line.owed_minor for line in add_up_income(report)] == [owed]
    assert owed == 170_000
