from __future__ import annotations

import pytest

from kernel.identity.recipients import name_recipient


@pytest.mark.parametrize(
    "spelling",
    [
        "ana.lopez@gmail.com",
        "Ana.Lopez@Gmail.com",
        "analopez@gmail.com",
        "a.n.a.lopez+citas@gmail.com",
        "analopez@googlemail.com",
        '"ana.lopez"@gmail.com',
        '"ana.lopez+x"@gmail.com',
        r'"ana\.lopez"@gmail.com',
        " analopez@gmail.com. ",
        "ａnalopez@gmail.com",
    ],
)
def test_spellings_of_one_mailbox_have_one_name(spelling):
    assert name_recipient(spelling) == "analopez@gmail.com"


def test_a_domain_has_one_name_in_both_scripts():
    assert (
        name_recipient("ana@ñandú.example")
        == name_recipient("ANA@xn--and-6ma2c.example")
        == "ana@xn--and-6ma2c.example"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ana.lopez@example.com", "analopez@example.com"),
        ("ana@example.com", "eva@example.com"),
        ("ana@example.com", "ana@example.org"),
        ("+5215512345678", "+5215512345679"),
        ("+14155550100", "+524155550100"),
    ],
)
def test_different_people_have_different_names(first, second):
    assert name_recipient(first) != name_recipient(second)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("+525512345678", "+525512345678"),
        ("+5215512345678", "+525512345678"),
        ("+52 1 55 1234-5678", "+525512345678"),
        ("+5491123456789", "+5491123456789"),
        ("+541123456789", "+5491123456789"),
        ("+54 9 11 15 2345-6789", "+5491123456789"),
        ("+5531 8765-4321", "+5531987654321"),
        ("+1 500 555 0006", "+15005550006"),
        ("55 1234 5678", "5512345678"),
        ("\x00", "\x00"),
        ("＋525512345678", "+525512345678"),
        ("sin número", "sin número"),
    ],
)
def test_a_number_has_one_name(spelling, name):
    assert name_recipient(spelling) == name


@pytest.mark.parametrize("odd", ["@", "+@example.com", "a@" + "ñ" * 200 + ".example", "a@.example", ""])
def test_odd_texts_have_a_name_too(odd):
    assert isinstance(name_recipient(odd), str)
