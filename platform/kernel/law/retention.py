"""How long words about people are kept when what they were written for is over, by purpose and country.

The table is `retention.toml`. Every row says where it is from and how sure we are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from kernel.law.clocks import Period, Unit, add_months, read_period
from kernel.law.taxes import CONFIDENCES

EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """How long something is kept.

    Attributes:
        is_binding: A law says so; else it is our own choice.
        confidence: How sure we are: H, M or L.
    """

    keep: Period
    is_binding: bool
    source: str
    confidence: str

    def find_before(self, now: datetime) -> datetime:
        """Return the instant (aware): what was over before it has been kept long enough.

        Months count by the calendar, in UTC: a day more or less at the edge is no matter of years.
        """
        return find_before(self.keep, now)


def find_before(keep: Period, now: datetime) -> datetime:
    """Return the instant before which a period of days or months has gone by at ``now`` (aware)."""
    at = now.astimezone(UTC)
    if keep.unit is Unit.MONTHS:
        return datetime.combine(add_months(at.date(), -keep.count), at.timetz())
    return at - timedelta(days=keep.count)


def find_retention(purpose: str, country: str) -> RetentionPeriod:
    """Return how long what was written for a purpose is kept in a country (ISO 3166-1 alpha-2).

    Raises:
        KeyError: The table has no such purpose.
    """
    rows = list_retention()[purpose]
    return rows.get(country, rows[EVERYWHERE])


@lru_cache(maxsize=1)
def list_retention() -> Mapping[str, Mapping[str, RetentionPeriod]]:
    """Return the table that is in force: purpose → country → how long; under `EVERYWHERE` what holds in all others."""
    return read_retention(files("kernel.law").joinpath("retention.toml").read_text(encoding="utf-8"))


def read_retention(text: str) -> Mapping[str, Mapping[str, RetentionPeriod]]:
    """Read a table of periods.

    Raises:
        ValueError: It is not one: a key is missing or unknown, a country comes twice, a period is none or of another
            unit than days and months, nothing says where a row is from or how sure we are, or none holds everywhere.
    """
    found: dict[str, dict[str, RetentionPeriod]] = {}
    try:
        for row in tomllib.loads(text)["periods"]:
            data = dict(row)
            places, purpose, keep = data.pop("places"), data.pop("purpose"), read_period(data.pop("keep"))
            period = RetentionPeriod(keep=keep, is_binding=data.pop("binding"), **data)
            if keep.unit not in {Unit.DAYS, Unit.MONTHS} or not period.source or period.confidence not in CONFIDENCES:
                message = f"{purpose}: say how long, where this is from, and how sure we are"
                raise ValueError(message)
            for country in places:
                if country in found.setdefault(purpose, {}):
                    message = f"{purpose}: {country or 'everywhere'} comes twice"
                    raise ValueError(message)
                found[purpose][country] = period
    except (KeyError, TypeError) as error:
        message = f"not a table of periods: {error}"
        raise ValueError(message) from error
    if lost := [purpose for purpose, rows in found.items() if EVERYWHERE not in rows]:
        message = f"no row holds everywhere: {', '.join(lost)}"
        raise ValueError(message)
    return MappingProxyType({purpose: MappingProxyType(rows) for purpose, rows in found.items()})
