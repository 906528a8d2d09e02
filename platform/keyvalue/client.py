"""The client of Redis: one for each address and process, and nobody waits long for a Redis that does not answer.

Requests come and go in threads of their own. A client for each of them would open a connection
each time, which costs more round trips than what is asked over it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from keyvalue.outages import may_ask, note_answer, note_failure

TIMEOUT_SECONDS = 0.3

T = TypeVar("T")

logger = logging.getLogger(__name__)


@lru_cache(maxsize=16)
def connect(url: str) -> redis.Redis:
    """Return this process's client for a Redis; any number of threads may use it at once."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        # By default redis-py tries three times, each with its own timeout. A kept connection may have been
        # closed by a restart: that alone is worth a second try.
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )


def ask(work: Callable[[redis.Redis], T], *, otherwise: T, is_urgent: bool = False) -> T:
    """Return what ``work`` gets from Redis; ``otherwise`` while Redis does not answer (`keyvalue.outages`).

    What is urgent is tried even while Redis rests: nobody says it again later.
    """
    url = settings.REDIS_URL
    if not (is_urgent or may_ask(url)):
        return otherwise
    try:
        answer = work(connect(url))
    except (RedisError, OSError) as error:
        note_failure(url)
        logger.warning("redis_unavailable", extra={"error": str(error)})
        return otherwise
    note_answer(url)
    return answer
