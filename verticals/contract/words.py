"""Texts in all our languages at once, and the vocabulary every pack must have."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.languages import SOURCE_LANGUAGE

Words = Mapping[str, str]
"""Language → text; at least those of `kernel.languages`."""

Terms = Mapping[str, str]
"""Term → text, in one language or in one country's way of speaking it."""

TERMS: tuple[str, ...] = (
    "resource",
    "resources",
    "visit",
    "visits",
    "question.service",
    "question.intake",
    "question.time",
    "question.details",
    "choice.any_resource",
    "text.pay_there",
)
"""What pages say in the business's own words; required in every language."""

ASSET_TERMS = ("asset", "assets", "step.asset", "question.asset", "choice.other_asset")
"""Required as well when the pack has an asset."""

ARRIVAL_TERMS = ("question.arrival",)
"""Required as well when the pack has arrival modes."""


def pick(words: Words, language: str) -> str:
    """Return the text in ``language`` (``es``, ``es-MX``, ``es_MX``), else the language's, else English."""
    tag = language.replace("_", "-")
    return words.get(tag) or words.get(tag.split("-")[0]) or words[SOURCE_LANGUAGE]
