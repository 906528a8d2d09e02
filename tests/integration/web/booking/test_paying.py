"""Paying a deposit by card: to the provider's page and back, as a customer's browser does it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.gateway.errors import OutcomeUnknown
from billing.models import Payment
from billing.services.cards import looking
from billing.services.receipts import send_receipt
from devtools.stripe_server.server import Fault
from kernel.clock import utc_now
from scheduling.enums import DepositKind
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.factories.billing import BANK, make_refund, take_transfers
from tests.factories.cards import list_payments, list_refunds, status_of
from tests.factories.pictures import make_scene, save
from tests.factories.scheduling import book, make_shop
from tests.integration.billing.cards.conftest import account_id, till  # noqa: F401 - fixtures

SOON = "En un momento verás aquí lo que se te devuelve."


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


@pytest.fixture
def paid_url(till, customer_client, url, booking_id):  # noqa: F811
    customer_client.post(f"{url}pay/")
    till.stand_in.pay(find_session(booking_id))
    till.work()
    till.post_all()
    till.work()
    return url


def agree(booking_id, *, kept_percent: int, free_minutes: int) -> None:
    """Let a booking have been made under another table of refunds."""
    booking = Booking.objects.get(pk=booking_id)
    booking.policy |= {"refund_kept_percent": kept_percent, "refund_free_minutes": free_minutes}
    booking.save()


@pytest.mark.parametrize(
    ("kept_percent", "free_minutes", "said"),
    [
        (100, 60, "Te devolvemos tus $300 completos."),
        (100, 9 * 1440, "Como aceptaste al reservar, el negocio conserva tus $300."),
        (50, 9 * 1440, "Te devolvemos $150; como aceptaste al reservar, el negocio conserva $150."),
    ],
)
def test_page_says_what_goes_back_before_it_does(
    till, customer_client, paid_url, booking_id, kept_percent, free_minutes, said,  # noqa: F811
):  # fmt: skip
    agree(booking_id, kept_percent=kept_percent, free_minutes=free_minutes)

    page = read(customer_client.get(f"{paid_url}cancel/"))
    customer_client.post(f"{paid_url}cancel/", {"reason": ""})
    at_once = read(customer_client.get(f"{paid_url}?done=cancelled"))
    till.moment = utc_now()
    till.work()

    back = sum(amount for amount, *_ in list_refunds(booking_id))
    assert said in page
    assert ("no cuesta nada" in page, SOON in at_once) == (False, back > 0)
    assert back == {"Te devolvemos tus $300 completos.": 30_000}.get(said, 30_000 * (100 - kept_percent) // 100)


def test_canceled_visit_says_where_its_money_is(till, customer_client, paid_url, booking_id):  # noqa: F811
    customer_client.post(f"{paid_url}cancel/", {"reason": ""})
    till.moment = utc_now()
    till.stand_in.faults += [Fault.BREAK_BEFORE] * 3
    till.work()
    before = read(customer_client.get(f"{paid_url}?done=cancelled"))
    till.pass_by(timedelta(minutes=2))
    till.work()

    assert ("Va en camino a la tarjeta con la que pagaste." in before, SOON in before) == (True, False)
    assert "Se mandó a tu tarjeta el " in read(customer_client.get(paid_url))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("failed", "Tu banco no lo aceptó."),
        ("pending", "El negocio te lo manda."),
        ("done", "El negocio lo mandó el "),
        ("dropped", ""),
    ],
)
def test_refund_by_hand_is_told_as_it_stands(till, customer_client, paid_url, booking_id, state, said):  # noqa: F811
    payment = Payment.objects.get(booking_id=booking_id)
    Payment.objects.update(door="bank_transfer")
    make_refund(payment, state=state, done_at=None if state == "pending" else till.moment)

    page = read(customer_client.get(paid_url))

    assert said in page
    assert ("Lo que se te devuelve" in page) is (state != "dropped")


def test_reserved_deposit_is_not_taken_from_who_cancels(till, customer_client, url, booking_id):  # noqa: F811
    customer_client.post(f"{url}pay/")
    Payment.objects.update(state="reserved")
    Booking.objects.filter(pk=booking_id).update(status="pending_approval")

    page = read(customer_client.get(url))
    assert ("Reservado en tu tarjeta: $300." in page, "Pagas en el" in page) == (True, False)
    assert "No se cobran los $300 reservados en tu tarjeta." in read(customer_client.get(f"{url}cancel/"))


def test_who_looked_at_the_card_page_sees_the_account_too(till, customer_client, url):  # noqa: F811
    take_transfers()
    customer_client.post(f"{url}pay/")

    page = read(customer_client.get(url))

    assert f'action="{url}pay/"' in page
    assert "O transfiere el anticipo" in page
    assert BANK.number in page


def test_who_sent_a_receipt_is_not_asked_to_pay_by_card(till, customer_client, url, booking_id):  # noqa: F811
    take_transfers()
    send_receipt(booking_id=booking_id, content=save(make_scene(64, 64), "PNG"), now=till.moment)

    page = read(customer_client.get(url))

    assert "El negocio está buscando tu transferencia." in page
    assert f'action="{url}pay/"' not in page
    assert BANK.number in page


def test_money_on_its_way_asks_for_nothing_more(till, customer_client, url):  # noqa: F811
    take_transfers()
    customer_client.post(f"{url}pay/")
    Payment.objects.update(state="processing")

    page = read(customer_client.get(url))

    assert "Tu pago va en camino." in page
    assert (f'action="{url}pay/"' in page, BANK.number in page) == (False, False)


def test_unpaid_visit_stands_in_no_calendar_yet(till, customer_client, url, booking_id):  # noqa: F811
    before = "calendar.ics" in read(customer_client.get(url))
    customer_client.post(f"{url}pay/")
    till.stand_in.pay(find_session(booking_id))
    customer_client.get(f"{url}paid/")

    assert (before, "calendar.ics" in read(customer_client.get(url))) == (False, True)


def test_page_asks_the_database_as_often_for_three_payments_as_for_one(
    till, customer_client, url, booking_id,  # noqa: F811
):  # fmt: skip
    take_transfers()
    customer_client.post(f"{url}pay/")
    counted = []
    for attempt in (1, 2, 3):
        Payment.objects.filter(booking_id=booking_id, attempt=attempt - 1).update(state="failed", closed_at=till.moment)
        if attempt > 1:
            payment = Payment.objects.get(booking_id=booking_id, attempt=1)
            payment.pk, payment.attempt, payment.state, payment.closed_at = None, attempt, "open", None
            payment.provider_started_id = f"cs_{attempt}"
            payment.save()
        customer_client.get(url)
        with CaptureQueriesContext(connection) as queries:
            customer_client.get(url)
        counted.append(len(queries))

    assert len(set(counted)) == 1, counted
    assert counted[0] <= 12
