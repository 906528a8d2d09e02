"""A name server on a real socket that answers a public address first and one of ours then (DNS rebinding)."""

from __future__ import annotations

from collections.abc import Iterator

import dns.resolver
import pytest

from kernel.clock import utc_now
from notifications.models import WebhookDelivery
from notifications.services.webhooks import sending
from notifications.services.webhooks.sending import send_webhook
from outgoing.addresses import is_public
from outgoing.transport import Route
from tenants.errors import RetryLater
from tests.fakes.name_server import NameServer, serve_names
from tests.fakes.web_server import WebServer, redirect, running_web_server
from tests.integration.notifications.conftest import NOW
from tests.integration.notifications.webhooks.conftest import HOST, PUBLIC, say_status

INSIDE = "127.0.0.1"


@pytest.fixture
def names(outside, monkeypatch) -> Iterator[NameServer]:
    """Look names up at our name server, with the real rule; but `PUBLIC` counts as public."""
    with serve_names() as server:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [server.address[0]], server.address[1]

        def resolve(host: str, _port: int, seconds: float) -> tuple[str, ...]:
            return tuple(str(each) for each in resolver.resolve(host, "A", lifetime=seconds))

        route = Route(resolve=resolve, may_reach=lambda address: address == PUBLIC or is_public(address))
        monkeypatch.setattr(sending, "ROUTE", route)
        yield server


@pytest.fixture
def inside(receiver) -> Iterator[WebServer]:
    """Listen at our own address, on the port to which webhooks go."""
    with running_web_server(address=INSIDE, port=receiver.server.port) as server:
        yield server


def attempt(delivery_id: int) -> tuple[int | None, str]:
    WebhookDelivery.objects.filter(pk=delivery_id).update(next_try_at=NOW)
    with pytest.raises(RetryLater):
        send_webhook(delivery_id, utc_now())
    row = WebhookDelivery.objects.get(pk=delivery_id)
    return row.status_code, row.answer


def test_second_answer_leads_inside_and_is_refused(tenant, endpoint, receiver, inside, names, happen):
    names.rebind(HOST, "A", (PUBLIC,), (INSIDE,))
    receiver.answers = [say_status(500, "later")]
    delivery = happen()

    tries = [attempt(delivery), attempt(delivery)]

    assert tries == [(500, "later"), (None, "The name leads to no public address.")]
    assert (receiver.server.connections, inside.connections, names.asked) == (1, 0, [(HOST, "A")] * 2)


def test_one_try_asks_once_and_goes_where_it_was_told(tenant, endpoint, receiver, inside, names, happen):
    names.rebind(HOST, "A", (PUBLIC,), (INSIDE,))
    delivery = happen()

    send_webhook(delivery, utc_now())

    assert (receiver.server.connections, inside.connections, names.asked) == (1, 0, [(HOST, "A")])


def test_one_inner_address_among_public_ones_is_refused(tenant, endpoint, receiver, inside, names, happen):
    names.write(HOST, "A", PUBLIC, INSIDE)
    delivery = happen()

    assert attempt(delivery) == (None, "The name leads to no public address.")
    assert (receiver.server.connections, inside.connections) == (0, 0)


def test_alias_of_an_inner_name_is_refused(tenant, endpoint, receiver, inside, names, happen):
    names.write(HOST, "CNAME", "db.inner.example")
    names.write("db.inner.example", "A", INSIDE)
    delivery = happen()

    assert attempt(delivery) == (None, "The name leads to no public address.")
    assert (receiver.server.connections, inside.connections) == (0, 0)


def test_redirect_to_a_name_that_leads_inside_is_not_followed(tenant, endpoint, receiver, inside, names, happen):
    names.write(HOST, "A", PUBLIC)
    names.write("inner.example", "A", INSIDE)
    receiver.answers = [redirect(f"http://inner.example:{inside.port}/", 307)]
    delivery = happen()

    assert attempt(delivery)[0] == 307
    assert (receiver.server.connections, inside.connections, names.asked) == (1, 0, [(HOST, "A")])
