from __future__ import annotations

import pytest

from kernel.ids import hash_token, read_row_id


@pytest.mark.parametrize(("text", "row_id"), [("1", 1), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_read_row_id_reads_digits(text, row_id):
    assert read_row_id(text) == row_id


@pytest.mark.parametrize("text", [None, "", " 1", "-1", "1.0", "abc", "١", "²", "9" * 19, "9" * 5000])
def test_read_row_id_finds_nothing_else(text):
    assert read_row_id(text) is None


def test_hash_of_a_token_is_its_sha_256():
    # The example of FIPS 180-2, appendix B.1.
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
