"""Web sites as people type them: made into origins, or refused in words that say what to do."""

from __future__ import annotations

import pytest

from tenants.errors import SiteInvalid
from tenants.services.addresses import sites as words
from tenants.services.addresses.sites import clean_site


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("www.taller.mx", "https://www.taller.mx"),
        ("  HTTPS://WWW.Taller.MX/ ", "https://www.taller.mx"),
        ("http://www.taller.mx", "http://www.taller.mx"),
        ("//taller.mx.", "https://taller.mx"),
        ("https://taller.mx:443", "https://taller.mx"),
        ("http://taller.mx:80/", "http://taller.mx"),
        ("http://taller.mx:443", "http://taller.mx:443"),
        ("taller.mx:08443", "https://taller.mx:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("citas.peluquería.mx", "https://citas.xn--peluquera-n5a.mx"),
        ("ta\u200bller.mx?", "https://taller.mx"),
    ],
)
def test_a_site_becomes_the_origin_that_browsers_compare(typed, origin):
    assert clean_site(typed) == origin
    assert clean_site(origin) == origin


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", words.EMPTY),
        (" \u200b ", words.EMPTY),
        ("a.mx b.mx", words.SEVERAL),
        ("a.mx,b.mx", words.SEVERAL),
        ("a.mx;frame-src", words.SEVERAL),
        ("ftp://taller.mx", words.SCHEME),
        ("javascript://taller.mx", words.SCHEME),
        ("https://taller.mx/reservar", words.WITH_PATH),
        ("taller.mx/?utm=1", words.WITH_PATH),
        ("taller.mx\\x", words.WITH_PATH),
        ("*.taller.mx", words.WILDCARD),
        ("https://*", words.WILDCARD),
        ("taller.mx:", words.PORT),
        ("taller.mx:0", words.PORT),
        ("taller.mx:65536", words.PORT),
        ("taller.mx:https", words.PORT),
        ("javascript:alert(1)", words.PORT),
        ("192.0.2.1", words.NUMBER),
        ("http://[2001:db8::1]:8000", words.NUMBER),
        ("0x7f.1:80", words.NUMBER),
        ("info@taller.mx", words.SHAPE),
        ("taller", words.SHAPE),
        ("https://", words.SHAPE),
        ("-taller.mx", words.SHAPE),
        ("'self'", words.SHAPE),
        ("x" * 5000, words.SHAPE),
    ],
)
def test_what_is_no_site_is_refused_in_words(typed, text):
    with pytest.raises(SiteInvalid) as caught:
        clean_site(typed)

    assert caught.value.errors == {"site": (text,)}
