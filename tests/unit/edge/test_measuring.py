"""Answers are counted by the names of addresses: what was asked for is nowhere in the figures."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

from edge import measuring
from edge.measuring import MeasuringMiddleware, find_part
from telemetry.bounds import MOST_VALUES, PARTS

TOKEN = "hK3v9QzLw2-Xb7Rt_mNpYc5sDf8gJq1uTe4oAiVx0Zk"


@pytest.fixture
def noted(monkeypatch) -> list[dict[str, object]]:
    calls: list[dict[str, object]] = []
    monkeypatch.setattr(measuring, "note_request", lambda **said: calls.append(said))
    monkeypatch.setattr(measuring, "measure_process", lambda service: calls.append({"process": service}))
    return calls


def answer(request, match: ResolverMatch | None, status: int = 200) -> HttpResponse:
    def view(asked):
        asked.resolver_match = match
        return HttpResponse(status=status)

    return MeasuringMiddleware(view)(request)


def test_answer_is_counted_by_the_name_of_its_address(rf, noted):
    match = ResolverMatch(
        lambda: None, (), {"token": TOKEN}, url_name="move", namespaces=["booking"], route="b/<str:token>/move/"
    )

    response = answer(rf.post(f"/b/{TOKEN}/move/"), match, status=409)

    process, said = noted
    assert (process, response.status_code, said.pop("seconds") >= 0) == ({"process": "web"}, 409, True)
    assert said == {"route": "booking:move", "part": "page", "method": "POST", "status": 409}


@pytest.mark.parametrize("match", [None, ResolverMatch(lambda: None, (), {}, route="x")])
def test_answer_without_an_address_is_counted_without_a_name(rf, noted, match):
    answer(rf.get(f"/{TOKEN}"), match, status=404)

    assert TOKEN not in str(noted)
    assert noted[1]["part"] == "page"


@pytest.mark.parametrize(
    ("route", "part"),
    [
        ("workspace/bookings/<int:booking_id>/", "workspace"), ("api/v1/holds", "api"),
        ("operator/tenants/", "operator"), ("accounts/login/", "account"),
        ("b/<str:token>/", "page"), ("", "page"), ("apiary/", "page"),
    ],
)  # fmt: skip
def test_part_is_the_first_segment_in_the_code(route, part):
    assert find_part(route) == part


def test_every_part_has_a_series():
    assert {*measuring.PARTS.values(), "page"} == PARTS


def list_names(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> list[str]:
    names = []
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            names.append(":".join([*namespaces, each.name or each.lookup_str]))
        else:
            names += list_names(each, (*namespaces, each.namespace) if each.namespace else namespaces)
    return names


def test_there_are_fewer_addresses_than_series():
    resolvers = [get_resolver(name) for name in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)]
    names = {name for resolver in resolvers for name in list_names(resolver)} | {measuring.UNNAMED}

    assert 150 < len(names) <= MOST_VALUES["route"]


def test_process_is_measured_when_its_second_has_passed(monkeypatch):
    calls = []
    answers = iter([True, False])
    monkeypatch.setattr(measuring, "wants_process", lambda: next(answers))
    monkeypatch.setattr(measuring, "pop_pool_counts", lambda: {"pool_size": 2})
    monkeypatch.setattr(measuring, "note_process", lambda **said: calls.append(said))

    measuring.measure_process("worker")
    measuring.measure_process("worker")

    ((said),) = calls
    assert said.pop("peak_bytes") > 1_000_000
    assert said == {"service": "worker", "pool": {"pool_size": 2}}
