from __future__ import annotations

import pytest
from django.utils import translation

from edge.language import choose_language, current_language, find_asked_language, list_wanted_tags


@pytest.mark.parametrize(
    ("query", "cookie", "wanted", "language"),
    [
        ("es", "en", "en", "es"),
        ("fr", "es", "en", "es"),
        ("", "es", "en", "es"),
        ("", "fr", "es-MX", "es"),
        ("", "", "en;q=0.1, es;q=0.9", "es"),
        ("", "", "fr, es;q=0.5, en;q=0.4", "es"),
        ("", "", "es;q=0, fr", "en"),
        ("", "", "fr, *", "en"),
        ("", "", "", "en"),
        ("", "", ";;q=,é", "en"),
    ],
)
def test_language_is_chosen_by_address_cookie_browser_and_tenant(rf, english_tenant, query, cookie, wanted, language):
    request = rf.get("/", {"lang": query}, headers={"Accept-Language": wanted, "Cookie": f"lang={cookie}"})

    assert choose_language(request, english_tenant) == language


def test_platform_answers_in_its_own_language_to_who_asks_for_none(rf):
    assert choose_language(rf.get("/"), None) == "es"


def test_only_our_languages_can_be_asked_for(rf):
    assert [find_asked_language(rf.get("/", {"lang": code})) for code in ("en", "es", "fr", "")] == [
        "en",
        "es",
        None,
        None,
    ]


def test_browser_names_its_tags_best_first_and_what_it_refuses_is_none(rf):
    request = rf.get("/", headers={"Accept-Language": "en-GB;q=0.2, es-AR, fr;q=0, de;q=0.5"})

    assert list_wanted_tags(request) == ("es-ar", "de", "en-gb")


def test_active_language_comes_without_its_region():
    with translation.override("es-mx"):
        assert current_language() == "es"
    with translation.override(None):
        assert current_language() == "es"
