"""What a visit is about, in the words of its business."""

from __future__ import annotations

from django.utils.translation import gettext

from verticals.contract import AssetField, FieldKind, Terms
from web.templatetags.formats import get_current_formats


def show_answer(field: AssetField, value: str, terms: Terms) -> str:
    """Return an answer as people read it: a choice by its name, a number with separators and its unit."""
    chosen = next((gettext(choice.label) for choice in field.choices if choice.key == value), value)
    unit = terms.get(f"unit.{field.key}", "")
    if not value.isdigit() or (not unit and field.kind is not FieldKind.NUMBER):
        return chosen
    number = get_current_formats().format_number(int(value))
    return f"{number}\N{NO-BREAK SPACE}{unit}" if unit else number
