"""Live events of one tenant as server-sent events.

A stream carries no personal data: only that something happened to a booking. The page then
asks for what it shows, by the ordinary views with their permissions. Streams end after some
minutes, and within seconds when something about the listener changes (`stream_access`); the browser
comes back by itself and is asked again who it is. One person has a few at a time: the oldest is told
``replaced`` and comes back when somebody looks at its page. When the business gets another address its
streams end with ``moved`` and say where it is: a page cannot follow by itself, since people sign in at each host.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from accounts.policies import Permission
from accounts.selectors.presence import describe_presence
from accounts.types import Presence
from edge.access import requires
from notifications.services.live import make_channel_name
from tenants.services.connections import release_connections
from tenants.types import TenantInfo
from web.workspace.board.stream_access import RECHECK_SECONDS, look_for_new_home, watch
from web.workspace.board.stream_places import follow_until, take_place

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
LIFETIME_SECONDS = 300.0
RECONNECT_SECONDS = 1.0
RETRY_MILLISECONDS = 1000
REMEMBERED_EVENTS = 256
EMPTY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a stream lives and how often it shows that it does; tests use shorter ones."""

    heartbeat_seconds: float = HEARTBEAT_SECONDS
    lifetime_seconds: float = LIFETIME_SECONDS
    reconnect_seconds: float = RECONNECT_SECONDS
    recheck_seconds: float = RECHECK_SECONDS


@requires(Permission.BOARD_VIEW)
@require_safe
async def stream_live(request: HttpRequest) -> HttpResponseBase:
    """Stream what happens in the tenant of this host; the client has no say in which."""
    tenant: TenantInfo = request.tenant  # type: ignore[attr-defined]
    person = cast("AbstractBaseUser", request.user)
    key = request.session.session_key or ""
    events = _stream(describe_presence(person, tenant=tenant, session_key=key), Pace())
    stream = StreamingHttpResponse(events, content_type="text/event-stream")
    stream["Cache-Control"] = "no-store"
    stream["X-Accel-Buffering"] = "no"  # nginx would keep events back
    return stream


async def _stream(listener: Presence, pace: Pace) -> AsyncIterator[bytes]:
    # Only now: the middleware outside the view may still have used the connection.
    await sync_to_async(release_connections, thread_sensitive=True)()
    schema_name = listener.schema_name
    with take_place((schema_name, listener.user_id)) as end, watch(listener, end, seconds=pace.recheck_seconds) as mine:
        async with aclosing(follow_events(schema_name, pace)) as events:
            async for event in follow_until(end, events):
                yield event
        if end.is_set() and not mine.is_lost:
            yield _format("replaced")
        elif mine.is_lost and (home := await sync_to_async(look_for_new_home, thread_sensitive=False)(listener)):
            yield _format("moved", {"home": home})


async def follow_events(schema_name: str, pace: Pace) -> AsyncGenerator[bytes]:
    """Yield the tenant's events in the format of server-sent events until the lifetime ends.

    ``ready`` comes once the channel is followed; ``down`` when Redis is lost and ``refresh`` when
    it is back, since events of the time between are unknown here. An event that is
    published twice is passed on once.
    """
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    channel = _Channel(name=make_channel_name(schema_name))
    ends_at = monotonic() + pace.lifetime_seconds
    was_lost = False
    try:
        while monotonic() < ends_at:
            try:
                if not channel.is_open:
                    await channel.open()
                    yield _format("refresh" if was_lost else "ready")
                data = await channel.read(min(pace.heartbeat_seconds, max(ends_at - monotonic(), 0.01)))
            except (RedisError, OSError) as error:
                logger.warning("live_channel_lost", extra={"channel": channel.name, "error": str(error)})
                await channel.close()
                if not was_lost:
                    yield _format("down")
                was_lost = True
                await asyncio.sleep(pace.reconnect_seconds)
                yield b": waiting\n\n"
                continue
            was_lost = False
            yield data or b": ok\n\n"
    finally:
        await channel.close()


@dataclass(slots=True)
class _Channel:
    """One subscription, opened and closed as often as needed."""

    name: str
    client: Redis | None = None
    pubsub: PubSub | None = None
    seen: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED_EVENTS))

    @property
    def is_open(self) -> bool:
        """Tell whether the subscription stands, as far as we know."""
        return self.pubsub is not None

    async def open(self) -> None:
        """Connect and subscribe; returns when Redis has acknowledged."""
        self.client = Redis.from_url(
            settings.REDIS_URL,
            client_name=self.name,
            socket_connect_timeout=2.0,
            socket_timeout=5.0,
            retry=Retry(NoBackoff(), 0),
        )
        pubsub = self.client.pubsub()
        try:
            await pubsub.subscribe(self.name)
            await pubsub.get_message(timeout=2.0)
        except BaseException:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
            raise
        self.pubsub = pubsub

    async def read(self, seconds: float) -> bytes:
        """Wait up to ``seconds`` for a new event; empty when none came."""
        assert self.pubsub is not None
        deadline = monotonic() + seconds
        while (rest := deadline - monotonic()) > 0:
            message = await self.pubsub.get_message(ignore_subscribe_messages=True, timeout=rest)
            event = self._read_event(message["data"]) if message else b""
            if event:
                return event
        return b""

    async def close(self) -> None:
        """Give the connection back, whatever state it is in."""
        pubsub, client = self.pubsub, self.client
        self.pubsub = self.client = None
        with suppress(RedisError, OSError):
            if pubsub is not None:
                await pubsub.aclose()  # type: ignore[no-untyped-call]
        with suppress(RedisError, OSError):
            if client is not None:
                await client.aclose()

    def _read_event(self, data: bytes) -> bytes:
        try:
            payload = json.loads(data)
            event_id, kind, subject_id = int(payload["id"]), str(payload["kind"]), int(payload["subject_id"])
        except (ValueError, KeyError, TypeError):
            logger.warning("live_event_unreadable", extra={"channel": self.name})
            return b""
        if event_id in self.seen:
            return b""
        self.seen.append(event_id)
        body = json.dumps({"kind": kind, "subject_id": subject_id})
        return f"id: {event_id}\nevent: booking\ndata: {body}\n\n".encode()


def _format(event: str, data: Mapping[str, str] = EMPTY) -> bytes:
    return f"event: {event}\ndata: {json.dumps(dict(data))}\n\n".encode()
