"""What is noted is what is read."""

from __future__ import annotations

import pytest

from telemetry import meters


def read(name: str, **labels: str) -> float:
    return meters.OWN.get_sample_value(name, labels) or 0.0


def test_request_is_counted_by_name_method_and_class_and_measured_by_part():
    labels = {"route": "tests-of-meters", "method": "POST", "status": "4xx"}
    before = read("turnero_request_seconds_count", part="api"), read("turnero_request_seconds_sum", part="api")

    meters.note_request(route="tests-of-meters", part="api", method="POST", status=409, seconds=0.25)

    after = read("turnero_request_seconds_count", part="api"), read("turnero_request_seconds_sum", part="api")
    assert read("turnero_requests_total", **labels) == 1
    assert (after[0] - before[0], round(after[1] - before[1], 6)) == (1, 0.25)


def test_pool_is_told_as_it_stands_and_what_waited_is_added_up():
    names = ("turnero_pool_waits_total", "turnero_pool_wait_seconds_total", "turnero_pool_failures_total")
    before = [read(name) for name in names]
    pool = {
        "pool_size": 7, "pool_available": 2, "requests_waiting": 3, "requests_queued": 5, "requests_wait_ms": 1500,
        "requests_errors": 1,
    }  # fmt: skip

    meters.note_process(service="web", pool=pool, peak_bytes=1000)
    meters.note_process(service="web", pool=pool, peak_bytes=2000)
    told = [read(f"turnero_pool_{name}") for name in ("size", "idle", "waiting")]
    meters.note_process(service="web", pool={}, peak_bytes=2000)

    assert told == [7, 2, 3]
    assert [read(name) - value for name, value in zip(names, before, strict=True)] == pytest.approx([10, 3, 2])
    assert [read(f"turnero_pool_{name}") for name in ("size", "idle", "waiting")] == [0, 0, 0]
    assert read("turnero_process_peak_bytes", service="web") == 2000


def test_process_is_looked_at_once_a_second(monkeypatch: pytest.MonkeyPatch):
    clock = iter([10.0, 10.5, 11.0, 11.9])
    monkeypatch.setattr(meters.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(meters, "_looks_again_at", 0.0)

    assert [meters.wants_process() for _ in range(4)] == [True, False, True, False]


def test_what_is_rare_stands_at_zero_before_the_first():
    rare = [("turnero_bookings_total", {"step": step, "outcome": "failed"}) for step in ("hold", "submit", "book")]
    rare += [("turnero_messages_total", {"channel": channel, "outcome": "failed"}) for channel in ("email", "sms")]

    assert [name for name, labels in rare if meters.OWN.get_sample_value(name, labels) is None] == []
