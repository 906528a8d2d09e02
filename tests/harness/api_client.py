"""A typed client of the API, written from its OpenAPI document alone: what anybody's generator would make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.harness.documented import look_up

Schema = Mapping[str, Any]

HEAD = """from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal, NotRequired, TypedDict
from urllib.parse import urlencode


class Problem(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


"""
CLIENT = """

class Client:
    def __init__(self, send: Callable[[str, str, str | None], tuple[int, str]]) -> None:
        self._send = send

    def _call(self, method: str, path: str, query: dict[str, Any] | None = None, body: object = None) -> Any:
        asked = urlencode({name: value for name, value in (query or {}).items() if value is not None})
        status, text = self._send(method, f"{path}?{asked}".rstrip("?"), None if body is None else json.dumps(body))
        if status >= 400:
            raise Problem(status, json.loads(text)["code"])
        return json.loads(text) if text.startswith(("{", "[")) else text
"""
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def write_client(document: Mapping[str, Any]) -> str:
    """Return a module: a ``TypedDict`` for each object, and a ``Client`` with a method for each call."""
    shapes = "\n\n".join(_write_shape(name, schema) for name, schema in document["components"]["schemas"].items())
    calls = "\n".join(
        _write_call(document, method, path, call)
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if "application/json" in call.get("requestBody", {"content": {"application/json": {}}})["content"]
    )
    return f"{HEAD}{shapes}\n{CLIENT}\n{calls}"


def _write_shape(name: str, schema: Schema) -> str:
    if "properties" not in schema:
        return f"{name} = {_name_type(schema)}" if "enum" in schema else f"{name} = dict[str, Any]"
    required = schema.get("required", ())
    fields = (
        f"    {field}: {_name_type(each) if field in required else f'NotRequired[{_name_type(each)}]'}"
        for field, each in schema["properties"].items()
    )
    return "\n".join([f"class {name}(TypedDict):", *fields, ""])


def _name_type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            found = dict.fromkeys(_name_type(each) for each in schema[several])
            return " | ".join(sorted(found, key=lambda each: each == "None"))
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    kinds = schema.get("type", "object")
    return " | ".join(_name_plain(schema, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _name_plain(schema: Schema, kind: str) -> str:
    if kind == "array":
        return f"list[{_name_type(schema['items'])}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {_name_type(values) if isinstance(values, dict) and values else 'Any'}]"
    return PLAIN[kind]


def _write_call(document: Schema, method: str, path: str, call: Schema) -> str:
    parameters = [look_up(document, each) for each in call.get("parameters", [])]
    query = [each for each in parameters if each["in"] == "query"]
    sent = call.get("requestBody", {}).get("content", {}).get("application/json")
    answer = _name_answer(call)
    arguments = ", ".join(["self", *_list_arguments(parameters, sent)])
    asked = ", ".join(f"{each['name']!r}: {_name_argument(each)}" for each in query)
    pass_on = f"{method.upper()!r}, f{path!r}, {{{asked}}}{', body' if sent else ''}"
    lines = [
        f"    def {call['operationId']}({arguments}) -> {answer}:",
        f"        answer: {answer} = self._call({pass_on})",
    ]
    return "\n".join([*lines, "        return answer", ""])


def _list_arguments(parameters: list[Schema], sent: Schema | None) -> Iterator[str]:
    yield from (f"{each['name']}: str" for each in parameters if each["in"] == "path")
    if sent:
        yield f"body: {_name_type(sent['schema'])}"
    query = [each for each in parameters if each["in"] == "query"]
    if query:
        yield "*"
    for each in query:
        kind, is_needed = _name_type(each["schema"]), each.get("required")
        yield f"{_name_argument(each)}: {kind}" if is_needed else f"{_name_argument(each)}: {kind} | None = None"


def _name_argument(parameter: Schema) -> str:
    return "from_" if parameter["name"] == "from" else str(parameter["name"])


def _name_answer(call: Schema) -> str:
    good = next(answer for status, answer in call["responses"].items() if status.startswith("2"))
    content = good.get("content")
    if not content:
        return "object"
    return _name_type(content["application/json"]["schema"]) if "application/json" in content else "str"
