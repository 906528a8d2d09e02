"""The words in which each room declares what it keeps about people, column by column.

A room lists its tables in ``<room>/personal.py`` and registers them in ``tenants.hooks``; requests for
access, blocking and erasure read nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

_NONE: Mapping[str, PersonalColumn] = MappingProxyType({})

BACKUPS_KEPT = timedelta(days=35)
"""The longest that anything lies in a backup of the whole platform: who left, or was erased, is gone by then."""


class Subject(StrEnum):
    """Whom it is about."""

    CUSTOMER = "customer"
    STAFF = "staff"
    OWNER = "owner"
    """Who signs a business up."""
    ANYONE = "anyone"


class Purpose(StrEnum):
    """What it is kept for."""

    VISIT = "visit"
    """Making, keeping and changing a booking."""
    INVOICE = "invoice"
    """Making out the invoice that somebody asked for."""
    CONTACT = "contact"
    """Telling people about their booking."""
    ACCOUNT = "account"
    """Letting people sign in."""
    PROOF = "proof"
    """Showing later who agreed to or changed what."""
    SECURITY = "security"
    """Keeping strangers out, and one request from being carried out twice."""
    REPAIR = "repair"
    """Finding out why something failed."""


class Ground(StrEnum):
    """What allows to keep it; a place's law may ask for more (see its row)."""

    CONTRACT = "contract"
    CONSENT = "consent"
    INTEREST = "interest"
    """A legitimate interest of the business."""
    DUTY = "duty"
    """A law that asks for it."""


class Erasure(StrEnum):
    """What becomes of it when a person is erased."""

    BLANK = "blank"
    """It becomes empty."""
    REPLACE = "replace"
    """A stand-in that says nothing takes its place: it may not be empty, or has to be unique."""
    KEEP = "keep"
    """It stays, for the reason that is given."""
    DELETE_ROW = "delete_row"
    """The whole row goes."""


class NotPersonal(StrEnum):
    """Why a text, a date or a document says nothing about a person."""

    CODE = "code"
    """A word or number of ours: a key, a state, a language, a time zone, a date that counts something."""
    BUSINESS = "business"
    """What the business says about itself and what it offers."""
    SECRET = "secret"  # noqa: S105 - the word
    """A hash of something random, or the random thing itself."""
    MACHINE = "machine"
    """Made by a program for a program."""


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """One column with personal data.

    Attributes:
        reason: Why it stays, a msgid; only, and always, with `Erasure.KEEP`.
        may_be_sensitive: People may write about health into it: in many places that needs express consent.

    Raises:
        ValueError: It stays without a reason, or has a reason and does not stay.
    """

    subject: Subject
    purpose: Purpose
    ground: Ground
    erasure: Erasure
    reason: str = ""
    may_be_sensitive: bool = False

    def __post_init__(self) -> None:
        if (self.erasure is Erasure.KEEP) != bool(self.reason):
            raise ValueError("what stays has a reason, and nothing else has one")


@dataclass(frozen=True, slots=True)
class TableInventory:
    """What one table holds about people.

    Columns whose type cannot hold a person's words (numbers, instants, yes or no, keys, closed
    choices) may be left out; every other one stands in ``personal`` or in ``other``.

    Attributes:
        model: ``app_label.Model``.
        personal: Column → what it is.
        other: Why not personal → columns.
        kept_days: After so many days what is personal goes by itself, counted from when it has served; 0: it stays as
            long as whoever answers for it has it, or until the person is erased.

    Raises:
        ValueError: A column is declared twice.
    """

    model: str
    personal: Mapping[str, PersonalColumn] = field(default_factory=lambda: _NONE)
    other: Mapping[NotPersonal, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    kept_days: int = 0

    def __post_init__(self) -> None:
        twice = [name for name, times in Counter(self.columns).items() if times > 1]
        if twice:
            message = f"{self.model} declares twice: {', '.join(twice)}"
            raise ValueError(message)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every declared column."""
        return (*self.personal, *(name for names in self.other.values() for name in names))

    def copy_as(
        self, model: str, *, without: frozenset[str] = frozenset(), more: Mapping[str, PersonalColumn] = _NONE
    ) -> TableInventory:
        """Return the declaration of another table with the same columns: a history, for instance."""
        kept = {name: column for name, column in self.personal.items() if name not in without}
        other = {why: tuple(name for name in names if name not in without) for why, names in self.other.items()}
        return replace(self, model=model, personal={**kept, **more}, other=other)
