from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import stripe
from django.db import connections

from billing.gateway.doors.stripe_connect import client as clients
from billing.gateway.doors.stripe_connect.client import API_VERSION, Client
from billing.gateway.doors.stripe_connect.door import StripeDoor
from billing.gateway.doors.stripe_connect.translating import translate
from billing.gateway.enums import DoorName
from billing.gateway.errors import (
    AccountUnusable,
    CallRefused,
    DoorBusy,
    DoorNotConfigured,
    OutcomeUnknown,
    TransactionOpen,
)
from billing.gateway.registry import get_door
from devtools.stripe_server import accounts
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, Fault
from outgoing.types import Limits


@pytest.mark.parametrize("fault", [Fault.BREAK_BEFORE, Fault.BREAK_AFTER, Fault.ERROR])
def test_call_is_repeated_with_its_key_and_done_once(stand_in, door, make_order, fault):
    stand_in.faults = [fault, fault]

    started = door.start(make_order())

    sessions = list(stand_in.world.find_all("checkout.session", make_order().account.provider_id))
    assert [session["id"] for session in sessions] == [started.ids.started]
    assert {call[3] for call in stand_in.counter.calls} == {"taller:deposit:7:1"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Fault.BREAK_BEFORE, OutcomeUnknown), (Fault.BREAK_AFTER, OutcomeUnknown), (Fault.ERROR, OutcomeUnknown)],
)
def test_after_three_tries_the_outcome_is_unknown_and_repeating_finds_it(stand_in, door, make_order, fault, kind):
    stand_in.faults = [fault] * 3

    with pytest.raises(kind):
        door.start(make_order())

    started = door.start(make_order())
    assert len(list(stand_in.world.find_all("checkout.session", make_order().account.provider_id))) == 1
    assert door.fetch(make_order().account, started.ids).ids.started == started.ids.started


def test_silent_provider_is_waited_for_as_long_as_the_limit_says(stand_in, door, make_order, monkeypatch):
    monkeypatch.setattr(clients, "LIMITS", Limits(connect_seconds=1, read_seconds=0.2, total_seconds=0.2))
    stand_in.slow_seconds = 0.6
    stand_in.faults = [Fault.SILENCE] * 3

    with pytest.raises(OutcomeUnknown):
        door.start(make_order())

    assert (clients.RETRIES, len(stand_in.counter.calls)) == (2, 3)


def test_limits_are_ten_seconds():
    assert (clients.LIMITS.read_seconds, clients.LIMITS.total_seconds) == (10, 10)


def test_busy_provider_did_nothing(stand_in, door, make_order):
    stand_in.faults = [Fault.BUSY]

    with pytest.raises(DoorBusy):
        door.start(make_order())

    assert stand_in.counter.calls == []


def test_provider_that_is_down_leaves_the_outcome_open(stand_in, make_order):
    client = Client(api_key=API_KEY, base_url="http://127.0.0.1:9", secrets=(), notice_secrets=())

    with pytest.raises(OutcomeUnknown):
        StripeDoor(client).start(make_order())


def test_key_that_the_provider_does_not_know_is_the_operators(stand_in, make_order):
    client = Client(api_key="sk_live_other", base_url=stand_in.url, secrets=(), notice_secrets=())

    with pytest.raises(DoorNotConfigured):
        StripeDoor(client).start(make_order())


@pytest.mark.parametrize("state", ["restricted", "gone", "incomplete"])
def test_account_that_takes_no_payments_is_unusable(stand_in, door, make_order, account, state):
    stand_in.world.private[account.provider_id]["state"] = state

    with pytest.raises(AccountUnusable):
        door.start(make_order())


def test_account_disconnected_while_the_customer_pays_is_unusable(stand_in, door, make_order, account):
    started = door.start(make_order())

    accounts.disconnect(stand_in.world, account.provider_id)

    with pytest.raises(AccountUnusable):
        door.fetch(account, started.ids)


def test_provider_is_never_called_inside_a_transaction(stand_in, door, make_order, monkeypatch):
    monkeypatch.setattr(connections["default"], "in_atomic_block", True)

    with pytest.raises(TransactionOpen):
        door.start(make_order())

    assert stand_in.counter.calls == []


def test_version_is_the_sdks_and_sent_with_each_call(stand_in, door, make_order, monkeypatch):
    assert stripe.api_version == API_VERSION
    door.start(make_order())

    monkeypatch.setattr(door._client.sdk._requestor._options, "stripe_version", "2024-06-20")

    with pytest.raises(CallRefused):
        door.start(make_order(key=replace(make_order().key, row="8")))


def test_misspelled_field_is_caught(stand_in, door, make_order):
    with pytest.raises(CallRefused):
        door._open(make_order().account, make_order().key, {"mode": "payment", "succes_url": "https://x.example"})

    assert stand_in.counter.refused_fields == [("succes_url", "Received unknown parameter")]
    stand_in.counter.refused_fields.clear()


@pytest.mark.parametrize(
    ("code", "param", "status", "kind"),
    [
        ("idempotency_key_in_use", None, 409, OutcomeUnknown),
        (None, None, 503, OutcomeUnknown),
        (None, None, 400, CallRefused),
    ],
)
def test_refusals_without_a_sense_are_unknown_or_ours(code, param, status, kind):
    error = stripe.InvalidRequestError("no", param, code=code, http_status=status)

    assert type(translate(error)) is kind


def test_answer_that_is_no_answer_leaves_the_outcome_open(stand_in, door, make_order, monkeypatch):
    monkeypatch.setattr(
        clients, "send_request", lambda *_, **__: SimpleNamespace(body=b"<html>", status=200, headers={})
    )

    with pytest.raises(OutcomeUnknown):
        door.start(make_order())


def test_connection_ends_with_its_call():
    assert clients.Carrier().close() is None


def test_door_is_opened_by_the_settings_and_stays_open(settings, stand_in, make_order):
    settings.STRIPE_KEY = API_KEY
    settings.STRIPE_URL = stand_in.url
    settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_NOTICE_SECRETS = (SECRET,), (NOTICE_SECRET,)

    door = get_door(DoorName.STRIPE)

    assert (door.name, door.has_provider) == (DoorName.STRIPE, True)
    assert door is get_door(DoorName.STRIPE)
    assert door.start(make_order()).url.startswith(stand_in.url)
