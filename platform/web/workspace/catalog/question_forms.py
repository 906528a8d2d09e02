"""The rows of a service's form that say what whoever books it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from scheduling.enums import QuestionKind
from scheduling.services.catalog.texts import LABEL_LENGTH
from scheduling.types import Question, QuestionText
from tenants.context import current_tenant
from web.parts.fields import ChoiceField, SwitchField, TextField
from web.parts.forms import PageForm
from web.workspace.catalog.texts import list_other_languages, say_label

CHOICES_LENGTH = 2000
ON_LINES = gettext_lazy("One on each line.")


class QuestionForm(PageForm):
    """One question, with its options where one chooses."""

    key = forms.CharField(required=False, widget=forms.HiddenInput())
    label = TextField(label=gettext_lazy("Question"), max_length=LABEL_LENGTH, attrs={"autocomplete": "off"})
    kind = ChoiceField(label=gettext_lazy("Kind of answer"), choices=QuestionKind.choices)
    is_required = SwitchField(label=gettext_lazy("Must be answered"))
    choices = TextField(
        label=gettext_lazy("Options"), max_length=CHOICES_LENGTH, rows=4, required=False, help_text=ON_LINES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = current_tenant().locale
        for name in ("label", "choices"):
            self.fields[name].label = say_label(name, own)
        for language in list_other_languages():
            attrs = {"autocomplete": "off", "lang": language}
            self.fields[f"label_{language}"] = TextField(
                label=say_label("label", language), max_length=LABEL_LENGTH, required=False, attrs=attrs
            )
            self.fields[f"choices_{language}"] = TextField(
                label=say_label("choices", language), max_length=CHOICES_LENGTH, rows=4, required=False,
                help_text=ON_LINES, attrs=attrs,
            )  # fmt: skip

    @property
    def label_fields(self) -> tuple[forms.BoundField, ...]:
        """Return the question in each language."""
        return self._list_fields("label")

    @property
    def choices_fields(self) -> tuple[forms.BoundField, ...]:
        """Return the options in each language."""
        return self._list_fields("choices")

    def make_question(self) -> Question:
        """Return the question as it was typed."""
        data = self.cleaned_data
        return Question(
            key=data["key"],
            label=data["label"],
            kind=QuestionKind(data["kind"]),
            is_required=data["is_required"],
            choices=tuple(data["choices"].splitlines()),
            texts=tuple(
                QuestionText(
                    language=language,
                    label=data[f"label_{language}"],
                    choices=tuple(data[f"choices_{language}"].splitlines()),
                )
                for language in list_other_languages()
            ),
        )

    def _list_fields(self, name: str) -> tuple[forms.BoundField, ...]:
        return (self[name], *(self[f"{name}_{language}"] for language in list_other_languages()))


def list_question_initial(question: Question) -> dict[str, object]:
    """Return what the row of a question shows."""
    shown: dict[str, object] = {
        "key": question.key,
        "label": question.label,
        "kind": question.kind.value,
        "is_required": question.is_required,
        "choices": "\n".join(question.choices),
    }
    for each in question.texts:
        shown |= {f"label_{each.language}": each.label, f"choices_{each.language}": "\n".join(each.choices)}
    return shown


def name_field(name: str) -> str:
    """Return the form's name of a field of a question: ``texts.en.label`` is ``label_en``."""
    _, _, rest = name.partition("texts.")
    language, _, field = rest.partition(".")
    return f"{field}_{language}" if rest else name


def describe_questions(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return questions as the history says them."""
    kinds = dict(QuestionKind.choices)
    said = (f"{row['label']} ({', '.join((str(kinds[row['kind']]), *row['choices']))})" for row in rows if row["label"])
    return " · ".join(said)
