"""Live events: a hint to open boards that something happened.

Redis forgets them at once; a board that missed one reads everything again when it reconnects.
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from keyvalue.outages import may_ask, note_answer, note_failure

TIMEOUT_SECONDS = 0.3

logger = logging.getLogger(__name__)


def make_channel_name(schema_name: str) -> str:
    """Return the Redis channel of a tenant's live events."""
    return f"live:{schema_name}"


def push_live_event(*, schema_name: str, event_id: int, kind: str, subject_id: int) -> None:
    """Tell whoever listens, with no more than the ids; a Redis that does not answer is only logged.

    An event may be told twice (by the web process and by the worker): its id tells.
    """
    if not may_ask(settings.REDIS_URL):
        return
    text = json.dumps({"id": event_id, "kind": kind, "subject_id": subject_id}, separators=(",", ":"))
    try:
        _get_client().publish(make_channel_name(schema_name), text)
    except (redis.RedisError, OSError) as error:
        note_failure(settings.REDIS_URL)
        logger.warning("live_event_not_pushed", extra={"event_id": event_id, "error": str(error)})
    else:
        note_answer(settings.REDIS_URL)


@lru_cache(maxsize=1)
def _get_client() -> redis.Redis:
    # A kept connection may have been closed by a restart of Redis: one more try with a new one.
    retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, retry=retry
    )
