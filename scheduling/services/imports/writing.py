"""Writing what rows come to: a handful of statements for a part of a file, however many rows it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from audit.history import add_history_part
from database.statements import Statement
from kernel.identity.keys import make_key
from notifications.services.outbox import add_wanted_event_part
from scheduling.enums import CustomerEvent
from scheduling.models import Asset, AssetMark, Contact, Customer
from scheduling.services.imports.matching import Person, Placed, Thing
from scheduling.services.writing.inputs import name_asset
from scheduling.services.writing.search import keep_customer_search
from scheduling.types import ContactSetup, CustomerSetup
from tenants.context import current_tenant
from verticals.registry import get_vertical

FILLED = ("tax_id", "notes", "tags")
THOSE_SQL = "SELECT * FROM scheduling_customer WHERE id = ANY(%(customer_ids)s::int8[]) ORDER BY id"


def write_placed(placed: Sequence[Placed], *, by_id: int, now: datetime) -> None:
    """Write everybody and everything that is new or changed, with their history and what programs are told.

    Whoever is written has an id afterwards.
    """
    people = list(dict.fromkeys(each.person for each in placed if each.person is not None))
    new = [each for each in people if each.id is None]
    changed = [each for each in people if each.id is not None and each.is_changed]
    known = {each: {contact.value for contact in each.setup.contacts} for each in new}
    _insert_people(new, now=now)
    _fill_people(changed)
    contacts = [(each, contact) for each in new for contact in each.setup.contacts]
    contacts += [pair for pair in list_new_contacts(placed) if pair[0] not in known]
    Contact.objects.bulk_create(
        [Contact(customer_id=person.pk, kind=contact.kind, value=contact.value) for person, contact in contacts]
    )
    touched = [each for each in people if any(thing.id is None or thing.is_changed for thing in each.things)]
    write_things(touched, now=now)
    updated = [each for each in {*changed, *touched} if each not in known]
    tell([each.pk for each in new], CustomerEvent.CREATED, by_id=by_id, now=now)
    tell(
        [each.pk for each in updated],
        CustomerEvent.UPDATED,
        by_id=by_id,
        now=now,
        kept=[each.pk for each in changed],
    )
    keep_customer_search([each.pk for each in {*new, *updated}])
    for person in people:
        person.is_changed = False


def list_new_contacts(placed: Iterable[Placed]) -> list[tuple[Person, ContactSetup]]:
    """Return the contacts that rows add to customers, in the order of the rows."""
    found: dict[tuple[Person, ContactSetup], None] = {}
    for each in placed:
        if each.person is not None and each.before is not None:
            had = set(each.before.contacts)
            added = (contact for contact in each.draft.setup.contacts if contact not in had)
            found |= {(each.person, contact): None for contact in added if contact in each.person.setup.contacts}
    return list(found)


def write_things(people: Iterable[Person], *, now: datetime) -> None:
    """Write what is new or changed of what these customers' visits are about; three statements."""
    asked = get_vertical(current_tenant().vertical).asset
    pairs = [(person, thing) for person in people for thing in person.things]
    new = [(person, thing) for person, thing in pairs if thing.id is None]
    changed = [(person, thing) for person, thing in pairs if thing.id is not None and thing.is_changed]
    rows = [
        Asset(owner_id=person.pk, type_key=asked.key if asked else "", created_at=now, **_describe(thing))
        for person, thing in new
    ]
    Asset.objects.bulk_create(rows)
    for row, (_, thing) in zip(rows, new, strict=True):
        thing.id = row.pk
    Asset.objects.bulk_update(
        [Asset(pk=thing.id, **_describe(thing)) for _, thing in changed], ["label", "label_key", "identifier", "data"]
    )
    AssetMark.objects.filter(asset_id__in=[thing.pk for _, thing in changed]).delete()
    AssetMark.objects.bulk_create(
        [
            AssetMark(asset_id=thing.pk, owner_id=person.pk, mark=each)
            for person, thing in (*new, *changed)
            for each in name_asset(thing.fields).marks
        ]
    )
    for _, thing in pairs:
        thing.is_changed = False


def fill_row(row: Customer, setup: CustomerSetup) -> Customer:
    """Give a row what imports change of it."""
    row.tax_id, row.notes, row.tags = setup.tax_id, setup.notes, list(setup.tags)
    return row


def tell(
    customer_ids: Collection[int], event: CustomerEvent, *, by_id: int, now: datetime, kept: Collection[int] = ()
) -> None:
    """Keep the history of customers and tell programs what happened to them; of ``kept`` alone where any is known."""
    if not customer_ids:
        return
    statement = Statement()
    statement.add("customer", THOSE_SQL, {"ids": sorted(customer_ids)})
    is_new = event == CustomerEvent.CREATED
    if is_new:
        add_history_part(statement, Customer, source="customer", is_new=True, user_id=by_id, at=now)
    elif kept:
        changed = THOSE_SQL.replace("customer_ids", "changed_ids")
        statement.add("changed", changed, {"ids": sorted(kept)})
        add_history_part(statement, Customer, source="changed", is_new=False, user_id=by_id, at=now)
    add_wanted_event_part(
        statement, name="customer_event", source="customer", kind=f"customer.{event}", payload={}, now=now
    )
    statement.fetch("SELECT 1")


def _insert_people(people: Sequence[Person], *, now: datetime) -> None:
    rows = [
        fill_row(
            Customer(
                kind=each.setup.kind,
                name=each.setup.name,
                name_key=each.name_key,
                locale=each.setup.locale,
                created_at=now,
            ),
            each.setup,
        )
        for each in people
    ]
    Customer.objects.bulk_create(rows)
    for row, person in zip(rows, people, strict=True):
        person.id = row.pk


def _fill_people(people: Sequence[Person]) -> None:
    Customer.objects.bulk_update([fill_row(Customer(pk=each.id), each.setup) for each in people], FILLED)


def _describe(thing: Thing) -> dict[str, object]:
    named = name_asset(thing.fields)
    return {
        "label": named.label,
        "label_key": make_key(named.label),
        "identifier": named.identifier,
        "data": dict(thing.fields),
    }
