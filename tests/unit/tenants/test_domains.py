"""Domains as people type them: cleaned of what they copied along, or refused in words that say what to do."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from tenants.domains import find_registered, find_suffix, is_inside, is_suffix, make_proof, make_proof_name, show_domain
from tenants.errors import DomainInvalid
from tenants.hosts import get_domains_target, is_below_platform
from tenants.services.addresses import typed as words
from tenants.services.addresses.typed import clean_domain


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("citas.taller.mx", "citas.taller.mx"),
        ("  CITAS.Taller.MX  ", "citas.taller.mx"),
        ("https://citas.taller.mx", "citas.taller.mx"),
        ("HTTP://citas.taller.mx/", "citas.taller.mx"),
        ("http:/citas.taller.mx", "citas.taller.mx"),
        ("//citas.taller.mx//", "citas.taller.mx"),
        ("citas.taller.mx.", "citas.taller.mx"),
        ("citas.taller.mx?", "citas.taller.mx"),
        ("citas.taller.mx#", "citas.taller.mx"),
        ("citas。taller．mx", "citas.taller.mx"),
        ("ta\u200bller.mx", "taller.mx"),
        ("taller.com.mx", "taller.com.mx"),
        ("web.de", "web.de"),
        ("taller.github.io", "taller.github.io"),
        ("citas.tallermorales.example", "citas.tallermorales.example"),
        ("citas.peluquería.mx", "citas.xn--peluquera-n5a.mx"),
        ("ÑANDÚ.mx", "xn--and-6ma2c.mx"),
        ("straße.de", "xn--strae-oqa.de"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_domain_is_cleaned_of_what_was_copied_along(typed, name):
    assert clean_domain(typed) == name


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", words.EMPTY),
        (" \u200b ", words.EMPTY),
        ("https://", words.EMPTY),
        ("a b.mx", words.SEVERAL),
        ("a.mx, b.mx", words.SEVERAL),
        ("a.mx;b.mx", words.SEVERAL),
        ("citas.taller.mx/reservar", words.WITH_PATH),
        ("https://citas.taller.mx/?utm=1", words.WITH_PATH),
        ("taller.mx\\x", words.WITH_PATH),
        ("http//taller.mx", words.WITH_PATH),
        ("citas.taller.mx:8443", words.WITH_PORT),
        ("citas.taller.mx:", words.WITH_PORT),
        ("info@taller.mx", words.EMAIL),
        ("mailto:info@taller.mx", words.EMAIL),
        ("http://user:secret@taller.mx", words.EMAIL),
        ("ftp://taller.mx", words.OTHER_SCHEME),
        ("javascript:alert(1)", words.OTHER_SCHEME),
        ("192.168.1.1", words.NUMBER),
        ("192.168.1.1:80", words.NUMBER),
        ("[::1]", words.NUMBER),
        ("[::1]:80", words.NUMBER),
        ("::1", words.NUMBER),
        ("0x7f.1", words.NUMBER),
        ("taller.123", words.NUMBER),
        ("*.taller.mx", words.WILDCARD),
        ("a" * 64 + ".mx", words.TOO_LONG),
        ("a." * 150 + "mx", words.TOO_LONG),
        ("x" * 300, words.TOO_LONG),
        ("x" * 5000, words.TOO_LONG),
        ("💇.mx", words.SHAPE),
        ("xn--ls8h.la", words.SHAPE),
        ("a_b.mx", words.SHAPE),
        ("-a.mx", words.SHAPE),
        ("a-.mx", words.SHAPE),
        ("x..mx", words.SHAPE),
        (".taller.mx", words.SHAPE),
        (".", words.SHAPE),
        ("xn--zz--.mx", words.SHAPE),
        ("taller.mx%2f", words.SHAPE),
        ("\x00.mx", words.SHAPE),
        ("taller", words.NO_ENDING),
        ("mx", words.NO_ENDING),
        ("localhost", words.NOT_PUBLIC),
        ("taller.local", words.NOT_PUBLIC),
        ("taller.internal", words.NOT_PUBLIC),
        ("https://Citas.Taller.TEST/", words.NOT_PUBLIC),
        ("citas.taller.invalid", words.NOT_PUBLIC),
        ("taller.localhost", words.NOT_PUBLIC),
        ("abcdefghijklmnop.onion", words.NOT_PUBLIC),
        ("1.168.192.in-addr.arpa", words.NOT_PUBLIC),
        ("example.com", words.NOT_PUBLIC),
        ("citas.example.org", words.NOT_PUBLIC),
        ("com.mx", words.NOBODYS),
        ("co.uk", words.NOBODYS),
        ("github.io", words.NOBODYS),
        ("testserver.example", words.OURS),
        ("Taller.TestServer.example.", words.OURS),
        ("a.b.testserver.example", words.OURS),
        ("example", words.OURS),
    ],
)
def test_what_is_no_domain_of_ones_own_is_refused_in_words(typed, text):
    with pytest.raises(DomainInvalid) as refused:
        clean_domain(typed)

    assert refused.value.errors == {"name": (text,)}


@pytest.mark.parametrize(
    ("name", "suffix", "registered"),
    [
        ("citas.taller.mx", "mx", "taller.mx"),
        ("taller.mx", "mx", "taller.mx"),
        ("citas.taller.com.mx", "com.mx", "taller.com.mx"),
        ("a.b.taller.co.uk", "co.uk", "taller.co.uk"),
        ("citas.web.de", "de", "web.de"),
        ("citas.taller.github.io", "github.io", "taller.github.io"),
        ("com.mx", "com.mx", "com.mx"),
        ("mx", "mx", "mx"),
    ],
)
def test_what_was_bought_stands_before_the_ending(name, suffix, registered):
    assert (find_suffix(name), find_registered(name)) == (suffix, registered)


def test_endings_and_inner_names():
    names = ("com.mx", "taller.com.mx", "nas.lan", "taller.example", "taller-example.com")

    assert [is_suffix(name) for name in names] == [True, False, False, False, False]
    assert [is_inside(name) for name in names] == [False, False, True, True, False]


@pytest.mark.parametrize("platform", ["turnero.mx", "turnero.test:8000", "turnero.example"])
def test_endings_for_trying_out_are_taken_where_the_platform_has_them_too(settings, platform):
    settings.PLATFORM_HOST = platform
    ending = platform.partition(":")[0].rpartition(".")[2]

    for name in ("taller.example", "taller.test", "taller.localhost"):
        with nullcontext() if name.endswith(f".{ending}") else pytest.raises(DomainInvalid) as refused:
            assert clean_domain(name) == name
        assert refused is None or refused.value.errors == {"name": (words.NOT_PUBLIC,)}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("citas.xn--peluquera-n5a.mx", "citas.peluquería.mx"),
        ("citas.taller.mx", "citas.taller.mx"),
        ("xn--zz--.mx", "xn--zz--.mx"),
        ("x..mx", "x..mx"),
        ("", ""),
    ],
)
def test_domain_is_shown_as_people_write_it(name, shown):
    assert show_domain(name) == shown


def test_proof_and_target():
    assert make_proof("abc") == "turnero-verificar=abc"
    assert make_proof_name("citas.taller.mx") == "_turnero.citas.taller.mx"
    assert get_domains_target() == "negocios.testserver.example"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("testserver.example", True),
        ("taller.testserver.example:8000", True),
        ("TALLER.testserver.example.", True),
        ("faketestserver.example", False),
        ("citas.taller.mx", False),
    ],
)
def test_what_is_ours(host, expected):
    assert is_below_platform(host) == expected
