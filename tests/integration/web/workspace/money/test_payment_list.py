"""The list of payments, its file, and the page of one payment with money that goes back."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from billing.models import Difference, Dispute, LedgerEntry, Payment, Receipt, Refund
from billing.selectors.listing import find_payments, iterate_payments
from billing.services.payments import receive_deposit
from billing.types import PaymentFilters, PaymentTotals
from kernel.clock import utc_now
from kernel.page import make_cursor
from scheduling.models import Booking
from scheduling.services.bookings.cancellations import cancel_booking
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.factories.billing import (
    ask_deposits,
    make_payment,
    make_received,
    make_refund,
    pay,
    take_transfers,
    tell_events,
)
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop

LIST = "/workspace/payments/list/"
JANUARY = f"{LIST}?from=2026-01-01&to=2026-01-31"
SPAN = PaymentFilters(since=NOW - timedelta(days=9), until=NOW + timedelta(days=9))


def read(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def shop(tenant) -> int:
    service_id, _ = make_shop(price_minor=100_000)
    return service_id


def names(answer) -> list[str]:
    return [line.row.facts.customer_name for line in answer.context["lines"]]


def rename(booking_id: int, name: str) -> int:
    Booking.objects.filter(pk=booking_id).update(customer_name=name)
    return booking_id


@pytest.fixture
def three(shop) -> list[int]:
    """Cash of Ana, a tip by card of Bruno a day later, and a transfer of Carla that is waited for."""
    ana, bruno, carla = (
        rename(book(shop, MONDAY + timedelta(hours=2 * n)).booking_id, name)
        for n, name in enumerate(("Ana Ríos", "Bruno Gil", "Carla Paz"))
    )
    payments = [pay(ana), pay(bruno, 7_000, "card", "tip", NOW + timedelta(days=1))]
    return [*payments, make_payment(booking_id=carla, amount_minor=30_000).pk]


def test_payments_are_listed_the_newest_first_with_their_totals(owner_client, three):
    answer = owner_client.get(JANUARY)

    assert names(answer) == ["Bruno Gil", "Carla Paz", "Ana Ríos"]
    assert answer.context["totals"] == (PaymentTotals("MXN", 3, 57_000, 0, 0, 0),)
    assert "$570" in read(answer)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("method=cash", ["Ana Ríos"]),
        ("method=transfer", ["Carla Paz"]),
        ("method=online", []),
        ("state=received", ["Bruno Gil", "Ana Ríos"]),
        ("state=waiting", ["Carla Paz"]),
        ("state=refunded", []),
        ("state=to_send", []),
        ("state=kept", []),
        ("state=missed", []),
        ("state=unheard-of", ["Bruno Gil", "Carla Paz", "Ana Ríos"]),
        ("q=gil", ["Bruno Gil"]),
        ("q=500", ["Ana Ríos"]),
        ("q=%24500.00", ["Ana Ríos"]),
        ("q=ana+70", []),
        ("q=nobody", []),
        ("service=0", []),
        ("person=999999", []),
    ],
)
def test_list_is_narrowed(owner_client, three, query, found):
    assert names(owner_client.get(f"{JANUARY}&{query}")) == found


def test_list_is_narrowed_to_a_service_and_a_person(owner_client, three, shop):
    booking = Booking.objects.get(customer_name="Ana Ríos")
    person = booking.allocations.filter(resource__resource_type__is_person=True).first()

    answers = [owner_client.get(f"{JANUARY}&service={shop}")]
    if person is not None:
        answers.append(owner_client.get(f"{JANUARY}&person={person.resource_id}"))

    assert [len(names(answer)) > 0 for answer in answers] == [True] * len(answers)
    assert person is not None


def test_days_count_on_the_clock_of_the_business(owner_client, shop):
    late = rename(book(shop).booking_id, "Noche")
    pay(late, now=NOW.replace(day=6, hour=5, minute=30))  # 23:30 of the day before in Mexico

    assert names(owner_client.get(f"{LIST}?from=2026-01-05&to=2026-01-05")) == ["Noche"]
    assert names(owner_client.get(f"{LIST}?from=2026-01-06")) == []
    assert names(owner_client.get(f"{LIST}?to=2026-01-05")) == ["Noche"]
    assert names(owner_client.get(f"{LIST}?from=2026-01-31&to=2026-01-01")) == ["Noche"]


def test_without_days_it_is_this_month_and_never_more_than_a_year(owner_client, three):
    today = utc_now().astimezone(ZoneInfo("America/Mexico_City")).date()

    answers = [owner_client.get(LIST), owner_client.get(f"{LIST}?from=2020-01-01&to=2026-12-31")]

    for answer in answers:
        days = answer.context["days"]
        assert (days.first.day, days.first.month, (days.last + timedelta(days=1)).day) == (1, today.month, 1)
    assert "un año" in read(answers[1])
    assert owner_client.get(f"{LIST}payments.csv?from=2020-01-01&to=2026-12-31").status_code == 422


def test_long_lists_have_pages(tenant):
    payments = [make_received(booking_id=n + 1, received_at=NOW + timedelta(minutes=n)) for n in range(5)]

    first = find_payments(replace(SPAN, limit=3))
    second = find_payments(replace(SPAN, limit=3, cursor=first.page.next_cursor or ""))

    shown = [row.payment.id for page in (first.page, second.page) for row in page.rows]
    assert shown == [payment.pk for payment in reversed(payments)]
    assert (second.page.next_cursor, first.totals == second.totals) == (None, True)


def test_cursor_that_no_list_gave_is_refused(owner_client, three):
    assert owner_client.get(f"{JANUARY}&cursor=nonsense").status_code == 422
    assert owner_client.get(f"{JANUARY}&cursor={make_cursor(['a', 1])}").status_code == 422


def test_amounts_of_another_currency_have_totals_of_their_own(tenant):
    make_received(booking_id=1, received_at=NOW)
    make_received(booking_id=2, received_at=NOW)
    make_received(booking_id=3, received_at=NOW, currency="CLP", amount_minor=900)

    totals = find_payments(SPAN).totals

    assert [(each.currency, each.count, each.received_minor) for each in totals] == [
        ("MXN", 2, 60_000), ("CLP", 1, 900),
    ]  # fmt: skip
    assert [row.payment.currency for row in find_payments(replace(SPAN, search="900")).page.rows] == ["CLP"]


@pytest.mark.parametrize(
    ("country", "typed", "found"),
    [
        ("MX", "1,250.50", True),
        ("MX", "$1250.50", True),
        ("MX", "125050", False),
        ("ES", "1.250,50", True),
        ("ES", "1250,50€", True),
        ("ES", "1250.50", True),
        ("ES", "125050", False),
    ],
)
def test_amounts_are_found_as_people_of_the_country_type_them(tenant, monkeypatch, country, typed, found):
    there = replace(tenant, country=country)
    monkeypatch.setattr("billing.selectors.narrowing.current_tenant", lambda: there)
    make_received(booking_id=1, received_at=NOW, amount_minor=125_050)
    make_received(booking_id=2, received_at=NOW, amount_minor=125_000)

    rows = find_payments(replace(SPAN, search=typed)).page.rows

    assert [row.payment.amount_minor for row in rows] == ([125_050] if found else [])


def test_payments_of_bookings_that_are_gone_stay_in_the_list(owner_client, tenant):
    make_received(booking_id=987_654, received_at=NOW)

    answer = owner_client.get(JANUARY)

    assert [line.row.facts for line in answer.context["lines"]] == [None]
    assert "$300" in read(answer)
    assert "987654" not in owner_client.get(f"{LIST}payments.csv?from=2026-01-01&to=2026-01-31").getvalue().decode()


@pytest.mark.parametrize("count", [1, 12])
def test_list_costs_the_same_for_one_and_twelve(owner_client, shop, django_assert_num_queries, count):
    for n in range(count):
        booking_id = book(shop, MONDAY + timedelta(days=n)).booking_id
        payment = Payment.objects.get(pk=pay(booking_id))
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=10_000)
        make_refund(payment)
    owner_client.get(JANUARY)

    with django_assert_num_queries(14):
        answer = owner_client.get(JANUARY)

    assert len(answer.context["lines"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_receipts_and_disputes_cost_the_same_for_one_and_three(owner_client, shop, django_assert_num_queries, count):
    for n in range(count):
        booking_id = book(shop, MONDAY + timedelta(days=n)).booking_id
        Receipt.objects.create(payment=make_payment(booking_id=booking_id), sent_at=NOW)
        Dispute.objects.create(
            payment_id=pay(booking_id), provider_dispute_id=f"du_{n}", amount_minor=10_000, currency="MXN",
            state="open", reason="other", opened_at=NOW, checked_at=NOW,
        )  # fmt: skip
    owner_client.get(JANUARY)

    with django_assert_num_queries(21):
        answer = owner_client.get(JANUARY)
    with django_assert_num_queries(8):
        rows = [each.is_to_check for each in iterate_payments(SPAN)]

    looks = [line.row.is_to_check for line in answer.context["lines"]]
    assert (sorted(looks), sorted(rows)) == ([False] * count + [True] * count,) * 2
    assert len(answer.context["disputes"]) == count


def test_file_has_every_row_and_no_formula(owner_client, three):
    rename(Booking.objects.get(customer_name="Ana Ríos").pk, '=HYPERLINK("http://evil")')

    answer = owner_client.get(f"{LIST}payments.csv?from=2026-01-01&to=2026-01-31&method=cash")

    rows = list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert answer["Content-Disposition"] == 'attachment; filename="payments-2026-01-01-2026-01-31.csv"'
    assert (rows[0][0], len(rows)) == ("Fecha", 2)
    assert rows[1][2] == '\'=HYPERLINK("http://evil")'
    assert rows[1][4:] == ["Saldo", "Efectivo", "Recibido", "500", "0", "0", "0", "MXN"]


def test_workbook_has_the_same_rows_as_texts_and_numbers(owner_client, three):
    rename(Booking.objects.get(customer_name="Ana Ríos").pk, "\uff1d1+1")
    asked = "from=2026-01-01&to=2026-01-31&method=cash"

    answer = owner_client.get(f"{LIST}payments.xlsx?{asked}")
    table = list(csv.reader(StringIO(owner_client.get(f"{LIST}payments.csv?{asked}").getvalue().decode("utf-8-sig"))))

    with ZipFile(BytesIO(answer.getvalue())) as book:
        sheet = "".join(book.read(name).decode() for name in book.namelist() if "sheet1" in name)
    assert answer["Content-Disposition"] == 'attachment; filename="payments-2026-01-01-2026-01-31.xlsx"'
    assert (sheet.count("<row "), "<f>" in sheet, ">\uff1d1+1<" in sheet, "<v>500</v>" in sheet) == (
        2,
        False,
        True,
        True,
    )
    assert (len(table), table[1][2], [head for head in table[0] if f">{head}<" not in sheet]) == (2, "'\uff1d1+1", [])
    links = read(owner_client.get(JANUARY))
    assert (links.count("payments.xlsx?"), links.count("payments.csv?")) == (1, 1)


def test_what_differs_is_told_and_settled(owner_client, three):
    row = Difference.objects.create(
        kind="amount", source_id="pi_1", payment_id=three[0], ours_minor=50_000, theirs_minor=40_000, currency="MXN",
        happened_at=NOW, found_at=NOW,
    )  # fmt: skip
    page = read(owner_client.get(JANUARY))

    answer = owner_client.post(f"/workspace/payments/differences/{row.pk}/settled/")

    row.refresh_from_db()
    assert "El proveedor de tarjetas tiene otro importe que el anotado aquí." in page
    assert "aquí: $500, allá: $400." in page
    assert (answer.status_code, answer["Location"], row.settled_at is not None) == (302, LIST, True)
    assert "otro importe" not in read(owner_client.get(JANUARY))
    assert owner_client.post("/workspace/payments/differences/0/settled/").status_code == 404


@pytest.fixture
def deposit(tenant) -> int:
    """A deposit that was kept because its visit was called off late."""
    take_transfers()
    service_id, _ = make_shop(price_minor=100_000, cancel_cutoff_minutes=24 * 60)
    ask_deposits(30_000)
    booking_id = rename(book(service_id).booking_id, "Ana Ríos")
    tell_events()
    payment_id = receive_deposit(booking_id=booking_id, now=NOW + timedelta(minutes=5), by=STAFF, note="Por Eva")
    cancel_booking(booking_id=booking_id, now=MONDAY - timedelta(hours=2), by=STAFF, cause="told")
    tell_events()
    return payment_id


def test_page_of_a_payment_tells_what_happened(owner_client, deposit):
    page = read(owner_client.get(f"/workspace/payments/{deposit}/"))

    for text in (
        "Ana Ríos",
        "Anticipo · $300",
        "Pedido",
        "Recibido",
        "Retenido",
        "Por Eva",
        "Devuélvelos para condonarlo",
    ):
        assert text in page
    assert owner_client.get("/workspace/payments/0/").status_code == 404


def test_fee_is_waived_by_giving_it_back_with_a_reason(owner_client, deposit):
    url = f"/workspace/payments/{deposit}/"

    answer = owner_client.post(f"{url}refund/", {"amount": "300", "reason": "Estaba enferma", "seen": "0"})

    payment = Payment.objects.get(pk=deposit)
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert (payment.kept_minor, payment.refunded_minor) == (0, 30_000)
    assert list(Refund.objects.values_list("amount_minor", "cause", "reason", "state")) == [
        (30_000, "kinder", "Estaba enferma", "pending")
    ]
    assert LedgerEntry.objects.filter(kind="released", by_id__isnull=False).count() == 1
    shown = read(owner_client.get(url))
    assert "Estaba enferma" in shown
    assert "Devolver dinero" not in shown
    assert names(owner_client.get(f"{JANUARY}&state=to_send")) == ["Ana Ríos"]


@pytest.mark.parametrize(
    ("typed", "field", "status"),
    [
        ({"amount": "", "reason": "Sí"}, "amount", 422),
        ({"amount": "-5", "reason": "Sí"}, "amount", 422),
        ({"amount": "10", "reason": " "}, "reason", 422),
        ({"amount": "300.01", "reason": "Sí"}, "amount", 409),
    ],
)
def test_refund_that_is_not_possible_is_asked_again(owner_client, deposit, typed, field, status):
    answer = owner_client.post(f"/workspace/payments/{deposit}/refund/", typed | {"seen": "0"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (status, [field])
    assert (Refund.objects.count(), Payment.objects.get(pk=deposit).kept_minor) == (0, 30_000)


def test_refund_that_is_sent_twice_goes_back_once(owner_client, deposit):
    url, typed = f"/workspace/payments/{deposit}/", {"amount": "100", "reason": "Esperó mucho", "seen": "0"}
    assert 'name="seen" value="0"' in owner_client.get(url).getvalue().decode()

    answers = [owner_client.post(f"{url}refund/", typed) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert "Mientras tanto se devolvió una parte" in read(answers[1])
    assert 'name="seen" value="10000"' in answers[1].getvalue().decode()
    assert list(Refund.objects.values_list("amount_minor", "state")) == [(10_000, "pending")]


def test_no_step_is_taken_with_money_while_the_business_takes_none(owner_client, deposit, tenant):
    booking_id = Payment.objects.get(pk=deposit).booking_id
    refund = make_refund(Payment.objects.get(pk=deposit))
    difference = Difference.objects.create(
        kind="unknown", source_id="pi_1", ours_minor=0, theirs_minor=500, currency="MXN", happened_at=NOW, found_at=NOW
    )
    Tenant.objects.filter(pk=tenant.id).update(status="suspended", suspension_reason="Spam")
    forget_tenants()
    steps = {
        f"payments/{deposit}/refund/": {"amount": "100", "reason": "Esperó mucho", "seen": "0"},
        f"bookings/{booking_id}/refunds/{refund.pk}/sent/": {},
        f"payments/differences/{difference.pk}/settled/": {},
    }

    answers = [owner_client.post(f"/workspace/{path}", data).status_code for path, data in steps.items()]

    assert answers == [403, 403, 403]
    assert list(Refund.objects.values_list("pk", "state")) == [(refund.pk, "pending")]
    assert Difference.objects.get().settled_at is None


def test_what_the_policy_gives_back_is_said_before(owner_client, tenant):
    take_transfers()
    service_id, _ = make_shop(price_minor=100_000)
    ask_deposits(30_000)
    now = utc_now()
    starts_at = (now + timedelta(days=5)).replace(hour=16, minute=0, second=0, microsecond=0)
    booking_id = book(service_id, starts_at, now=now).booking_id
    tell_events()
    payment_id = receive_deposit(booking_id=booking_id, now=now, by=STAFF)

    page = read(owner_client.get(f"/workspace/payments/{payment_id}/"))

    assert "Según lo acordado, se devolverían $300 si el cliente cancelara ahora." in page


def test_payment_of_a_booking_that_is_gone_is_shown(owner_client, tenant):
    payment = make_received(booking_id=987_654, door="stripe", refunded_minor=10_000)
    make_refund(payment, state="done", done_at=NOW)

    page = read(owner_client.get(f"/workspace/payments/{payment.pk}/"))

    assert "Va a la tarjeta" in page
    assert "Devuelto" in page


@pytest.mark.parametrize(
    ("values", "refund", "label"),
    [
        ({"state": "received", "received_at": NOW}, {}, "Recibido"),
        ({"state": "received", "received_at": NOW, "kept_minor": 5}, {}, "Retenido"),
        ({"state": "received", "received_at": NOW, "refunded_minor": 10_000}, {"state": "pending"}, "Por devolver"),
        (
            {"state": "received", "received_at": NOW, "refunded_minor": 10_000}, {"state": "done", "done_at": NOW},
            "Devuelto en parte",
        ),
        (
            {"state": "received", "received_at": NOW, "refunded_minor": 10_000, "amount_minor": 10_000},
            {"state": "done", "done_at": NOW}, "Devuelto",
        ),
        ({"state": "failed", "closed_at": NOW}, {}, "Falló"),
        ({"state": "expired", "closed_at": NOW}, {}, "No se pagó a tiempo"),
        ({}, {}, "Sin pagar"),
    ],
)  # fmt: skip
def test_state_is_said_in_one_word(owner_client, tenant, values, refund, label):
    payment = make_payment(booking_id=1, **values)
    if refund:
        make_refund(payment, **refund)

    answer = owner_client.get(JANUARY)

    assert [str(line.look.label) for line in answer.context["lines"]] == [label]


def test_card_online_is_told_from_the_card_at_the_counter(owner_client, tenant):
    make_received(booking_id=1, door="stripe")
    make_received(booking_id=2, door="at_business", means="card")
    make_received(booking_id=3, door="at_business")

    answer = owner_client.get(JANUARY)

    assert sorted(line.row.payment.method for line in answer.context["lines"]) == ["card", "online", "other"]


def test_who_only_reads_is_offered_nothing_to_do(staff_client, deposit):
    client = staff_client("read_only")

    pages = [read(client.get(JANUARY)), read(client.get(f"/workspace/payments/{deposit}/"))]

    assert "Ana Ríos" in pages[0]
    assert "Devolver dinero" not in pages[1]
