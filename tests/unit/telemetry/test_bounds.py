"""However many values come, so many series there are: nobody outside makes one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram

from notifications.enums import Channel
from telemetry import bounds, meters
from telemetry.bounds import Bound, choose, classify_status


@given(st.lists(st.text(), max_size=200))
def test_label_never_has_more_values_than_its_bound(values):
    bound = Bound(20)

    taken = [bound.take(value) for value in values]

    assert len(set(taken) - {bounds.OTHER}) <= 20
    assert all(said in {value, bounds.OTHER} for said, value in zip(taken, values, strict=True))
    # A value that has a series keeps it.
    assert [bound.take(value) for value in values] == taken


@pytest.mark.parametrize(
    ("status", "said"),
    [(100, "1xx"), (200, "2xx"), (404, "4xx"), (599, "5xx"), (99, "other"), (600, "other"), (0, "other")],
)
def test_status_is_told_by_its_class(status, said):
    assert classify_status(status) == said


def test_word_that_nobody_knows_is_other():
    assert (choose("GET", bounds.METHODS), choose("BREW", bounds.METHODS)) == ("GET", "other")


def test_every_channel_has_a_series():
    assert set(Channel.values) == bounds.CHANNELS


@pytest.fixture
def own(monkeypatch):
    """Meters of this test's own, as the real ones are made."""
    registry = CollectorRegistry()
    for name, made in list(vars(meters).items()):
        if isinstance(made, Counter | Histogram):
            again = type(made)(made._name, made._documentation, made._labelnames, registry=registry)
            monkeypatch.setattr(meters, name, again)
    for label in ("_routes", "_tasks", "_kinds"):
        monkeypatch.setattr(meters, label, Bound(5))
    return registry


def count_series(registry: CollectorRegistry) -> dict[str, int]:
    """Metric → how many combinations of labels it has."""
    return {
        metric.name: len(
            {tuple(sorted((k, v) for k, v in each.labels.items() if k != "le")) for each in metric.samples}
        )
        for metric in registry.collect()
    }


def test_whatever_is_noted_the_series_are_few(own):
    for number in range(1000):
        odd = f"/b/token-{number}/"
        meters.note_request(route=odd, part=odd, method=odd, status=number, seconds=0.1)
        meters.note_task(task=odd, outcome=odd, seconds=0.1)
        meters.note_due_work(kind=odd, outcome=odd, seconds=0.1)
        meters.note_message(channel=odd, outcome=odd)
        meters.note_booking(step=odd, outcome=odd)

    series = count_series(own)
    assert series["turnero_requests"] <= 6 * 6  # routes and other, classes of statuses and other
    assert (series["turnero_jobs"], series["turnero_job_seconds"]) == (6, 6)
    assert (series["turnero_due_work"], series["turnero_due_work_seconds"]) == (6, 6)
    assert (series["turnero_request_seconds"], series["turnero_messages"], series["turnero_bookings"]) == (1, 1, 1)
    said = [value for metric in own.collect() for each in metric.samples for value in each.labels.values()]
    assert [value for value in said if value.startswith("/b/token-") and int(value[9:-1]) >= 5] == []


def test_no_label_can_name_a_business_a_person_or_a_path():
    labels = {label for made in vars(meters).values() if hasattr(made, "_labelnames") for label in made._labelnames}

    assert labels == {"channel", "kind", "method", "outcome", "part", "route", "service", "status", "step", "task"}
