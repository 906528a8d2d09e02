"""The owner connects an account for card payments, follows it, and switches it off."""

from __future__ import annotations

import pytest

from accounts.models import User
from audit.models import Entry
from billing.gateway.enums import AccountState
from billing.gateway.types import AccountFacts
from billing.models import PaymentAccount
from billing.public.models import PaymentAccountOwner
from billing.selectors.accounts import get_card_account
from billing.services.cards.accounts import _note_facts
from devtools.stripe_server import accounts
from devtools.stripe_server.server import Fault
from tests.conftest import OWNER_PASSWORD
from tests.integration.billing.cards.conftest import till  # noqa: F401 - a fixture

URL = "/workspace/payments/"


def read(response) -> str:
    return " ".join(response.content.decode().split())


def connect(client):
    return client.post(f"{URL}card/connect/", {"password": OWNER_PASSWORD})


def disconnect(client):
    return client.post(f"{URL}card/disconnect/", {"password": OWNER_PASSWORD})


def test_owner_is_led_to_the_provider_and_comes_back(till, owner_client, tenant):  # noqa: F811
    assert "Sin conectar" in read(owner_client.get(URL))

    answer = connect(owner_client)

    account = get_card_account()
    assert f"{till.stand_in.url}/setup/{account.provider_id}" in read(answer)
    (owner,) = PaymentAccountOwner.objects.values_list("provider_account_id", "schema_name")
    assert owner == (account.provider_id, tenant.schema_name)
    assert "Empezaste y no terminaste" in read(owner_client.get(URL))
    assert "Stripe todavía pide una cosa." in read(owner_client.get(URL))
    accounts.change_state(till.stand_in.world, account.provider_id, "active")
    assert "Lista para cobrar" in read(owner_client.get(f"{URL}?back"))


@pytest.mark.parametrize(
    ("state", "words"), [("pending", "Stripe está revisando"), ("restricted", "Pausada por Stripe")]
)
def test_state_is_said_in_words(till, owner_client, state, words):  # noqa: F811
    connect(owner_client)
    accounts.change_state(till.stand_in.world, get_card_account().provider_id, state)

    answer = owner_client.post(f"{URL}card/look/")

    assert answer["Location"] == URL
    assert words in read(owner_client.get(URL))


def test_connecting_again_opens_no_second_account(till, owner_client):  # noqa: F811
    connect(owner_client)
    first = get_card_account().provider_id

    assert "Ese enlace a Stripe ya no sirve" in read(owner_client.get(f"{URL}?again"))
    connect(owner_client)

    assert get_card_account().provider_id == first
    assert len(list(till.stand_in.world.find_all("v2.core.account", ""))) == 1


def test_account_that_was_taken_away_is_opened_anew(till, owner_client):  # noqa: F811
    connect(owner_client)
    first = get_card_account().provider_id
    accounts.disconnect(till.stand_in.world, first)
    assert "Desconectada en Stripe" in read(owner_client.get(f"{URL}?back"))

    connect(owner_client)

    assert get_card_account().provider_id not in {first, ""}
    assert PaymentAccountOwner.objects.count() == 2


def test_cards_are_switched_off_and_on(till, owner_client):  # noqa: F811
    connect(owner_client)
    accounts.change_state(till.stand_in.world, get_card_account().provider_id, "active")
    owner_client.get(f"{URL}?back")

    assert disconnect(owner_client)["Location"] == URL
    assert "Por ahora nadie paga con tarjeta." in read(owner_client.get(URL))
    assert not get_card_account().is_open
    assert connect(owner_client)["Location"] == URL
    assert get_card_account().is_open


def test_what_is_not_connected_is_neither_asked_nor_switched_off(till, owner_client):  # noqa: F811
    statuses = [owner_client.post(f"{URL}card/look/").status_code, disconnect(owner_client).status_code]

    assert (statuses, PaymentAccount.objects.count()) == ([409, 409], 0)


def test_provider_that_is_silent_loses_nothing(till, owner_client):  # noqa: F811
    till.stand_in.faults += [Fault.BREAK_AFTER] * 3

    assert connect(owner_client).status_code == 503
    connect(owner_client)

    assert len(list(till.stand_in.world.find_all("v2.core.account", ""))) == 1


def test_account_of_another_owner_is_opened_anew_after_a_lost_answer(till, owner_client):  # noqa: F811
    till.stand_in.faults += [Fault.BREAK_AFTER] * 3
    connect(owner_client)
    User.objects.filter(role="owner").update(email="otra@taller.example")

    statuses = [connect(owner_client).status_code for _ in range(2)]

    assert (statuses, get_card_account().provider_id != "") == ([409, 200], True)


def test_what_was_asked_of_an_account_that_is_another_by_now_is_not_kept(till, owner_client):  # noqa: F811
    connect(owner_client)
    before = get_card_account()

    _note_facts(AccountFacts("acct_of_before", AccountState.GONE), now=till.moment)

    assert get_card_account() == before


def test_switching_off_again_changes_nothing(till, owner_client):  # noqa: F811
    connect(owner_client)
    for _ in range(2):
        disconnect(owner_client)

    assert Entry.objects.filter(noun="payment_account").count() == 2  # opened, and switched off


def test_country_without_the_provider_is_told(owner_client, tenant):
    assert "aún no están disponibles en tu país" in read(owner_client.get(URL))  # nor is the platform known there
    assert connect(owner_client).status_code == 409


def test_owner_says_what_happens_while_the_provider_is_silent(till, owner_client):  # noqa: F811
    assert owner_client.post(f"{URL}card/silence/", {"when_silent": "book"}).status_code == 409
    connect(owner_client)
    before = read(owner_client.get(URL))

    assert owner_client.post(f"{URL}card/silence/", {"when_silent": "book"})["Location"] == URL

    after = read(owner_client.get(URL))
    assert [f'value="{each}" checked' in page for page in (before, after) for each in ("wait", "book")] == [
        True, False, False, True,
    ]  # fmt: skip
