"""Routes, parameters and answers of Stripe's API, read from the SDK that is installed: nobody can dream up a field.

The SDK is generated from Stripe's own description of its API. Its services name each route and the TypedDict of its
parameters; its resource classes name each field of an answer.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, ForwardRef, Literal, NotRequired, Union, get_args, get_origin

import stripe
from stripe._object_classes import get_object_class
from stripe._request_options import RequestOptions
from stripe._stripe_object import StripeObject, UntypedStripeObject
from typing_extensions import is_typeddict

API_VERSION = stripe.api_version
_CALL = re.compile(r'"(get|post|delete)",\s*(?:f?"([^"]+)"|"([^"]+)"\.format\()', re.DOTALL)
_PLACE = re.compile(r"\{[^}]*\}")
_PARAMS = re.compile(r"(\w+Params)\b")

Problem = tuple[str, str]
"""The parameter's name as Stripe writes it, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API; ``params`` is the TypedDict of what may be sent, None: nothing may."""

    verb: str
    path: re.Pattern[str]
    params: type | None
    name: str


@lru_cache(maxsize=1)
def list_routes() -> tuple[Route, ...]:
    """Return every call that the SDK's services make; literal paths come first."""
    found = [
        route
        for info in pkgutil.walk_packages(stripe.__path__, "stripe.")
        if info.name.endswith("_service")
        for route in _read_service(info.name)
    ]
    return tuple(sorted(found, key=lambda route: route.path.pattern.count("[^/]+")))


