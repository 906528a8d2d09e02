"""What people may ask about their data, and how soon it must be answered; whom to tell of an incident: by country.

The table is `persons.toml`. Every row says where it is from and how sure we are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from kernel.law.clocks import Deadline, Period, Place, count_deadline, read_period
from kernel.law.taxes import CONFIDENCES

EVERYWHERE = ""
"""The place of the row that holds where no other does."""
EVERY = "every"
SURE = "H"
"""The confidence of what needs no doubt."""


class Right(StrEnum):
    """What somebody may ask for."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    OBJECTION = "objection"
    PORTABILITY = "portability"
    BLOCKING = "blocking"


class Told(StrEnum):
    """Who has to hear of an incident."""

    AUTHORITY = "authority"
    PERSONS = "persons"


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a business has to answer.

    Attributes:
        longer: By how much it may extend that once, with a reason; None: it may not.
        carry_out: How long it has, once it has answered, to do what it agreed to; None: the answer is the doing.
        confidence: How sure we are: H, M or L.
    """

    answer: Period
    longer: Period | None
    carry_out: Period | None
    confidence: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Whom to tell of an incident, and how soon after it is known.

    Attributes:
        condition: When, in words for the operator (a msgid); empty: always.
    """

    to: Told
    within: Period
    condition: str
    confidence: str


