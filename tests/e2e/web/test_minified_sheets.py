"""Minified style sheets say to a browser what they said before."""

from __future__ import annotations

import pytest

from config.environment import ROOT
from tests.e2e.conftest import FLAGS
from web.sheet_storage import minify

SHEETS = sorted((ROOT / "platform" / "web" / "static" / "css").glob("*.css"))
READ = """text => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return [...sheet.cssRules].map(rule => rule.cssText.replace(/\\s+/g, " "));
}"""


@pytest.fixture(scope="module")
def page(playwright, chromium_path):
    browser = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
    yield browser.new_page()
    browser.close()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_rules_are_the_same(page, sheet):
    text = sheet.read_text(encoding="utf-8")

    rules = page.evaluate(READ, text)

    assert len(rules) > 0
    assert page.evaluate(READ, minify(text)) == rules
