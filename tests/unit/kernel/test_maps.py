from __future__ import annotations

import pytest

from kernel.maps import clean_web_address, make_map_url


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("https://maps.app.goo.gl/abc", "https://maps.app.goo.gl/abc"),
        (" maps.app.goo.gl/abc ", "https://maps.app.goo.gl/abc"),
        ("https://www.google.com/maps/@19.4,-99.1,17z", "https://www.google.com/maps/@19.4,-99.1,17z"),
        ("https://osm.org/search?q=Juárez 1".replace(" ", "+"), "https://osm.org/search?q=Ju%C3%A1rez+1"),
        ("https://osm.org/a%20b?q=%C3%B1", "https://osm.org/a%20b?q=%C3%B1"),
        ("http://maps.example.com/", None),
        ("javascript://maps.example.com/%0aalert(1)", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://owner:secret@maps.example.com/", None),
        ("https://localhost/", None),
        ("https://.com/", None),
        ("https://", None),
        ("https://[::1/", None),
        ("https://maps.example.com:99999/", None),
        ("https://mäps.example/", None),
        ("https://maps.example.com/<script>", None),
        ('https://maps.example.com/"', None),
        ("Av. Juárez 1", None),
    ],
)
def test_only_pages_of_the_web_are_links(typed, cleaned):
    assert clean_web_address(typed) == cleaned


@pytest.mark.parametrize(
    ("address", "link", "url"),
    [
        ("", "", ""),
        ("Calle 1, Roma", "", "https://www.google.com/maps/search/?api=1&query=Calle+1%2C+Roma"),
        ("Calle 1", "https://osm.org/1", "https://osm.org/1"),
        ("", "https://osm.org/1", "https://osm.org/1"),
    ],
)
def test_the_business_own_link_comes_before_its_address(address, link, url):
    assert make_map_url(address, link) == url
