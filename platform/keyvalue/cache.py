"""The shared cache: Redis, and a miss when Redis does not answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from keyvalue.client import ask, connect
from keyvalue.outages import may_ask, note_answer, note_failure

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)


def _or(fallback: Any, method: Callable[P, R]) -> Callable[P, R]:
    parameters = signature(method)

    @wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        cache: Any = args[0]
        (server,) = cache._servers  # noqa: SLF001 - Django's name for LOCATION
        if may_ask(server):
            try:
                answer = method(*args, **kwargs)
            except (RedisError, OSError) as error:
                note_failure(server)
                logger.warning("cache_unavailable", extra={"operation": method.__name__, "error": str(error)})
            else:
                note_answer(server)
                return answer
        # ``get`` hands back the caller's own default, as for any key that is not there.
        asked = parameters.bind(*args, **kwargs).arguments
        return asked.get("default", fallback)  # type: ignore[no-any-return]

    return guarded


class SharedClient(RedisCacheClient):
    """Django's client without connections of its own: Django makes one for each thread, so for each request."""

    _servers: list[str]

    def get_client(self, key: object = None, *, write: bool = False) -> redis.Redis:  # noqa: ARG002 - Django's signature
        """Return the process's client."""
        return connect(self._servers[0])


class FailOpenRedisCache(RedisCache):
    """Redis as a cache only: nothing that must not be lost is kept here.

    Sign-in limits count in it, so a Redis that is down opens them rather than closing the shop;
    bookings go on.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SharedClient

    add = _or(True, RedisCache.add)
    get = _or(None, RedisCache.get)
    set = _or(None, RedisCache.set)
    touch = _or(False, RedisCache.touch)
    delete = _or(False, RedisCache.delete)
    get_many = _or({}, RedisCache.get_many)
    has_key = _or(False, RedisCache.has_key)
    incr = _or(1, RedisCache.incr)
    set_many = _or([], RedisCache.set_many)
    delete_many = _or(None, RedisCache.delete_many)
    clear = _or(False, RedisCache.clear)


def forget_schema(schema_name: str) -> int:
    """Remove all that is cached of a tenant, and return how much it was; 0 while Redis does not answer.

    Nothing is cached for longer than a day: what cannot be removed now, goes by itself.
    """
    return ask(lambda client: _forget(client, schema_name), otherwise=0, is_urgent=True)


def _forget(client: redis.Redis, schema_name: str) -> int:
    found = list(client.scan_iter(match=f"{schema_name}:*", count=1000))
    for begin in range(0, len(found), 500):
        client.unlink(*found[begin : begin + 500])
    return len(found)
