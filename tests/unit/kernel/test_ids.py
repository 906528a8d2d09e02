from __future__ import annotations

import base64
import re

import pytest

from kernel.ids import fold_reference, hash_link_token, hash_token, make_link_token, new_reference, read_row_id


@pytest.mark.parametrize(("text", "row_id"), [("1", 1), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_read_row_id_reads_digits(text, row_id):
    assert read_row_id(text) == row_id


@pytest.mark.parametrize("text", [None, "", " 1", "-1", "1.0", "abc", "١", "²", "9" * 19, "9" * 5000])
def test_read_row_id_finds_nothing_else(text):
    assert read_row_id(text) is None


def test_hash_of_a_token_is_its_sha_256():
    # The example of FIPS 180-2, appendix B.1.
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_references_read_as_no_word():
    made = [new_reference() for _ in range(20_000)]

    assert {len(each) for each in made} == {7}
    assert set("".join(made)) == set("CDFHJKMNPQRTVWX256789")
    assert not [each for each in made if re.search(r"[A-Z]{3}|(.)\1", each)]
    assert len(set(made)) > 19_980


def test_a_reference_may_be_short_or_long():
    assert [len(new_reference(length)) for length in (1, 2, 12)] == [1, 2, 12]


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("7kq2m8p", "7KQ2M8P"),
        (" 7KQ 2M8-P ", "7KQ2M8P"),
        ("7KO2MBP", "7KQ2M8P"),
        ("7K02M8P", "7KQ2M8P"),
        ("７ＫＱ２Ｍ８Ｐ", "7KQ2M8P"),
        ("abigz5", "AB1GZ5"),
        ("u7kqlm", "V7KQ1M"),
    ],
)
def test_a_reference_is_found_as_people_type_it(typed, reference):
    assert fold_reference(typed) == fold_reference(reference)


def test_link_token_is_short_and_uses_82_bits():
    tokens = {make_link_token(number.to_bytes(32, "little")) for number in range(5000)}

    assert len(tokens) == 5000
    assert {len(token) for token in tokens} == {14}
    assert set("".join(tokens)) <= set("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    assert 58**14 > 2**80


def test_long_token_of_before_leads_to_the_same():
    digest = bytes(range(32))
    long = base64.urlsafe_b64encode(digest).decode().rstrip("=")

    assert len(long) == 43
    assert hash_link_token(long) == hash_link_token(make_link_token(digest)) == hash_token(make_link_token(digest))


@pytest.mark.parametrize("token", ["", "x" * 43, "é" * 43, "=" * 43, "a" * 42 + "\n", "x" * 14])
def test_any_other_text_is_no_long_token(token):
    assert len(hash_link_token(token)) == 64
    assert hash_link_token(token) != hash_link_token(make_link_token(bytes(32)))
