"""The pages of privacy for whoever sees little or has little room."""

from __future__ import annotations

import pytest

from tests.e2e.sight import DESK, NARROW, PHONE, check_everywhere

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("language", ["es", "en"])
def test_record_of_processing_is_for_everybody(houses, open_workspace, language):
    page = open_workspace(houses[0], f"/workspace/privacy/record/?lang={language}")

    assert check_everywhere(page, DESK, PHONE, NARROW) == []
    page.keyboard.press("Tab")
    reached = set()
    for _ in range(60):
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        page.keyboard.press("Tab")
    assert {"es": "Tabla (CSV)", "en": "Table (CSV)"}[language] in reached
    assert {"es": "Imprimir", "en": "Print"}[language] in reached
