"""How long rooms keep what is about people, and why: each room says it of its own tables.

What a rule sweeps, a nightly job of the business takes away (`privacy.services.retention`); what ends by the due work
of its own row only says so. A table that a person's file has (`tenants.services.erasures.persons`) stands under a rule
or stays for a reason: a test asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kernel.law.clocks import Period

BATCH = 2000
"""Rows at once: the rest goes a minute later, so that nobody who books waits."""
Sweep = Callable[[datetime], int]
"""Takes away what was over before an instant, at most a batch; returns how many rows that were. Safe to run twice."""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long one kind of thing is kept.

    Attributes:
        key: Stays the same: runs are noted under it.
        models: ``app_label.Model`` of the tables.
        title: What it is; ``why``: what it is kept for so long. Msgids.
        find_period: Country (ISO 3166-1 alpha-2) → how long.
        sweep: Takes away what is over; None: the row ends by its own due work.
    """

    key: str
    models: tuple[str, ...]
    title: str
    why: str
    find_period: Callable[[str], Period]
    sweep: Sweep | None = None


@dataclass(slots=True)
class _Said:
    rules: dict[str, RetentionRule] = field(default_factory=dict)
    staying: dict[str, str] = field(default_factory=dict)


_said = _Said()


def register_retention(rules: Sequence[RetentionRule] = (), *, staying: Mapping[str, str] | None = None) -> None:
    """Say how long things are kept; ``staying``: table → why it stays until somebody is erased, a msgid."""
    _said.rules.update({rule.key: rule for rule in rules})
    _said.staying.update(staying or {})


def list_rules() -> tuple[RetentionRule, ...]:
    """Return every rule, in the order in which rooms said so."""
    return tuple(_said.rules.values())


def list_staying() -> Mapping[str, str]:
    """Return the tables that stay, and why (msgids)."""
    return dict(_said.staying)
