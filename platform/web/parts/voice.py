"""What forms say when something is wrong: one voice for every field, ours or a framework's."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

FILL_IN = gettext_lazy("Fill in this field.")
CHOOSE = gettext_lazy("Choose one of the options.")
TOO_LONG = gettext_lazy("At most %(limit_value)d characters.")
TOO_SHORT = gettext_lazy("At least %(limit_value)d characters.")
NO_NUMBER = gettext_lazy("Enter a number, digits only.")
TOO_SMALL = gettext_lazy("At least %(limit_value)s.")
TOO_LARGE = gettext_lazy("At most %(limit_value)s.")
UNREADABLE_TEXT = gettext_lazy("This text holds signs that cannot be read. Type it again.")
NOT_UNDERSTOOD = gettext_lazy("We do not understand this value. Enter it again.")

SENTENCES = {
    "required": FILL_IN,
    "invalid": NOT_UNDERSTOOD,
    "invalid_choice": CHOOSE,
    "invalid_list": CHOOSE,
    "max_length": TOO_LONG,
    "min_length": TOO_SHORT,
    "min_value": TOO_SMALL,
    "max_value": TOO_LARGE,
    "null_characters_not_allowed": UNREADABLE_TEXT,
}
"""By the code under which Django's fields and validators refuse a value."""


def speak_for(field: forms.Field) -> None:
    """Let a field refuse in our words whatever it would refuse in the framework's.

    What a field of ours says itself stays: only sentences that come from Django's own classes are replaced.
    """
    kind: Any = type(field)  # typeshed finds no hash at Django's fields
    theirs = _list_theirs(kind)
    for code, text in SENTENCES.items():
        if code not in field.error_messages or id(field.error_messages[code]) in theirs:
            field.error_messages[code] = text


@cache
def _list_theirs(kind: Any) -> frozenset[int]:
    """Return the identities of the sentences that a field has from Django's classes."""
    return frozenset(
        id(text)
        for each in kind.__mro__
        if each.__module__.startswith(("django.", "allauth."))
        for text in vars(each).get("default_error_messages", {}).values()
    )
