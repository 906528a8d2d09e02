from __future__ import annotations

import json
from datetime import timedelta

import pytest

from billing.gateway.enums import DoorName, EventKind
from billing.gateway.errors import EventRefused
from billing.gateway.types import Event, ProviderIds, RefundOrder
from devtools.stripe_server import accounts, money
from kernel.money import Money


@pytest.fixture
def happened(stand_in, door, make_order, account, key):
    """Every event of a payment that is declined, paid, refunded and paid out, and of its account."""
    started = door.start(make_order())
    stand_in.pay(started.ids.started, "chargeDeclined")
    stand_in.pay(started.ids.started)
    ids = door.fetch(account, started.ids).ids
    door.refund(RefundOrder(key=key("refund"), account=account, ids=ids, amount=Money(50_000, "MXN")))
    money.pay_out(stand_in.world, account.provider_id, 1_000, "mxn")
    accounts.disconnect(stand_in.world, account.provider_id)
    return ids, [event for event in stand_in.postman.take_all() if event["object"] == "event"]


def test_events_tell_what_to_fetch_and_of_whom(stand_in, door, account, clock, happened):
    ids, events = happened

    found = [door.read_event(*stand_in.postman.write(event), now=clock.moment)[0] for event in events]

    payment = ProviderIds(payment=ids.payment)
    assert [(event.kind, event.ids) for event in found] == [
        (EventKind.PAYMENT, payment),  # payment_intent.payment_failed
        (EventKind.PAYMENT, payment),  # charge.succeeded
        (EventKind.PAYMENT, payment),  # payment_intent.succeeded
        (EventKind.PAYMENT, ids),  # checkout.session.completed
        (EventKind.PAYMENT, payment),  # refund.created
        (EventKind.PAYMENT, payment),  # charge.refunded
        (EventKind.PAYOUT, ProviderIds()),
        (EventKind.ACCOUNT_GONE, ProviderIds()),
    ]
    assert {event.account_id for event in found} == {account.provider_id}
    assert found[3] == Event(
        door=DoorName.STRIPE,
        event_id=events[3]["id"],
        account_id=account.provider_id,
        kind=EventKind.PAYMENT,
        ids=ids,
        subject_id="",
        happened_at=clock.moment,
        is_live=False,
    )


def test_dispute_is_told_with_its_payment(stand_in, door, make_order, clock):
    started = door.start(make_order())
    stand_in.pay(started.ids.started, "createDispute")
    event = next(event for event in stand_in.postman.take_all() if event["type"] == "charge.dispute.created")

    (found,) = door.read_event(*stand_in.postman.write(event), now=clock.moment)

    dispute = event["data"]["object"]
    assert (found.kind, found.subject_id) == (EventKind.DISPUTE, dispute["id"])
    assert found.ids == ProviderIds(payment=dispute["payment_intent"])


@pytest.mark.parametrize(
    ("name", "thing", "kind"),
    [
        ("charge.succeeded", {"id": "ch_1", "payment_intent": None}, EventKind.OTHER),
        ("customer.created", {"id": "cus_1"}, EventKind.OTHER),
        ("account.updated", {"id": "acct_1"}, EventKind.ACCOUNT),
        ("account.external_account.updated", {"id": "ba_1"}, EventKind.ACCOUNT),
    ],
)
def test_other_events_are_sorted_by_their_name(stand_in, door, happened, clock, name, thing, kind):
    event = happened[1][0] | {"type": name, "data": {"object": thing}}

    (found,) = door.read_event(*stand_in.postman.write(event), now=clock.moment)

    assert (found.kind, found.ids, found.subject_id) == (kind, ProviderIds(), thing["id"])


def test_event_of_the_platform_itself_has_no_account(stand_in, door, happened, clock):
    event = happened[1][0] | {"account": None}

    (found,) = door.read_event(*stand_in.postman.write(event), now=clock.moment)

    assert found.account_id == ""


@pytest.mark.parametrize("secret", [None, "whsec_of_before"])
@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_event_is_taken_with_both_secrets_for_five_minutes(stand_in, door, happened, clock, secret, minutes):
    at = (clock.moment + timedelta(minutes=minutes)).timestamp()

    found = door.read_event(*stand_in.postman.write(happened[1][0], secret=secret, at=at), now=clock.moment)

    assert found[0].event_id == happened[1][0]["id"]


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_event_of_before_or_of_the_future_is_refused(stand_in, door, happened, clock, seconds):
    at = (clock.moment + timedelta(seconds=seconds)).timestamp()

    with pytest.raises(EventRefused):
        door.read_event(*stand_in.postman.write(happened[1][0], at=at), now=clock.moment)


