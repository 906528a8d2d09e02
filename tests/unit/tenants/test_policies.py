"""Addresses that a business may have."""

from __future__ import annotations

import pytest

from tenants.errors import SlugInvalid, SlugReserved
from tenants.policies import RESERVED, check_slug


@pytest.mark.parametrize("slug", ["abc", "taller-morales", "t34", "a1b-2c", "a" * 40])
def test_good_slug(slug):
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    [
        "", "ab", "a" * 41, "-abc", "abc-", "a--b", "1abc", "Taller", "taller morales", "tal'ler", 'tal"ler', "tal_ler",
        "taller.x",
        "tallér", "ｔａｌｌｅｒ", "taller\n", "taller\x00", "<script>", "a;drop schema public", "xn--abc", "a/b",
    ],
)  # fmt: skip
def test_bad_slug(slug):
    with pytest.raises(SlugInvalid) as caught:
        check_slug(slug)

    assert caught.value.errors == {"slug": (SlugInvalid.text,)}


@pytest.mark.parametrize("slug", ["admin", "www", "api", "turnero", "operator", "mail"])
def test_reserved_slug(slug):
    with pytest.raises(SlugReserved):
        check_slug(slug)


def test_reserved_words_would_be_valid_otherwise():
    assert {word for word in RESERVED if word != word.lower() or " " in word} == set()
