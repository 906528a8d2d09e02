"""Whether the customer of a visit that is moved is told, and with which line of staff's own."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from scheduling.types import LONGEST_LINE, TELL, Notice
from web.parts.fields import TextField

UNTOLD = "no"
"""What ``tell`` says when nobody is to be told; anything else, also nothing: the customer is."""


def add_notice_fields(form: forms.Form) -> None:
    """Let a form ask for it: ``tell`` and ``line``."""
    form.fields["tell"] = forms.CharField(required=False, max_length=10)
    form.fields["line"] = TextField(
        label=gettext_lazy("Add a line in your own words"),
        required=False,
        max_length=LONGEST_LINE,
        help_text=gettext_lazy("It is part of the message. Up to 160 characters."),
    )


def read_notice(form: forms.Form) -> Notice:
    """Return what a checked form says."""
    if form.cleaned_data.get("tell") == UNTOLD:
        return Notice(is_told=False)
    line = form.cleaned_data.get("line") or ""
    return Notice(line=line) if line else TELL
