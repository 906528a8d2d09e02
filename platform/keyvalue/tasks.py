"""Putting tasks into the queue that Celery's workers read.

Celery's own way through its producers takes longer than all the SQL of a booking, and asks with a
client of its own. What lies in Redis is documented: Celery's message protocol 2 in kombu's envelope.
A test compares what is written here with what Celery writes.
"""

from __future__ import annotations

import json
import os
import socket
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

import redis

from keyvalue.client import ask

QUEUE = "celery"
"""Celery's name for the queue of everything that names none."""
EMBEDDED = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


@dataclass(frozen=True, slots=True)
class Notice:
    """A text for whoever listens on a channel of Redis at that moment."""

    channel: str
    text: str


def push_task(name: str, values: Mapping[str, object], *, notice: Notice | None = None) -> bool:
    """Queue a task with keyword arguments that JSON can hold; False: Redis does not answer.

    ``notice`` is published in the same round trip.
    """
    message = json.dumps(make_message(name, values, task_id=str(uuid4())))

    def push(client: redis.Redis) -> bool:
        if notice is None:
            return bool(client.lpush(QUEUE, message))
        with client.pipeline(transaction=False) as pipe:
            pipe.publish(notice.channel, notice.text)
            pipe.lpush(QUEUE, message)
            return bool(pipe.execute()[-1])

    return ask(push, otherwise=False)


def make_message(name: str, values: Mapping[str, object], *, task_id: str) -> dict[str, object]:
    """Return what lies in the queue for one task."""
    body = json.dumps([[], dict(values), EMBEDDED])
    return {
        "body": b64encode(body.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {
            "lang": "py",
            "task": name,
            "id": task_id,
            "shadow": None,
            "eta": None,
            "expires": None,
            "group": None,
            "group_index": None,
            "retries": 0,
            "timelimit": [None, None],
            "root_id": task_id,
            "parent_id": None,
            "argsrepr": "()",
            "kwargsrepr": repr(dict(values)),
            "origin": _name_process(),
            "ignore_result": None,
            "replaced_task_nesting": 0,
            "stamped_headers": None,
            "stamps": {},
        },
        "properties": {
            "correlation_id": task_id,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": QUEUE},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid4()),
        },
    }


@lru_cache(maxsize=1)
def _name_process() -> str:
    return f"gen{os.getpid()}@{socket.gethostname()}"
