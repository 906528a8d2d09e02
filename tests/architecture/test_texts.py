"""Everything a person reads exists in both languages."""

from __future__ import annotations

import inspect

import pytest
from django.apps import apps
from django.db import models
from django.template import engines
from django.utils import translation

from config.environment import ROOT
from kernel.errors import DomainError

SAME_IN_BOTH = {"API", "Error", "General", "No", "SMS", "Total", "Webhooks", "WhatsApp", "Widget"}


def enum_labels() -> list[tuple[str, str]]:
    found = set()
    for config in apps.get_app_configs():
        module = getattr(__import__(config.name, fromlist=["enums"]), "enums", None)
        if module is None or not module.__name__.startswith(config.name):
            continue
        for name, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, models.TextChoices) and value.__module__ == module.__name__:
                with translation.override("en"):
                    found |= {(f"{config.label}.{name}", str(label)) for label in value.labels if label}
    return sorted(found)


def all_errors(kind: type[DomainError] = DomainError) -> set[type[DomainError]]:
    return {kind} | {error for child in kind.__subclasses__() for error in all_errors(child)}


def test_every_enum_text_is_translated():
    with translation.override("es"):
        missing = [
            (name, label)
            for name, label in enum_labels()
            if label not in SAME_IN_BOTH and translation.gettext(label) == label
        ]

    assert missing == []


def test_every_error_text_is_translated():
    with translation.override("es"):
        missing = {error.__name__ for error in all_errors() if translation.gettext(error.text) == error.text}

    assert missing == set()


@pytest.mark.parametrize(
    "name", sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*"))
)
def test_template_compiles(name):
    assert engines["django"].get_template(name).template.name == name


def test_english_has_one_spelling():
    found = ROOT.rglob("locale/es/LC_MESSAGES/django.po")
    catalogs = [path for path in found if not {".venv", ".turnero"} & {*path.parts}]
    texts = [line for path in catalogs for line in path.read_text().splitlines() if line.startswith(("msgid", '"'))]
    texts += [
        line
        for kind in ("emails", "sms")
        for path in (ROOT / "templates" / kind / "en").glob("*.txt")
        for line in path.read_text().splitlines()
    ]

    assert len(texts) > 1000
    assert [text for text in texts if "cancelled" in text.lower() or "cancelling" in text.lower()] == []
