"""What a limit is. The one list of limits is the setting ``LIMITS``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

MINUTE, HOUR, DAY = 60, 3600, 86_400


class Keeper(StrEnum):
    """Where a limit is counted, and with that what happens to it when Redis is down."""

    REDIS = "redis"
    """Quick; while Redis is down nothing is counted and everybody passes."""
    POSTGRESQL = "postgresql"
    """Exact, beside the rows that it guards: it holds whatever becomes of Redis."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may happen.

    Attributes:
        name: Of the limit, and its key in ``LIMITS``.
        counts: What is counted, in words for whoever operates the platform.
        per: For whom there is a count, in words.
        size: How often it may happen in ``seconds``, from the first time on.
        is_open: It counts what stands open at the same time, each thing for ``seconds`` unless it lasts longer.
        is_shared: One count for all businesses; else each business has its own.
    """

    name: str
    counts: str
    per: str
    size: int
    seconds: int
    keeper: Keeper = Keeper.REDIS
    is_open: bool = False
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that is about to happen: ``ident`` wants to do once more what ``limit`` counts."""

    limit: str
    ident: str


def index_limits(*limits: Limit) -> dict[str, Limit]:
    """Return limits by name.

    Raises:
        ValueError: Two have the same name.
    """
    indexed = {limit.name: limit for limit in limits}
    if len(indexed) < len(limits):
        raise ValueError("two limits have the same name")
    return indexed


def raise_limits(limits: Mapping[str, Limit], names: Iterable[str], *, factor: int = 1_000_000) -> dict[str, Limit]:
    """Return limits of which the named ones are ``factor`` times as wide, for drills and the demo.

    Raises:
        KeyError: There is no limit of such a name.
    """
    wider = {name: replace(limits[name], size=limits[name].size * factor) for name in names}
    return {**limits, **wider}
