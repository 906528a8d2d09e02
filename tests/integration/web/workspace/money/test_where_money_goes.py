"""Where the money goes: only owners who show that it is them say so, and every owner hears of it by mail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail as mailbox

from accounts.models import User
from accounts.services import second_step
from audit.models import Entry
from billing.gateway.enums import AccountState
from billing.gateway.types import AccountFacts
from billing.models import PaymentAccount
from billing.selectors.accounts import get_bank_data, get_card_account
from billing.services.accounts import change_bank_data
from billing.services.cards.accounts import _note_facts
from billing.services.credits.offering import switch_credit
from billing.services.owners.mails import tell_owners
from kernel.clock import utc_now
from notifications.models import Event, Message
from notifications.types.messages import EventView
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET, sign_in_fully
from tests.factories.billing import BANK, tell_events
from tests.factories.scheduling import STAFF
from tests.fakes.due_work import send_messages
from tests.integration.billing.cards.conftest import till  # noqa: F401 - a fixture

BANK_URL, CONNECT, DISCONNECT = (f"/workspace/payments/{each}/" for each in ("bank", "card/connect", "card/disconnect"))
TYPED = {
    "is_on": "on", "holder": "Taller Ríos SA", "bank": "BBVA", "number": "012 180 0151 2345 6780", "tax_id": "",
    "note": "", "wait_minutes": "4", "wait_minutes_unit": "hours",
}  # fmt: skip
WITH_PASSWORD = {"password": OWNER_PASSWORD}


@pytest.fixture
def second_owner(tenant) -> User:
    """Another owner, who reads English."""
    return User.objects.create(email="eva@taller.example", name="Eva", role="owner", locale="en")


def read(response) -> str:
    return " ".join(response.content.decode().split())


def list_told() -> list[tuple[str, str]]:
    """Who was told, and the second paragraph of what they read."""
    tell_events()
    messages = Message.objects.filter(template__in=("money_account_changed", "card_account_state")).order_by("to", "pk")
    return [(each.to, each.body_text.split("\n\n")[0].strip()) for each in messages]


def note(state: AccountState) -> None:
    _note_facts(AccountFacts(get_card_account().provider_id, state), now=utc_now())


@pytest.mark.parametrize("url", [BANK_URL, CONNECT])
@pytest.mark.parametrize("password", ["", "no es esta"])
def test_nothing_changes_without_the_password(till, owner_client, url, password):  # noqa: F811
    answer = owner_client.post(url, TYPED | {"password": password})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])
    assert (PaymentAccount.objects.count(), list_told()) == (0, [])
    if url == BANK_URL:
        assert 'value="Taller Ríos SA"' in read(answer)


def test_cards_go_on_without_the_password(till, owner_client):  # noqa: F811
    owner_client.post(CONNECT, WITH_PASSWORD)
    asked = read(owner_client.get(DISCONNECT))

    answer = owner_client.post(DISCONNECT, {"password": "no es esta"})

    assert ("Los clientes ya no pagan con tarjeta." in asked, answer.status_code) == (True, 422)
    assert get_card_account().is_on is True


@pytest.mark.parametrize("url", [BANK_URL, CONNECT])
def test_code_is_asked_of_whoever_has_a_second_step(till, tenant, url):  # noqa: F811
    owner = User.objects.get(role="owner")
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    client = HostClient(tenant.primary_host)
    sign_in_fully(client, owner)

    refused = client.post(url, TYPED | WITH_PASSWORD | {"code": "000000"})
    count = PaymentAccount.objects.count()
    answer = client.post(url, TYPED | WITH_PASSWORD | {"code": second_step.make_code(SECRET)})

    assert (refused.status_code, list(refused.context["form"].errors), count) == (422, ["code"], 0)
    assert (answer.status_code, PaymentAccount.objects.count()) == (302 if url == BANK_URL else 200, 1)


def test_code_still_works_after_an_account_that_nobody_could_pay_to(tenant):
    owner = User.objects.get(role="owner")
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    client = HostClient(tenant.primary_host)
    sign_in_fully(client, owner)
    code = {"code": second_step.make_code(SECRET)}

    statuses = [client.post(BANK_URL, TYPED | WITH_PASSWORD | code | more).status_code for more in ({"number": ""}, {})]

    assert statuses == [422, 302]


@pytest.mark.parametrize("url", [BANK_URL, CONNECT])
def test_whoever_guesses_waits(till, owner_client, url):  # noqa: F811
    statuses = []
    for _ in range(40):
        answer = owner_client.post(url, TYPED | {"password": "no es esta"})
        statuses.append(answer.status_code)
        if answer.status_code != 422:
            break

    assert (statuses[-1], int(answer.headers["Retry-After"]) > 0) == (429, True)
    assert PaymentAccount.objects.count() == 0


def test_manager_sees_how_it_stands_and_is_told_who_may_change_it(staff_client):
    page = read(staff_client("manager").get("/workspace/payments/"))

    assert "Solo los dueños dicen a dónde va el dinero" in page
    assert [url in page for url in (BANK_URL, CONNECT, DISCONNECT)] == [False, False, False]


def test_every_owner_hears_of_another_account_and_reads_no_number(owner_client, second_owner, tenant):
    owner = User.objects.filter(role="owner").exclude(pk=second_owner.pk).get()

    owner_client.post(BANK_URL, TYPED | WITH_PASSWORD)
    tell_events()
    send_messages(tenant.schema_name)

    told = {each.to[0]: each for each in mailbox.outbox}
    assert set(told) == {owner.email, second_owner.email}
    mail = told[second_owner.email]
    assert "Customers transfer to the account of Taller Ríos SA that ends in 6780." in mail.body
    assert (owner.name in mail.body, "/workspace/payments/" in mail.body) == (True, True)
    assert "termina en 6780" in told[owner.email].body
    assert not any(re.search(r"2345", each.body) for each in told.values())
    assert [TYPED["number"] in str(each.payload) for each in Event.objects.filter(kind="payment_account.changed")] == [
        False
    ]
    assert Entry.objects.get(noun="payment_account").user_id == owner.pk


def test_what_leads_no_money_elsewhere_is_not_told(tenant):
    now = utc_now()
    change_bank_data(data=BANK, by=STAFF, now=now)
    first = list_told()

    change_bank_data(data=replace(BANK, wait_minutes=60), by=STAFF, now=now + timedelta(days=1))
    switch_credit(is_on=True, by=STAFF, now=now + timedelta(days=2))

    assert (len(first), list_told()) == (1, first)


def test_note_beside_the_account_is_told(tenant):
    now = utc_now()
    change_bank_data(data=BANK, by=STAFF, now=now)
    first = list_told()

    change_bank_data(data=replace(BANK, note="Mejor a 012 180 0199"), by=STAFF, now=now + timedelta(days=1))

    (told,) = list_told()[len(first) :]
    assert "Cambió la nota que los clientes leen junto a la cuenta bancaria." in told[1]


def test_change_while_transfers_are_off_is_told_as_one(tenant):
    now = utc_now()
    off = replace(BANK, is_on=False)
    change_bank_data(data=off, by=STAFF, now=now)
    first = list_told()

    change_bank_data(data=replace(off, number="999"), by=STAFF, now=now + timedelta(days=1))

    told = list_told()
    assert (len(first), len(told)) == (1, 2)
    for _, text in told:
        assert "Cambiaron los datos para transferencias mientras están desactivadas" in text


def test_switching_off_and_on_is_told(till, owner_client):  # noqa: F811
    owner_client.post(CONNECT, WITH_PASSWORD)
    note(AccountState.ACTIVE)
    owner_client.post(DISCONNECT, WITH_PASSWORD)
    owner_client.post(CONNECT, WITH_PASSWORD)
    change_bank_data(data=BANK, by=STAFF, now=utc_now())
    change_bank_data(data=replace(BANK, is_on=False), by=STAFF, now=utc_now())

    tell_events()
    bodies = "\n".join(each.body_text for each in Message.objects.all())
    said = (
        "Los clientes ya no pagan por transferencia.", "Los clientes vuelven a pagar con tarjeta",
        "Tu cuenta de Stripe está lista",
    )  # fmt: skip
    assert [text in bodies for text in said] == [True, True, True]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (AccountState.RESTRICTED, "Stripe pausó tu cuenta"),
        (AccountState.GONE, "Tu cuenta de Stripe se desconectó"),
        (AccountState.IN_REVIEW, ""),
    ],
)
def test_owner_hears_that_the_provider_takes_no_more_payments(till, owner_client, state, text):  # noqa: F811
    owner_client.post(CONNECT, WITH_PASSWORD)
    note(AccountState.ACTIVE)
    tell_events()
    Message.objects.all().delete()

    note(state)
    note(state)
    tell_events()

    bodies = [each.body_text for each in Message.objects.all()]
    assert [text in each for each in bodies] == ([True] if text else [])


def test_credit_leads_no_money_elsewhere(tenant):
    switch_credit(is_on=True, by=STAFF, now=utc_now())
    row = PaymentAccount.objects.get()

    tell_owners(EventView(9, "payment_account.changed", row.pk, {"by_user_id": 1, "changed": ["is_on"]}, utc_now()))

    assert Message.objects.count() == 0


def test_event_of_an_older_version_tells_nobody(tenant):
    change_bank_data(data=BANK, by=STAFF, now=utc_now())
    row = PaymentAccount.objects.get()
    for subject_id, payload in ((row.pk, {"by_user_id": 1}), (row.pk + 1, {"by_user_id": 1, "changed": ["number"]})):
        tell_owners(EventView(9, "payment_account.changed", subject_id, payload, utc_now()))

    assert Message.objects.count() == 0


def test_bank_data_stays_as_it_was_read(owner_client):
    owner_client.post(BANK_URL, TYPED | WITH_PASSWORD)

    assert get_bank_data() == BANK


def test_number_whose_check_digits_do_not_fit_is_kept_and_doubted(owner_client, tenant):
    doubt = "sus dígitos de control no cuadran"
    owner_client.post(BANK_URL, TYPED | WITH_PASSWORD)
    assert doubt not in read(owner_client.get(BANK_URL))

    owner_client.post(BANK_URL, TYPED | WITH_PASSWORD | {"number": "012 180 0151 2345 6789"})

    assert get_bank_data().number == "012 180 0151 2345 6789"
    assert [doubt in read(owner_client.get(page)) for page in (BANK_URL, "/workspace/payments/")] == [True, True]
