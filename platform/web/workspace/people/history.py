"""What was done to people, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from accounts.enums import Role
from audit.types import Change, FieldChange
from kernel.text import mark

SAID = {
    ("is_active", True): mark("Switched on again"),
    ("is_active", False): mark("Switched off"),
    ("second_step", False): mark("The second step was removed"),
    ("passkey", True): mark("A passkey was added"),
    ("passkey", False): mark("A passkey was removed"),
    ("email", True): mark("Another e-mail"),
    ("api_key", True): mark("A key for a program was made"),
    ("api_key", False): mark("A key for a program was revoked"),
}
"""What was changed, and to what → a sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody did; ``by`` is empty for the platform."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody did to whom."""

    name: str
    sentence: Sentence


def describe_changes(changes: Iterable[Change]) -> list[Sentence]:
    """Return a sentence for each field of each change, in their order."""
    return [Sentence(_describe(field), each.user_name, each.at) for each in changes for field in each.fields]


def _describe(field: FieldChange) -> str:
    if field.name == "role":
        new = Role(str(field.new)).label
        if field.old is None:
            return gettext("Joined as: %(role)s") % {"role": new}
        return gettext("Role: %(old)s → %(new)s") % {"old": Role(str(field.old)).label, "new": new}
    return gettext(SAID[field.name, bool(field.new)])
