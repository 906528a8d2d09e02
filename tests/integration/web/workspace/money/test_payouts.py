"""The page of payouts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from billing.gateway.errors import CallRefused
from billing.models import PaymentAccount, Payout
from devtools.stripe_server import money
from devtools.stripe_server.server import Fault
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
        ("failed", "Rechazado por el banco, o cancelado"),
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

    with django_assert_num_queries(6):
        answer = owner_client.get(PAGE)

    assert len(answer.context["lines"]) == count


def test_long_lists_come_in_pages(owner_client):
    for number in range(53):
        make_payout(number)

    answer = owner_client.get(PAGE)
    more = owner_client.get(PAGE + answer.context["more_url"])

    assert (len(answer.context["lines"]), len(more.context["lines"])) == (50, 3)


def test_page_asks_nobody_and_the_button_asks_the_provider(owner_client, till, account_id):  # noqa: F811
    till.moment = utc_now()
    money.pay_out(till.stand_in.world, account_id, 5_000, "mxn")
    calls = len(till.stand_in.counter.calls)

    before = owner_client.get(PAGE)
    asked = len(till.stand_in.counter.calls) - calls
    answer = owner_client.post(f"{PAGE}look/", follow=True)

    assert (asked, len(before.context["lines"]), len(answer.context["lines"])) == (0, 0, 1)
    assert PaymentAccount.objects.get(door="stripe").payouts_checked_at is not None


def test_provider_that_is_down_is_told_beside_what_is_known(owner_client, till, account_id):  # noqa: F811
    make_payout(1)
    till.stand_in.faults += [Fault.ERROR] * 3

    page, answer = owner_client.get(PAGE), owner_client.post(f"{PAGE}look/")

    assert (page.status_code, answer.status_code, len(answer.context["lines"])) == (200, 503, 1)
    assert "Abajo está lo que se sabe" in read(answer)
    assert PaymentAccount.objects.get(door="stripe").payouts_checked_at is None


@pytest.mark.parametrize(
    ("role", "status", "look"), [("manager", 200, 302), ("receptionist", 403, 403), ("read_only", 200, 403)]
)
def test_payouts_are_for_those_who_see_the_money(staff_client, monkeypatch, role, status, look):
    asked = []
    monkeypatch.setattr("web.workspace.payments.payouts.refresh_payouts", lambda **_: asked.append(1))

    answers = [staff_client(role).get(PAGE).status_code, staff_client(role).post(f"{PAGE}look/").status_code]

    assert (answers, len(asked)) == ([status, look], look == 302)


def test_neighbors_see_no_payouts_of_each_other(tenant, other_tenant):
    make_payout(1)
    own = HostClient(other_tenant.primary_host)
    connection.set_tenant(other_tenant)
    own.force_login(User.objects.get(role="owner"))

    answer = own.get(PAGE)

    assert (answer.status_code, answer.context["lines"], "$1,000.01" in read(answer)) == (200, [], False)


def test_provider_that_was_asked_a_moment_ago_is_not_asked_again(owner_client, till, account_id):  # noqa: F811
    till.moment = utc_now()
    owner_client.post(f"{PAGE}look/")
    calls = len(till.stand_in.counter.calls)

    answer = owner_client.post(f"{PAGE}look/")

    assert (answer.status_code, len(till.stand_in.counter.calls) - calls) == (302, 0)


def test_call_that_the_provider_makes_no_sense_of_is_told(owner_client, monkeypatch):
    def refuse(**_):
        raise CallRefused

    monkeypatch.setattr("web.workspace.payments.payouts.refresh_payouts", refuse)
    make_payout(1)

    answer = owner_client.post(f"{PAGE}look/")

    assert (answer.status_code, len(answer.context["lines"])) == (422, 1)
