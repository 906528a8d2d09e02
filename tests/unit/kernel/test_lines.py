from __future__ import annotations

import pytest

from kernel.lines import clean_line, clean_name


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ana\r\nBcc: all@example.com", "Ana Bcc: all@example.com"),
        ("  Ana\t\u2028Ruiz\x00 ", "Ana Ruiz"),
        ("Ana\u202eRuiz", "Ana Ruiz"),
        ("x" * 300, "x" * 199 + "…"),
        ("", ""),
    ],
)
def test_clean_line_is_one_safe_line(text, line):
    assert clean_line(text) == line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("María José Núñez", "María José Núñez"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Premio en https://evil.example", ""),
        ("Visita www.evil.example", ""),
        ("escribe a yo@evil.example", ""),
        ("Ana\nRuiz", "Ana Ruiz"),
    ],
)
def test_clean_name_drops_advertisements(name, shown):
    assert clean_name(name) == shown