@dataclass(frozen=True, slots=True)
class PrivacyLaw:
    """What holds in a country.

    Attributes:
        clocks: By right; a right that is not in it is none by this law.
        in_force_from: When it begins; None: it is in force.
        moves_on: A last day on which nobody works gives way to the next working day.
        blocked_for: Erasing means blocking first, for so long, until claims are out of time, and then destroying;
            None: it means destroying.
        free_every_months: Access is free again after so many months; 0: the law does not limit it.
        consent_from: Age in years from which people consent themselves; 0: we know of none.
        doubts: Of what we are not sure, in words.
    """

    country: str
    instrument: str
    authority: str
    source: str
    reviewed_on: date
    confidence: str
    doubts: str
    clocks: Mapping[Right, Clock]
    incidents: tuple[Notice, ...]
    in_force_from: date | None = None
    moves_on: bool = False
    blocked_for: Period | None = None
    free_every_months: int = 0
    consent_from: int = 0

    def find_clock(self, right: Right) -> Clock:
        """Return how soon a right is answered; one that the law does not name, as soon as access, which each names."""
        return self.clocks.get(right, self.clocks[Right.ACCESS])

    def is_in_force(self, on: date) -> bool:
        """Tell whether it holds on a date."""
        return self.in_force_from is None or on >= self.in_force_from

    @property
    def blocks_first(self) -> bool:
        """Tell whether erasing means blocking first."""
        return self.blocked_for is not None

    @property
    def is_own_choice(self) -> bool:
        """Tell whether no law of the country stands behind it."""
        return self.country == EVERYWHERE


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When a request has to be answered.

    Attributes:
        answer: Without an extension.
        longest: With it; the same where there is none.
    """

    answer: Deadline
    longest: Deadline


def find_privacy_law(country: str) -> PrivacyLaw:
    """Return what holds in a country (ISO 3166-1 alpha-2); of one that we do not know, our own choice."""
    laws = list_privacy_laws()
    return laws.get(country, laws[EVERYWHERE])


@lru_cache(maxsize=1)
def list_privacy_laws() -> Mapping[str, PrivacyLaw]:
    """Return the table that is in force, by country; under `EVERYWHERE` what holds in all others."""
    return read_privacy_laws(files("kernel.law").joinpath("persons.toml").read_text(encoding="utf-8"))


def find_deadlines(right: Right, *, asked_at: datetime, place: Place) -> Deadlines:
    """Return until when what was asked at an instant (aware) has to be answered."""
    law = find_privacy_law(place.country)
    clock = law.find_clock(right)
    answer = count_deadline(clock.answer, since=asked_at, place=place, moves_on=law.moves_on)
    if clock.longer is None:
        return Deadlines(answer, answer)
    longest = count_deadline(clock.answer + clock.longer, since=asked_at, place=place, moves_on=law.moves_on)
    return Deadlines(answer, longest)


def find_carrying_out(right: Right, *, answered_at: datetime, place: Place) -> Deadline | None:
    """Return until when what was agreed to has to be done; None: answering it was doing it."""
    law = find_privacy_law(place.country)
    clock = law.find_clock(right)
    if clock.carry_out is None:
        return None
    return count_deadline(clock.carry_out, since=answered_at, place=place, moves_on=law.moves_on)


def find_blocking_end(*, blocked_at: datetime, place: Place) -> Deadline:
    """Return until when what was blocked at an instant (aware) is kept, before it is destroyed.

    In a country whose law blocks nothing (the business has moved, or the copy of it), as long as in the one that keeps
    it longest: nobody destroys too soon what a judge may ask for.
    """
    laws = list_privacy_laws()
    here = find_privacy_law(place.country).blocked_for
    if here is not None:
        return count_deadline(here, since=blocked_at, place=place)
    all_of_them = (law.blocked_for for law in laws.values() if law.blocked_for is not None)
    ends = (count_deadline(each, since=blocked_at, place=place) for each in all_of_them)
    return max(ends, key=lambda each: each.ends_at)


def find_notice_deadline(notice: Notice, *, known_at: datetime, place: Place) -> Deadline:
    """Return until when somebody has to be told of an incident that became known at an instant (aware)."""
    return count_deadline(notice.within, since=known_at, place=place)


def read_privacy_laws(text: str) -> Mapping[str, PrivacyLaw]:
    """Read a table of laws.

    Raises:
        ValueError: It is not one: a key is missing or unknown, a country or a right comes twice, a period is none,
            access has no clock, nothing says where a row is from or how sure we are, or no row holds everywhere.
    """
    table = tomllib.loads(text)
    laws: dict[str, PrivacyLaw] = {}
    try:
        for row in table["laws"]:
            data = dict(row)
            for country in data.pop("places"):
                if country in laws:
                    message = f"{country} comes twice"
                    raise ValueError(message)
                laws[country] = _read_law(country, data, table["reviewed_on"])
    except (KeyError, TypeError) as error:
        message = f"not a table of laws: {error}"
        raise ValueError(message) from error
    if EVERYWHERE not in laws:
        raise ValueError("no row holds everywhere")
    return MappingProxyType(laws)


def _read_law(country: str, row: Mapping[str, Any], reviewed_on: date) -> PrivacyLaw:
    data = dict(row)
    sure = data["confidence"]
    clocks: dict[Right, Clock] = {}
    for each in data.pop("clocks"):
        clock = _read_clock(each, sure)
        for right in Right if each["rights"] == [EVERY] else map(Right, each["rights"]):
            if right in clocks:
                message = f"{country}: {right} comes twice"
                raise ValueError(message)
            clocks[right] = clock
    notices = tuple(_read_notice(each, sure) for each in data.pop("incidents"))
    blocked_for = read_period(data.pop("blocked_for")) if "blocked_for" in data else None
    law = PrivacyLaw(
        country=country,
        reviewed_on=reviewed_on,
        clocks=MappingProxyType(clocks),
        incidents=notices,
        blocked_for=blocked_for,
        **data,
    )
    said = {law.confidence, *(each.confidence for each in clocks.values()), *(each.confidence for each in notices)}
    if not law.source or not said <= set(CONFIDENCES):
        message = f"{country}: say where this is from, and how sure we are"
        raise ValueError(message)
    if Right.ACCESS not in clocks:
        message = f"{country}: nothing says how soon people see what is kept"
        raise ValueError(message)
    return law


def _read_clock(row: Mapping[str, Any], confidence: str) -> Clock:
    answer = read_period(row["answer"])
    longer = read_period(row["longer"]) if "longer" in row else None
    carry_out = read_period(row["carry_out"]) if "carry_out" in row else None
    if unknown := row.keys() - {"rights", "answer", "longer", "carry_out", "confidence"}:
        message = f"unknown: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    if longer is not None:
        answer + longer  # of one unit
    return Clock(answer, longer, carry_out, row.get("confidence", confidence))


def _read_notice(row: Mapping[str, Any], confidence: str) -> Notice:
    data = {"condition": "", "confidence": confidence, **row}
    return Notice(to=Told(data.pop("to")), within=read_period(data.pop("within")), **data)
