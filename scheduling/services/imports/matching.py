"""Who a row means: the customers who are here, and what a row adds to them, without writing any of it.

The rule is that of bookings (`services.writing.customers`): a contact *and* the name. A row without a contact means
whoever of that name has the same plate, or else whoever of that name nothing else is known of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kernel.identity.keys import make_key
from kernel.text import mark
from scheduling.enums import KnownRule, RowOutcome
from scheduling.models import AssetMark, Contact, Customer, ImportRow
from scheduling.selectors.customers.assets import mark_asset
from scheduling.selectors.customers.records import mark_customer, view_customer
from scheduling.services.imports.columns import EMAIL, PHONE
from scheduling.services.imports.reading import MOST_CONTACTS, MOST_TAGS, Draft
from scheduling.services.writing.inputs import AssetNames, name_asset
from scheduling.types import CustomerSetup
from scheduling.types.imports.rows import Fault

CONTACT_SHARED = mark("%(name)s has the same phone number or e-mail address.")
MARK_SHARED = mark("%(name)s has one with the same identification.")


@dataclass(slots=True, eq=False)
class Thing:
    """What visits are about, as it stands while rows are dealt with; without an id it is not written yet."""

    id: int | None
    fields: dict[str, str]
    label_key: str
    marks: frozenset[str]
    is_changed: bool = False

    @property
    def pk(self) -> int:
        """Return the id of one that is written."""
        return self.id or 0

    def rename(self) -> AssetNames:
        """Take the names that its fields give it, and return them."""
        named = name_asset(self.fields)
        self.label_key, self.marks = make_key(named.label), frozenset(named.marks)
        return named


@dataclass(slots=True, eq=False)
class Person:
    """A customer, as they stand while rows are dealt with.

    Attributes:
        is_mine: This import made them: further rows of the file add to them whatever is done with those known before.
    """

    id: int | None
    setup: CustomerSetup
    name_key: str
    things: list[Thing] = field(default_factory=list)
    is_mine: bool = False
    is_changed: bool = False

    @property
    def pk(self) -> int:
        """Return the id of one who is written."""
        return self.id or 0


@dataclass(frozen=True, slots=True)
class Placed:
    """What a row comes to; ``before`` and ``fields_before`` are what it changes, None where it does not."""

    draft: Draft
    outcome: RowOutcome
    person: Person | None = None
    before: CustomerSetup | None = None
    thing: Thing | None = None
    is_new_thing: bool = False
    fields_before: dict[str, str] | None = None
    mark: str = ""
    thing_mark: str = ""

    @property
    def customer_id(self) -> int | None:
        """Return the id of who it is, once they have one."""
        return self.person.id if self.person is not None else None


class Book:
    """The customers whom rows of an import may mean."""

    def __init__(self, run_id: int, rule: str) -> None:
        self._run_id, self._rule = run_id, rule
        self._loaded: set[str] = set()
        self._ids: set[int] = set()
        self._by_contact: dict[tuple[str, str], Person] = {}
        self._by_mark: dict[tuple[str, str], Person] = {}
        self._bare: dict[str, Person] = {}

    def load(self, drafts: Iterable[Draft], *, is_locking: bool = False) -> None:
        """Look up everybody whom these rows may mean; five statements, however many they are."""
        keys = {each.name_key for each in drafts} - self._loaded
        self._loaded |= keys
        rows = Customer.objects.filter(name_key__in=keys, erased_at=None, is_sample=False).order_by("pk")
        if is_locking:
            rows = rows.select_for_update()
        found = list(rows.prefetch_related("contacts", "assets__marks"))
        made = ImportRow.objects.filter(run_id=self._run_id, outcome=RowOutcome.CREATED)
        mine = set(made.filter(customer_id__in=[each.pk for each in found]).values_list("customer_id", flat=True))
        for each in found:
            self._add(load_person(each, is_mine=each.pk in mine))

    def place(self, draft: Draft) -> Placed:
        """Let a row take effect in memory, and return what it comes to."""
        if draft.is_refused:
            return Placed(draft, RowOutcome.REFUSED)
        person = self._find(draft)
        if person is None:
            things = [_make_thing(draft)] if draft.fields else []
            person = Person(None, draft.setup, draft.name_key, things, is_mine=True)
            self._add(person)
            thing = things[0] if things else None
            return _mark(Placed(draft, RowOutcome.CREATED, person, None, thing, is_new_thing=bool(things)))
        if self._rule == KnownRule.SKIP and not person.is_mine:
            return Placed(draft, RowOutcome.SKIPPED, person)
        placed = self._fill(draft, person)
        self._add(person)
        return placed

    def _fill(self, draft: Draft, person: Person) -> Placed:
        before, setup = person.setup, _merge(person.setup, draft.setup)
        is_changed = setup != before
        if is_changed:
            person.setup, person.is_changed = setup, True
        thing, is_new_thing, fields_before = _fill_thing(draft, person)
        outcome = RowOutcome.UPDATED if is_changed or is_new_thing or fields_before is not None else RowOutcome.SAME
        placed = Placed(draft, outcome, person, before if is_changed else None, thing, is_new_thing, fields_before)
        return _mark(placed)

    def _find(self, draft: Draft) -> Person | None:
        key = draft.name_key
        if draft.values:
            return next(filter(None, (self._by_contact.get((key, value)) for value in draft.values)), None)
        if draft.named.marks:
            return next(filter(None, (self._by_mark.get((key, each)) for each in draft.named.marks)), None)
        return self._bare.get(key)

    def _add(self, person: Person) -> None:
        for contact in person.setup.contacts:
            self._by_contact.setdefault((person.name_key, contact.value), person)
        for thing in person.things:
            for each in thing.marks:
                self._by_mark.setdefault((person.name_key, each), person)
        if not person.setup.contacts:
            self._bare.setdefault(person.name_key, person)


def load_person(customer: Customer, *, is_mine: bool = False) -> Person:
    """Return a customer whose contacts, assets and marks were loaded."""
    things = [
        Thing(
            each.pk,
            {str(key): str(value) for key, value in each.data.items()},
            each.label_key,
            frozenset(row.mark for row in each.marks.all()),
        )
        for each in sorted(customer.assets.all(), key=lambda asset: asset.pk)
    ]
    return Person(customer.pk, view_customer(customer).setup, customer.name_key, things, is_mine=is_mine)


def warn_shared(drafts: Sequence[Draft], placed: Sequence[Placed]) -> dict[int, list[Fault]]:
    """Return by the number of its row what is odd about who is new: others have their contact, or their plate.

    Two statements. It keeps nobody out: a family has one number, and a car was sold.
    """
    new = [each.draft for each in placed if each.outcome == RowOutcome.CREATED]
    values = {value for each in new for value in each.values}
    marks = {each for draft in new for each in draft.named.marks}
    contacts = Contact.objects.filter(value__in=values, customer__erased_at=None, customer__is_sample=False)
    names = dict(contacts.order_by("-pk").values_list("value", "customer__name"))
    owners = AssetMark.objects.filter(
        mark__in=marks, owner__erased_at=None, owner__merged_into=None, owner__is_sample=False
    )
    plates = dict(owners.order_by("-pk").values_list("mark", "owner__name"))
    found: dict[int, list[Fault]] = {}
    for draft in drafts if names or plates else ():
        faults = [
            Fault(EMAIL if "@" in value else PHONE, CONTACT_SHARED, {"name": names[value]}, is_error=False)
            for value in draft.values
            if value in names
        ]
        faults += [
            Fault(
                each.partition(":")[0].replace(f"{each.partition('.')[0]}.", "asset.", 1),
                MARK_SHARED,
                {"name": name},
                is_error=False,
            )
            for each in draft.named.marks
            if (name := plates.get(each))
        ]
        if faults and draft in new:
            found[draft.number] = faults
    return found


def _merge(old: CustomerSetup, new: CustomerSetup) -> CustomerSetup:
    """Return what is known with what is new: nothing that stands there is changed."""
    return replace(
        old,
        tax_id=old.tax_id or new.tax_id,
        notes=old.notes or new.notes,
        tags=tuple(dict.fromkeys((*old.tags, *new.tags)))[: max(MOST_TAGS, len(old.tags))],
        contacts=tuple(dict.fromkeys((*old.contacts, *new.contacts)))[: max(MOST_CONTACTS, len(old.contacts))],
    )


def _fill_thing(draft: Draft, person: Person) -> tuple[Thing | None, bool, dict[str, str] | None]:
    """Return what the row is about, whether it is new, and what its fields were before if they change."""
    if not draft.fields:
        return None, False, None
    marks = set(draft.named.marks)
    key = make_key(draft.named.label)
    same = [each for each in person.things if (marks & each.marks if marks else each.label_key == key)]
    if not same:
        thing = _make_thing(draft)
        person.things.append(thing)
        return thing, True, None
    thing = same[0]
    others = {each for other in person.things if other is not thing for each in other.marks}
    merged = {**draft.fields, **thing.fields}
    if merged == thing.fields or set(name_asset(merged).marks) & others:
        return thing, False, None
    before, thing.fields = thing.fields, merged
    thing.rename()
    thing.is_changed = True
    return thing, False, before


def _make_thing(draft: Draft) -> Thing:
    return Thing(None, dict(draft.fields), make_key(draft.named.label), frozenset(draft.named.marks))


def _mark(placed: Placed) -> Placed:
    """Note how customer and asset stand after this row: undoing asks for it."""
    thing = placed.thing
    return replace(
        placed,
        mark=mark_customer(placed.person.setup) if placed.person else "",
        thing_mark=mark_asset(thing.fields) if thing else "",
    )
