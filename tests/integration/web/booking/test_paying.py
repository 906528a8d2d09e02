"""Paying a deposit by card: to the provider's page and back, as a customer's browser does it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.gateway.errors import OutcomeUnknown
from billing.models import Payment
from billing.services.cards import looking
from kernel.clock import utc_now
from scheduling.enums import DepositKind
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.factories.cards import list_payments, status_of
from tests.factories.scheduling import book, make_shop
from tests.integration.billing.cards.conftest import account_id, till  # noqa: F401 - fixtures


@pytest.fixture
def booking_id(till, account_id):  # noqa: F811
    till.moment = utc_now()
    service_id, _ = make_shop(price_minor=100_000, deposit_kind=DepositKind.FIXED, deposit_minor=30_000)
    starts_at = (till.moment + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)
    made = book(service_id, starts_at, now=till.moment)
    till.work()
    return made.booking_id


@pytest.fixture
def url(booking_id):
    return f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/"


def read(response) -> str:
    return " ".join(response.content.decode().split())


def find_session(booking_id) -> str:
    return Payment.objects.get(booking_id=booking_id).provider_started_id


def test_page_offers_the_card_and_leads_to_the_provider(till, customer_client, url, booking_id):  # noqa: F811
    assert f'action="{url}pay/"' in read(customer_client.get(url))

    answer = customer_client.post(f"{url}pay/")

    payment = Payment.objects.get(booking_id=booking_id)
    assert answer.status_code == 200
    assert f'<meta http-equiv="refresh" content="0; url={payment.provider_url}">' in read(answer)
    session = till.stand_in.world.things[payment.provider_started_id]
    assert (session["amount_total"], session["currency"]) == (30_000, "mxn")
    assert session["cancel_url"].endswith(f"{url}?done=unpaid")


def test_browser_says_no_price(till, customer_client, url, booking_id):  # noqa: F811
    customer_client.post(f"{url}pay/", {"amount": "1", "amount_minor": "1", "currency": "COP", "account": "acct_x"})

    session = till.stand_in.world.things[find_session(booking_id)]
    assert (session["amount_total"], session["currency"]) == (30_000, "mxn")


def test_return_page_asks_the_provider_and_leads_on(till, customer_client, url, booking_id):  # noqa: F811
    customer_client.post(f"{url}pay/")
    till.stand_in.pay(find_session(booking_id))

    answer = customer_client.get(f"{url}paid/")

    assert (answer.status_code, answer["Location"]) == (302, f"{url}?done=paid")
    assert status_of(booking_id) == "confirmed"
    assert "Tu anticipo está pagado." in read(customer_client.get(answer["Location"]))


def test_being_back_proves_nothing(customer_client, url, booking_id):
    customer_client.post(f"{url}pay/")

    answer = customer_client.get(f"{url}paid/")

    assert (answer.status_code, status_of(booking_id)) == (200, "pending_payment")
    assert 'http-equiv="refresh" content="3"' in read(answer)
    assert list_payments(booking_id) == [("stripe", "open", 30_000, 0)]


def test_waiting_page_hears_of_it(till, customer_client, url, booking_id):  # noqa: F811
    customer_client.post(f"{url}pay/")
    before = customer_client.get(f"{url}paid/status/").json()
    Payment.objects.filter(booking_id=booking_id).update(checked_at=None)
    till.stand_in.pay(find_session(booking_id))

    after = customer_client.get(f"{url}paid/status/").json()

    assert (before, after) == ({"status": "pending_payment"}, {"status": "confirmed"})


def test_page_waits_while_the_provider_is_silent(monkeypatch, customer_client, url, booking_id):
    customer_client.post(f"{url}pay/")

    def fail(*_, **__):
        raise OutcomeUnknown

    monkeypatch.setattr(looking, "_ask", fail)

    assert customer_client.get(f"{url}paid/").status_code == 200
    assert customer_client.get(f"{url}paid/status/").json() == {"status": "pending_payment"}
    assert customer_client.post(f"{url}pay/").status_code == 503


def test_who_comes_back_unpaid_reads_that_the_time_is_kept(customer_client, url):
    customer_client.post(f"{url}pay/")

    assert "Todavía no se pagó nada." in read(customer_client.get(f"{url}?done=unpaid"))


def test_paid_deposit_is_not_paid_again(till, customer_client, url, booking_id):  # noqa: F811
    customer_client.post(f"{url}pay/")
    till.stand_in.pay(find_session(booking_id))

    answer = customer_client.post(f"{url}pay/")  # by the back button, before any event came

    assert (answer.status_code, answer["Location"]) == (302, url)
    assert (status_of(booking_id), len(list_payments(booking_id))) == ("confirmed", 1)


def test_frame_opens_a_tab_and_waits(tenant, customer_client, url):
    page = read(customer_client.get(f"/embed/~es{url}"))

    assert f'action="/embed/~es{url}pay/" target="_blank"' in page
    assert f'data-progress="/embed/~es{url}paid/status/" data-status="pending_payment"' in page
