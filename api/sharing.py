"""What the OpenAPI document says often, said once: answers about failures, and parameters, under its components.

Whoever reads the document with a tool waits for each of its bytes: 153 calls that each repeat a dozen failures made
it seven times as long, and the page of the reference took seconds to read it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from edge.problems import PROBLEM_TYPE

Part = dict[str, Any]


def share_parts(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Put what calls have in common under ``components``, and refer to it (a hook of drf-spectacular's, the last)."""
    calls = [call for calls in result["paths"].values() for call in calls.values()]
    _share_parameters(calls, result["components"].setdefault("parameters", {}))
    _share_problems(calls, result["components"].setdefault("responses", {}))
    return result


def _share_parameters(calls: list[Part], shared: dict[str, Part]) -> None:
    said = Counter(_write(each) for call in calls for each in call.get("parameters", ()))
    for call in calls:
        if "parameters" in call:
            call["parameters"] = [
                _refer("parameters", each["name"], each, shared) if said[_write(each)] > 1 else each
                for each in call["parameters"]
            ]


def _share_problems(calls: list[Part], shared: dict[str, Part]) -> None:
    """Name each by its status and the codes that not every answer of this status can have."""
    everywhere: dict[str, set[str]] = {}
    for status, answer in _list_problems(calls):
        codes = set(_list_codes(answer))
        everywhere[status] = everywhere.get(status, codes) & codes
    for call in calls:
        for status, answer in list(_list_problems([call])):
            own = [code for code in _list_codes(answer) if code not in everywhere[status]]
            call["responses"][status] = _refer("responses", "_".join([status, *own]), answer, shared)


def _list_problems(calls: list[Part]) -> Iterator[tuple[str, Part]]:
    for call in calls:
        for status, answer in call["responses"].items():
            if PROBLEM_TYPE in answer.get("content", {}):
                yield status, answer


def _list_codes(answer: Part) -> list[str]:
    codes: list[str] = answer["content"][PROBLEM_TYPE]["schema"]["allOf"][1]["properties"]["code"]["enum"]
    return codes


def _refer(kind: str, name: str, part: Part, shared: dict[str, Part]) -> Part:
    """Return a reference to a part, kept under its name, or a numbered one where another part has that name."""
    names = (name if number == 1 else f"{name}_{number}" for number in range(1, len(shared) + 2))
    found = next(each for each in names if shared.get(each, part) == part)
    shared[found] = part
    return {"$ref": f"#/components/{kind}/{found}"}


def _write(part: Mapping[str, Any]) -> str:
    return json.dumps(part, sort_keys=True)
