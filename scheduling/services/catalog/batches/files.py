"""The catalog from a file: services and extras by their lines, all or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kernel.errors import Conflict, Invalid
from kernel.money import PriceKind
from kernel.text import mark
from scheduling.models import AddOn, Service
from scheduling.selectors.catalog.entries import with_requirements
from scheduling.selectors.catalog.setups import read_add_on, read_service
from scheduling.services.catalog import add_ons, services
from scheduling.services.catalog.batches.lines import TWICE, LineErrors, LineOutcome, importing
from scheduling.services.catalog.bulk import add_add_ons, add_services
from scheduling.services.catalog.checks import Lookup
from scheduling.services.catalog.door import change_row, compare, find_last_position
from scheduling.services.catalog.texts import clean_texts
from scheduling.types import Actor, AddOnSetup, LocalText, RequirementSetup, ServiceSetup
from tenants.enums import Ability
from tenants.policies import check_business_may

NEEDED = mark("A new service needs this.")
UNKNOWN_ID = mark("No service in use has this number.")
SEVERAL = mark("Several services are called so: say which by its number or category.")
NO_SERVICE = mark("No service is called so, neither here nor in this file.")
STILL_NEEDED = mark("Coming appointments would no longer fit. Change this in the form of the service.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogLine:
    """A line as it was read: ``values`` are the fields of the set-up that it gives, the others stay or are usual.

    ``extra_of`` names the service of an extra, and is empty for a service. ``usual_needs`` is what a new service
    takes unless the values say so. ``texts`` are those in other languages, by language and field.
    """

    number: int
    name: str
    extra_of: str = ""
    service_id: int | None = None
    usual_needs: tuple[RequirementSetup, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)


def import_catalog(
    *, lines: Sequence[CatalogLine], by: Actor, now: datetime, is_trial: bool = False
) -> tuple[LineOutcome, ...]:
    """Create and change what the lines say, and return what became of each; ``is_trial`` keeps nothing of it.

    A service is known by its number, else by name and category, else by its name alone; an extra by its name
    within its service. What the file does not name stays as it is.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        SetupInvalid: Names what cannot be, as ``<number of the line>.<field>``.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    with importing(is_trial=is_trial):
        outcomes = _import_services([line for line in lines if not line.extra_of], by=by, now=now)
        outcomes += _import_extras([line for line in lines if line.extra_of], by=by, now=now)
    return tuple(sorted(outcomes, key=lambda outcome: outcome.number))


def _import_services(lines: Sequence[CatalogLine], *, by: Actor, now: datetime) -> list[LineOutcome]:
    found = Service.objects.select_for_update(no_key=True).filter(is_active=True).order_by("pk")
    rows = {row.pk: row for row in with_requirements(found)}
    errors, lookup, seen = LineErrors(), Lookup(), set[object]()
    outcomes: list[LineOutcome] = []
    new: list[ServiceSetup] = []
    changes: list[tuple[CatalogLine, Service, ServiceSetup, ServiceSetup]] = []
    for line in lines:
        row = _find_service(line, rows, errors)
        if row is None and line.service_id is not None:
            continue
        before = read_service(row) if row else None
        setup = _make_setup(line, before, errors)
        key = row.pk if row else (line.values.get("category", "").lower(), line.name.lower())
        if key in seen:
            errors.note(line, "name", TWICE)
        seen.add(key)
        if setup is None:
            continue
        try:
            checked = services.check_service(setup, before=before, own_id=row.pk if row else None, lookup=lookup)
        except Invalid as error:
            errors.take(line, error)
            continue
        if row is None or before is None:
            new.append(checked)
            outcomes.append(LineOutcome(line.number, checked.name, is_new=True, fields={}))
        else:
            changes.append((line, row, before, checked))
            outcomes.append(LineOutcome(line.number, checked.name, is_new=False, fields=compare(before, checked)))
    errors.raise_any()
    for line, row, before, after in changes:
        _change(line, row, before, after, errors, by=by, now=now)
    errors.raise_any()
    add_services(setups=new, by=by, now=now)
    return outcomes


