"""The words of a service in each language of the product: fields side by side, the business's own first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext, gettext_lazy

from kernel.languages import LANGUAGES
from scheduling.services.catalog.texts import CATEGORY_LENGTH, DESCRIPTION_LENGTH
from scheduling.services.writing.inputs import NAME_LENGTH
from scheduling.types import LocalText, find_text
from tenants.context import current_tenant
from web.parts.fields import TextField

WORDS = {"es": gettext_lazy("Spanish"), "en": gettext_lazy("English")}
LABELS = {
    "name": gettext_lazy("Name in %(language)s"),
    "category": gettext_lazy("Category in %(language)s"),
    "description": gettext_lazy("Description in %(language)s"),
    "label": gettext_lazy("Question in %(language)s"),
    "choices": gettext_lazy("Options in %(language)s"),
}
LENGTHS = {"name": NAME_LENGTH, "category": CATEGORY_LENGTH, "description": DESCRIPTION_LENGTH}
SERVICE_TEXTS = ("name", "category", "description")
EXTRA_TEXTS = ("name",)


def list_other_languages() -> tuple[str, ...]:
    """Return the languages of the product beside the business's own."""
    return tuple(each for each in LANGUAGES if each != current_tenant().locale)


def say_label(field: str, language: str) -> str:
    """Return what a field of a language is called: "Name in Spanish"."""
    return LABELS[field] % {"language": str(WORDS[language])}


def say_label_later(field: str, language: str) -> Promise:
    """Return the same, in the language that is active when it is read."""
    later: Promise = lazy(say_label, str)(field, language)  # type: ignore[assignment]  # typed as what it becomes
    return later


def spread(field: str) -> tuple[str, ...]:
    """Return the field and those of the same in other languages, as they stand beside each other on a page."""
    return (field, *(f"{field}_{language}" for language in LANGUAGES))


def add_text_fields(form: forms.BaseForm, names: Iterable[str]) -> None:
    """Give a form a field for each text in each other language, and say which language the main ones are in."""
    for name in names:
        form.fields[name].label = say_label(name, current_tenant().locale)
        for language in list_other_languages():
            form.fields[f"{name}_{language}"] = TextField(
                label=say_label(name, language),
                max_length=LENGTHS[name],
                rows=2 if name == "description" else 0,
                required=False,
                attrs={"autocomplete": "off", "lang": language},
            )


def list_text_initial(texts: Iterable[LocalText], own: Mapping[str, str]) -> dict[str, str]:
    """Return what the fields show; ``own`` are the texts of the row itself.

    A business may have changed its own language since: then what it wrote first is shown as the other one.
    """
    rows, main = tuple(texts), current_tenant().locale
    shown: dict[str, str] = {}
    for name, text in own.items():
        shown[name] = find_text(rows, main, name, text)
        for language in list_other_languages():
            before = text if any(each.language == main for each in rows) else ""
            shown[f"{name}_{language}"] = find_text(rows, language, name, before)
    return shown


def read_texts(data: dict[str, Any], names: Iterable[str]) -> tuple[LocalText, ...]:
    """Take the texts in other languages out of what was typed, and return them; empty ones are left out."""
    asked = tuple(names)
    texts = (
        LocalText(language=language, **{name: data.pop(f"{name}_{language}", "") for name in asked})
        for language in list_other_languages()
    )
    return tuple(each for each in texts if not each.is_empty)


def describe_texts(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the texts in other languages as the history says them."""
    said = (
        f"{WORDS[row['language']]}: {' · '.join(filter(None, (row.get(name) for name in SERVICE_TEXTS)))}"
        for row in rows
        if row["language"] in WORDS
    )
    return " | ".join(said) or gettext("none")
