"""Answers to the business's own questions: read strictly, and kept in the words in which they were asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from kernel.lines import drop_invisible, is_unreadable, unify_breaks
from kernel.text import mark
from scheduling.enums import QuestionKind
from scheduling.types import Answer, Question
from verticals.contract.asset import NOT_A_CHOICE, REQUIRED, TOO_LONG, UNREADABLE
from verticals.contract.intake import NOT_A_LIST

NOT_AN_AMOUNT = mark("Enter a number.")
NOT_YES_OR_NO = mark("Answer yes or no.")
NOT_A_TEXT = mark("Write a text.")
ANSWERS_LONG = mark("All answers together are too long: shorten this one.")
TEXT_LENGTH, LONG_TEXT_LENGTH = 200, 1000
MOST_BYTES = 6000
"""Of all answers together: they travel in an address while somebody books."""
NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,4})?")
YES, NO = "yes", "no"


class AnswerWrong(ValueError):
    """An answer cannot be; the message is a marked text."""


def check_answers(
    questions: Sequence[Question], given: Mapping[str, object], *, is_complete: bool
) -> tuple[tuple[Answer, ...], dict[str, tuple[str, ...]]]:
    """Return the answers as they are kept, in the order of the questions, and what is wrong by the question's key.

    ``is_complete``: what has to be answered must be; staff may leave everything open.
    """
    found: list[Answer] = []
    errors: dict[str, tuple[str, ...]] = {}
    room = MOST_BYTES
    for each in questions:
        try:
            value = _READERS[each.kind](each, given.get(each.key))
        except AnswerWrong as wrong:
            errors[each.key] = (str(wrong),)
            continue
        if value is None:
            if each.is_required and is_complete:
                errors[each.key] = (REQUIRED,)
            continue
        room -= len(str(value).encode())
        if room < 0:
            errors[each.key] = (ANSWERS_LONG,)
        found.append(Answer(each.key, each.kind, each.label, value))
    return tuple(found), errors


def _read_text(question: Question, given: object) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise AnswerWrong(NOT_A_TEXT)
    is_line = question.kind is QuestionKind.TEXT
    text = drop_invisible(unify_breaks(given))
    text = " ".join(text.split()) if is_line else text.strip()
    if len(text) > (TEXT_LENGTH if is_line else LONG_TEXT_LENGTH):
        raise AnswerWrong(TOO_LONG)
    if is_unreadable(text.replace("\n", " ").replace("\t", " ")):
        raise AnswerWrong(UNREADABLE)
    return text or None


def _read_number(question: Question, given: object) -> str | None:  # noqa: ARG001 - as all readers
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise AnswerWrong(NOT_AN_AMOUNT)
    text = str(given).strip()
    if NUMBER.fullmatch(text) is None:
        raise AnswerWrong(NOT_AN_AMOUNT)
    number = Decimal(text)
    return f"{number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize():f}"


def _read_switch(question: Question, given: object) -> bool | None:  # noqa: ARG001 - as all readers
    if given is None or given == "":
        return None
    if given is True or given == YES:
        return True
    if given is False or given == NO:
        return False
    raise AnswerWrong(NOT_YES_OR_NO)


def _read_choice(question: Question, given: object) -> str | None:
    if given is None or given == "":
        return None
    if not isinstance(given, str) or given not in question.choices:
        raise AnswerWrong(NOT_A_CHOICE)
    return given


def _read_choices(question: Question, given: object) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list | tuple):
        raise AnswerWrong(NOT_A_LIST)
    if not all(isinstance(each, str) and each in question.choices for each in given):
        raise AnswerWrong(NOT_A_CHOICE)
    return tuple(each for each in question.choices if each in given) or None


_READERS = {
    QuestionKind.TEXT: _read_text,
    QuestionKind.LONG_TEXT: _read_text,
    QuestionKind.NUMBER: _read_number,
    QuestionKind.YES_NO: _read_switch,
    QuestionKind.CHOICE: _read_choice,
    QuestionKind.CHOICES: _read_choices,
}
