from __future__ import annotations

import pytest

from kernel.lines import clean_line, compose, drop_invisible, is_unreadable, make_printable, unify_breaks


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ana\r\nBcc: all@example.com", "Ana Bcc: all@example.com"),
        ("  Ana\t\u2028Ruiz\x00 ", "Ana Ruiz"),
        ("Ana\u202eRuiz", "Ana Ruiz"),
        ("=?utf-8?q?GANA=20500?=", "= ?utf-8?q?GANA=20500?="),
        ("\ud800Ana", "Ana"),
        ("x" * 300, "x" * 199 + "…"),
        ("", ""),
    ],
)
def test_clean_line_is_one_safe_line(text, line):
    assert clean_line(text) == line


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Nu\u0301n\u0303ez", "Núñez"),
        ("Ana\u202e Ruiz\u2066", "Ana Ruiz"),
        ("\ufeffAna\u200b\u00ad Ruiz\u2060 ", "Ana Ruiz"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),  # Persian, with ZWNJ
        ("\U0001f469\u200d\U0001f527", "\U0001f469\u200d\U0001f527"),  # a woman mechanic, with ZWJ
        ("\u200d \u202e\u200c", ""),
        ("uno\ndos", "uno\ndos"),
    ],
)
def test_drop_invisible_keeps_what_scripts_need(text, seen):
    assert drop_invisible(text) == seen


@pytest.mark.parametrize("letter", ["\x00", "\n", "\r", "\t", "\x85", "\u2028", "\u2029", "\ud800"])
def test_a_line_with_a_break_or_a_half_letter_is_unreadable(letter):
    assert (is_unreadable(f"Ana{letter}Ruiz"), is_unreadable("Ana Ruiz \u202f\ufffd 🚗")) == (True, False)


def test_every_break_becomes_the_same():
    assert unify_breaks("a\r\nb\rc\vd\fe\x85f\u2028g\u2029h\ni") == "a\nb\nc\nd\ne\nf\ng\nh\ni"


def test_make_printable_keeps_lines_and_drops_what_no_encoder_carries():
    assert make_printable("uno\r\ndos\x00\ttres\ud800\u2028cuatro ñ 🚗") == "uno\ndos\ttres\ncuatro ñ 🚗"


@pytest.mark.parametrize("form", ["NFC", "NFKC", "NFKD"])
@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0f73", "\u093e"])
def test_a_run_of_marks_costs_no_more_than_other_letters(form, marks):
    text = "a" + marks * 200_000 + "z"  # put in order by itself it takes minutes

    composed = compose(form, text)

    assert (composed[-1], len(composed) <= 64) == ("z", True)


def test_letters_with_the_marks_that_languages_use_are_kept_whole():
    assert compose("NFC", "Jose\u0301 N\u0303un\u0303ez") == "José Ñuñez"
