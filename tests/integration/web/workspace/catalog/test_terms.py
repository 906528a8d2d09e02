"""The page of what all services ask in advance: amounts, cards, conditions, and the way to each form."""

from __future__ import annotations

import pytest

from scheduling.enums import DepositKind
from scheduling.models import Service
from tests.factories.billing import take_transfers
from tests.factories.scheduling import make_shop

ADDRESS = "/workspace/services/deposits/"
DAY = 24 * 60


@pytest.fixture
def service_id(tenant) -> int:
    return make_shop(price_minor=100000)[0]


def change(service_id: int, **values) -> None:
    Service.objects.filter(pk=service_id).update(**values)


def find_line(client, service_id: int):
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return next(each for each in answer.context["lines"] if f"/{service_id}/" in each.url), answer


FIXED = {"deposit_kind": DepositKind.FIXED, "deposit_minor": 40000}


@pytest.mark.parametrize(
    ("values", "deposit", "terms"),
    [
        ({}, "", ("", "", "")),
        (FIXED, "$400", ("Hasta que empieza", "", "100\xa0%")),
        (
            FIXED | {"refund_free_minutes": DAY, "refund_kept_percent": 50, "refund_no_show_percent": 80},
            "$400",
            ("1 día antes", "50\xa0%", "80\xa0%"),
        ),
        ({"deposit_kind": DepositKind.PERCENT, "deposit_percent": 20}, "20\xa0% = $200", None),
        (
            {
                "deposit_kind": DepositKind.PERCENT,
                "deposit_percent": 20,
                "price_minor": None,
                "price_kind": "on_request",
            },
            "20\xa0%",
            None,
        ),
        ({"deposit_kind": DepositKind.FULL}, "Precio completo = $1,000", None),
    ],
)
def test_line_says_how_much_and_what_stays(owner_client, service_id, values, deposit, terms):
    change(service_id, **values)

    line, answer = find_line(owner_client, service_id)

    assert (line.deposit, line.is_asked) == (deposit, bool(deposit))
    assert terms is None or (line.free, line.late, line.missed) == terms
    assert f'href="/workspace/services/{service_id}/#part-deposit"' in answer.content.decode()


def test_line_says_card_fee_and_conditions(owner_client, service_id):
    take_transfers()
    change(service_id, **FIXED, is_deposit_on_card=True, is_deposit_fee=True)
    on_card, _ = find_line(owner_client, service_id)
    change(
        service_id, is_deposit_on_card=False, deposit_above_minor=150000, deposit_within_minutes=7 * DAY,
        deposit_ahead_minutes=30 * DAY, deposit_first_visit=True, deposit_outside_hours=True, deposit_must_prepay=True,
    )  # fmt: skip

    line, answer = find_line(owner_client, service_id)

    assert ((on_card.is_on_card, on_card.is_fee), (line.is_on_card, line.is_fee)) == ((True, False), (False, True))
    assert (len(line.conditions), line.conditions[0]) == (6, "Precio mayor que $1,500")
    assert "Cuota de reserva: no se devuelve" in answer.content.decode()


def test_reception_reads_it_without_ways_into_the_forms(staff_client, service_id):
    page = staff_client("receptionist").get(ADDRESS)

    assert (page.status_code, f'/workspace/services/{service_id}/"' in page.content.decode()) == (200, False)
    assert "#part-deposit" not in page.content.decode()


def test_page_says_when_nobody_can_pay(owner_client, service_id):
    closed = owner_client.get(ADDRESS).content.decode()
    change(service_id, **FIXED)
    asked = owner_client.get(ADDRESS).content.decode()
    take_transfers()
    open_ = owner_client.get(ADDRESS).content.decode()

    ready, lost = "en cuanto haya una forma de pago abierta", "no hay ninguna forma de pago abierta"
    assert [(ready in page, lost in page) for page in (closed, asked, open_)] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
