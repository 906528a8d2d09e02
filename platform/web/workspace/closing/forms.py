"""What is asked of whoever closes a business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from scheduling.services.closing import TEXT_LENGTH, Closing, may_add_words
from web.parts.proofs import StepForm
from web.parts.voice import FILL_IN, TOO_LONG

ATTRS = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
MOST_TYPED = 300


class CloseForm(StepForm):
    """The short name, what customers are told, and the proof that it is the owner."""

    is_told = forms.BooleanField(
        label=gettext_lazy("Tell customers who have appointments"), required=False, initial=True
    )
    text = forms.CharField(
        label=gettext_lazy("What you want to tell them"),
        required=False,
        max_length=TEXT_LENGTH,
        help_text=gettext_lazy(
            "Say whether their appointment still takes place, and where to find you. They read it in the e-mail and "
            "with their appointment, where an SMS leads, and everybody reads it on your page."
        ),
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": TOO_LONG},
    )
    typed_name = forms.CharField(
        label=gettext_lazy("Short name of the business"),
        max_length=MOST_TYPED,
        widget=forms.TextInput(ATTRS),
        error_messages={"required": FILL_IN, "max_length": TOO_LONG},
    )
    focus_first = ""
    field_order = ("is_told", "text", "typed_name", "password", "code")

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = gettext("Type “%(slug)s”, so that nothing is closed by accident.")
        self.fields["typed_name"].help_text = hint % {"slug": slug}
        if not may_add_words():
            del self.fields["text"]
            self.fields["is_told"].help_text = gettext(
                "While the business is suspended, they only read that it closes, without words of yours."
            )

    def read(self) -> Closing:
        """Return what was typed."""
        typed = self.cleaned_data
        return Closing(typed_name=typed["typed_name"], is_told=typed["is_told"], text=typed.get("text", ""))