def test_forged_event_is_refused(stand_in, door, happened, clock):
    with pytest.raises(EventRefused):
        door.read_event(*stand_in.postman.write(happened[1][0], secret="whsec_of_somebody_else"), now=clock.moment)


def test_changed_event_is_refused(stand_in, door, happened, clock):
    raw, headers = stand_in.postman.write(happened[1][0])

    with pytest.raises(EventRefused):
        door.read_event(raw.replace(b"50000", b"50001"), headers, now=clock.moment)


@pytest.mark.parametrize("header", ["", "t=1", "v1=abc", "t=x,v1=abc", "nonsense", "t=1,t=2,v1=abc"])
def test_header_that_is_no_signature_is_refused(stand_in, door, happened, clock, header):
    raw, _ = stand_in.postman.write(happened[1][0])

    with pytest.raises(EventRefused):
        door.read_event(raw, {"Stripe-Signature": header}, now=clock.moment)


def test_header_with_two_stamps_is_refused(stand_in, door, happened, clock):
    raw, headers = stand_in.postman.write(happened[1][0])
    signature = headers["Stripe-Signature"]
    late = f"{signature},t={int(clock()) + 9}"

    with pytest.raises(EventRefused):
        door.read_event(raw, {"stripe-signature": late}, now=clock.moment)


def test_missing_header_is_refused(stand_in, door, happened, clock):
    raw, _ = stand_in.postman.write(happened[1][0])

    with pytest.raises(EventRefused):
        door.read_event(raw, {}, now=clock.moment)


def sign_raw(stand_in, raw):
    from devtools.stripe_server.server import SECRET
    from devtools.stripe_server.specification import sign

    return {"stripe-signature": sign(raw, SECRET, at=int(stand_in.world.now()))}


@pytest.mark.parametrize(
    "raw",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"object": "customer"}',
        b'{"object": "event", "id": 7, "type": "payout.paid", "data": {"object": {"id": "po"}}, "created": 1}',
        b'{"object": "event", "id": "evt", "type": "payout.paid", "data": {"object": {"id": 7}}, "created": 1}',
        b'{"object": "event", "id": "evt", "type": "payout.paid", "data": null, "created": 1, "livemode": true}',
        b'{"object": "event", "id": "evt", "type": "x", "data": {"object": {"id": "x"}}, "created": 1e300}',
    ],
)
def test_signed_nonsense_is_refused(stand_in, door, clock, raw):
    with pytest.raises(EventRefused):
        door.read_event(raw, sign_raw(stand_in, raw), now=clock.moment)


def test_bytes_that_are_no_text_are_refused(stand_in, door, clock):
    with pytest.raises(EventRefused):
        door.read_event(b"\xff\xfe", {"stripe-signature": "t=1,v1=0"}, now=clock.moment)


def test_notice_without_content_tells_the_account(stand_in, door, account, clock):
    accounts.change_state(stand_in.world, account.provider_id, "restricted")
    notice = stand_in.postman.take_all()[0]

    (found,) = door.read_notice(*stand_in.postman.write(notice), now=clock.moment)

    assert found == Event(
        door=DoorName.STRIPE,
        event_id=notice["id"],
        account_id=account.provider_id,
        kind=EventKind.ACCOUNT,
        ids=ProviderIds(),
        subject_id=account.provider_id,
        happened_at=clock.moment,
        is_live=False,
    )


def test_notice_about_something_else_is_kept_and_nothing_done(stand_in, door, account, clock):
    accounts.change_state(stand_in.world, account.provider_id, "restricted")
    notice = stand_in.postman.take_all()[0] | {
        "type": "v1.billing.meter.error_report_triggered",
        "related_object": None,
    }

    (found,) = door.read_notice(*stand_in.postman.write(notice), now=clock.moment)

    assert (found.kind, found.account_id, found.subject_id) == (EventKind.OTHER, "", "")


def test_each_address_has_its_own_secrets_and_kind(stand_in, door, account, clock, happened):
    accounts.change_state(stand_in.world, account.provider_id, "active")
    notice = stand_in.postman.take_all()[0]
    event = happened[1][0]
    write = stand_in.postman.write

    for read, thing, secret in (
        (door.read_event, notice, None),
        (door.read_notice, event, None),
        (door.read_event, notice, stand_in.postman.secret),
        (door.read_notice, event, stand_in.postman.notice_secret),
        (door.read_notice, json.loads(json.dumps(notice)) | {"created": "yesterday"}, None),
    ):
        with pytest.raises(EventRefused):
            read(*write(thing, secret=secret), now=clock.moment)
