"""What changed about a booking, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from kernel.instants import count_minutes
from scheduling.types import Answer, BookingView, Change
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.formats import format_duration, format_phone, to_local
from web.templatetags.formats import get_current_formats, local_date_time
from web.workspace.bookings.answers import show_answer

LABELS = {
    "customer_name": gettext_lazy("Name"),
    "customer_phone": gettext_lazy("Phone"),
    "customer_email": gettext_lazy("E-mail"),
    "note": gettext_lazy("Note"),
    "price_minor": gettext_lazy("Price"),
}


def describe_times(before: datetime, after: datetime, timezone: str) -> str:
    """Return "11:45 → 12:00"; with the days where they differ."""
    is_same_day = to_local(before, timezone).date() == to_local(after, timezone).date()
    name = get_current_formats().format_time if is_same_day else local_date_time
    return f"{name(before, timezone)} → {name(after, timezone)}"


def describe_move(before: BookingView, after: BookingView) -> str:
    """Return "11:45 → 12:00, 1 h → 1 h 30 min, from María to Lucía", as far as it is different."""
    parts: list[str] = []
    if before.starts_at != after.starts_at:
        parts.append(describe_times(before.starts_at, after.starts_at, after.timezone))
    lengths = [format_duration(count_minutes(each.starts_at, each.ends_at)) for each in (before, after)]
    if lengths[0] != lengths[1]:
        parts.append(" → ".join(lengths))
    old, new = name_taken(before), name_taken(after)
    if old != new and old and new:
        parts.append(gettext("from %(before)s to %(after)s") % {"before": old, "after": new})
    return ", ".join(parts)


def name_taken(booking: BookingView) -> str:
    """Name the people of a visit, or what else it takes where there are none."""
    names = booking.people or tuple(dict.fromkeys(each.name for each in booking.resources))
    return " + ".join(names)


def describe_changes(changes: tuple[Change, ...], currency: str) -> str:
    """Put a correction into words: "Name: Ana → Anna; Phone: 55 … → 55 …"."""
    return "; ".join(_describe(changes, currency))


def _describe(changes: tuple[Change, ...], currency: str) -> Iterator[str]:
    for change in changes:
        if change.field == "asset_data":
            yield from _describe_asset(change)
        elif change.field == "answers":
            yield from _describe_answers(change)
        elif change.field != "asset_label":
            before, after = (_show(change.field, each, currency) for each in (change.before, change.after))
            yield f"{LABELS[change.field]}: {before} → {after}"


def _describe_asset(change: Change) -> Iterator[str]:
    tenant, language = current_tenant(), get_current_formats().language
    vertical = get_vertical(tenant.vertical)
    words = {"language": language, "country": tenant.country}
    terms = vertical.list_words(**words)
    for each in vertical.asset.fields if vertical.asset else ():
        before, after = (show_answer(each, found.get(each.key, ""), terms) for found in (change.before, change.after))
        if before != after:
            label = gettext(vertical.label_field(each, **words))
            yield f"{label}: {before or '—'} → {after or '—'}"


def _describe_answers(change: Change) -> Iterator[str]:
    before, after = ({each.key: each for each in Answer.read(found)} for found in (change.before, change.after))
    for key, asked in {**before, **after}.items():
        was, now = (found[key].describe() if key in found else "—" for found in (before, after))
        if was != now:
            yield f"{asked.label}{'' if asked.label.endswith('?') else ':'} {was} → {now}"


def _show(field: str, value: Any, currency: str) -> str:
    if field == "price_minor" and value is not None:
        return get_current_formats().format_money(value, currency)
    if field == "customer_phone" and value:
        return format_phone(value, current_tenant().country)
    return str(value or "—")
