from __future__ import annotations

import pytest

from notifications.engine.placeholders import BrokenText, fill_placeholders


def test_fill_placeholders_replaces_and_empties():
    text = fill_placeholders("Hola {customer_name}: {when} {reason}.", {"customer_name": "Ana", "when": "hoy"})

    assert text == "Hola Ana: hoy ."


def test_fill_placeholders_reads_values_once():
    text = fill_placeholders("{customer_name}", {"customer_name": "{manage_url}", "manage_url": "secret"})

    assert text == "{manage_url}"


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "{password}", "{customer_name", "customer_name}", "{customer_name.__class__}", "{0}", "{{when}}"],
)
def test_fill_placeholders_refuses_broken_texts(text):
    with pytest.raises(BrokenText):
        fill_placeholders(text, {"customer_name": "Ana"})
