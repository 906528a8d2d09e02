"""The check that every pack passes before it is registered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from kernel.colors import PALETTE
from kernel.languages import LANGUAGES
from verticals.contract.asset import AssetType, FieldKind
from verticals.contract.errors import VerticalBroken
from verticals.contract.intake import Intake
from verticals.contract.starter_kit import KitHours, KitService, StarterKit
from verticals.contract.vertical import Vertical
from verticals.contract.words import ARRIVAL_TERMS, ASSET_TERMS, TERMS, Words

_KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
_ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PERIODS = frozenset({"hour", "day", "week"})


def check_vertical(vertical: Vertical) -> None:
    """Refuse a pack that does not keep the contract.

    Raises:
        VerticalBroken: It names every problem that was found, not just the first.
    """
    problems = tuple(_list_problems(vertical))
    if problems:
        raise VerticalBroken(key=vertical.key, problems=problems)


def _list_problems(vertical: Vertical) -> Iterator[str]:
    yield from _check_keys("key", (vertical.key,))
    yield from _check_icons("icon", (vertical.icon,))
    if not vertical.name:
        yield "name is empty"
    yield from _check_vocabulary(vertical)
    if vertical.asset is not None:
        yield from _check_asset(vertical.asset)
    yield from _check_intake(vertical.intake)
    yield from _check_keys("board_states", (state.key for state in vertical.board_states))
    yield from _check_icons("board_states", (state.icon for state in vertical.board_states))
    yield from _check_kit(vertical.starter_kit)
    known_modes = {mode.key for mode in vertical.intake.arrival_modes}
    for service in vertical.starter_kit.services:
        for mode in sorted(set(service.arrival_modes) - known_modes):
            yield f"starter_kit.services.{service.key}: arrival mode {mode!r} is not in intake.arrival_modes"
    for rule in vertical.starter_kit.capacity_rules:
        if rule.arrival_mode and rule.arrival_mode not in known_modes:
            yield f"starter_kit.capacity_rules: arrival mode {rule.arrival_mode!r} is not in intake.arrival_modes"


def _check_vocabulary(vertical: Vertical) -> Iterator[str]:
    terms = TERMS
    terms += ASSET_TERMS if vertical.asset else ()
    terms += ARRIVAL_TERMS if vertical.intake.arrival_modes else ()
    for language in LANGUAGES:
        words = vertical.vocabulary.get(language, {})
        for term in terms:
            if not words.get(term):
                yield f"vocabulary[{language!r}] lacks {term!r}"


def _check_asset(asset: AssetType) -> Iterator[str]:
    keys = [each.key for each in asset.fields]
    yield from _check_keys("asset", (asset.key,))
    yield from _check_icons("asset", (asset.icon,))
    yield from _check_keys("asset.fields", keys)
    if not keys:
        yield "asset.fields is empty"
    for key in asset.label_fields:
        if key not in keys:
            yield f"asset.label_fields names {key!r}, which is not a field"
    for each in asset.fields:
        place = f"asset.fields.{each.key}"
        if not each.label:
            yield f"{place}: label is empty"
        if each.max_length < 1:
            yield f"{place}: max_length must be positive"
        if (each.kind is FieldKind.CHOICE) != bool(each.choices):
            yield f"{place}: choices belong to kind 'choice', and to no other"
        if each.suggestions and each.suggestions.depends_on not in {"", *keys}:
            yield f"{place}: suggestions depend on {each.suggestions.depends_on!r}, which is not a field"
        yield from _check_keys(f"{place}.choices", (choice.key for choice in each.choices))


def _check_intake(intake: Intake) -> Iterator[str]:
    yield from _check_keys("intake.symptoms", (choice.key for choice in intake.symptoms))
    yield from _check_icons("intake.symptoms", (choice.icon for choice in intake.symptoms if choice.icon))
    yield from _check_keys("intake.arrival_modes", (mode.key for mode in intake.arrival_modes))
    yield from _check_icons("intake.arrival_modes", (mode.icon for mode in intake.arrival_modes))


def _check_kit(kit: StarterKit) -> Iterator[str]:
    yield from _check_keys("starter_kit.resource_types", (each.key for each in kit.resource_types))
    yield from _check_keys("starter_kit.services", (service.key for service in kit.services))
    yield from _check_words("starter_kit.location_name", kit.location_name)
    yield from _check_words("starter_kit.what_to_bring", kit.what_to_bring)
    for resource_type in kit.resource_types:
        yield from _check_words(f"starter_kit.resource_types.{resource_type.key}", resource_type.name)
    yield from _check_resources(kit)
    if not kit.hours:
        yield "starter_kit.hours is empty: nothing could ever be booked"
    yield from _check_hours("starter_kit.hours", kit.hours)
    yield from _check_hours("starter_kit.breaks", kit.breaks)
    for service in kit.services:
        yield from _check_service(service, kit)
        if service.every_months < 0 or any(amount < 1 for amount in service.every.values()):
            yield f"starter_kit.services.{service.key}: what is due again is due after something"
    for rule in kit.capacity_rules:
        if rule.period not in _PERIODS or rule.limit < 0:
            yield f"starter_kit.capacity_rules: {rule.limit} per {rule.period!r} makes no sense"
    for minutes in kit.reminder_minutes:
        if minutes <= 0:
            yield f"starter_kit.reminder_minutes: {minutes} is not before the visit"


def _check_resources(kit: StarterKit) -> Iterator[str]:
    types = {each.key for each in kit.resource_types}
    for resource in kit.resources:
        place = f"starter_kit.resources.{resource.name.get('en', '?')}"
        yield from _check_words(place, resource.name)
        if resource.type not in types:
            yield f"{place}: type {resource.type!r} is not in resource_types"
        if resource.capacity < 1:
            yield f"{place}: capacity must be at least 1"
        if resource.color not in PALETTE:
            yield f"{place}: color {resource.color!r} is none of kernel.colors.PALETTE"


def _check_service(service: KitService, kit: StarterKit) -> Iterator[str]:
    place = f"starter_kit.services.{service.key}"
    for part, words in (("name", service.name), ("description", service.description), ("category", service.category)):
        yield from _check_words(f"{place}.{part}", words)
    if service.duration_minutes < 1:
        yield f"{place}: duration_minutes must be positive"
    if not service.requirements:
        yield f"{place}: requirements is empty: it would take nothing and could be booked without end"
    for currency, amount in service.prices.items():
        if not _CURRENCY.fullmatch(currency) or amount < 0:
            yield f"{place}: price {amount} {currency!r} makes no sense"
    needed: Counter[str] = Counter()
    for requirement in service.requirements:
        needed[requirement.type] += requirement.quantity
        ends = requirement.starts_after_minutes + (requirement.duration_minutes or 1)
        if requirement.starts_after_minutes < 0 or ends > service.duration_minutes:
            yield f"{place}: the part of {requirement.type!r} lies outside the visit"
    for resource_type, quantity in needed.items():
        at_hand = sum(1 for resource in kit.resources if resource.type == resource_type)
        if at_hand < quantity:
            yield f"{place}: needs {quantity} of {resource_type!r}, the kit has {at_hand}"


def _check_hours(place: str, hours: tuple[KitHours, ...]) -> Iterator[str]:
    for each in hours:
        if not (_TIME.fullmatch(each.opens) and _TIME.fullmatch(each.closes)):
            yield f"{place}: {each.opens!r} to {each.closes!r} is not HH:MM"
        if not each.weekdays or any(not 0 <= day <= 6 for day in each.weekdays):  # noqa: PLR2004 - days of a week
            yield f"{place}: weekdays {each.weekdays!r} must be 0 (Monday) to 6"


def _check_words(place: str, words: Words) -> Iterator[str]:
    for language in LANGUAGES:
        if not words.get(language):
            yield f"{place} lacks a text in {language!r}"


def _check_keys(place: str, keys: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for key in keys:
        if not _KEY.fullmatch(key):
            yield f"{place}: key {key!r} must be 1 to 30 of a-z, 0-9 and _, a letter first"
        if key in seen:
            yield f"{place}: key {key!r} is used twice"
        seen.add(key)


def _check_icons(place: str, icons: Iterable[str]) -> Iterator[str]:
    for icon in icons:
        if not _ICON.fullmatch(icon):
            yield f"{place}: {icon!r} is not the name of an icon"
