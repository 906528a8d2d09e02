from __future__ import annotations

import pytest

from notifications.engine.placeholders import BrokenText, fill_placeholders

ALLOWED = frozenset({"customer_name", "when", "reason", "manage_url"})


def test_fill_placeholders_replaces_and_empties():
    words = {"customer_name": "Ana", "when": "hoy", "business_name": "Taller"}

    text = fill_placeholders("Hola {customer_name}: {when} {reason}. {business_name}", words, allowed=ALLOWED)

    assert text == "Hola Ana: hoy . Taller"


def test_fill_placeholders_reads_values_once():
    words = {"customer_name": "{manage_url}", "manage_url": "secret"}

    text = fill_placeholders("{customer_name}", words, allowed=ALLOWED)

    assert text == "{manage_url}"


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "{password}", "{customer_name", "customer_name}", "{customer_name.__class__}", "{0}", "{{when}}"],
)
def test_fill_placeholders_refuses_broken_texts(text):
    with pytest.raises(BrokenText):
        fill_placeholders(text, {"customer_name": "Ana", "password": "x"}, allowed=ALLOWED)