def _read_service(module_name: str) -> Iterable[Route]:
    tree = ast.parse(inspect.getsource(importlib.import_module(module_name)))
    imports = {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    for service in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for method in (node for node in service.body if isinstance(node, ast.FunctionDef)):
            call = _CALL.search(ast.unparse(method).replace("'", '"'))
            if not call or method.name.startswith("_"):
                continue
            hints = (a.annotation for a in method.args.args + method.args.kwonlyargs if a.arg == "params")
            names = [name for hint in hints if hint for name in _PARAMS.findall(ast.unparse(hint))]
            module = imports.get(names[-1]) if names else None
            params = getattr(importlib.import_module(module), names[-1]) if module else None
            path = re.compile("^" + _PLACE.sub("([^/]+)", call[2] or call[3]) + "$")
            yield Route(call[1], path, params, f"{service.name}.{method.name}")


@lru_cache(maxsize=512)
def find_route(verb: str, path: str) -> Route | None:
    """Return the call that a verb and a path stand for."""
    return next((route for route in list_routes() if route.verb == verb.lower() and route.path.match(path)), None)


def list_problems(route: Route, params: Mapping[str, Any]) -> list[Problem]:
    """Return whatever Stripe would refuse of the parameters, at any depth."""
    problems: list[Problem] = []
    if route.params is None:
        problems.extend((name, "Received unknown parameter") for name in params)
    else:
        _check_fields(params, route.params, "", problems)
    return problems


@lru_cache(maxsize=2048)
def _read_fields(kind: type) -> tuple[dict[str, Any], frozenset[str]]:
    """Return a TypedDict's own hints, without the SDK's options of a request, and the names that are required."""
    names = _names_of(kind)
    hints, needed = {}, set()
    for name, hint in kind.__annotations__.items():
        if name in RequestOptions.__annotations__:
            continue
        resolved = _resolve(hint, names)
        if get_origin(resolved) is NotRequired:
            resolved = _resolve(get_args(resolved)[0], names)
        else:
            needed.add(name)
        hints[name] = resolved
    return hints, frozenset(needed)


def _names_of(kind: type) -> dict[str, Any]:
    return vars(sys.modules[kind.__module__]) | {
        "Literal": Literal, "Dict": dict, "List": list, "UntypedStripeObject": dict,
    }  # fmt: skip


def _resolve(hint: Any, names: dict[str, Any]) -> Any:
    while isinstance(hint, ForwardRef | str):
        text = hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint
        hint = eval(text.replace("UntypedStripeObject[str]", "Dict[str, str]"), dict(names))  # noqa: S307 - the SDK's own
    return hint


def _check(value: Any, hint: Any, at: str, names: dict[str, Any], problems: list[Problem]) -> None:
    """Append what is wrong with ``value``, which came over the wire: in forms, everything is text."""
    hint = _resolve(hint, names)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Union or origin is UnionType:
        _check_arms(value, args, at, names, problems)
    elif is_typeddict(hint):
        _check_fields(value, hint, at, problems)
    elif origin is list:
        if not isinstance(value, list):
            problems.append((at, "Invalid array"))
            return
        for position, row in enumerate(value):
            _check(row, args[0], f"{at}[{position}]", names, problems)
    elif origin is dict:
        if not isinstance(value, dict) or any(isinstance(each, dict | list) for each in value.values()):
            problems.append((at, "Invalid object"))
    elif origin is Literal:
        if value not in args:
            problems.append((at, f"must be one of {', '.join(map(str, args))}"))
    else:
        _check_plain(value, hint, at, problems)


def _check_arms(value: Any, arms: tuple[Any, ...], at: str, names: dict[str, Any], problems: list[Problem]) -> None:
    resolved = [_resolve(arm, names) for arm in arms]
    # The SDK opens lists of words for later API versions; a stand-in of one version does not.
    is_closed = any(get_origin(arm) is Literal and get_args(arm) != ("",) for arm in resolved)
    tries: list[tuple[bool, list[Problem]]] = []
    for arm in resolved:
        if is_closed and arm is str:
            continue
        found: list[Problem] = []
        _check(value, arm, at, names, found)
        if not found:
            return
        tries.append((is_typeddict(arm) == isinstance(value, dict), found))
    problems.extend(max(tries, key=lambda each: each[0])[1])


PLAIN = {
    int: (re.compile(r"-?\d+"), "Invalid integer"),
    bool: (re.compile(r"true|false", re.IGNORECASE), "Invalid boolean"),
    float: (re.compile(r"-?\d+(\.\d+)?"), "Invalid decimal"),
}


def _check_plain(value: Any, hint: Any, at: str, problems: list[Problem]) -> None:
    if isinstance(value, dict | list):
        problems.append((at, "Invalid string: object given"))
    elif hint in PLAIN and not PLAIN[hint][0].fullmatch(str(value)):
        problems.append((at, f"{PLAIN[hint][1]}: {value}"))


def _check_fields(value: Any, kind: type, at: str, problems: list[Problem]) -> None:
    if not isinstance(value, dict):
        problems.append((at, "Invalid object"))
        return
    hints, needed = _read_fields(kind)
    names = _names_of(kind)
    problems.extend(
        (f"{at}[{key}]" if at else key, "Received unknown parameter") for key in value.keys() - hints.keys()
    )
    problems.extend((f"{at}[{key}]" if at else key, "Missing required param") for key in needed - value.keys())
    for key in sorted(value.keys() & hints.keys()):
        _check(value[key], hints[key], f"{at}[{key}]" if at else key, names, problems)


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Turn ``a[b][0]=x`` into nested dictionaries, and ``a[]=x`` into a list."""
    top: dict[str, Any] = {}
    for key, value in pairs:
        parts = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key)
        here: Any = top
        for position, part in enumerate(parts[:-1]):
            here = here.setdefault(part, [] if parts[position + 1] == "" else {})
        if isinstance(here, list):
            here.append(value)
        else:
            here[parts[-1]] = value
    return {key: _straighten(value) for key, value in top.items()}


def _straighten(value: Any) -> Any:
    """Turn dictionaries with the keys 0, 1, 2 … into lists."""
    if isinstance(value, list):
        return [_straighten(each) for each in value]
    if not isinstance(value, dict):
        return value
    rows = {key: _straighten(each) for key, each in value.items()}
    return list(rows.values()) if list(rows) == [str(number) for number in range(len(rows))] else rows


def make_blank(name: str) -> dict[str, Any]:
    """Return a resource with every field that its class may leave empty."""
    kind = _find_class(name)
    return {"object": name} | {
        field: None for field, hint in kind.__annotations__.items() if field != "OBJECT_NAME" and _may_be_none(hint)
    }


def _find_class(name: str) -> type[StripeObject]:
    kind = get_object_class("V2" if name.startswith("v2.") else "V1", name)
    if kind is StripeObject:
        message = f"the SDK knows no resource {name!r}"
        raise LookupError(message)
    return kind


def _may_be_none(hint: Any) -> bool:
    return get_origin(hint) in {Union, UnionType} and type(None) in get_args(hint)


def list_answer_problems(answer: Any, at: str = "") -> list[Problem]:
    """Return what of an answer its resource class does not know, lacks, or has of another type."""
    if not isinstance(answer, dict) or not isinstance(answer.get("object"), str):
        return [(at, "no resource")]
    problems: list[Problem] = []
    if answer["object"] == "list":
        for position, row in enumerate(answer["data"]):
            problems.extend(list_answer_problems(row, f"{at}[{position}]"))
        extra = answer.keys() - {"object", "data", "has_more", "url"}
        return problems + [(f"{at}[{name}]", "unknown field") for name in sorted(extra)]
    try:
        kind = _find_class(answer["object"])
    except LookupError as error:
        return [(at, str(error))]
    _check_parts(answer, kind, at, problems)
    return problems


def _check_parts(value: dict[str, Any], kind: type, at: str, problems: list[Problem]) -> None:
    hints = {name: hint for name, hint in kind.__annotations__.items() if name != "OBJECT_NAME"}
    problems.extend((f"{at}[{name}]", "unknown field") for name in sorted(value.keys() - hints.keys()))
    for name, hint in hints.items():
        if name in value:
            _check_part(value[name], hint, f"{at}[{name}]", problems)
        elif not _may_be_none(hint):
            problems.append((f"{at}[{name}]", "missing field"))


def _check_part(value: Any, hint: Any, at: str, problems: list[Problem]) -> None:
    origin = get_origin(hint)
    if hint is Any or hint is UntypedStripeObject or origin is UntypedStripeObject:
        return
    if isinstance(hint, ForwardRef | str) or (inspect.isclass(origin) and issubclass(origin, StripeObject)):
        problems.extend(list_answer_problems(value, at))  # another resource, which names itself
    elif origin in {Union, UnionType}:
        _check_either(value, get_args(hint), at, problems)
    elif origin is list:
        _check_rows(value, get_args(hint)[0], at, problems)
    elif origin is Literal:
        problems.extend([] if value in get_args(hint) else [(at, f"{value!r} is not one of {get_args(hint)}")])
    elif inspect.isclass(hint) and issubclass(hint, StripeObject) and isinstance(value, dict):
        _check_parts(value, hint, at, problems)
    elif not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        problems.append((at, f"{value!r} is no {getattr(hint, '__name__', hint)}"))


def _check_rows(value: Any, hint: Any, at: str, problems: list[Problem]) -> None:
    if not isinstance(value, list):
        problems.append((at, "no list"))
        return
    for position, row in enumerate(value):
        _check_part(row, hint, f"{at}[{position}]", problems)


def _check_either(value: Any, arms: tuple[Any, ...], at: str, problems: list[Problem]) -> None:
    is_closed = any(get_origin(arm) is Literal for arm in arms)
    tries: list[list[Problem]] = []
    for arm in arms:
        if arm is str and (is_closed or isinstance(value, dict)):
            continue
        found: list[Problem] = []
        _check_part(value, arm, at, found)
        if not found:
            return
        tries.append(found)
    problems.extend(max(tries, key=lambda found: len(list(found))))


def sign(raw: bytes, secret: str, *, at: int) -> str:
    """Return the header ``Stripe-Signature`` of an event."""
    return str(stripe.WebhookSignature.generate_signature_header(raw.decode(), secret, at))