def _change(
    line: CatalogLine, row: Service, before: ServiceSetup, after: ServiceSetup, errors: LineErrors, *, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    if before == after:
        return
    if before.requirements == after.requirements:
        change_row(services.NOUN, row, before, after, by=by, now=now)
        return
    try:
        services.change_service(service_id=row.pk, setup=after, version=None, by=by, now=now)
    except Conflict:
        errors.note(line, "requirements", STILL_NEEDED)


def _find_service(line: CatalogLine, rows: Mapping[int, Service], errors: LineErrors) -> Service | None:
    if line.service_id is not None:
        if line.service_id not in rows:
            errors.note(line, "id", UNKNOWN_ID)
        return rows.get(line.service_id)
    same = [row for row in rows.values() if row.name.lower() == line.name.lower()]
    if "category" in line.values:
        same = [row for row in same if row.category.lower() == line.values["category"].lower()]
    if len(same) > 1:
        errors.note(line, "name", SEVERAL)
    return same[0] if same else None


def _make_setup(line: CatalogLine, before: ServiceSetup | None, errors: LineErrors) -> ServiceSetup | None:
    values = {**line.values, "name": line.name, "texts": _merge_texts(before.texts if before else (), line)}
    kind = values.get("price_kind") or (before.price_kind if before else PriceKind.ON_REQUEST)
    if values.get("price_minor") is not None and "price_kind" not in values and kind is PriceKind.ON_REQUEST:
        kind = PriceKind.FIXED
    values["price_kind"] = kind
    if kind is PriceKind.ON_REQUEST:
        values["price_minor"] = None
    if before:
        return replace(before, **values)
    if line.usual_needs:
        values.setdefault("requirements", line.usual_needs)
    missing = [name for name in ("duration_minutes", "requirements") if name not in values]
    for name in missing:
        errors.note(line, name, NEEDED)
    return None if missing else ServiceSetup(**values)


def _merge_texts(before: Sequence[LocalText], line: CatalogLine) -> tuple[LocalText, ...]:
    """Return the texts in other languages with what a line says on top of what was said."""
    found = {each.language: each for each in before}
    for (language, name), text in line.texts.items():
        found[language] = replace(found.get(language) or LocalText(language=language), **{name: text})
    return clean_texts(tuple(found.values()))


def _import_extras(lines: Sequence[CatalogLine], *, by: Actor, now: datetime) -> list[LineOutcome]:
    if not lines:
        return []
    owners: dict[str, list[int]] = defaultdict(list)
    for service_id, name in Service.objects.filter(is_active=True).values_list("pk", "name"):
        owners[name.lower()].append(service_id)
    # Whoever imports at the same time, or saves the form of a service, waits: nobody writes over what was not read.
    rows = AddOn.objects.select_for_update(no_key=True).filter(is_active=True).order_by("pk")
    present = {(row.service_id, row.name.lower()): row for row in rows}
    errors, lookup, seen = LineErrors(), Lookup(), set[object]()
    position = find_last_position(add_ons.NOUN)
    outcomes: list[LineOutcome] = []
    new: list[AddOnSetup] = []
    for line in lines:
        found = owners.get(line.extra_of.lower(), [])
        if len(found) != 1:
            errors.note(line, "extra_of", SEVERAL if found else NO_SERVICE)
            continue
        key = (found[0], line.name.lower())
        if key in seen:
            errors.note(line, "name", TWICE)
        seen.add(key)
        row = present.get(key)
        before = read_add_on(row) if row else None
        values = {**line.values, "name": line.name, "texts": _merge_texts(before.texts if before else (), line)}
        setup = (
            replace(before, **values)
            if before
            else AddOnSetup(service_id=found[0], position=position + len(new), **values)
        )
        try:
            checked = add_ons.check_add_on(setup, before=before, own_id=row.pk if row else None, lookup=lookup)
        except Invalid as error:
            errors.take(line, error)
            continue
        if row is None or before is None:
            new.append(checked)
            outcomes.append(LineOutcome(line.number, checked.name, is_new=True, fields={}))
            continue
        outcomes.append(LineOutcome(line.number, checked.name, is_new=False, fields=compare(before, checked)))
        if before != checked:
            change_row(add_ons.NOUN, row, before, checked, by=by, now=now)
    errors.raise_any()
    add_add_ons(setups=new, by=by, now=now)
    return outcomes
