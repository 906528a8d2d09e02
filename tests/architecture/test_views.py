"""Views parse, call one service or selector, and render."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from api.views import StaffView
from config.environment import ROOT
from edge.access import find_permission

VIEW_ROOMS = ("platform/web", "platform/operators", "api")
FORBIDDEN_MODULES = ("django.db", "django_tenants")
WRITING_SHELVES = {"migrations", "models", "services"}


def view_modules() -> list[Path]:
    return [
        path
        for room in VIEW_ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path.name not in {"apps.py", "certificates.py", "figures.py", "health.py"}
        and not WRITING_SHELVES & set(path.relative_to(ROOT).parts)
    ]


def test_there_are_views_to_look_at():
    looked_at = {str(path.relative_to(ROOT)) for path in view_modules()}

    assert looked_at >= {"platform/web/booking/views.py", "platform/operators/views.py", "api/v1/bookings/views.py"}


@pytest.mark.parametrize("path", view_modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_orm_in_views(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
            found.append(f"{node.lineno}: .{node.attr}")
        modules = []
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        found += [
            f"{node.lineno}: import {module}"
            for module in modules
            if module.startswith(FORBIDDEN_MODULES) or ".models" in f".{module}"
        ]

    assert found == []


def walk(patterns: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, route)
        else:
            yield route, entry


def all_routes() -> list[tuple[str, URLPattern]]:
    return [
        (f"{urlconf}:{route}", entry)
        for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
        for route, entry in walk(get_resolver(urlconf).url_patterns)
    ]


def declared(entry: URLPattern) -> object:
    view = entry.callback
    for candidate in (view, getattr(view, "cls", None), getattr(view, "view_class", None)):
        if hasattr(candidate, "declared_permission"):
            return candidate.declared_permission
    return None


def test_every_url_declares_its_permission():
    undeclared = [route for route, entry in all_routes() if declared(entry) is None]

    assert undeclared == []


def list_calls() -> dict[str, type[StaffView]]:
    """Calls of the API that ask who calls, by address."""
    kinds = ((route, getattr(entry.callback, "cls", None)) for route, entry in all_routes())
    return {route: kind for route, kind in kinds if kind is not None and issubclass(kind, StaffView)}


def test_every_call_of_staff_says_which_keys_may_make_it():
    without = [route for route, kind in list_calls().items() if "key_area" not in vars(kind)]

    assert (without, len(list_calls()) > 2) == ([], True)


def test_every_method_of_a_call_of_staff_declares_its_permission():
    """A method that is not declared would let anyone in."""
    undeclared = [
        f"{method} {route}"
        for route, kind in list_calls().items()
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if hasattr(kind, method.lower()) and find_permission(kind.declared_permission, method) is None
    ]

    assert undeclared == []
