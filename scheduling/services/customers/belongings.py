"""Whatever belongs to a customer, given to another record of the same person and back.

Rows are named by their ids, by what they are, so that exactly these go back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from database.rows import move_rows
from kernel.identity.keys import make_key
from kernel.iso import parse_instant
from scheduling import hooks
from scheduling.models import (
    Asset,
    AssetDue,
    AssetMark,
    AssetOwner,
    AssetReading,
    Booking,
    Consent,
    Contact,
    ImportRow,
    WaitlistEntry,
)
from scheduling.services.customers.periods import join_periods, part_periods
from scheduling.services.writing.inputs import name_asset

Moved = dict[str, Any]
"""Ids by what they are (``rows``), by room above and what they are (``above``), contacts that both had (``doubled``),
and things that both had (``things``)."""


def lock(customer_ids: Collection[int]) -> None:
    """Lock who waits and the visits of these customers, in the order in which offers are accepted."""
    list(
        WaitlistEntry.objects.filter(customer_id__in=customer_ids).select_for_update().order_by("pk").values_list("pk")
    )
    theirs = Booking.with_tests.filter(Q(customer_id__in=customer_ids) | Q(payer_id__in=customer_ids))
    list(theirs.select_for_update().order_by("pk").values_list("pk"))


def move_over(from_id: int, to_id: int, *, is_again: bool = False) -> Moved:
    """Give all that belongs to one record to the other one; return what it was. Nothing stays but what both had.

    ``is_again``: it was done before, and only what was written meanwhile follows.
    """
    doubled = _join_contacts(from_id, to_id)
    sole = list(Booking.with_tests.filter(customer_id=from_id, is_sole=True).values_list("pk", flat=True))
    return {
        "sole": sole,
        "rows": {**_move(from_id, to_id, None), **_move_contacts(from_id, to_id, None)},
        "above": hooks.move_customer(from_id, to_id),
        "doubled": doubled,
        "things": _join_things(from_id, to_id, is_again=is_again),
        "assets": _move_assets(from_id, to_id, None),
    }


def move_back(moved: Mapping[str, Any], *, from_id: int, to_id: int) -> None:
    """Give back what `move_over` moved, as far as it still belongs to who got it."""
    rows: Mapping[str, Sequence[int]] = moved["rows"]
    _move(from_id, to_id, rows)
    hooks.move_customer(from_id, to_id, moved["above"])
    Booking.with_tests.filter(pk__in=moved["sole"], customer_id=to_id, is_active=True).update(is_sole=True)
    _part_contacts(moved["doubled"], from_id, to_id)
    _move_contacts(from_id, to_id, rows)
    _move_assets(from_id, to_id, moved["assets"])
    _part_things(moved["things"])


def is_any(moved: Mapping[str, Any]) -> bool:
    """Tell whether anything was moved."""
    above = (ids for each in moved["above"].values() for ids in each.values())
    return any((*moved["rows"].values(), *above, moved["doubled"], moved["things"], moved["assets"]))


def add_up(before: Mapping[str, Any], more: Mapping[str, Any]) -> Moved:
    """Return what was moved in two goes."""
    return {
        "rows": _add_ids(before["rows"], more["rows"]),
        "above": {
            name: _add_ids(before["above"].get(name, {}), rows)
            for name, rows in {**before["above"], **more["above"]}.items()
        },
        **{name: [*before[name], *more[name]] for name in ("doubled", "things", "assets", "sole")},
    }


def _add_ids(before: Mapping[str, Sequence[int]], more: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    return {name: [*before.get(name, ()), *more.get(name, ())] for name in {**before, **more}}


def _move(from_id: int, to_id: int, rows: Mapping[str, Sequence[int]] | None) -> dict[str, list[int]]:
    kinds = {
        "bookings": (Booking.with_tests.all(), "customer_id"),
        "paid_bookings": (Booking.with_tests.all(), "payer_id"),
        "consents": (Consent.objects.all(), "customer_id"),
        "waitlist": (WaitlistEntry.objects.all(), "customer_id"),
        "imported": (ImportRow.objects.all(), "customer_id"),
        "owned": (AssetOwner.objects.all(), "customer_id"),
    }
    # Who goes on may have the same visit at the same time as well: that each is the only one, nobody asks any more.
    theirs = Booking.with_tests.filter(customer_id=from_id, is_sole=True)
    (theirs if rows is None else theirs.filter(pk__in=rows["bookings"])).update(is_sole=False)
    return {
        name: move_rows(
            found, column, from_id=from_id, to_id=to_id, row_ids=None if rows is None else rows.get(name, ())
        )
        for name, (found, column) in kinds.items()
    }


def _move_contacts(from_id: int, to_id: int, rows: Mapping[str, Sequence[int]] | None) -> dict[str, list[int]]:
    ids = None if rows is None else rows.get("contacts", ())
    return {"contacts": move_rows(Contact.objects.all(), "customer_id", from_id=from_id, to_id=to_id, row_ids=ids)}


def _join_contacts(from_id: int, to_id: int) -> list[dict[str, Any]]:
    """Let one of two equal contacts go; whoever showed that it is theirs has shown it."""
    known = {(each.kind, each.value): each for each in Contact.objects.filter(customer_id=to_id)}
    doubled = []
    for each in Contact.objects.filter(customer_id=from_id).order_by("pk"):
        same = known.get((each.kind, each.value))
        if same is None:
            continue
        is_news = same.verified_at is None and each.verified_at is not None
        if is_news:
            Contact.objects.filter(pk=same.pk).update(verified_at=each.verified_at)
        doubled.append(
            {
                "kind": each.kind,
                "value": each.value,
                "verified_at": _write_instant(each.verified_at),
                "same": same.pk,
                "is_news": is_news,
            }
        )
        each.delete()
    return doubled


def _part_contacts(doubled: Iterable[Mapping[str, Any]], from_id: int, to_id: int) -> None:
    for each in doubled:
        at = parse_instant(each["verified_at"]) if each["verified_at"] else None
        Contact.objects.get_or_create(
            customer_id=to_id, kind=each["kind"], value=each["value"], defaults={"verified_at": at}
        )
        if each["is_news"]:
            Contact.objects.filter(pk=each["same"], customer_id=from_id, verified_at=at).update(verified_at=None)


def _write_instant(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""


def _move_assets(from_id: int, to_id: int, ids: Sequence[int] | None) -> list[int]:
    """Move things that the other record has not got; one that was made twice stays where it is, empty."""
    mine = set(AssetMark.objects.filter(owner_id=to_id).values_list("mark", flat=True))
    rows = Asset.objects.exclude(marks__mark__in=mine) if ids is None else Asset.objects.filter(pk__in=ids)
    wanted = list(rows.filter(owner_id=from_id).order_by("pk").values_list("pk", flat=True))
    moved = move_rows(Asset.objects.all(), "owner_id", from_id=from_id, to_id=to_id, row_ids=wanted)
    AssetMark.objects.filter(asset_id__in=moved).update(owner_id=to_id)
    return moved


def _join_things(from_id: int, to_id: int, *, is_again: bool) -> list[dict[str, Any]]:
    """Let visits, readings and former owners of a thing that both records have be of one of the two."""
    own = dict(AssetMark.objects.filter(owner_id=to_id).values_list("mark", "asset_id"))
    pairs: dict[int, int] = {}
    marks = AssetMark.objects.filter(owner_id=from_id, mark__in=own).order_by("pk")
    for asset_id, each in marks.values_list("asset_id", "mark"):
        pairs.setdefault(asset_id, own[each])
    joined = [_join_thing(*pair, is_again=is_again) for pair in sorted(pairs.items())]
    went = ("bookings", "readings", "dues", "owners", "archived_at")
    return [each for each in joined if any(each[name] for name in went) or each["after"] != each["before"]]


def _join_thing(from_asset: int, to_asset: int, *, is_again: bool) -> dict[str, Any]:
    rows = Asset.objects.select_for_update().filter(pk__in=(from_asset, to_asset)).order_by("pk")
    found = {each.pk: each for each in rows}
    thing, other = found[to_asset], found[from_asset]
    before = dict(thing.data)
    after = {**other.data, **{key: value for key, value in before.items() if value}}
    if after != before:
        say(thing, after)
    bookings = move_rows(Booking.with_tests.all(), "asset_id", from_id=from_asset, to_id=to_asset)
    readings = move_rows(AssetReading.objects.all(), "asset_id", from_id=from_asset, to_id=to_asset)
    dues = move_rows(AssetDue.objects.all(), "asset_id", from_id=from_asset, to_id=to_asset)
    return {
        "from": from_asset,
        "to": to_asset,
        "bookings": bookings,
        "readings": readings,
        "dues": dues,
        "owners": join_periods(from_asset, to_asset),
        "archived_at": _bring_back(thing, other) if bookings or not is_again else "",
        "before": before,
        "after": after,
    }


def _bring_back(thing: Asset, other: Asset) -> str:
    """Offer a thing again that was archived in one record only; return since when it was archived, or nothing."""
    since = thing.archived_at
    if since is None or other.archived_at is not None:
        return ""
    thing.archived_at = None
    thing.save(update_fields=["archived_at"])
    return _write_instant(since)


def _part_things(things: Iterable[Mapping[str, Any]]) -> None:
    for each in reversed(list(things)):
        pair = {"from_id": each["to"], "to_id": each["from"]}
        move_rows(Booking.with_tests.all(), "asset_id", **pair, row_ids=each["bookings"])
        move_rows(AssetReading.objects.all(), "asset_id", **pair, row_ids=each["readings"])
        move_rows(AssetDue.objects.all(), "asset_id", **pair, row_ids=each.get("dues", ()))
        part_periods(each.get("owners", ()))
        if each.get("archived_at"):
            Asset.objects.filter(pk=each["to"], archived_at=None).update(archived_at=parse_instant(each["archived_at"]))
        thing = Asset.objects.select_for_update().filter(pk=each["to"], data=each["after"]).first()
        if thing is not None and each["after"] != each["before"]:
            say(thing, each["before"])


def say(thing: Asset, data: Mapping[str, str]) -> None:
    """Let a thing say something else about itself: it is called and told by that."""
    named = name_asset(data)
    thing.data, thing.label, thing.identifier = dict(data), named.label, named.identifier
    thing.label_key = make_key(named.label)
    thing.save()
    thing.marks.exclude(mark__in=named.marks).delete()
    marks = [AssetMark(asset=thing, owner_id=thing.owner_id, mark=each) for each in named.marks]
    AssetMark.objects.bulk_create(marks, ignore_conflicts=True)
