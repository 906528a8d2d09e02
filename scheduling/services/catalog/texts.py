"""The words of a service in the languages beside the business's own, and what it asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from secrets import choice
from string import ascii_lowercase, digits

from kernel.languages import LANGUAGES
from kernel.text import mark
from scheduling.enums import QuestionKind
from scheduling.services.catalog.checks import (
    CHOICE_UNKNOWN,
    TEXT_TOO_LONG,
    FieldErrors,
    clean_line,
    clean_lines,
)
from scheduling.services.writing.inputs import NAME_LENGTH, NAME_TOO_LONG
from scheduling.types import LocalText, Question, QuestionText

QUESTION_MISSING = mark("Write the question.")
QUESTION_TWICE = mark("This question is asked already.")
CHOICES_FEW = mark("Write at least two options, each on a line of its own.")
CHOICES_MANY = mark("At most 20 options.")
CHOICES_TWICE = mark("Two options are the same.")
CHOICES_UNEVEN = mark("Write as many options as in the main language, in the same order, or none.")
TOO_MANY_QUESTIONS = mark("At most 10 questions.")
CATEGORY_LENGTH, DESCRIPTION_LENGTH = 80, 2000
LABEL_LENGTH, CHOICE_LENGTH = 200, 80
MOST_QUESTIONS, LEAST_CHOICES, MOST_CHOICES = 10, 2, 20
KEY = re.compile(r"q[0-9a-z]{6}")
KEY_LETTERS = ascii_lowercase + digits
CHOOSING = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})


def clean_texts(texts: Sequence[LocalText]) -> tuple[LocalText, ...]:
    """Return the words without what nobody sees; a language in which nothing is said is left out."""
    cleaned = (
        replace(
            each,
            name=clean_line(each.name),
            category=clean_line(each.category),
            description=clean_lines(each.description),
        )
        for each in texts
    )
    return tuple(sorted((each for each in cleaned if not each.is_empty), key=lambda each: each.language))


def check_texts(errors: FieldErrors, texts: Sequence[LocalText]) -> None:
    """Note what cannot be, at ``texts.<language>.<field>``."""
    for each in texts:
        at = f"texts.{each.language}"
        errors.require(each.language in LANGUAGES, at, CHOICE_UNKNOWN)
        errors.check_text(f"{at}.name", each.name, length=NAME_LENGTH, too_long=NAME_TOO_LONG)
        errors.check_text(f"{at}.category", each.category, length=CATEGORY_LENGTH)
        errors.check_text(f"{at}.description", each.description, length=DESCRIPTION_LENGTH)
    errors.require(len({each.language for each in texts}) == len(texts), "texts", CHOICE_UNKNOWN)


def clean_questions(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Return the questions without what nobody sees; new ones get their key, and only choices have options."""
    return tuple(_clean_question(each) for each in questions)


def check_questions(errors: FieldErrors, questions: Sequence[Question]) -> None:
    """Note what cannot be, at ``questions.<number>.<field>``."""
    errors.require(len(questions) <= MOST_QUESTIONS, "questions", TOO_MANY_QUESTIONS)
    keys, labels = set[str](), set[str]()
    for number, each in enumerate(questions):
        at = f"questions.{number}"
        errors.require(bool(each.label), f"{at}.label", QUESTION_MISSING)
        errors.check_text(f"{at}.label", each.label, length=LABEL_LENGTH)
        is_own = KEY.fullmatch(each.key) is not None and each.key not in keys
        errors.require(is_own and each.label.casefold() not in labels, f"{at}.label", QUESTION_TWICE)
        keys.add(each.key)
        labels.add(each.label.casefold())
        if each.kind in CHOOSING:
            errors.require(len(each.choices) >= LEAST_CHOICES, f"{at}.choices", CHOICES_FEW)
            _check_choices(errors, f"{at}.choices", each.choices)
        for text in each.texts:
            own = f"{at}.texts.{text.language}"
            errors.require(text.language in LANGUAGES, own, CHOICE_UNKNOWN)
            errors.check_text(f"{own}.label", text.label, length=LABEL_LENGTH)
            is_even = not text.choices or len(text.choices) == len(each.choices)
            errors.require(is_even, f"{own}.choices", CHOICES_UNEVEN)
            _check_choices(errors, f"{own}.choices", text.choices)


def _check_choices(errors: FieldErrors, at: str, choices: Sequence[str]) -> None:
    errors.require(len(choices) <= MOST_CHOICES, at, CHOICES_MANY)
    errors.require(len({each.casefold() for each in choices}) == len(choices), at, CHOICES_TWICE)
    for each in choices:
        errors.check_text(at, each, length=CHOICE_LENGTH, too_long=TEXT_TOO_LONG)


def _clean_question(question: Question) -> Question:
    is_choosing = question.kind in CHOOSING
    texts = (
        QuestionText(
            language=each.language,
            label=clean_line(each.label),
            choices=_clean_choices(each.choices) if is_choosing else (),
        )
        for each in question.texts
    )
    return replace(
        question,
        key=question.key or "q" + "".join(choice(KEY_LETTERS) for _ in range(6)),
        label=clean_line(question.label),
        choices=_clean_choices(question.choices) if is_choosing else (),
        texts=tuple(each for each in texts if not each.is_empty),
    )


def _clean_choices(choices: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for each in choices if (text := clean_line(each)))
