"""Who had one thing that two records told of, joined to one story and parted again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kernel.iso import parse_date
from scheduling.models import AssetOwner


def join_periods(from_asset: int, to_asset: int) -> list[dict[str, Any]]:
    """Let who had the one have had the other one; return what became of the rows that changed, by ``id``.

    Where both tell of the same days, whoever gave it away first had it first, and the next one had it from then on. A
    row for which no day is left stays where it is, and what it says with it.
    """
    rows = AssetOwner.objects.filter(asset_id__in=(from_asset, to_asset)).select_for_update().order_by("pk")
    found = sorted(
        rows, key=lambda each: (each.until_on or date.max, each.asset_id != to_asset, each.from_on or date.min)
    )
    if all(each.asset_id == to_asset for each in found):
        return []
    changed: list[dict[str, Any]] = []
    last: date | None = None
    for each in found:
        start = max((day for day in (each.from_on, last) if day is not None), default=None)
        if start is not None and start >= (each.until_on or date.max):
            continue
        last = each.until_on or date.max
        if each.asset_id != to_asset or start != each.from_on:
            changed.append(
                {
                    "id": each.pk,
                    "before": [each.asset_id, _write_day(each.from_on)],
                    "after": [to_asset, _write_day(start)],
                    "until": _write_day(each.until_on),
                }
            )
    # Those that get shorter make room for those that come.
    changed.sort(key=lambda each: each["before"][0] != to_asset)
    for change in changed:
        _put(change, "after", "before")
    return changed


def part_periods(changed: Iterable[Mapping[str, Any]]) -> None:
    """Put back what `join_periods` changed, as far as nobody changed it since: what is still there stays in order."""
    for each in reversed(list(changed)):
        if not _put(each, "before", "after"):
            return


def _put(change: Mapping[str, Any], to: str, of: str) -> bool:
    asset_id, from_on = change[of]
    rows = AssetOwner.objects.filter(pk=change["id"], asset_id=asset_id, from_on=_read_day(from_on))
    if to == "before":
        rows = rows.filter(until_on=_read_day(change["until"]))
    asset_id, from_on = change[to]
    return bool(rows.update(asset_id=asset_id, from_on=_read_day(from_on)))


def _write_day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _read_day(text: str) -> date | None:
    return parse_date(text) if text else None
