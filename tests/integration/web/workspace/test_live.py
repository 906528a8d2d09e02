"""The stream itself, against a real Redis; over HTTP in ``tests/e2e/web/workspace``."""

from __future__ import annotations

import asyncio
import json
import secrets
from time import monotonic

import pytest
import redis
from django.conf import settings

from notifications.services.live import push_live_event
from web.workspace.board.live import Pace, follow_events

PACE = Pace(heartbeat_seconds=0.2, lifetime_seconds=3.0, reconnect_seconds=0.05)


@pytest.fixture
def schema() -> str:
    return f"stream_{secrets.token_hex(4)}"


@pytest.fixture
def server():
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


class Listener:
    """Reads a stream in the background and remembers when each event came."""

    def __init__(self, schema_name: str, pace: Pace = PACE) -> None:
        self.events: list[tuple[str, float]] = []
        self.beats = 0
        self.stream = follow_events(schema_name, pace)
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for raw in self.stream:
            text = raw.decode()
            if text.startswith(":"):
                self.beats += 1
            elif "event: " in text:
                self.events.append((text, monotonic()))

    def names(self) -> list[str]:
        return [text.split("event: ")[1].split("\n")[0] for text, _ in self.events]

    async def wait_for(self, name: str, count: int = 1) -> float:
        until = monotonic() + 30
        while self.names().count(name) < count:
            assert monotonic() < until, self.events
            await asyncio.sleep(0.01)
        return next(at for text, at in self.events if f"event: {name}\n" in text)

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.stream.aclose()


def run(scenario) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 120))


def test_event_arrives_at_its_tenant_only(schema):
    async def scenario() -> None:
        mine, other = Listener(schema), Listener(f"{schema}_neighbor")
        await mine.wait_for("ready")
        await other.wait_for("ready")

        push_live_event(schema_name=schema, event_id=7, kind="booking.confirmed", subject_id=42)
        await mine.wait_for("booking")
        push_live_event(schema_name=f"{schema}_neighbor", event_id=8, kind="booking.cancelled", subject_id=1)
        await other.wait_for("booking")

        assert json.loads(mine.events[-1][0].split("data: ")[1]) == {"kind": "booking.confirmed", "subject_id": 42}
        assert (mine.names().count("booking"), other.names().count("booking")) == (1, 1)
        await mine.close()
        await other.close()

    run(scenario)


def test_event_told_twice_is_passed_on_once(schema):
    async def scenario() -> None:
        mine = Listener(schema)
        await mine.wait_for("ready")

        for event_id in (7, 7, 7, 8):
            push_live_event(schema_name=schema, event_id=event_id, kind="booking.confirmed", subject_id=event_id)
        await mine.wait_for("booking", count=2)

        assert mine.names() == ["ready", "booking", "booking"]
        assert '"subject_id": 8' in mine.events[-1][0]
        await mine.close()

    run(scenario)


@pytest.mark.parametrize(
    "garbage", ["", "no json", "[]", "null", '{"id": "x"}', '{"id": 1, "kind": "a\\n\\nevent: evil"}']
)
def test_garbage_on_the_channel_is_left_out(schema, server, garbage):
    async def scenario() -> None:
        mine = Listener(schema)
        await mine.wait_for("ready")

        server.publish(f"live:{schema}", garbage)
        push_live_event(schema_name=schema, event_id=9, kind="booking.confirmed", subject_id=1)
        await mine.wait_for("booking")

        assert mine.names() == ["ready", "booking"]
        await mine.close()

    run(scenario)


def test_quiet_stream_beats_and_ends(schema):
    async def scenario() -> None:
        mine = Listener(schema, Pace(heartbeat_seconds=0.1, lifetime_seconds=0.5, reconnect_seconds=0.05))

        await asyncio.wait_for(mine.task, 60)

        assert (mine.names(), mine.beats >= 3) == (["ready"], True)

    run(scenario)


def test_lost_redis_is_said_and_followed_by_a_refresh(schema, server):
    async def scenario() -> None:
        mine = Listener(schema)
        await mine.wait_for("ready")

        for each in server.client_list(_type="pubsub"):
            if each["name"] == f"live:{schema}":
                server.client_kill_filter(_id=each["id"])
        await mine.wait_for("refresh")
        push_live_event(schema_name=schema, event_id=10, kind="booking.confirmed", subject_id=1)
        await mine.wait_for("booking")

        assert mine.names() == ["ready", "down", "refresh", "booking"]
        await mine.close()

    run(scenario)


def test_no_redis_keeps_the_stream_and_tries_again(schema, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    async def scenario() -> None:
        mine = Listener(schema, Pace(heartbeat_seconds=0.1, lifetime_seconds=0.5, reconnect_seconds=0.05))

        await asyncio.wait_for(mine.task, 5)

        assert (mine.names(), mine.beats > 1) == (["down"], True)

    run(scenario)


def test_closed_stream_leaves_no_subscription(schema, server):
    async def scenario() -> None:
        listeners = [Listener(schema) for _ in range(20)]
        for each in listeners:
            await each.wait_for("ready")
        assert server.pubsub_numsub(f"live:{schema}") == [(f"live:{schema}".encode(), 20)]

        for each in listeners:
            await each.close()
        for _ in range(1500):
            if server.pubsub_numsub(f"live:{schema}")[0][1] == 0:
                break
            await asyncio.sleep(0.02)

        assert server.pubsub_numsub(f"live:{schema}") == [(f"live:{schema}".encode(), 0)]

    run(scenario)
