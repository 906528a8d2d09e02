"""The languages of the product: the only list of them."""

from __future__ import annotations

LANGUAGE_NAMES = {"es": "Español", "en": "English"}
"""Language code → its name in itself, in the order in which pages offer them."""

LANGUAGES = tuple(LANGUAGE_NAMES)
"""The codes, in the same order."""

DEFAULT_LANGUAGE = "es"
"""The language of whoever asked for none, at a business that has none."""

SOURCE_LANGUAGE = "en"
"""The language of the texts in code and templates: it needs no catalog, and is the fallback of the packs."""
