"""What vehicles, pets and patients come for next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduling.types.customers import AssetView


class DueFilter(StrEnum):
    """Until when what is listed is due."""

    OVER = "over"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class DueItem:
    """What is due of an asset: when its meter shows ``at_meter`` or on the local day ``on``, whichever comes first.

    Attributes:
        id: Of what staff wrote; None: the trade does it again and again.
        what: The service's name, or what was written; empty: the next service.
        due_on: The day by both, as fast as the meter has grown; None: nobody knows yet.
        left: What the meter still grows until then; None: nobody knows.
        is_over: It is due today or was before.
        is_near: The meter shows almost as much, however fast it grows; ``has_pace``: that is known.
    """

    id: int | None
    what: str
    at_meter: int | None
    on: date | None
    due_on: date | None
    left: int | None
    is_over: bool
    is_near: bool
    has_pace: bool


@dataclass(frozen=True, slots=True)
class AssetUpkeep:
    """What is due of an asset, the next first, and what its meter showed last and shows by now, as far as is known."""

    items: tuple[DueItem, ...] = ()
    last_value: int | None = None
    last_on: date | None = None
    estimate: int | None = None


@dataclass(frozen=True, slots=True)
class DueAsset:
    """An asset in the list of what is due; ``phone`` in E.164, ``next_visit_at`` the start of its next visit."""

    asset: AssetView
    owner_number: int
    owner_name: str
    phone: str
    email: str
    upkeep: AssetUpkeep
    next_visit_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueList:
    """A page of assets; ``next_place`` is where the next one begins, None on the last."""

    rows: tuple[DueAsset, ...]
    count: int
    next_place: int | None
