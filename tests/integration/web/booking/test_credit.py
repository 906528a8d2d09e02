"""Credit on the customer's pages: chosen when canceling, and used by whoever has shown whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail

from billing.models import Credit, Payment, Refund
from billing.services.credits.offering import switch_credit
from billing.services.payments import receive_deposit
from kernel.clock import utc_now
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.factories.billing import tell_events
from tests.factories.credits import ANA, book_for, give_credit, open_credit_shop
from tests.factories.scheduling import STAFF
from tests.fakes.due_work import send_messages
from tests.integration.web.booking.test_own_visits import ask

OTHER = "eva@example.com"


@pytest.fixture
def service_id(tenant) -> int:
    return open_credit_shop(deposit_minor=30_000, price_minor=100_000)


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def starts_at(now) -> datetime:
    return (now + timedelta(days=5)).replace(hour=10, minute=0, second=0, microsecond=0)


def make_url(booking_id: int) -> str:
    return f"/b/{make_manage_token(get_booking(booking_id=booking_id))}/"


def read(response) -> str:
    return " ".join(response.content.decode().split())


def pay(service_id, starts_at, now) -> int:
    booking_id = book_for(service_id, starts_at, now=now)
    receive_deposit(booking_id=booking_id, now=now, by=STAFF)
    return booking_id


def test_whoever_cancels_chooses_credit_and_reads_that_they_have_it(
    customer_client, tenant, service_id, starts_at, now
):
    url = make_url(booking_id := pay(service_id, starts_at, now))
    asked = read(customer_client.get(f"{url}cancel/"))

    customer_client.post(f"{url}cancel/", {"reason": "", "back": "credit"})
    for _ in range(2):
        tell_events()
    send_messages(tenant.schema_name)

    assert "Saldo a favor de $300 para otra visita" in asked
    assert get_booking(booking_id=booking_id).status == "cancelled"
    assert Credit.objects.values_list("left_minor", flat=True).get() == 30_000
    assert "Es tu saldo a favor aquí y sirve para otra visita." in read(customer_client.get(url))
    assert any("Tienes $300 de saldo a favor" in each.body for each in mail.outbox)


@pytest.mark.parametrize("chosen", [{}, {"back": "money"}])
def test_whoever_chooses_nothing_gets_money(customer_client, service_id, starts_at, now, chosen):
    url = make_url(pay(service_id, starts_at, now))

    customer_client.post(f"{url}cancel/", {"reason": "", **chosen})
    tell_events()

    assert Refund.objects.values_list("state", "is_credit").get() == ("pending", False)


def test_business_without_credit_asks_nothing_and_refuses_what_is_made_up(customer_client, service_id, starts_at, now):
    url = make_url(pay(service_id, starts_at, now))
    switch_credit(is_on=False, by=STAFF, now=now)
    asked = read(customer_client.get(f"{url}cancel/"))

    customer_client.post(f"{url}cancel/", {"reason": "", "back": "credit"})
    tell_events()

    assert "saldo a favor" not in asked
    assert Refund.objects.values_list("state", "is_credit").get() == ("pending", False)


def test_refund_that_nobody_sent_yet_becomes_credit_on_the_page(customer_client, service_id, starts_at, now):
    booking_id = pay(service_id, starts_at, now)
    cancel_booking(booking_id=booking_id, now=now, by=STAFF, reason="Enfermos")
    tell_events()
    url, refund_id = make_url(booking_id), Refund.objects.get().pk
    page = read(customer_client.get(url))

    answers = [customer_client.post(f"{url}refunds/credit/", {"refund": str(refund_id)}) for _ in range(2)]

    assert f'action="{url}refunds/credit/"' in page
    assert [each.status_code for each in answers] == [302, 409]
    assert Credit.objects.values_list("left_minor", flat=True).get() == 30_000


def test_proven_customer_pays_the_deposit_with_credit(customer_client, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, now=now)
    url = make_url(booking_id)
    page = read(customer_client.get(url))

    answer = customer_client.post(f"{url}pay/credit/")
    again = customer_client.post(f"{url}pay/credit/")

    assert "Usar $300 de mi saldo a favor" in page
    assert (answer.url, again.status_code) == (f"{url}?done=credit", 409)
    assert get_booking(booking_id=booking_id).status == "confirmed"
    assert "Tu saldo a favor pagó el anticipo." in read(customer_client.get(answer.url))


def test_part_of_the_deposit_is_paid_and_the_page_asks_for_the_rest(customer_client, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    url = make_url(book_for(service_id, starts_at, now=now))

    answer = customer_client.post(f"{url}pay/credit/", {"amount_minor": "10000"})

    page = read(customer_client.get(answer.url))
    assert "Tu saldo a favor pagó una parte del anticipo." in page
    assert "Se confirma con un anticipo de $200." in page


@pytest.mark.parametrize(("email", "is_proven"), [(ANA, False), (OTHER, True)])
def test_stranger_neither_sees_nor_spends_credit(customer_client, service_id, starts_at, now, email, is_proven):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, email=email, is_proven=is_proven, now=now)
    url = make_url(booking_id)

    page = read(customer_client.get(url))
    answer = customer_client.post(f"{url}pay/credit/", {"amount_minor": "10000"})

    assert (answer.status_code, "de mi saldo a favor" in page) == (404, False)
    assert ("¿Tienes saldo a favor aquí?" in page) is not is_proven
    assert get_booking(booking_id=booking_id).status == "pending_payment"
    assert Credit.objects.values_list("left_minor", flat=True).get() == 30_000


def test_link_to_the_visits_shows_the_credit_and_pays_with_it(customer_client, tenant, service_id, starts_at, now):
    give_credit(service_id, starts_at, now=now)
    booking_id = book_for(service_id, starts_at, is_proven=False, now=now)
    other = book_for(service_id, starts_at, email=OTHER, now=now)
    token = ask(customer_client, tenant, ANA)
    page = read(customer_client.get(f"/visits/{token}/"))

    refused = customer_client.post(f"/visits/{token}/pay/{other}/")
    answer = customer_client.post(f"/visits/{token}/pay/{booking_id}/")

    assert "Tienes $300 de saldo a favor aquí." in page
    assert f'action="/visits/{token}/pay/{booking_id}/"' in page
    assert (refused.status_code, get_booking(booking_id=other).status) == (404, "pending_payment")
    assert answer.url == f"{make_url(booking_id)}?done=credit"
    assert get_booking(booking_id=booking_id).status == "confirmed"
    assert Payment.objects.filter(booking_id=booking_id, door="credit", state="received").count() == 1


@pytest.mark.parametrize("left", [0, 1])
def test_nobody_is_asked_for_credit_where_no_customer_has_any(customer_client, service_id, starts_at, now, left):
    give_credit(service_id, starts_at, now=now)
    Credit.objects.update(left_minor=left)

    page = read(customer_client.get(make_url(book_for(service_id, starts_at, email=ANA, is_proven=False, now=now))))

    assert ("¿Tienes saldo a favor aquí?" in page) is bool(left)
