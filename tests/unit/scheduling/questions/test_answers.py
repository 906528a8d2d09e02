"""Answers to the business's own questions: what is kept of each kind, and what refuses it."""

from __future__ import annotations

import pytest

from scheduling.enums import QuestionKind
from scheduling.services.questions.answers import (
    ANSWERS_LONG,
    NOT_A_TEXT,
    NOT_AN_AMOUNT,
    NOT_YES_OR_NO,
    check_answers,
)
from scheduling.types import Answer, Question, unite_questions
from verticals.contract.asset import NOT_A_CHOICE, REQUIRED, TOO_LONG, UNREADABLE
from verticals.contract.intake import NOT_A_LIST

COLORS = ("Rojo", "Azul", "Verde")


def ask(kind: str, given: object, **question: object):
    """Return what is kept of one answer, or the text that refuses it."""
    asked = Question(key="q000000", label="¿?", kind=QuestionKind(kind), choices=COLORS, **question)
    found, errors = check_answers([asked], {} if given is None else {"q000000": given}, is_complete=True)
    return errors["q000000"][0] if errors else [each.value for each in found]


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  Hola \t mundo ", ["Hola mundo"]),
        ("text", "<script>alert(1)</script>", ["<script>alert(1)</script>"]),
        ("text", "مرحبا بالعالم", ["مرحبا بالعالم"]),
        ("text", "   ", []),
        ("text", None, []),
        ("long_text", "Una\r\nDos\n", ["Una\nDos"]),
        ("number", "85000", ["85000"]),
        ("number", 85000, ["85000"]),
        ("number", "2.50", ["2.5"]),
        ("number", 1.5, ["1.5"]),
        ("number", "-3", ["-3"]),
        ("number", "0.0", ["0"]),
        ("number", "100", ["100"]),
        ("number", " ", []),
        ("yes_no", True, [True]),
        ("yes_no", "yes", [True]),
        ("yes_no", False, [False]),
        ("yes_no", "no", [False]),
        ("yes_no", "", []),
        ("choice", "Azul", ["Azul"]),
        ("choice", "", []),
        ("choices", ["Verde", "Rojo", "Rojo"], [("Rojo", "Verde")]),
        ("choices", [], []),
        ("choices", None, []),
    ],
)
def test_what_was_answered_is_kept(kind, given, kept):
    assert ask(kind, given) == kept


@pytest.mark.parametrize(
    ("kind", "given", "text"),
    [
        ("text", "x" * 201, TOO_LONG),
        ("text", "x" * 5000, TOO_LONG),
        ("text", "a\x00b", UNREADABLE),
        ("text", 7, NOT_A_TEXT),
        ("text", ["a"], NOT_A_TEXT),
        ("long_text", "x" * 1001, TOO_LONG),
        ("number", "85,000", NOT_AN_AMOUNT),
        ("number", "mucho", NOT_AN_AMOUNT),
        ("number", "1e9", NOT_AN_AMOUNT),
        ("number", "٣", NOT_AN_AMOUNT),
        ("number", "9" * 13, NOT_AN_AMOUNT),
        ("number", "1.23456", NOT_AN_AMOUNT),
        ("number", True, NOT_AN_AMOUNT),
        ("number", float("nan"), NOT_AN_AMOUNT),
        ("yes_no", "sí", NOT_YES_OR_NO),
        ("yes_no", 1, NOT_YES_OR_NO),
        ("yes_no", {}, NOT_YES_OR_NO),
        ("choice", "Negro", NOT_A_CHOICE),
        ("choice", ["Rojo"], NOT_A_CHOICE),
        ("choices", "Rojo", NOT_A_LIST),
        ("choices", ["Negro"], NOT_A_CHOICE),
        ("choices", [["Rojo"]], NOT_A_CHOICE),
    ],
)
def test_what_cannot_be_is_refused(kind, given, text):
    assert ask(kind, given) == text


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_what_has_to_be_answered_is_asked_of_customers_and_not_of_staff(kind):
    asked = Question(key="q000000", label="¿?", kind=kind, is_required=True, choices=COLORS)

    assert ask(kind, None, is_required=True) == REQUIRED
    assert check_answers([asked], {}, is_complete=False) == ((), {})


def test_no_is_an_answer():
    assert ask("yes_no", "no", is_required=True) == [False]


def test_all_answers_together_fit_into_an_address():
    asked = [Question(key=f"q{n:06}", label=f"{n}", kind=QuestionKind.LONG_TEXT) for n in range(10)]

    _, errors = check_answers(asked, {each.key: "漢" * 900 for each in asked}, is_complete=True)

    assert errors == {each.key: (ANSWERS_LONG,) for each in asked[2:]}


def test_answers_are_read_back_as_they_were_kept():
    kept = (
        Answer("q000001", QuestionKind.CHOICES, "¿Cuáles?", ("Rojo", "Azul")),
        Answer("q000002", QuestionKind.YES_NO, "¿Sí?", value=False),
    )

    assert Answer.read({"questions": [each.to_json() for each in kept], "note": "x"}) == kept
    assert Answer.read({"symptoms": ["leak"]}) == ()


def test_a_question_of_two_services_is_asked_once_and_needed_where_one_needs_it():
    one = Question(key="q000001", label="A")
    other = Question(key="q000002", label="B", is_required=True)
    again = Question(key="q000001", label="A", is_required=True)

    assert unite_questions([one, other, again]) == (again, other)
