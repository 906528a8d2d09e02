"""Taking back what an import wrote, the last row first, where nobody has touched it since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from database.transactions import write_transaction
from kernel.text import mark
from scheduling import hooks
from scheduling.enums import ContactKind, CustomerEvent, ImportState, RowOutcome
from scheduling.models import (
    Asset,
    AssetDue,
    AssetOwner,
    AssetReading,
    Booking,
    Consent,
    Contact,
    Customer,
    Import,
    ImportRow,
    WaitlistEntry,
)
from scheduling.selectors.customers.assets import mark_asset
from scheduling.selectors.customers.records import mark_customer
from scheduling.services.imports.matching import Person, Thing, load_person
from scheduling.services.imports.steps import lock_run
from scheduling.services.imports.writing import FILLED, fill_row, tell, write_things
from scheduling.services.writing.search import keep_customer_search
from scheduling.types import ContactSetup

UNDO_PART = 250
UNDONE = "undone"
GONE = mark("This customer is no longer here.")
CHANGED = mark("Somebody changed this customer since.")
VISITED = mark("This customer has visits or agreed to something since.")
ASKED = mark("This customer asked something about their data since.")
MERGED = mark("Another record was merged into this one since.")
MORE_THINGS = mark("Something was added to this customer since.")
THING_CHANGED = mark("Somebody changed what the visits are about since.")
THING_VISITED = mark("There are visits about it since.")
THING_MOVED = mark("What the visits are about changed hands since.")


@dataclass(slots=True)
class _Ledger:
    """What is to be written at the end of a part."""

    people: dict[int, Person]
    busy_people: set[int]
    busy_things: set[int]
    former_people: set[int]
    """Who had something that changed hands."""
    moved_things: set[int]
    merged_people: set[int]
    asking_people: frozenset[int]
    """Of whom rooms above have something."""
    gone_people: set[int] = field(default_factory=set)
    gone_things: set[int] = field(default_factory=set)
    gone_contacts: set[tuple[int, str, str]] = field(default_factory=set)
    restored: set[int] = field(default_factory=set)
    lightened: set[int] = field(default_factory=set)
    """Who has fewer things than before, and is found by fewer words."""


@write_transaction()
def undo_part(import_id: int, *, now: datetime) -> bool:
    """Take back the last rows that are still there, and tell whether there are more; each says what became of it."""
    run = lock_run(Import.objects.filter(pk=import_id, state=ImportState.UNDOING))
    if run is None:
        return False
    written = run.rows.filter(outcome__in=(RowOutcome.CREATED, RowOutcome.UPDATED), undo="")
    rows = list(written.order_by("-number")[:UNDO_PART])
    ledger = _load({row.customer_id for row in rows if row.customer_id})
    for row in rows:
        row.undo = _undo(row, ledger) or UNDONE
    _write(ledger, by_id=run.undone_by_id or run.by_id, now=now)
    ImportRow.objects.bulk_update(rows, ["undo"])
    run.done_rows += len(rows)
    is_over = len(rows) < UNDO_PART
    if is_over:
        kept = run.rows.exclude(undo__in=("", UNDONE)).count()
        run.state, run.undone_at = ImportState.UNDONE, now
        run.counts = {**run.counts, "kept": kept, UNDONE: run.rows.filter(undo=UNDONE).count()}
    run.save()
    return not is_over


def _load(ids: set[int]) -> _Ledger:
    found = Customer.objects.filter(pk__in=ids, erased_at=None).select_for_update().order_by("pk")
    people = {each.pk: load_person(each) for each in found.prefetch_related("contacts", "assets__marks")}
    things = [thing.pk for person in people.values() for thing in person.things]
    theirs = Q(customer_id__in=ids) | Q(payer_id__in=ids)
    busy = {each for pair in Booking.with_tests.filter(theirs).values_list("customer_id", "payer_id") for each in pair}
    busy |= set(Consent.objects.filter(customer_id__in=ids).values_list("customer_id", flat=True))
    busy |= set(WaitlistEntry.objects.filter(customer_id__in=ids).values_list("customer_id", flat=True))
    booked = set(Booking.with_tests.filter(asset_id__in=things).values_list("asset_id", flat=True))
    booked |= set(AssetReading.objects.filter(asset_id__in=things).values_list("asset_id", flat=True))
    booked |= set(AssetDue.objects.filter(asset_id__in=things).values_list("asset_id", flat=True))
    merged = set(Customer.with_merged.filter(merged_into_id__in=ids).values_list("merged_into_id", flat=True))
    had = set(AssetOwner.objects.filter(customer_id__in=ids).values_list("customer_id", flat=True))
    moved = set(AssetOwner.objects.filter(asset_id__in=things).values_list("asset_id", flat=True))
    held = hooks.find_held_customers(ids)
    return _Ledger(people, {each for each in busy if each}, {each for each in booked if each}, had, moved, merged, held)


def take_back_customer(customer_id: int, done: Mapping[str, Any], *, is_made: bool, by_id: int, now: datetime) -> str:
    """Take back what one row wrote of a customer, in the caller's transaction; return why not, or nothing.

    ``is_made``: it made them. ``done`` is as in a row with customers.
    """
    ledger = _load({customer_id})
    refusal = _take_back(customer_id, done, ledger, is_made=is_made)
    _write(ledger, by_id=by_id, now=now)
    return refusal


def _undo(row: ImportRow, ledger: _Ledger) -> str:
    return _take_back(row.customer_id or 0, row.done, ledger, is_made=row.outcome == RowOutcome.CREATED)


def _take_back(customer_id: int, done: Mapping[str, Any], ledger: _Ledger, *, is_made: bool) -> str:
    """Take a row back in memory; return why not, an English msgid, or nothing."""
    person = ledger.people.get(customer_id)
    if person is None or person.pk in ledger.gone_people:
        return GONE
    thing, refusal = _find_thing(done.get("asset"), person, ledger)
    if not refusal and (is_made or done["before"] is not None) and mark_customer(person.setup) != done["mark"]:
        refusal = CHANGED
    if not refusal and is_made:
        refusal = _keep_made(person, thing, ledger)
    if refusal:
        return refusal
    if thing is not None:
        _undo_thing(done["asset"], person, thing, ledger)
    if is_made:
        ledger.gone_people.add(person.pk)
    elif done["before"] is not None:
        _restore(person, done["before"], ledger)
    return ""


def _keep_made(person: Person, thing: Thing | None, ledger: _Ledger) -> str:
    """Return why somebody whom a row made stays, or nothing."""
    if person.pk in ledger.busy_people:
        return VISITED
    if person.pk in ledger.asking_people:
        return ASKED
    if person.pk in ledger.former_people:
        return THING_MOVED
    if person.pk in ledger.merged_people:
        return MERGED
    return MORE_THINGS if any(each is not thing for each in person.things) else ""


def _find_thing(asset: Mapping[str, Any] | None, person: Person, ledger: _Ledger) -> tuple[Thing | None, str]:
    """Return what a row wrote of an asset, and why that cannot be taken back."""
    if asset is None:
        return None, ""
    thing = next((each for each in person.things if each.id == asset["id"]), None)
    if thing is None or mark_asset(thing.fields) != asset["mark"]:
        return thing, THING_CHANGED
    if asset["is_new"] and thing.pk in ledger.moved_things:
        return thing, THING_MOVED
    return thing, THING_VISITED if asset["is_new"] and thing.pk in ledger.busy_things else ""


def _undo_thing(asset: Mapping[str, Any], person: Person, thing: Thing, ledger: _Ledger) -> None:
    if asset["is_new"]:
        person.things.remove(thing)
        ledger.gone_things.add(asset["id"])
        ledger.lightened.add(person.pk)
    else:
        thing.fields = dict(asset["before"])
        thing.rename()
        thing.is_changed = True


def _restore(person: Person, before: Mapping[str, Any], ledger: _Ledger) -> None:
    contacts = tuple(ContactSetup(ContactKind(kind), value) for kind, value in before["contacts"])
    gone = set(person.setup.contacts) - set(contacts)
    ledger.gone_contacts |= {(person.pk, str(each.kind), each.value) for each in gone}
    person.setup = replace(
        person.setup,
        tax_id=before["tax_id"],
        notes=before["notes"],
        tags=tuple(before["tags"]),
        contacts=contacts,
    )
    ledger.restored.add(person.pk)


def _write(ledger: _Ledger, *, by_id: int, now: datetime) -> None:
    kept = {each for each in ledger.restored if each not in ledger.gone_people}
    remaining = [person for person in ledger.people.values() if person.pk not in ledger.gone_people]
    Customer.objects.bulk_update([fill_row(Customer(pk=each), ledger.people[each].setup) for each in kept], FILLED)
    _delete_contacts(each for each in ledger.gone_contacts if each[0] in kept)
    Asset.objects.filter(pk__in=ledger.gone_things).delete()
    touched = [each for each in remaining if any(thing.is_changed for thing in each.things)]
    write_things(touched, now=now)
    changed = kept | {each.pk for each in touched} | (ledger.lightened - ledger.gone_people)
    keep_customer_search(changed)
    tell(changed, CustomerEvent.UPDATED, by_id=by_id, now=now, kept=kept)
    tell(ledger.gone_people, CustomerEvent.ERASED, by_id=by_id, now=now)
    Customer.objects.filter(pk__in=ledger.gone_people).delete()
    # Nothing shows that they were ever here: the number alone is not given again.
    Customer.history.filter(id__in=ledger.gone_people).delete()


def _delete_contacts(contacts: Iterable[tuple[int, str, str]]) -> None:
    wanted = set(contacts)
    rows = Contact.objects.filter(customer_id__in={each[0] for each in wanted})
    found = [pk for pk, *rest in rows.values_list("pk", "customer_id", "kind", "value") if tuple(rest) in wanted]
    Contact.objects.filter(pk__in=found).delete()
