"""Every line ends at the one handler that takes secrets out: nobody opens another way to a log."""

from __future__ import annotations

import ast
from pathlib import Path

from config.environment import ROOT
from config.settings import base

ROOMS = ("platform", "scheduling", "billing", "verticals", "api", "tenants")
WAYS = {"addHandler", "basicConfig", "StreamHandler", "FileHandler", "print_exc", "print_exception", "dictConfig"}
DOORS = ("platform/config/logs.py",)
OWN_PROCESSES = "platform/devtools/"
"""What ``./dev`` runs beside the product speaks to a terminal."""


def find_ways(path: Path) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.attr}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in WAYS
    ]


def test_only_one_module_opens_a_log():
    found = [
        each
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in DOORS and not str(path.relative_to(ROOT)).startswith(OWN_PROCESSES)
        for each in find_ways(path)
    ]

    assert found == []
    assert find_ways(ROOT / DOORS[0]) != []


def test_settings_know_one_handler():
    assert base.LOGGING_CONFIG == "config.logs.configure"
    assert {name: each["class"] for name, each in base.LOGGING["handlers"].items()} == {
        "console": "config.logs.LineHandler"
    }
    assert {each["()"] for each in base.LOGGING["formatters"].values()} == {"config.logs.make_formatter"}
    assert base.LOGGING["root"]["handlers"] == ["console"]
    assert [name for name, each in base.LOGGING["loggers"].items() if each.get("handlers")] == []
