"""Our own design data: every query of the scenario file, through the engine alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from devtools.replay.cases import ScenarioCase, UnsupportedCase, UnsupportedScenarioError
from devtools.replay.questions import answer_query, build_question
from devtools.replay.scenario_format import load_cases

FOLDER = Path(__file__).parents[3] / "scenarios"
PATH = FOLDER / "engine.json"
FILES = {path.name: load_cases(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
CASES = [case for cases in FILES.values() for case in cases]
QUERIES = [case for case in CASES if isinstance(case, ScenarioCase) and case.query]


def case_with(**changes: Any):
    """The first case of the file, changed at dotted paths."""
    document = json.loads(PATH.read_text(encoding="utf-8"))
    data = document["cases"][0]
    for path, value in changes.items():
        target, *keys = data, *path.split("__")
        for key in keys[:-1]:
            target = target[key]
        target[keys[-1]] = value
    return load_cases(json.dumps({"schema": document["schema"], "cases": [data]}))[0]


def test_every_case_of_the_files_is_understood():
    assert [case for case in CASES if isinstance(case, UnsupportedCase)] == []
    assert {name: len(cases) for name, cases in FILES.items()} == {
        "engine.json": 86, "engine_defects.json": 6, "keys.json": 59, "parts.json": 13,
    }  # fmt: skip
    assert len(QUERIES) == 137


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case.id)
def test_query_has_the_expected_starts(case):
    assert tuple(answer_query(case)) == case.expected_slots


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"surprise": 1}, "case.surprise"),
        ({"resources__ana__skills": ["x"]}, "resources.ana.skills"),
        ({"resources__ana__weekly": {"monday": []}}, "ana.weekly"),
        ({"resources__ana__weekly": {"mon": [["9", "10:00"]]}}, "ana.weekly: 9"),
        ({"resources__ana__weekly": {"mon": [["09:00"]]}}, "ana.weekly"),
        ({"services__cut__align": "sunset"}, "services.cut.align sunset"),
        ({"services__cut__limits": {"per_month": 3}}, "services.cut.limits"),
        ({"services__cut__bookable_hours": {"mon": []}}, "services.cut.bookable_hours: never"),
        ({"services__cut__per_resource": {"zoe": {"duration": 5}}}, "services.cut.per_resource: unknown resource zoe"),
        ({"services__cut__per_resource": {"ana": {"price": 5}}}, "services.cut.per_resource.ana.duration is missing"),
        ({"rules": [{"scope": "shop", "per": "day", "limit": 1}]}, "rules[0].scope shop"),
        ({"rules": [{"scope": "tenant", "per": "year", "limit": 1}]}, "rules[0].per year"),
        ({"rules": [{"scope": "tenant", "per": "day", "limit": 1, "measure": "cars"}]}, "rules[0].measure cars"),
        ({"rules": [{"scope": "tenant", "id": "cut", "per": "day", "limit": 1}]}, "rules[0]"),
        ({"rules": [{"scope": "service", "per": "day", "limit": 1}]}, "rules[0]"),
        ({"rules": [{"scope": "service", "id": "zoe", "per": "day", "limit": 1}]}, "unknown service zoe"),
        ({"rules": [{"scope": "tenant", "per": "day", "limit": 1, "weekdays": ["monday"]}]}, "rules[0]"),
        ({"rules": [{"scope": "tenant", "per": "day", "limit": 1, "valid": ["2027-01-01"]}]}, "rules[0]"),
        ({"services__cut__interval": 0}, "step_minutes: not_positive"),
        ({"services__cut__requires": [{"any_of": ["ana"], "skill": "x"}]}, "services.cut.requires.skill"),
        ({"services__cut__requires": [{"any_of": ["zoe"]}]}, "services.cut.requires: unknown resource"),
        (
            {"services__cut__requires": [{"any_of": ["ana"], "same_as": "x"}]},
            "services.cut.requires: unknown requirement x",
        ),
        (
            {"services__cut__requires": [{"any_of": ["ana"], "id": "x"}, {"any_of": ["ana"], "id": "x"}]},
            "services.cut.requires: two of one id",
        ),
        ({"services__cut__requires": [{"any_of": ["ana"], "id": "x", "same_as": "x"}]}, "same_as: unknown"),
        ({"query__service": "dye"}, "unknown service dye"),
        ({"query__resources": ["zoe"]}, "unknown resource zoe"),
        ({"now": "2026-01-05T08:00:00"}, "case.now: 2026-01-05T08:00:00 has no zone"),
        ({"steps": []}, "case: not exactly one of query, steps, parallel"),
        ({"query": None, "steps": []}, "case: no steps, no attempts"),
        ({"query": None, "steps": [{"op": "dance"}]}, "steps.op dance"),
        ({"query": None, "steps": [{"op": "book", "service": "cut"}]}, "steps.start is missing"),
        ({"query": None, "steps": [{"op": "cancel", "booking": "b1"}]}, "unknown booking b1"),
        ({"query__to": "2026-01-13"}, "case.query.to is before from"),
        ({"query__units": 0}, "case.query.units: 0 is not above 0"),
        ({"query__ignore_booking": "b1"}, "unknown booking b1"),
    ],
)
def test_what_is_not_understood_makes_the_case_unsupported(changes, where):
    assert case_with(**changes) == UnsupportedCase("basic-01", where)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"status": "lost"}, "bookings[0].status lost"),
        ({"resources": []}, "bookings[0].resources: empty"),
        ({"end": "2026-01-14T09:00:00Z"}, "bookings[0].end is not after start"),
        ({"units": 0}, "bookings[0].units: 0 is not above 0"),
    ],
)
def test_booking_that_cannot_be_is_unsupported(changes, where):
    booking = {"start": "2026-01-14T09:00:00Z", "service": "cut", "resources": ["ana"]} | changes

    assert case_with(bookings=[booking]) == UnsupportedCase("basic-01", where)


def test_resources_of_parts_are_taken_in_the_order_listed():
    case = case_with(
        resources__ben={"weekly": {"wed": [["09:00", "17:00"]]}},
        services__wash={
            "duration": 60,
            "interval": 60,
            "requires": [{"any_of": ["ana", "ben"], "duration": 15}, {"any_of": ["ben", "ana"]}],
        },
        bookings=[{"start": "2026-01-14T09:00:00Z", "service": "wash", "resources": ["ana", "ben"]}],
        services__cut__interval=15,
    )

    ten = case.bookings[0].start_minute
    assert [minute for minute in answer_query(case) if ten - 60 <= minute < ten + 60] == [
        ten - 60,
        ten + 15,
        ten + 30,
        ten + 45,
    ]


def test_keys_by_analogy_reach_the_engine():
    case = case_with(
        services__cut__requires=[{"any_of": ["ana"], "count": 1, "starts_after": 30, "duration": 15}],
        services__cut__limits={"per_week": 1},
        services__cut__buffers_inside_hours=True,
        now="2026-01-05T08:00:30Z",
        bookings=[
            {"id": "b1", "start": "2026-01-14T09:00:00Z", "service": "cut", "resources": ["ana"]},
            {"id": "b2", "start": "2026-01-21T09:00:00Z", "service": "cut", "resources": ["ana"], "units": 2},
        ],
        query__ignore_booking="b1",
    )

    question = build_question(case)

    nine = case.bookings[0].start_minute
    week = 7 * 1440
    assert question.snapshot.now_is_mid_minute
    assert list(question.snapshot.rules[0].usage.values()) == [1]
    ((_resource_id, start, _end, units),) = question.snapshot.busy.rows()
    assert (start, units) == (nine + week + 30, 2)
    assert answer_query(case)[:2] == [nine - 60, nine]


def test_a_step_case_is_no_question():
    case = next(case for case in CASES if isinstance(case, ScenarioCase) and case.steps)

    with pytest.raises(UnsupportedScenarioError):
        build_question(case)


def test_another_format_is_refused():
    with pytest.raises(UnsupportedScenarioError):
        load_cases('{"schema": "scenarios/2", "cases": []}')
