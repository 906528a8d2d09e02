"""The business's own questions about a visit, as fields of a form: ``answers.<key>``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.widgets import ChoiceWidget
from django.http import QueryDict
from django.utils.translation import gettext

from scheduling.enums import QuestionKind
from scheduling.services.questions.answers import MOST_BYTES, NO, NUMBER, YES
from scheduling.types import Question
from web.formats import Formats
from web.parts.assets import TypedField
from web.parts.forms import PageForm, mark_needed
from web.parts.widgets import Chips, ChoiceChips

QUESTION_PREFIX = "answers."
MOST_CHIPS = 8
"""More options than these are a list that opens."""

Given = str | tuple[str, ...]


class _ChosenField(forms.Field):
    """What was chosen of several, as it was sent: a room below reads and refuses it."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return the options."""
        return tuple(str(each) for each in value or ())


def make_question_fields(
    questions: Sequence[Question], language: str, *, is_staff: bool = False
) -> dict[str, forms.Field]:
    """Return the questions as fields of a form, by name, in a language; staff may leave any open, or open it again."""
    return {f"{QUESTION_PREFIX}{each.key}": _make_field(each, language, is_staff=is_staff) for each in questions}


def list_answers(questions: Sequence[Question], answers: Mapping[str, Given], formats: Formats) -> dict[str, Given]:
    """Return what the fields show of answers that were given before."""
    return {
        f"{QUESTION_PREFIX}{each.key}": _show_number(answers[each.key], formats)
        if each.kind is QuestionKind.NUMBER
        else answers[each.key]
        for each in questions
        if each.key in answers
    }


def read_answers(form: PageForm, questions: Sequence[Question], formats: Formats) -> dict[str, Given]:
    """Return what was typed, by key, as it is sent; of what is far too long only as much as an address carries."""
    given: dict[str, Given] = {}
    room = MOST_BYTES
    for each in questions:
        typed = form[f"{QUESTION_PREFIX}{each.key}"].value()
        value: Given = tuple(map(str, typed)) if isinstance(typed, list | tuple) else str(typed or "").strip()
        if each.kind is QuestionKind.NUMBER and isinstance(value, str):
            number = formats.read_number(value) if value else None
            value = value if number is None else f"{number:f}"
        room -= len(str(value).encode())
        if value and room > 0:
            given[each.key] = value
    return given


def list_typed(questions: Sequence[Question], values: QueryDict) -> dict[str, Given]:
    """Return what a form that was sent has in the questions' fields, to show it again."""
    names = {each: f"{QUESTION_PREFIX}{each.key}" for each in questions}
    return {
        name: tuple(values.getlist(name)) if each.kind is QuestionKind.CHOICES else values.get(name, "")
        for each, name in names.items()
        if name in values
    }


def _make_field(question: Question, language: str, *, is_staff: bool) -> forms.Field:
    label = question.find_label(language)
    kind = _ChosenField if question.kind is QuestionKind.CHOICES else TypedField
    field = kind(label=label, required=False, widget=_make_widget(question, language, is_staff=is_staff))
    return mark_needed(field, is_needed=question.is_required and not is_staff)


def _make_widget(question: Question, language: str, *, is_staff: bool) -> forms.Widget:
    choices = list(question.list_choices(language))
    yes_or_no = [(YES, gettext("Yes")), (NO, gettext("No"))]
    match question.kind:
        case QuestionKind.YES_NO if is_staff:
            return forms.Select(choices=[("", ""), *yes_or_no])
        case QuestionKind.CHOICE if is_staff or len(choices) > MOST_CHIPS:
            return forms.Select(choices=[("", ""), *choices])
        case QuestionKind.LONG_TEXT:
            return forms.Textarea({"rows": 3, "dir": "auto"})
        case QuestionKind.NUMBER:
            return forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "number"})
        case QuestionKind.TEXT:
            return forms.TextInput({"dir": "auto"})
        case kind:
            chips: ChoiceWidget = Chips() if kind is QuestionKind.CHOICES else ChoiceChips()
            chips.choices = yes_or_no if kind is QuestionKind.YES_NO else choices
            return chips


def _show_number(value: Given, formats: Formats) -> Given:
    if not isinstance(value, str) or NUMBER.fullmatch(value) is None:
        return value
    number = Decimal(value)
    exponent = number.normalize().as_tuple().exponent
    return formats.format_number(number, decimals=max(0, -exponent) if isinstance(exponent, int) else 0)
