"""Names that are enqueued are names that someone answers to."""

from __future__ import annotations

import ast

from django.conf import settings

from config.celery import app
from config.environment import ROOT
from tenants import hooks


def constant_keywords(function_names: set[str], keyword: str) -> set[str]:
    found = set()
    for top in ("platform", "tenants", "scheduling", "billing", "verticals", "api"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in function_names:
                    found |= {
                        item.value.value
                        for item in node.keywords
                        if item.arg == keyword and isinstance(item.value, ast.Constant)
                    }
    return found


def test_every_scheduled_task_is_registered():
    app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {name for name in names if name not in app.tasks} == set()


def test_every_kind_of_due_work_has_a_handler():
    kinds = constant_keywords({"add_due_work"}, "kind")

    assert {kind for kind in kinds if not hooks.has_due_handler(kind)} == set()
