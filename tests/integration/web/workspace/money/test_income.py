"""The report of income: its sums are those of the ledger, whatever they are shared out by."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from random import Random

import pytest
from django.db import connection

from billing.enums import IncomeShare
from billing.models import Dispute, LedgerEntry, Payment
from billing.selectors.income import add_up_income, report_income
from billing.services.payments import receive_deposit
from billing.services.refunds import mark_refund_sent, refund_payment
from billing.types import IncomeLine
from kernel.errors import DomainError
from scheduling.models import Booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.transitions import mark_no_show
from tests.factories.billing import (
    ask_deposits,
    make_entry,
    make_received,
    make_refund,
    pay,
    take_transfers,
    tell_events,
)
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop

REPORT = "/workspace/payments/income/"
SPAN = {"since": NOW - timedelta(days=9), "until": NOW + timedelta(days=30), "now": NOW + timedelta(days=20)}


def read(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def shop(tenant) -> int:
    take_transfers()
    service_id, _ = make_shop(price_minor=100_000, refund_no_show_percent=50, cancel_cutoff_minutes=24 * 60)
    return service_id


def report(share: str, **span) -> tuple[IncomeLine, ...]:
    return report_income(**SPAN | span, share=IncomeShare(share))


def sums(lines) -> list[tuple]:
    return [
        (each.key, each.received_minor, each.tips_minor, each.refunded_minor, each.kept_minor, each.owed_minor)
        for each in lines
    ]


def add_up_ledger() -> tuple[int, int, int]:
    found: Counter[str] = Counter()
    for kind, amount in LedgerEntry.objects.values_list("kind", "amount_minor"):
        found[kind] += amount
    return found["received"], found["refunded"], found["kept"] - found["released"]


def test_what_came_is_shared_out_and_what_is_left_is_owed(shop):
    booking_id = book(shop).booking_id
    pay(booking_id, 40_000)
    pay(booking_id, 5_000, "card", "tip", NOW + timedelta(days=1))
    person = Booking.objects.get().allocations.get(resource__resource_type__is_person=True).resource

    assert sums(report("service")) == [(str(shop), 45_000, 5_000, 0, 0, 60_000)]
    assert sums(report("method")) == [
        ("cash", 40_000, 0, 0, 0, 0), ("card", 5_000, 5_000, 0, 0, 0), ("", 0, 0, 0, 0, 60_000),
    ]  # fmt: skip
    assert sums(report("day")) == [
        ("2026-01-05", 40_000, 0, 0, 0, 0), ("2026-01-06", 5_000, 5_000, 0, 0, 0),
        (MONDAY.date().isoformat(), 0, 0, 0, 0, 60_000),
    ]  # fmt: skip
    assert [(line.key, line.name) for line in report("person")] == [(str(person.pk), person.name)]


def test_nothing_is_owed_of_visits_that_have_not_begun_or_have_no_price(shop):
    book(shop)
    free_id, _ = make_shop(price_minor=None)
    book(free_id, MONDAY + timedelta(hours=4))

    assert report("service", now=NOW) == ()
    assert sums(report("service")) == [(str(shop), 0, 0, 0, 0, 100_000)]


def test_money_of_bookings_that_are_gone_counts_under_nothing(tenant):
    make_entry(make_received(booking_id=987_654))
    other = make_received(booking_id=987_655, currency="CLP", amount_minor=900)
    make_entry(other)
    make_entry(
        other, kind="credited", debit="prepaid", credit="credit", amount_minor=100,
        refund=make_refund(other, amount_minor=100, state="done", done_at=NOW, is_credit=True),
    )  # fmt: skip

    lines = report("service")

    assert [(line.key, line.name, line.currency, line.received_minor) for line in lines] == [
        ("", "", "MXN", 30_000), ("", "", "CLP", 900),
    ]  # fmt: skip
    assert [(line.currency, line.received_minor) for line in add_up_income(lines)] == [("CLP", 900), ("MXN", 30_000)]
    assert report("person") == lines


@pytest.mark.parametrize("seed", range(6))
def test_report_equals_the_ledger_whatever_happens(shop, seed):
    random = Random(seed)
    ask_deposits(30_000)
    for n in range(5):
        booking_id = book(shop, MONDAY + timedelta(days=n)).booking_id
        tell_events()
        payment_id = receive_deposit(booking_id=booking_id, now=NOW + timedelta(minutes=5), by=STAFF)
        later = MONDAY + timedelta(days=n)
        acts = [
            lambda later=later, booking_id=booking_id: cancel_booking(
                booking_id=booking_id, now=later - timedelta(hours=2), by=STAFF, cause="told"
            ),
            lambda later=later, booking_id=booking_id: mark_no_show(
                booking_id=booking_id, now=later + timedelta(minutes=30), by=STAFF
            ),
            lambda later=later, booking_id=booking_id: pay(booking_id, 70_000, random.choice(["cash", "card"])),
            lambda later=later, payment_id=payment_id: refund_payment(
                payment_id=payment_id, amount_minor=random.choice([100, 30_000]), reason="Sí", now=later, by=STAFF
            ),
        ]
        for act in random.choices(acts, k=2):
            try:
                act()
            except DomainError:
                continue
            tell_events()
        for refund in Payment.objects.get(pk=payment_id).refunds.filter(state="pending"):
            if random.random() < 0.5:
                mark_refund_sent(booking_id=booking_id, refund_id=refund.pk, now=later, by=STAFF)

    owed = set()
    for share in IncomeShare:
        (total,) = add_up_income(report(share))
        assert (total.received_minor, total.refunded_minor, total.kept_minor) == add_up_ledger()
        owed.add(total.owed_minor)
    assert len(owed) == 1


@pytest.mark.parametrize("count", [1, 8])
def test_report_costs_the_same_for_one_and_eight(shop, django_assert_num_queries, count):
    for n in range(count):
        booking_id = book(shop, MONDAY + timedelta(days=n)).booking_id
        payment = Payment.objects.get(pk=pay(booking_id))
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=10_000)
        make_refund(payment)
        make_entry(make_received(booking_id=987_000 + n))

    with django_assert_num_queries(2):
        lines = report("day")

    assert add_up_income(lines)[0].received_minor == count * 80_000


def test_page_and_file_say_the_same(owner_client, shop):
    booking_id = book(shop).booking_id
    pay(booking_id, 40_000)
    days = "from=2026-01-01&to=2026-01-31"

    page = read(owner_client.get(f"{REPORT}?{days}&by=service"))
    answer = owner_client.get(f"{REPORT}income.csv?{days}&by=method")

    assert "$400" in page
    assert "$600" in page
    assert answer["Content-Disposition"] == 'attachment; filename="income-method-2026-01-01-2026-01-31.csv"'
    assert list(csv.reader(StringIO(answer.content.decode("utf-8-sig")))) == [
        ["Forma de pago", "Recibido", "De ello, propinas", "Devuelto", "Retenido", "Retirado por el banco",
         "Por cobrar", "Moneda"],
        ["Efectivo", "400", "0", "0", "0", "0", "0", "MXN"],
        ["", "0", "0", "0", "0", "0", "600", "MXN"],
    ]  # fmt: skip


def test_what_banks_took_and_gave_back_is_told_and_owed_again(owner_client, shop):
    booking_id = book(shop).booking_id
    payment = make_received(booking_id=booking_id, door="stripe", disputed_minor=20_000)
    make_entry(payment)
    dispute = Dispute.objects.create(
        payment=payment, provider_dispute_id="du_1", amount_minor=30_000, taken_minor=20_000, currency="MXN",
        state="open", reason="other", opened_at=NOW, checked_at=NOW,
    )  # fmt: skip
    taken = {"kind": "disputed", "debit": "disputed", "credit": "stripe", "dispute": dispute}
    make_entry(payment, **taken)
    make_entry(payment, kind="regained", debit="stripe", credit="disputed", amount_minor=10_000, dispute=dispute)

    (line,) = report("service")
    (total,) = add_up_income((line, line))
    days = "from=2026-01-01&to=2026-01-31"
    page = read(owner_client.get(f"{REPORT}?{days}&by=service"))
    file = owner_client.get(f"{REPORT}income.csv?{days}&by=service").content.decode("utf-8-sig")

    assert (line.received_minor, line.taken_minor, line.owed_minor, total.taken_minor) == (
        30_000, 20_000, 90_000, 40_000,
    )  # fmt: skip
    assert page.count("Retirado por el banco") == 2
    assert list(csv.reader(StringIO(file)))[1][1:] == ["300", "0", "0", "0", "200", "900", "MXN"]


def test_report_of_days_has_their_dates_and_never_more_than_a_year(owner_client, shop):
    pay(book(shop).booking_id, 40_000)

    pages = [
        read(owner_client.get(f"{REPORT}?{days}"))
        for days in ("from=2026-01-05&to=2026-01-05", "from=2020-01-01&to=2026-01-31", "")
    ]

    assert "5 de enero" in pages[0]
    assert "un año" in pages[1]
    assert "No entró nada en estos días" in pages[2]
    assert owner_client.get(f"{REPORT}income.csv?from=2020-01-01&to=2026-01-31").status_code == 422


LEDGER = """SELECT p.id, e.amount_minor * (CASE WHEN e.kind IN ('released', 'regained') THEN -1 ELSE 1 END)
    FROM billing_ledgerentry e JOIN billing_payment p ON p.id = e.payment_id
    WHERE (e.at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s AND e.kind = ANY(%(kinds)s)
    AND (NOT %(is_tip)s OR p.purpose = 'tip')"""
KINDS = {
    "received": ["received"], "tips": ["received"], "refunded": ["refunded"], "kept": ["kept", "released"],
    "taken": ["disputed", "regained"],
}  # fmt: skip


def read_ledger(figure: str, first: str, last: str) -> tuple[set[int], int]:
    """The payments of which something moved in some days, and the sum of that, by the clock of the database."""
    told = {"zone": "America/Mexico_City", "first": first, "last": last, "kinds": KINDS[figure]}
    with connection.cursor() as cursor:
        cursor.execute(LEDGER, told | {"is_tip": figure == "tips"})
        rows = cursor.fetchall()
    return {row[0] for row in rows}, sum(row[1] for row in rows)


def make_moves() -> None:
    """Payments of some days of March; the clocks of the business stand still, those of its customers do not."""
    for number in range(40):
        came = datetime(2026, 3, 1, 0, 30, tzinfo=UTC) + timedelta(hours=11 * number)
        payment = make_received(
            booking_id=1000 + number,
            amount_minor=1000 + number,
            received_at=came,
            purpose="tip" if number % 5 == 0 else "balance",
        )
        make_entry(payment, at=came)
        if number % 3 == 0:
            refund = make_refund(payment, amount_minor=100 + number, state="done", done_at=came)
            make_entry(
                payment, at=came + timedelta(days=3), kind="refunded", debit="prepaid", credit="bank_transfer",
                amount_minor=100 + number, refund=refund,
            )  # fmt: skip
        for every, kind, accounts in ((4, "kept", ("prepaid", "kept")), (8, "released", ("kept", "prepaid"))):
            if number % every == 0:
                make_entry(
                    payment, at=came + timedelta(days=every), kind=kind, debit=accounts[0], credit=accounts[1],
                    amount_minor=100 + number,
                )  # fmt: skip


@pytest.mark.parametrize(("first", "last"), [("2026-03-01", "2026-03-31"), ("2026-03-08", "2026-03-08")])
def test_every_sum_leads_to_the_payments_that_it_is_made_of(owner_client, shop, first, last):
    make_moves()

    page = owner_client.get(f"{REPORT}?from={first}&to={last}")

    ((total, leads),) = page.context["totals"]
    for figure in KINDS:
        ids, amount = read_ledger(figure, first, last)
        listed = owner_client.get(leads[figure])
        assert amount == getattr(total, f"{figure}_minor")
        assert {line.row.payment.id for line in listed.context["lines"]} == ids
        assert (leads[figure].replace("&", "&amp;") in page.content.decode()) == bool(amount)
    days = [(line.key, line.received_minor, leads["received"]) for line, _, leads in page.context["lines"]]
    for key, received, url in days:
        ids, amount = read_ledger("received", key, key)
        assert (amount, {line.row.payment.id for line in owner_client.get(url).context["lines"]}) == (received, ids)
    assert "Solo pagos de los que algo se movió en estos días" in read(owner_client.get(leads["refunded"]))


@pytest.mark.parametrize("share", ["service", "person", "method"])
def test_every_share_leads_to_its_payments(owner_client, shop, share):
    other, _ = make_shop(people=2, price_minor=90_000)
    for service_id in (shop, other):
        for hour in range(3):
            pay(book(service_id, MONDAY + timedelta(hours=hour)).booking_id, 1000 * (hour + 1))
    on = f"from={NOW.date()}&to={NOW.date() + timedelta(days=1)}"

    lines = owner_client.get(f"{REPORT}?{on}&by={share}").context["lines"]

    named = [(line, leads) for line, _, leads in lines if line.key]
    assert named
    for line, leads in named:
        listed = owner_client.get(leads["received"]).context["lines"]
        assert sum(each.row.payment.amount_minor for each in listed) == line.received_minor > 0
    assert all(leads == {} for line, _, leads in lines if not line.key)
