"""What is put into the workers' queue is what Celery itself would put there."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import settings

from config.settings.celery import make_broker_url
from keyvalue import tasks
from keyvalue.tasks import push_task

NAME = "tenants.perform_due_work"
VALUES = {"schema_name": "t1_taller", "kind": "event", "row_id": 7, "lease": None}


@pytest.fixture
def queue(monkeypatch) -> redis.Redis:
    """A Redis whose queue ``test-queue`` is empty."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    monkeypatch.setattr(tasks, "QUEUE", "test-queue")
    client.delete("test-queue")
    yield client
    client.delete("test-queue", "_kombu.binding.test-queue", "_kombu.binding_permanent.test-queue")


def pop(queue: redis.Redis) -> dict[str, Any]:
    assert queue.llen("test-queue") == 1
    return json.loads(queue.rpop("test-queue"))


def without_names(message: dict[str, Any]) -> dict[str, Any]:
    """Check that what names this one message agrees with itself, and leave it out; nobody replies to anything."""
    headers, properties = dict(message["headers"]), dict(message["properties"])
    assert headers.pop("id") == headers.pop("root_id") == properties.pop("correlation_id")
    assert properties.pop("delivery_tag")
    properties.pop("reply_to", None)
    return {**message, "body": json.loads(b64decode(message["body"])), "headers": headers, "properties": properties}


def test_a_task_lies_in_the_queue_as_celery_puts_it(queue):
    push_task(NAME, VALUES)
    ours = pop(queue)
    app = Celery("test", broker=make_broker_url(settings.REDIS_URL), set_as_current=False)
    app.conf.task_default_queue = "test-queue"
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
        app.send_task(NAME, kwargs=VALUES, producer=producer)
    theirs = pop(queue)

    assert without_names(ours) == without_names(theirs)


def test_every_task_has_a_name_of_its_own(queue):
    for _ in range(2):
        push_task(NAME, VALUES)

    messages = [json.loads(queue.rpop("test-queue")) for _ in range(2)]
    assert (
        len({each["headers"]["id"] for each in messages} | {each["properties"]["delivery_tag"] for each in messages})
        == 4
    )


def test_the_first_one_queued_is_the_first_one_read(queue):
    for row_id in (1, 2):
        push_task(NAME, {**VALUES, "row_id": row_id})

    assert [json.loads(b64decode(json.loads(queue.rpop("test-queue"))["body"]))[1]["row_id"] for _ in range(2)] == [
        1,
        2,
    ]


def test_queueing_takes_one_round_trip(queue, assert_redis_round_trips):
    push_task(NAME, VALUES)

    with assert_redis_round_trips(1):
        assert push_task(NAME, VALUES) is True


def test_a_redis_that_is_down_is_told(settings):
    settings.REDIS_URL = "unix:///nonexistent/redis.sock"

    assert push_task(NAME, VALUES) is False
