"""Which addresses are one, and how each is written."""

from __future__ import annotations

import pytest

from kernel.emails import clean_email, is_email


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ana@example.com", "ana@example.com"),
        (" Ana@Example.COM\n", "ana@example.com"),
        ("a@example.com\u202c", "a@example.com"),
        ("\u202ea@example.com\u2066", "a@example.com"),
        ("a\u200b@exa\u00admple\ufeff.com", "a@example.com"),
        ("a\u200d\ufe0f\u3164\u034f@example.com", "a@example.com"),
        ("Ａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "a@example.com"),
        ("a@example。com", "a@example.com"),
        ("a+b.c_d-e!#$%&'*/^`{|}~@example.com", "a+b.c_d-e!#$%&'*/^`{|}~@example.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("ana@STRASSE.example", "ana@strasse.example"),
        ("ana@straße.example", "ana@xn--strae-oqa.example"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("a@" + "b" * 63 + ".example", "a@" + "b" * 63 + ".example"),
    ],
)
def test_an_address_has_one_form(typed, address):
    assert (clean_email(typed), clean_email(address)) == (address, address)
    assert (is_email(address), is_email(typed)) == (True, typed == address)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ana",
        "ana@",
        "@example.com",
        "a@b@example.com",
        "a b@example.com",
        "a@example .com",
        "\ufffd@example.com",
        "a@\ufffd.com",
        "lit@[127.0.0.1]",
        "lit@[IPv6:::1]",
        "lit@127.0.0.1",
        '"a b"@example.com',
        '"a"@example.com',
        "Ana <ana@example.com>",
        "<ana@example.com>",
        "mailto:ana@example.com",
        "ana@example.com, eva@example.com",
        "ana@example.com;eva@example.com",
        "ana(c)@example.com",
        "a@example.com\r\nBcc: eva@example.com",
        "a\x00@example.com",
        "a\ud800@example.com",
        "a@b\udfff.com",
        "josé@example.com",
        "аna@example.com",  # a Cyrillic letter
        "=?utf-8?q?eva=40example.com?=@example.com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a@-example.com",
        "a@example-.com",
        "a@exa_mple.com",
        "a@example..com",
        "a@example.com.",
        "a@example",
        "a@localhost",
        "a@mail.localhost",
        "a@host.local",
        "a@x.invalid",
        "a@☃.example",
        "a@xn--zz.example",
        "a@xn--.example",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".example",
        "a@" + ".".join(["b" * 62] * 4) + ".example",
        "a@example.com" + " " * 2000,
    ],
)
def test_what_no_encoder_carries_is_refused(typed):
    assert (clean_email(typed), is_email(typed)) == (None, False)
