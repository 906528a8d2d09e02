"""Probes against coverage.py's own tracer, which sees every line: both have to say the same of the same run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage, CoverageData

from devtools.testing.ran import make_arcs
from tests.harness.probes import Probes, Way, compile_probed

NAMES = ("executed", "missing")
SAMPLE = '''\
"""A docstring."""

from __future__ import annotations

import functools
from contextlib import suppress


class Plain:
    """Only a docstring."""


@functools.total_ordering
@functools.lru_cache(
    maxsize=None,
)
class Decorated:
    limit: int = 3
    name: str

    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return False

    def never(self):
        return 1


def documented():
    """Only a docstring."""


def choose(value):
    if value == 1:
        return "one"
    elif value == 2:
        found = "two"
    elif (
        value == 3
        or value == 4
    ):
        found = [
            each
            for each in "three"
            if each
        ]
    else:
        found = None
    if value == 2:
        found += "!"
    return found


def loop(values, stop):
    for value in values:
        if value == stop:
            break
        if value == "skip":
            continue
        print
    else:
        return "whole"
    while values:
        values = values[1:]
    for _ in ():
        print
    while True:
        if not values:
            break
    return "broken"


def search(values):
    with suppress(ValueError):
        for value in values:
            if value:
                return value
    return None


def rescue(action):
    try:
        action()
    except (
        KeyError
    ):
        return "key"
    except ValueError as error:
        if error.args:
            return "value"
    except TypeError:
        return "type"
    else:
        return "fine"
    finally:
        done = True
    return done


def guard():
    try:
        raise LookupError
    except* LookupError:
        found = "lookup"
    except* ValueError:
        found = "value"
    return found


def match(value):
    match value:
        case {"kind": kind} if kind:
            return kind
        case [first, *_]:
            return first
        case "left" | "right":
            found = "side"
        case int():
            found = "number"
    return None


def match_all(value):
    match value:
        case 1:
            return "one"
        case _:
            return "other"


def produce(values):
    for value in values:
        yield value
    global produced
    produced = True


async def wait(values):
    async for value in values:
        async with value:
            return value


def fail(error):
    raise error


def nested(value):
    def inner():
        if value:
            return 1
        return 2

    return (lambda: inner())()


class Items:
    if len(__name__) > 1000:
        kind = "long"
    __private = 1

    @property
    def kind(self):
        return self.__private
'''


def call_some(module: dict[str, Any]) -> None:
    module["Decorated"]()
    assert [module["choose"](value) for value in (1, 2, 4)] == ["one", "two!", list("three")]
    assert [module["loop"](values, "end") for values in (["a"], ["skip", "end"])] == ["whole", "broken"]
    assert module["search"]([0, 5]) == 5
    assert module["rescue"](lambda: module["fail"](ValueError("a"))) == "value"
    with pytest.raises(ZeroDivisionError):
        module["rescue"](lambda: module["fail"](ZeroDivisionError()))
    assert module["guard"]() == "lookup"
    assert [module["match"](value) for value in ({"kind": "a"}, "left", None)] == ["a", None, None]
    assert module["match_all"](2) == "other"
    assert next(module["produce"]([1])) == 1
    assert module["nested"](1) == 1
    assert module["Items"]().kind == 1


def call_all(module: dict[str, Any]) -> None:
    call_some(module)
    assert module["choose"](9) is None
    assert module["search"]([]) is None
    assert [module["rescue"](lambda error=error: module["fail"](error)) for error in (KeyError(), TypeError())] == [
        "key",
        "type",
    ]
    assert module["rescue"](dict) == "fine"
    assert module["match"]([4]) == 4
    assert module["match_all"](1) == "one"
    assert list(module["produce"]([1])) == [1]
    assert module["nested"](0) == 2


def run_probed(path: Path) -> tuple[dict[str, Any], Probes]:
    code, probes = compile_probed(path.read_bytes(), str(path), "HITS")
    module: dict[str, Any] = {"HITS": probes.hits, "__name__": "sample"}
    exec(code, module)
    return module, probes


def report(measured: Coverage, path: Path) -> dict[str, Any]:
    """Return what ran and what did not, as coverage.py has it."""
    target = path.with_suffix(".json")
    measured.json_report([str(path)], outfile=str(target))
    figures = json.loads(target.read_text())["files"].popitem()[1]
    return {f"{name}_{kind}": sorted(figures[f"{name}_{kind}"]) for name in NAMES for kind in ("lines", "branches")}


@pytest.fixture
def sample(tmp_path) -> Path:
    path = tmp_path / "sample.py"
    path.write_text(SAMPLE)
    return path


@pytest.mark.parametrize("call", [call_some, call_all])
def test_probes_find_what_a_tracer_finds(sample, call: Callable[[dict[str, Any]], None]):
    traced = Coverage(data_file=None, branch=True, include=[str(sample)], config_file=False)
    before = sys.gettrace()
    with traced.collect():
        module: dict[str, Any] = {"__name__": "sample"}
        exec(compile(sample.read_bytes(), str(sample), "exec", dont_inherit=True), module)
        call(module)
    sys.settrace(before)

    module, probes = run_probed(sample)
    call(module)
    data = CoverageData(str(sample.with_suffix(".data")))
    data.add_arcs({str(sample): make_arcs(SAMPLE, [to_plain(fact) for fact in probes.list_proven()])})
    data.write()
    probed = Coverage(data_file=str(sample.with_suffix(".data")), branch=True, config_file=False)
    probed.load()

    expected = report(traced, sample)
    assert report(probed, sample) == expected
    assert expected["missing_lines"]
    assert expected["missing_branches"]


def to_plain(fact: int | Way) -> int | dict[str, Any]:
    return fact if isinstance(fact, int) else asdict(fact)


def test_module_with_probes_reads_as_without(sample):
    module, _ = run_probed(sample)

    assert module["__doc__"] == "A docstring."
    assert module["documented"].__doc__ == module["Plain"].__doc__ == "Only a docstring."
    assert module["Decorated"].__annotations__ == {"limit": "int", "name": "str"}
    assert module["choose"].__code__.co_firstlineno == SAMPLE[: SAMPLE.index("def choose")].count("\n") + 1
    assert [name for name in vars(module["Items"]) if "hits" in name] == []
