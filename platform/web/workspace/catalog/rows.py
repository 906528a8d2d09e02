"""The rows of the list of services: what each takes as bars on one scale, and who can do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_lazy

from kernel.money import Price
from scheduling.enums import Approval
from scheduling.selectors.catalog.entries import list_service_entries
from scheduling.selectors.catalog.roster import Roster, load_roster
from scheduling.selectors.catalog.warnings import list_need_warnings
from scheduling.types import Entry, RequirementSetup, ServiceSetup
from tenants.context import current_tenant
from web.parts.filters import Filter
from web.workspace.catalog.needs import describe_need

SCALES_HOURS = (4, 8, 24)
"""Widths of the bars: the first that holds the longest service, so that what services take is compared."""

BAR_HEIGHT, BAR_STEP = 6, 9


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar, in percent of its width."""

    left: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What one person or thing gives of the visit; ``top`` in pixels."""

    top: int
    css: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A line of the list; ``needs`` says in words what the bars draw, `warnings` who is missing.

    ``shown_price`` is what customers read: another one than the service's own, where it depends on who does it.
    """

    entry: Entry[ServiceSetup]
    order: tuple[int, int, int]
    bars: tuple[Bar, ...]
    needs: str
    currency: str
    warnings: tuple[str, ...]
    scale_hours: int
    shown_price: Price

    @property
    def height(self) -> int:
        """Return how tall the drawing is, in pixels."""
        return max(BAR_HEIGHT, len(self.bars) * BAR_STEP - (BAR_STEP - BAR_HEIGHT))

    @property
    def is_price_varied(self) -> bool:
        """Tell whether customers read another price than the service's own."""
        setup = self.entry.setup
        return self.shown_price != Price(setup.price_minor, self.currency, is_from=setup.is_price_from)

    @property
    def is_listed(self) -> bool:
        """Tell whether it is in the list that customers see."""
        return self.entry.setup.is_online and not self.is_by_link

    @property
    def is_by_link(self) -> bool:
        """Tell whether customers need its direct link."""
        return self.entry.setup.approval is Approval.LINK_ONLY


def list_rows(now: datetime, search: str) -> Sequence[ServiceRow]:
    """Return services with what they take, archived ones too."""
    roster, currency = load_roster(), current_tenant().currency
    entries = list_service_entries(now=now, search=search, is_active=None)
    categories = {
        category: place for place, category in enumerate(dict.fromkeys(each.setup.category for each in entries))
    }
    longest = max((each.setup.duration_minutes for each in entries if each.is_active), default=0)
    scale = next((hours for hours in SCALES_HOURS if longest <= hours * 60), SCALES_HOURS[-1])
    return tuple(
        ServiceRow(
            entry=entry,
            order=(categories[entry.setup.category], entry.setup.position or 0, entry.id),
            bars=tuple(
                _draw(parts, entry.setup.duration_minutes, place, roster, scale)
                for place, parts in enumerate(_group(entry.setup.requirements))
            ),
            needs=" · ".join(
                _describe(parts, entry.setup.duration_minutes, roster) for parts in _group(entry.setup.requirements)
            ),
            currency=currency,
            warnings=tuple(dict.fromkeys(each.text for each in list_need_warnings(entry.setup.requirements, roster)))
            if entry.is_active
            else (),
            scale_hours=scale,
            shown_price=roster.price(entry.setup, currency),
        )
        for entry in entries
    )


def list_filters(rows: Sequence[ServiceRow]) -> Sequence[Filter]:
    """Offer the categories that there are."""
    names = dict.fromkeys(row.entry.setup.category for row in sorted(rows, key=lambda row: row.order))
    known = tuple((name, name) for name in names if name)
    return (Filter("category", gettext_lazy("Category"), (("", gettext_lazy("All")), *known)),)


def fits(row: ServiceRow, asked: Mapping[str, str]) -> bool:
    """Tell whether a row is of the category that is asked for."""
    return asked["category"] in {"", row.entry.setup.category}


def _group(requirements: Sequence[RequirementSetup]) -> list[list[RequirementSetup]]:
    """Put together the parts that the same people or things fill, each group under its first part."""
    groups: dict[int, list[RequirementSetup]] = {}
    for number, each in enumerate(requirements):
        root, seen = number, {number}
        while (other := requirements[root].same_as) is not None and other not in seen:
            seen.add(other)
            root = other
        groups.setdefault(min(root, *seen), []).append(each)
    return list(groups.values())


def _read_part(each: RequirementSetup, visit_minutes: int) -> tuple[int, int]:
    begins = each.starts_after_minutes
    return begins, max(visit_minutes, begins) if each.duration_minutes is None else begins + each.duration_minutes


def _describe(parts: Sequence[RequirementSetup], visit_minutes: int, roster: Roster) -> str:
    """Say what a bar draws: "1 mechanic, 75 of 120 min"."""
    minutes = sum(ends - begins for begins, ends in (_read_part(each, visit_minutes) for each in parts))
    what = describe_need(parts[0], roster)
    if minutes >= visit_minutes:
        return what
    return gettext("%(what)s, %(part)s of %(whole)s min") % {"what": what, "part": minutes, "whole": visit_minutes}


def _draw(parts: Sequence[RequirementSetup], visit_minutes: int, place: int, roster: Roster, scale_hours: int) -> Bar:
    width = scale_hours * 60
    spans = [_read_part(each, visit_minutes) for each in parts]
    return Bar(
        top=place * BAR_STEP,
        css="people" if roster.is_person(parts[0]) else "things",
        pieces=tuple(
            Piece(
                left=f"{100 * min(begins, width) / width:.1f}%",
                width=f"{100 * max(min(ends, width) - begins, 0) / width:.1f}%",
            )
            for begins, ends in spans
        ),
    )
