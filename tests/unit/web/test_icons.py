from __future__ import annotations

import re
from pathlib import Path

import pytest
from lucide import IconDoesNotExist

from web.templatetags.icons import icon

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


def test_an_icon_is_inline_and_silent():
    svg = icon("check", "flips")

    assert svg.startswith('<svg class="icon flips" viewBox="0 0 24 24" aria-hidden="true">')
    assert "xmlns" not in svg


def test_an_unknown_icon_fails():
    with pytest.raises(IconDoesNotExist):
        icon("no-such-icon")


def test_every_icon_that_a_template_names_exists():
    named = {name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}

    assert len(named) > 20
    assert all(icon(name) for name in named)
