"""The scan for card numbers after customers paid with every card of the stand-in."""

from __future__ import annotations

import logging

import pytest
import stripe
from django.core.cache import cache

from devtools.drill.payments import scan
from devtools.drill.payments.places import listen, read_redis
from devtools.drill.payments.scan import scan_for_cards
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn
from keyvalue.client import connect
from tests.factories.cards import make_guard


@pytest.fixture
def stand_in(tenant, settings, monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    make_guard(monkeypatch)
    with StandIn() as running:
        settings.STRIPE_KEY, settings.STRIPE_URL = API_KEY, running.url
        settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_NOTICE_SECRETS = (SECRET,), (NOTICE_SECRET,)
        yield running


def test_no_card_number_is_anywhere_and_planted_ones_are_found_in_each_place(stand_in):
    result = scan_for_cards(stand_in)

    assert (result.found, result.blind, result.findings) == ((), (), [])
    least = {"database": 500, "redis": 1, "log": 50, "pages": 50}
    assert {place: min(count, least[place]) for place, count in result.read.items()} == least


def test_number_that_came_to_rest_is_told_with_its_place(stand_in, monkeypatch):
    cache.set("card", "4242424242424242")
    monkeypatch.setattr(scan, "_plant", lambda booking_id: None)

    result = scan_for_cards(stand_in)

    cache.delete("card")
    assert [each.partition(" ")[0] for each in result.found] == ["redis"]
    assert result.blind == ("database", "log", "pages")
    assert len(result.findings) == 4


def test_who_logs_apart_from_others_is_heard_and_is_as_before_afterwards():
    apart = logging.getLogger("apart")
    apart.propagate, apart.handlers = False, [logging.NullHandler()]
    apart.setLevel(logging.ERROR)
    before = (apart.level, list(apart.handlers), logging.root.level, list(logging.root.handlers))

    with listen() as kept:
        apart.debug("said", extra={"number": "4242424242424242"})
        logging.getLogger("together").info("heard")

    assert ["4242424242424242" in kept.getvalue(), "heard" in kept.getvalue()] == [True, True]
    assert (apart.level, list(apart.handlers), logging.root.level, list(logging.root.handlers)) == before


def test_every_kind_of_key_is_read(settings):
    client = connect(settings.REDIS_URL)
    values = {"string": "a1", "hash": "b2", "list": "c3", "set": "d4", "zset": "e5", "stream": "f6"}
    client.set("scanned string", values["string"])
    client.hset("scanned hash", "field", values["hash"])
    client.rpush("scanned list", values["list"])
    client.sadd("scanned set", values["set"])
    client.zadd("scanned zset", {values["zset"]: 1})
    client.xadd("scanned stream", {"field": values["stream"]})

    found = {name.removeprefix("scanned "): text.split() for name, text in read_redis() if name.startswith("scanned ")}

    client.delete(*(f"scanned {kind}" for kind in values))
    assert {kind: values[kind] in text for kind, text in found.items()} == dict.fromkeys(values, True)
