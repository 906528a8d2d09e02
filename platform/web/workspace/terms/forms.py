"""The box that an owner checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from tenants.types import AcceptedText
from web.parts.forms import PageForm
from web.parts.legal.texts import get_text
from web.parts.legal.words import write_agreement
from web.workspace.terms.asking import TermsAsk


class AcceptForm(PageForm):
    """One box for all that is asked, beside links to the texts; it accepts only what the page showed."""

    accept = forms.BooleanField(
        error_messages={"required": gettext_lazy("Check the box to accept, or take your data along and leave.")}
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, *args: Any, ask: TermsAsk, language: str, **kwargs: Any) -> None:
        self._ask, self._language = ask, language
        now_shown = f"{ask.shown} {language}"
        super().__init__(*args, initial={"shown": now_shown}, **kwargs)
        self.fields["accept"].label = write_agreement(ask.documents, is_linked=True)
        self._is_other = self.is_bound and self.data.get("shown") != now_shown
        if self._is_other:
            # The texts on the page are others than those that were read: the box is checked anew.
            self.data = {"shown": now_shown}

    def clean(self) -> dict[str, Any]:
        """Refuse what was not shown.

        Raises:
            ValidationError: The texts or their language changed since the page was opened.
        """
        if self._is_other:
            self.errors.pop("accept", None)
            self.add_error(
                "accept", gettext_lazy("The terms have changed meanwhile. Please read and accept the new ones.")
            )
        return self.cleaned_data

    def list_accepted(self) -> tuple[AcceptedText, ...]:
        """Return what the checked box accepts, in the words and the language of the page."""
        sentence = write_agreement(self._ask.documents)
        return tuple(get_text(each, self._language).accept(sentence) for each in self._ask.documents)
