"""Two spellings of one person, and two people."""

from __future__ import annotations

import pytest

from kernel.identity.likeness import are_alike


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Laura Jiménez", "Laura Jimenez"),
        ("Laura Jiménez", "laura  jiménez "),
        ("Laura Jiménez", "Laura Jimenes"),  # a wrong letter
        ("Laura Jiménez", "Laura Jimenéz Soto"),  # a word more
        ("Laura Jiménez", "Laura"),
        ("Laura Jiménez", "Laura J."),
        ("Laura Jiménez", "Jiménez, Laura"),
        ("Laura Jiménez", "Laura Jiménze"),  # two letters swapped
        ("Laura Jiménez", "Laura Jimnez"),  # a missing one
        ("Laura Jiménez", "Lauraa Jiménez"),
        ("María Pérez", "Ma. Pérez"),
        ("O'Connor", "O’Connor"),
        ("🙂", "🙂"),
    ],
)
def test_spellings_of_one_name_are_alike(first, second):
    assert are_alike(first, second)
    assert are_alike(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ana Ruiz", "Luis Ruiz"),
        ("Ana Ruiz", "Eva Ruiz"),  # short words are names of their own
        ("Ana Ruiz", "Ane Ruiz"),
        ("Laura Jiménez", "Laura Gómez"),
        ("Laura Jiménez", "Luis Jiménez"),
        ("Laura", "L."),  # an initial says nothing
        ("Laura Laura", "Laura Jiménez"),
        ("Jiménez", "Jimenezas"),
        ("Martín", "Marcia"),
        ("🙂", "Laura"),
        ("", "Laura"),
    ],
)
def test_two_people_are_not_alike(first, second):
    assert not are_alike(first, second)
    assert not are_alike(second, first)
