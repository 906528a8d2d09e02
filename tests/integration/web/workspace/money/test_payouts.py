"""The page of payouts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from billing.models import PaymentAccount, Payout
from devtools.stripe_server import accounts, money
from kernel.clock import utc_now
from tests.conftest import HostClient
from tests.factories.scheduling import NOW
from tests.integration.billing.cards.conftest import account_id, till  # noqa: F401 - fixtures

PAGE = "/workspace/payments/payouts/"


def read(response) -> str:
    return " ".join(response.content.decode().split())


def make_payout(number: int, **values) -> Payout:
    defaults = {
        "provider_account_id": "acct_1", "provider_payout_id": f"po_{number}", "amount_minor": 100_000 + number,
        "currency": "MXN", "state": "arrived", "made_at": NOW + timedelta(minutes=number), "arrives_at": NOW,
    }  # fmt: skip
    return Payout.objects.create(**defaults | values)


def test_business_without_an_account_reads_what_would_stand_here(owner_client):
    text = read(owner_client.get(PAGE))

    assert ("Todavía no hay depósitos" in text, "Preguntar a Stripe" in text) == (True, False)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("on_its_way", "En camino al banco"),
        ("arrived", "Mandado al banco"),
        ("failed", "Rechazado por el banco"),
        ("canceled", "Cancelado, no se mandó nada"),
    ],
)
def test_payouts_are_listed_in_words(owner_client, state, said):
    make_payout(1, state=state)

    text = read(owner_client.get(PAGE))

    assert (said in text, "$1,000.01" in text) == (True, True)


@pytest.mark.parametrize("count", [1, 12])
def test_page_costs_the_same_for_one_and_twelve(owner_client, django_assert_num_queries, count):
    for number in range(count):
        make_payout(number)
    owner_client.get(PAGE)

    with django_assert_num_queries(5):
        answer = owner_client.get(PAGE)

    assert len(answer.context["lines"]) == count


def test_long_lists_come_in_pages(owner_client):
    for number in range(53):
        make_payout(number)

    answer = owner_client.get(PAGE)
    more = owner_client.get(PAGE + answer.context["more_url"])

    assert (len(answer.context["lines"]), len(more.context["lines"])) == (50, 3)


def test_page_asks_nobody_and_the_button_lets_a_worker_ask(owner_client, till, account_id):  # noqa: F811
    till.moment = utc_now()
    money.pay_out(till.stand_in.world, account_id, 5_000, "mxn")
    calls = len(till.stand_in.counter.calls)

    before = owner_client.get(PAGE)
    during = owner_client.post(f"{PAGE}look/", follow=True)
    asked = len(till.stand_in.counter.calls) - calls
    till.moment = utc_now()
    till.work()
    after = owner_client.get(PAGE)

    assert [len(each.context["lines"]) for each in (before, during, after)] == [0, 0, 1]
    assert (asked, len(till.stand_in.counter.calls) - calls) == (0, 1)
    assert ["Se están trayendo de Stripe" in read(each) for each in (before, during, after)] == [False, True, False]
    assert ["hx-trigger" in each.content.decode().partition("<main")[2][:400] for each in (during, after)] == [
        True,
        False,
    ]


def test_provider_that_is_down_is_told_beside_what_is_known(owner_client, till, account_id):  # noqa: F811
    make_payout(1)
    till.moment = utc_now()
    owner_client.post(f"{PAGE}look/")
    till.moment = utc_now()
    PaymentAccount.objects.update(payouts_asked_at=utc_now() - timedelta(minutes=2))

    page = owner_client.get(PAGE)

    assert (page.status_code, len(page.context["lines"])) == (200, 1)
    assert "Stripe no responde desde" in read(page)
    assert PaymentAccount.objects.get(door="stripe").payouts_checked_at is None


def test_refusal_is_not_told_as_silence(owner_client, till, account_id):  # noqa: F811
    accounts.disconnect(till.stand_in.world, account_id)
    till.moment = utc_now()
    owner_client.post(f"{PAGE}look/")
    till.moment = utc_now()
    till.work()

    page = read(owner_client.get(PAGE))

    assert ("Stripe ya no nos deja entrar en tu cuenta." in page, "Stripe no responde" in page) == (True, False)


@pytest.mark.parametrize(
    ("role", "status", "look"), [("manager", 200, 302), ("receptionist", 403, 403), ("read_only", 200, 403)]
)
def test_payouts_are_for_those_who_see_the_money(staff_client, till, account_id, role, status, look):  # noqa: F811
    client = staff_client(role)

    answers = [client.get(PAGE).status_code, client.post(f"{PAGE}look/").status_code]

    is_asked = PaymentAccount.objects.get(door="stripe").payouts_asked_at is not None
    assert (answers, is_asked) == ([status, look], look == 302)


def test_nothing_is_asked_without_an_account(owner_client):
    answer = owner_client.post(f"{PAGE}look/", follow=True)

    assert (answer.status_code, PaymentAccount.objects.count()) == (200, 0)
    assert "Se están trayendo" not in read(answer)


def test_neighbors_see_no_payouts_of_each_other(tenant, other_tenant):
    make_payout(1)
    own = HostClient(other_tenant.primary_host)
    connection.set_tenant(other_tenant)
    own.force_login(User.objects.get(role="owner"))

    answer = own.get(PAGE)

    assert (answer.status_code, answer.context["lines"], "$1,000.01" in read(answer)) == (200, [], False)


def test_provider_that_was_asked_a_moment_ago_is_not_asked_again(owner_client, till, account_id):  # noqa: F811
    owner_client.post(f"{PAGE}look/")
    first = PaymentAccount.objects.get(door="stripe").payouts_asked_at
    till.moment = utc_now()
    till.work()
    calls = len(till.stand_in.counter.calls)

    owner_client.post(f"{PAGE}look/")
    till.work()

    assert PaymentAccount.objects.get(door="stripe").payouts_asked_at == first
    assert len(till.stand_in.counter.calls) == calls
