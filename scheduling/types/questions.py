"""What a service asks whoever books it, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from django.utils.translation import gettext

from scheduling.enums import QuestionKind

ANSWERED = "questions"
"""Where the answers of a booking hold those to the business's own questions, beside those that the trade asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionText:
    """A question in one more language; empty: as in the business's own.

    ``choices`` stand in the order of the question's.
    """

    language: str
    label: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether it says nothing."""
        return not (self.label or self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about a visit.

    Attributes:
        key: Stable name, whatever becomes of the words; sent over the API. Empty: it is new.
        choices: Of what can be chosen; an answer is one of these texts, in the business's own language.
    """

    key: str = ""
    label: str
    kind: QuestionKind = QuestionKind.TEXT
    is_required: bool = False
    choices: tuple[str, ...] = ()
    texts: tuple[QuestionText, ...] = ()

    def find_label(self, language: str) -> str:
        """Return the question in a language; the business's own where nothing is said in it."""
        return next((each.label for each in self.texts if each.language == language and each.label), self.label)

    def list_choices(self, language: str) -> tuple[tuple[str, str], ...]:
        """Return what can be chosen: the answer, and how it reads in a language."""
        own = next((each.choices for each in self.texts if each.language == language), ())
        shown = own if len(own) == len(self.choices) else self.choices
        return tuple(zip(self.choices, shown, strict=True))

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, Any]] | None) -> tuple[Self, ...]:
        """Make them of what the column holds."""
        return tuple(
            cls(
                key=row["key"],
                label=row["label"],
                kind=QuestionKind(row["kind"]),
                is_required=row["is_required"],
                choices=tuple(row["choices"]),
                texts=tuple(
                    QuestionText(language=each["language"], label=each["label"], choices=tuple(each["choices"]))
                    for each in row["texts"]
                ),
            )
            for row in rows or ()
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a question as it was asked then, in the business's own language.

    ``value`` is a text, yes or no, or what was chosen; a number is written with a point, without separators.
    """

    key: str
    kind: QuestionKind
    label: str
    value: str | bool | tuple[str, ...]

    def describe(self) -> str:
        """Return what was answered, in the active language where it is ours to say."""
        if isinstance(self.value, bool):
            return gettext("Yes") if self.value else gettext("No")
        return ", ".join(self.value) if isinstance(self.value, tuple) else self.value

    def to_json(self) -> dict[str, object]:
        """Return what a booking keeps."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"key": self.key, "kind": self.kind.value, "label": self.label, "answer": value}

    @classmethod
    def read(cls, answers: Mapping[str, Any]) -> tuple[Self, ...]:
        """Return them of the answers of a booking, in the order in which they were asked."""
        return tuple(
            cls(
                row["key"],
                QuestionKind(row["kind"]),
                row["label"],
                tuple(row["answer"]) if isinstance(row["answer"], list) else row["answer"],
            )
            for row in answers.get(ANSWERED, ())
        )

    def ask_again(self, question: Question | None) -> Question:
        """Return the question to which this can be given again: as it is asked now, or as it was.

        What was chosen can be chosen, whatever became of the choices.
        """
        chosen = self.value if isinstance(self.value, tuple) else (self.value,)
        has_choices = self.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}
        gone = tuple(str(each) for each in chosen) if has_choices else ()
        if question is None or question.kind is not self.kind:
            return Question(key=self.key, label=self.label, kind=self.kind, choices=gone)
        gone = tuple(each for each in gone if each not in question.choices)
        if not gone:
            return question
        texts = tuple(replace(each, choices=(*each.choices, *gone) if each.choices else ()) for each in question.texts)
        return replace(question, choices=(*question.choices, *gone), texts=texts)


def ask_again(questions: Iterable[Question], answers: Mapping[str, Any]) -> tuple[Question, ...]:
    """Return what a visit can be asked once more: what its services ask now, and whatever it has answered.

    ``answers`` are a booking's.
    """
    answered = {each.key: each for each in Answer.read(answers)}
    asked = {each.key: each for each in questions}
    known = (answered[key].ask_again(each) if key in answered else each for key, each in asked.items())
    return (*known, *(each.ask_again(None) for key, each in answered.items() if key not in asked))


def unite_questions(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Return the questions of a visit of several services, each once; needed where one of them needs it."""
    found: dict[str, Question] = {}
    for each in questions:
        known = found.get(each.key, each)
        found[each.key] = replace(known, is_required=known.is_required or each.is_required)
    return tuple(found.values())
