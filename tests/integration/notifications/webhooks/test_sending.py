"""Webhooks against a receiver on a real socket that refuses, hangs, redirects, fails and comes back."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import User
from audit.models import Entry
from devtools.servers.ports import take_port
from kernel.clock import utc_now
from notifications.enums import WebhookEnd, WebhookOff
from notifications.models import Event, Message, WebhookDelivery, WebhookEndpoint
from notifications.selectors.webhook_secrets import find_secret
from notifications.selectors.webhooks import get_endpoint, list_deliveries
from notifications.services.outbox import process_event, publish
from notifications.services.webhooks import sending
from notifications.services.webhooks.by_hand import send_again, send_test
from notifications.services.webhooks.endpoints import change_endpoint, remove_endpoint, rotate_secret
from notifications.services.webhooks.recording import LOG_KEPT
from notifications.services.webhooks.sending import OFF_AFTER, send_webhook
from notifications.types.webhooks import WEBHOOK
from outgoing.transport import Route
from tenants.context import tenant_scope
from tenants.errors import RetryLater
from tenants.models import DueWork
from tests.factories.webhooks import PROVEN, make_webhook
from tests.fakes.web_server import OK, redirect, running_web_server
from tests.integration.notifications.conftest import NOW
from tests.integration.notifications.webhooks.conftest import PUBLIC, TYPES, say_status, verify

DAY = timedelta(days=1)


def attempt(delivery_id: int) -> str:
    """Try a delivery as a worker does, however late it is meant to be; return where it stands."""
    WebhookDelivery.objects.filter(pk=delivery_id).update(next_try_at=NOW)
    try:
        send_webhook(delivery_id, utc_now())
    except RetryLater:
        return "later"
    return WebhookDelivery.objects.get(pk=delivery_id).end


def see(delivery_id: int) -> tuple[int, int | None, str, str]:
    row = WebhookDelivery.objects.get(pk=delivery_id)
    return row.attempts, row.status_code, row.answer, row.end


def test_address_and_delivery_are_named_without_what_they_hold(tenant, endpoint, receiver, happen):
    happen()

    delivery = WebhookDelivery.objects.get()
    assert str(WebhookEndpoint.objects.get()) == f"webhook {delivery.endpoint_id}"
    assert str(delivery) == f"{delivery.type} {delivery.message_id}"


def test_event_arrives_signed_and_once(tenant, endpoint, receiver, happen):
    delivery = happen(3)

    assert (attempt(delivery), attempt(delivery)) == (WebhookEnd.DELIVERED, WebhookEnd.DELIVERED)

    (told,), (headers,) = receiver.told, receiver.headers
    assert told == {"type": "visit.begun", "timestamp": "2026-11-23T15:00:00Z", "data": {"number": 3}}
    assert (headers["content-type"], headers["webhook-id"], receiver.server.paths) == (
        "application/json", WebhookDelivery.objects.get().message_id, ["/in?key=1"],
    )  # fmt: skip
    assert abs(int(headers["webhook-timestamp"]) - utc_now().timestamp()) < 60
    assert verify(find_secret(endpoint), headers, receiver.server.bodies[0]) == [True]
    assert see(delivery) == (1, 200, "ok", WebhookEnd.DELIVERED)


def test_receiver_that_fails_gets_it_again_under_the_same_name(tenant, endpoint, receiver, happen):
    receiver.answers = [say_status(500, "oops\r\n<b>"), redirect("http://127.0.0.1/"), OK]
    delivery = happen()

    assert [attempt(delivery) for _ in range(3)] == ["later", "later", WebhookEnd.DELIVERED]

    assert {each["webhook-id"] for each in receiver.headers} == {WebhookDelivery.objects.get().message_id}
    assert (len(set(receiver.server.bodies)), receiver.server.connections) == (1, 3)
    assert get_endpoint(endpoint).failing_since is None


def test_next_try_is_planned_and_the_log_says_why(tenant, endpoint, receiver, happen):
    receiver.answers = [say_status(503, "busy\nnow")]
    delivery = happen()

    with pytest.raises(RetryLater) as raised:
        send_webhook(delivery, utc_now())

    (row,) = list_deliveries(endpoint).rows
    assert (row.attempts, row.status_code, row.answer, row.end) == (1, 503, "busy now", "")
    assert row.next_try_at == raised.value.at
    assert timedelta(seconds=4) < raised.value.at - utc_now() < timedelta(seconds=6)
    assert get_endpoint(endpoint).failing_since is not None
    with pytest.raises(RetryLater) as early:
        send_webhook(delivery, row.next_try_at - timedelta(seconds=1))
    assert (early.value.at, receiver.server.connections) == (row.next_try_at, 1)


def test_receiver_that_hangs_is_left(tenant, endpoint, receiver, happen):
    receiver.answers = [lambda head, connection: time.sleep(3)]
    delivery = happen()

    assert attempt(delivery) == "later"

    assert see(delivery) == (1, None, "ReadTimeout: timed out", "")


def test_receiver_that_is_away_and_comes_back(tenant, endpoint, happen, receiver):
    port = take_port()
    change_endpoint(endpoint_id=endpoint, url=f"http://hooks.example:{port}/", events=TYPES, by=PROVEN, now=NOW)
    delivery = happen()
    away = attempt(delivery)
    with running_web_server(address=PUBLIC, port=port) as server:
        back = attempt(delivery)

    assert (away, back, server.connections) == ("later", WebhookEnd.DELIVERED, 1)


def test_answer_that_is_too_long_after_a_good_status_counts(tenant, endpoint, receiver, happen):
    receiver.answers = [say_status(200, "x" * 2000)]
    delivery = happen()

    assert (attempt(delivery), see(delivery)[1]) == (WebhookEnd.DELIVERED, 200)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:7f00:1"])
def test_name_that_leads_inside_gets_nothing(tenant, endpoint, receiver, happen, monkeypatch, address):
    monkeypatch.setattr(sending, "ROUTE", Route(resolve=lambda host, port, seconds: (address,)))
    delivery = happen()

    assert attempt(delivery) == "later"

    assert see(delivery) == (1, None, "The name leads to no public address.", "")
    assert receiver.server.connections == 0


def test_name_that_changes_between_two_tries_gets_nothing_inside(tenant, endpoint, receiver, happen, monkeypatch):
    """DNS rebinding: each look-up is judged, and the connection goes to the very address that was."""
    answers = [(PUBLIC,), ("127.0.0.1",)]
    route = Route(resolve=lambda host, port, seconds: answers.pop(0), may_reach=lambda address: address == PUBLIC)
    monkeypatch.setattr(sending, "ROUTE", route)
    receiver.answers = [say_status(500)]
    delivery = happen()
    with running_web_server(port=receiver.server.port) as inside:
        assert (attempt(delivery), attempt(delivery)) == ("later", "later")

        assert (receiver.server.connections, inside.connections, answers) == (1, 0, [])


def test_what_is_told_about_one_thing_keeps_its_order(tenant, endpoint, receiver, happen):
    receiver.answers = [say_status(500), OK]
    first, second, other = happen(1), happen(2, kind=TYPES[1]), happen(3, subject_id=8)

    waits = (attempt(first), attempt(second), attempt(other), attempt(second))
    came = (attempt(first), attempt(second))

    assert waits == ("later", "later", WebhookEnd.DELIVERED, "later")
    assert came == (WebhookEnd.DELIVERED, WebhookEnd.DELIVERED)
    assert [told["data"]["number"] for told in receiver.told] == [1, 3, 1, 2]


def test_end_of_one_wakes_the_next(tenant, endpoint, receiver, happen):
    first, second = happen(1), happen(2)
    DueWork.objects.filter(kind="webhook").delete()

    attempt(first)

    assert list(DueWork.objects.filter(kind="webhook").values_list("row_id", "lane")) == [(second, "webhook")]


def test_later_event_waits_for_one_that_nobody_has_handled(tenant, endpoint, receiver, happen):
    before = publish(kind=TYPES[0], subject_id=7, payload={"number": 1}, now=NOW)
    delivery = happen(2)

    Event.objects.filter(pk=before).update(occurred_at=utc_now() - timedelta(hours=1))

    with pytest.raises(RetryLater):
        send_webhook(delivery, utc_now())
    process_event(before, NOW)
    first = WebhookDelivery.objects.get(event_id=before).pk

    assert [attempt(each) for each in (delivery, first, delivery)] == ["later", "delivered", "delivered"]
    assert [told["data"]["number"] for told in receiver.told] == [1, 2]


def test_given_up_after_a_day_and_the_next_one_goes(tenant, endpoint, receiver, happen):
    receiver.answers = [say_status(500), OK]
    first, second = happen(1), happen(2)
    WebhookDelivery.objects.filter(pk=first).update(gives_up_at=utc_now())

    assert (attempt(first), attempt(second)) == (WebhookEnd.FAILED, WebhookEnd.DELIVERED)


def test_one_worker_at_a_time_tries_what_fails(tenant, endpoint, receiver, happen):
    first, second = happen(1), happen(2, subject_id=8)
    WebhookDelivery.objects.filter(pk=first).update(leased_until=utc_now() + DAY)

    healthy = attempt(second)
    third = happen(3, subject_id=9)
    WebhookEndpoint.objects.update(failing_since=NOW)

    assert (healthy, attempt(third), receiver.server.connections) == (WebhookEnd.DELIVERED, "later", 1)


def test_slow_address_rests_and_others_do_not(tenant, endpoint, receiver, happen, monkeypatch):
    ticks = iter([0, 14, 0, 3, 0, 1])  # of its own clock: the first call takes 14 seconds
    monkeypatch.setattr(sending, "monotonic", lambda: next(ticks))
    quick = make_webhook(url=f"{receiver.url}2", events=[TYPES[1]], now=NOW)
    slow, second, third = happen(1), happen(2, subject_id=8), happen(3, subject_id=9)
    happen(4, kind=TYPES[1], subject_id=10)

    ends = [attempt(slow), attempt(WebhookDelivery.objects.get(endpoint_id=quick).pk)]
    with pytest.raises(RetryLater) as raised:
        send_webhook(second, utc_now())

    assert (ends, receiver.server.connections) == ([WebhookEnd.DELIVERED] * 2, 2)
    assert timedelta(seconds=120) < raised.value.at - utc_now() < timedelta(seconds=126)
    rested = raised.value.at + timedelta(seconds=1)
    WebhookDelivery.objects.filter(pk=third).update(leased_until=rested + DAY)
    with pytest.raises(RetryLater) as later:
        send_webhook(second, rested)
    WebhookDelivery.objects.filter(pk=third).update(leased_until=None)
    send_webhook(second, rested)
    assert (later.value.at, see(second)[3]) == (rested + sending.SOON, WebhookEnd.DELIVERED)


def test_lease_of_another_worker_is_respected_until_it_ends(tenant, endpoint, receiver, happen):
    delivery = happen()
    until = utc_now() + timedelta(minutes=1)
    WebhookDelivery.objects.update(leased_until=until)

    with pytest.raises(RetryLater) as raised:
        send_webhook(delivery, utc_now())
    send_webhook(delivery, until)

    assert (raised.value.at, see(delivery)[3], receiver.server.connections) == (until, WebhookEnd.DELIVERED, 1)


@pytest.mark.parametrize("is_removed", [True, False])
def test_answer_that_comes_too_late_changes_nothing(tenant, endpoint, receiver, happen, is_removed):
    delivery = happen()

    def end_meanwhile(head: str, connection) -> None:
        connection.sendall(say_status(500))

    def note_after_the_end(row, outcome):
        if is_removed:
            remove_endpoint(endpoint_id=endpoint, by_id=None, now=NOW)
        else:
            WebhookDelivery.objects.update(attempts=2)
        return real(row, outcome)

    receiver.answers, real = [end_meanwhile], sending._note
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "_note", note_after_the_end)
        send_webhook(delivery, utc_now())

    assert list(WebhookDelivery.objects.values_list("attempts", "status_code")) == ([] if is_removed else [(2, None)])


def test_both_secrets_sign_after_a_rotation(tenant, endpoint, receiver, happen):
    old = find_secret(endpoint)
    rotate_secret(endpoint_id=endpoint, by=PROVEN, now=utc_now())
    attempt(happen())

    (headers,), body = receiver.headers, receiver.server.bodies[0]
    assert verify(old, headers, body) == [False, True]
    assert verify(find_secret(endpoint), headers, body) == [True, False]


def test_gone_is_switched_off_and_told_to_owners(tenant, endpoint, receiver, happen):
    receiver.answers = [say_status(410)]
    first, second = happen(1), happen(2)

    assert (attempt(first), attempt(second)) == (WebhookEnd.DROPPED, WebhookEnd.DROPPED)

    seen = get_endpoint(endpoint)
    assert (seen.is_on, seen.off_reason) == (False, WebhookOff.GONE)
    (message,) = Message.objects.all()
    owner = User.objects.get(role="owner")
    assert (message.template, message.to, message.subject) == (
        "webhook_switched_off", owner.email, "Desactivamos uno de tus webhooks",
    )  # fmt: skip
    assert ["hooks.example" in message.body_text, "key=1" in message.body_text] == [True, False]
    assert f"/workspace/webhooks/{endpoint}/" in message.body_text


def test_days_of_failure_switch_it_off(tenant, endpoint, receiver, happen):
    receiver.answers = [say_status(500)]
    delivery = happen()
    WebhookEndpoint.objects.update(failing_since=utc_now() - OFF_AFTER + timedelta(minutes=1))
    almost = (attempt(delivery), get_endpoint(endpoint).is_on)
    WebhookEndpoint.objects.update(failing_since=utc_now() - OFF_AFTER)

    assert (almost, attempt(delivery)) == (("later", True), WebhookEnd.DROPPED)
    assert (get_endpoint(endpoint).off_reason, Message.objects.count()) == (WebhookOff.FAILING, 1)
    logged = Entry.objects.filter(noun=WEBHOOK, row_id=endpoint).latest("version")
    assert (logged.fields, logged.user_id) == ({"off": ["", "failing"]}, None)


def test_test_and_again(tenant, endpoint, receiver, happen):
    test = send_test(endpoint_id=endpoint, now=NOW)
    delivery = happen()
    ends = [attempt(test), attempt(delivery)]
    send_again(endpoint_id=endpoint, delivery_id=delivery, now=NOW)
    ends.append(attempt(delivery))

    names = [each["webhook-id"] for each in receiver.headers]
    assert (ends, [told["type"] for told in receiver.told]) == (
        [WebhookEnd.DELIVERED] * 3, ["webhook.test", "visit.begun", "visit.begun"],
    )  # fmt: skip
    assert (names[1] == names[2], len(set(names))) == (True, 2)


def test_what_is_sent_again_holds_up_nothing_and_waits_for_nothing(tenant, endpoint, receiver, happen):
    """A receiver that takes all but the one that was sent again hears the newer ones in their order."""
    first, second = happen(1), happen(2)
    attempt(first)
    attempt(second)
    third = happen(3)
    send_again(endpoint_id=endpoint, delivery_id=first, now=utc_now())
    receiver.answers = [say_status(500), OK]

    again_fails, fourth = attempt(first), happen(4)
    ends = [attempt(third), attempt(fourth), attempt(first)]

    assert (again_fails, ends) == ("later", [WebhookEnd.DELIVERED] * 3)
    assert [told["data"]["number"] for told in receiver.told] == [1, 2, 1, 3, 4, 1]
    names = [each["webhook-id"] for each in receiver.headers]
    assert (names[0] == names[2] == names[5], len(set(names)), len(set(receiver.server.bodies))) == (True, 4, 4)


def test_end_of_one_wakes_the_next_that_waits_for_its_turn(tenant, endpoint, receiver, happen):
    first, second, third = happen(1), happen(2), happen(3)
    WebhookDelivery.objects.filter(pk=second).update(is_again=True)
    DueWork.objects.filter(kind="webhook").delete()

    attempt(first)

    assert list(DueWork.objects.filter(kind="webhook").values_list("row_id", flat=True)) == [third]


@pytest.mark.parametrize(
    "changes",
    [
        {"is_example": True},
        {"quiet_since": NOW - DAY},
        {"quiet_since": NOW},
        {"was_quiet_since": NOW - DAY, "was_quiet_until": NOW + DAY},
    ],
)
def test_copy_and_example_send_nothing(tenant, endpoint, receiver, happen, changes):
    delivery = happen()

    with tenant_scope(replace(tenant, **changes)):
        assert attempt(delivery) == WebhookEnd.DROPPED

    assert receiver.server.connections == 0


def test_only_what_is_wanted_is_written_and_only_once(tenant, receiver, happen):
    chosen = make_webhook(url=receiver.url, events=[TYPES[1]], now=NOW)
    unwanted, test, wanted = happen(1), happen(2, kind=TYPES[1], is_test=True), happen(3, kind=TYPES[1])
    event_id = Event.objects.get(pk=WebhookDelivery.objects.get(pk=wanted).event_id).pk
    process_event(event_id, NOW)

    assert (unwanted, test) == (None, None)
    assert list(WebhookDelivery.objects.values_list("endpoint_id", "pk")) == [(chosen, wanted)]


def test_log_forgets_after_a_month_what_has_ended(tenant, endpoint, happen):
    old, waiting = happen(1), happen(2)
    WebhookDelivery.objects.update(created_at=NOW - LOG_KEPT - timedelta(seconds=1))
    WebhookDelivery.objects.filter(pk=old).update(end=WebhookEnd.DELIVERED, ended_at=NOW)

    new = happen(3)

    assert list(WebhookDelivery.objects.order_by("pk").values_list("pk", flat=True)) == [waiting, new]
