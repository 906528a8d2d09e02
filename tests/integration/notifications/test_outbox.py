from __future__ import annotations

import json

import pytest
import redis
from django.conf import settings as django_settings
from django.db import transaction

from notifications import hooks
from notifications.models import Event
from notifications.services.forgetting import erase_subjects
from notifications.services.live import push_live_event
from notifications.services.outbox import process_event, process_event_later, publish, settle_events
from tenants.enums import Urgency
from tenants.models import DueWork
from tests.integration.notifications.conftest import NOW


@pytest.fixture
def seen(monkeypatch):
    monkeypatch.setattr(hooks, "_handlers", {})
    monkeypatch.setattr(hooks, "_later_handlers", {})
    events = []
    hooks.register_event_handler("booking.", events.append)
    return events


def list_due(schema_name: str) -> list[tuple[str, int]]:
    return list(DueWork.objects.filter(schema_name=schema_name).values_list("kind", "row_id"))


def test_publish_writes_event_and_due_work_together(tenant):
    event_id = publish(kind="booking.confirmed", subject_id=7, payload={"at": NOW}, now=NOW)

    event = Event.objects.get()
    assert (event.pk, event.kind, event.subject_id, event.payload, event.processed_at) == (
        event_id,
        "booking.confirmed",
        7,
        {"at": "2026-11-23T15:00:00Z"},
        None,
    )
    assert list_due(tenant.schema_name) == [("event", event_id)]


def test_publish_leaves_nothing_when_the_transaction_fails(tenant):
    with transaction.atomic():
        publish(kind="booking.confirmed", subject_id=7, payload={}, now=NOW)
        transaction.set_rollback(True)

    assert (Event.objects.count(), list_due(tenant.schema_name)) == (0, [])


def test_process_event_calls_handlers_once(tenant, seen):
    event_id = publish(kind="booking.confirmed", subject_id=7, payload={"by": "staff"}, now=NOW)

    process_event(event_id, NOW)
    process_event(event_id, NOW)

    assert [(view.id, view.kind, view.subject_id, view.payload) for view in seen] == [
        (event_id, "booking.confirmed", 7, {"by": "staff"})
    ]


def test_process_event_undoes_what_a_failing_handler_wrote(tenant, seen):
    def fail(view):
        Event.objects.create(kind="half", subject_id=1, occurred_at=NOW)
        raise ValueError("no")

    hooks.register_event_handler("booking.confirmed", fail)
    event_id = publish(kind="booking.confirmed", subject_id=7, payload={}, now=NOW)

    with pytest.raises(ValueError, match="no"):
        process_event(event_id, NOW)

    assert list(Event.objects.values_list("kind", "processed_at")) == [("booking.confirmed", None)]


def test_handlers_that_are_not_urgent_follow_when_nothing_else_is_due(tenant, seen, monkeypatch):
    monkeypatch.setattr(hooks, "_later_handlers", {})
    later = []
    hooks.register_event_handler("booking.", later.append, is_urgent=False)
    event_id = publish(kind="booking.confirmed", subject_id=7, payload={}, now=NOW)

    process_event(event_id, NOW)
    first = (len(seen), len(later))
    urgencies = dict(DueWork.objects.filter(schema_name=tenant.schema_name).values_list("kind", "urgency"))
    process_event_later(event_id, NOW)
    process_event_later(event_id + 1, NOW)

    assert (first, len(seen), [view.id for view in later]) == ((1, 0), 1, [event_id])
    assert urgencies == {"event": Urgency.SOON, "event_later": Urgency.LAST}


def test_other_kinds_do_not_reach_a_handler(tenant, seen):
    process_event(publish(kind="payment.received", subject_id=7, payload={}, now=NOW), NOW)

    assert seen == []


def test_settled_events_are_told_to_nobody(tenant, seen):
    mine, other_kind, other = (
        publish(kind=kind, subject_id=subject_id, payload={}, now=NOW)
        for kind, subject_id in (("booking.confirmed", 7), ("payment.received", 7), ("booking.confirmed", 8))
    )

    settle_events(kind_prefix="booking.", subject_ids=[7])
    process_event(mine, NOW)

    assert seen == []
    assert dict(Event.objects.values_list("pk", "processed_at")) == {mine: NOW, other_kind: None, other: None}
    assert list_due(tenant.schema_name) == [("event", other_kind), ("event", other)]


def test_handlers_are_kept_once_and_the_general_one_comes_first(monkeypatch):
    monkeypatch.setattr(hooks, "_handlers", {})

    def tell_one(view):
        return None

    def tell_all(view):
        return None

    for prefix, handler in (("booking.confirmed", tell_one), ("booking.", tell_all), ("booking.", tell_all)):
        hooks.register_event_handler(prefix, handler)

    assert hooks.list_event_handlers("booking.confirmed") == (tell_all, tell_one)
    assert hooks.list_event_handlers("booking.moved") == (tell_all,)
    assert hooks.list_event_handlers("payment.received") == ()


def test_live_event_reaches_only_its_tenant(tenant, other_tenant, django_capture_on_commit_callbacks):
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    with client.pubsub(ignore_subscribe_messages=True) as mine, client.pubsub(ignore_subscribe_messages=True) as theirs:
        mine.subscribe(f"live:{tenant.schema_name}")
        theirs.subscribe(f"live:{other_tenant.schema_name}")
        for listener in (mine, theirs):
            listener.get_message(timeout=1)

        with django_capture_on_commit_callbacks(execute=True):
            event_id = publish(kind="booking.confirmed", subject_id=7, payload={"name": "Ana"}, now=NOW)

        heard = mine.get_message(timeout=2)
        assert json.loads(heard["data"]) == {"id": event_id, "kind": "booking.confirmed", "subject_id": 7}
        assert theirs.get_message(timeout=0.2) is None


def test_live_event_without_redis_is_only_logged(tenant, settings, caplog):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    push_live_event(schema_name=tenant.schema_name, event_id=1, kind="booking.confirmed", subject_id=7)

    assert [record.message for record in caplog.records] == ["redis_unavailable"]


def test_event_of_something_erased_is_empty_and_due_no_more(tenant):
    erased = publish(kind="booking.confirmed", subject_id=7, payload={"name": "Ana"}, now=NOW)
    other = publish(kind="booking.confirmed", subject_id=8, payload={"name": "Eva"}, now=NOW)

    erase_subjects("booking", [7])

    assert list(Event.objects.order_by("pk").values_list("pk", "payload")) == [(erased, {}), (other, {"name": "Eva"})]
    assert list_due(tenant.schema_name) == [("event", other)]
