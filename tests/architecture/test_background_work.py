"""Names that are enqueued are names that someone answers to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.conf import settings

from config.celery import app
from config.environment import ROOT
from tenants import hooks

ADDERS = {"add_due_work", "add_due_part"}


def source_files() -> list[Path]:
    tops = ("platform", "tenants", "scheduling", "billing", "verticals", "api")
    return [path for top in tops for path in (ROOT / top).rglob("*.py")]


def list_kinds(path: Path) -> Iterator[str]:
    """The kinds of due work that a module adds: written out, or its constant of that name."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) not in ADDERS:
            continue
        kind = next(item.value for item in node.keywords if item.arg == "kind")
        if isinstance(kind, ast.Constant):
            yield kind.value
        elif kind.id.isupper():  # else it is handed on
            yield getattr(import_module(module_name(path)), kind.id)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[1:] if parts[0] == "platform" else parts)


def test_every_scheduled_task_is_registered():
    app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {name for name in names if name not in app.tasks} == set()


def test_every_kind_of_due_work_has_a_handler():
    kinds = {kind for path in source_files() for kind in list_kinds(path)}

    assert kinds >= {"provision", "event", "message", "reminder", "hold_expiry"}
    assert {kind for kind in kinds if not hooks.has_due_handler(kind)} == set()
