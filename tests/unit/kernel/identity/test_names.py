from __future__ import annotations

import unicodedata

import pytest

from kernel.identity.keys import LONGEST_KEY, make_key, split_words
from kernel.identity.names import clean_person_name


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("María Núñez", "María Núñez"),
        (unicodedata.normalize("NFD", "María Núñez"), "María Núñez"),
        ("  Ana   Ruiz  ", "Ana Ruiz"),
        ("Ana\u00a0\u3000Ruiz", "Ana Ruiz"),
        ("A\u200bn\u2060a\ufeff Ru\u00adiz\u202e", "Ana Ruiz"),
        ("\u3164\u115f", ""),
        ("Ana\u3164", "Ana"),
        ("\u200d", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("O’Connor", "O’Connor"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("Ana\tRuiz", "Ana\tRuiz"),
    ],
)
def test_a_name_has_one_way_to_be_written(typed, stored):
    assert clean_person_name(typed) == stored


ONE_KEY = {
    "nunez": ("Núñez", "NUÑEZ", "nunez", "Nuñez", unicodedata.normalize("NFD", "Núñez"), " nú-ñez "),
    "oconnor": ("O'Connor", "O’Connor", "OConnor", "O Connor", "o´connor", "O‘CONNOR", "Oʼconnor", "O`Connor"),
    "mariafernanda": (
        "María Fernanda",
        "maria  fernanda",
        "María-Fernanda",
        "MARIA\u2011FERNANDA",
        "María\u200bFernanda",
    ),
    "strasse": ("Straße", "STRASSE"),
    "lukasz": ("Łukasz", "Lukasz"),
    "soren": ("Søren", "Soren"),
    "istanbul": ("İstanbul", "Istanbul", "ıstanbul"),
    "abc123d": ("ABC-123-D", "ABC123D", "abc 123 d", "abc·123·d", "ＡＢＣ１２３Ｄ", "abc-١٢٣-d"),
    "ncp815000001": ("NCP81-5000001", "ncp81 5000001"),
    "иванов": ("Иванов", "ИВАНОВ"),
    "αλεξησ": ("Αλέξης", "ΑΛΕΞΗΣ"),
    "😀": ("😀", " 😀 "),
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in ONE_KEY.items() for text in texts])
def test_spellings_of_one_thing_have_one_key(key, text):
    assert make_key(text) == key


def test_keys_of_different_people_differ():
    assert len({make_key(name) for name in ("Ana Ruiz", "Ana Ruis", "Anna Ruiz", "Ana", "😀", "🎉", "")}) == 7


def test_a_key_has_an_end():
    assert len(make_key("ﷺ" * 120)) == LONGEST_KEY


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("María de la O", ("maria", "de", "la", "o")),
        ("O'Connor-García", ("oconnor", "garcia")),
        ("ABC-123-D", ("abc", "123", "d")),
        ("  %_* ", ()),
    ],
)
def test_words_are_runs_of_letters_and_digits(text, words):
    assert split_words(text) == words
