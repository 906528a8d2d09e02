"""Of the page on which an idea came to somebody, the path is kept and nothing that was searched for."""

from __future__ import annotations

import pytest

from tenants.services.ideas import LONGEST_PAGE, clean_page


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/workspace/bookings/?search=Ana", "/workspace/bookings/"),
        ("/workspace/bookings/7/#log", "/workspace/bookings/7/"),
        ("https://evil.example/workspace/", ""),
        ("//evil.example/workspace/", ""),
        ("/b/secret-token/", ""),
        ("/workspace/\x00", ""),
        ("", ""),
        ("/workspace/" + "x" * 300, ("/workspace/" + "x" * 300)[:LONGEST_PAGE]),
    ],
)
def test_only_a_path_of_the_workspace_is_kept(typed, kept):
    assert clean_page(typed) == kept
