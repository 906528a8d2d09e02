from __future__ import annotations

import pytest

from tenants.hosts import make_base_url


@pytest.mark.parametrize(
    ("is_secure", "url"), [(True, "https://taller.turnero.example"), (False, "http://taller.turnero.example")]
)
def test_links_are_as_secure_as_our_cookies(settings, is_secure, url):
    settings.SESSION_COOKIE_SECURE = is_secure

    assert make_base_url("taller.turnero.example") == url


def test_links_keep_the_port_of_their_host():
    assert make_base_url("taller.localhost:8000") == "http://taller.localhost:8000"
