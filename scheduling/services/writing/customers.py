"""Who a booking belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.history import add_history_part
from database.connection import connection
from database.locks import KeySpace, lock_customer, lock_words
from database.statements import Statement
from kernel.identity.keys import make_key
from kernel.text import mark
from notifications.services.outbox import add_wanted_event_part, publish_wanted
from scheduling.enums import BookingLevel, ConsentPurpose, ContactKind, CustomerEvent
from scheduling.errors import CustomerInvalid
from scheduling.models import Asset, AssetMark, AssetReading, Booking, Consent, Contact, Customer
from scheduling.models.customer import NUMBER_SEQUENCE
from scheduling.services.writing.inputs import CleanDetails
from scheduling.services.writing.search import add_customer_search_part

NEXT_NUMBER_SQL = f"nextval('{NUMBER_SEQUENCE}'::regclass)"
CONSENT_TEXT_VERSION = "2026-11"
LONGEST_LANGUAGE = 8
TOLD = frozenset({ConsentPurpose.REMINDERS, ConsentPurpose.FEEDBACK, ConsentPurpose.MARKETING, ConsentPurpose.PHOTOS})
"""What people say about a contact of theirs, and change with the link that goes there; the rest is about a visit."""

FOUND_SQL = """
SELECT known.id, known.asset_id, levels.found, levels.refused,
  (SELECT a.archived_at IS NOT NULL FROM scheduling_asset a WHERE a.id = known.asset_id)
FROM (
  SELECT array_agg(DISTINCT c.booking_level) AS found,
         array_agg(DISTINCT k.kind) FILTER (WHERE c.booking_level = 'refused' AND k.kind IS NOT NULL) AS refused
  FROM {whose}
  WHERE {meant} AND c.erased_at IS NULL AND c.booking_level <> 'normal') levels
LEFT JOIN (
SELECT c.id, CASE WHEN cardinality(%(marks)s::text[]) > 0 THEN (
  SELECT m.asset_id FROM scheduling_assetmark m
  WHERE m.owner_id = c.id AND m.mark = ANY(%(marks)s::text[])
  ORDER BY m.asset_id LIMIT 1)
ELSE (
  SELECT a.id FROM scheduling_asset a
  WHERE a.owner_id = c.id AND a.type_key = %(type_key)s::text AND a.label_key = %(label_key)s::text
  ORDER BY a.id LIMIT 1) END AS asset_id
FROM scheduling_customer c
WHERE {who} AND c.erased_at IS NULL
ORDER BY c.id LIMIT 1) known ON true
"""
KNOWN_SQL = FOUND_SQL.format(
    whose="scheduling_contact k JOIN scheduling_customer c ON c.id = k.customer_id",
    meant="k.value = ANY(%(contacts)s::text[])",
    who="""c.name_key = %(name_key)s::text
  AND c.id IN (SELECT k.customer_id FROM scheduling_contact k WHERE k.value = ANY(%(contacts)s::text[]))""",
)
CHOSEN_SQL = FOUND_SQL.format(
    whose="scheduling_customer c LEFT JOIN scheduling_contact k ON k.customer_id = c.id",
    meant="""(c.id = %(chosen_id)s::int8
  OR c.id IN (SELECT k.customer_id FROM scheduling_contact k WHERE k.value = ANY(%(contacts)s::text[])))""",
    who="c.id = %(chosen_id)s::int8",
)
BACK_SQL = """
UPDATE scheduling_asset SET archived_at = NULL FROM booking WHERE scheduling_asset.id = booking.asset_id
RETURNING scheduling_asset.id
"""
FOLLOW_SQL = """
SELECT merged_into_id FROM scheduling_customer WHERE id = %(chosen_id)s::int8 AND erased_at IS NULL FOR SHARE
"""
GONE = mark("This customer is not there any more. Look for them again, or book for somebody new.")


@dataclass(frozen=True, slots=True)
class Known:
    """The customer and the asset that a booking's details mean, as far as they are there already.

    ``level`` is the strictest of all customers with one of the contacts, whatever name was typed; ``refused`` are the
    kinds of the contacts of those who may not book.
    """

    customer_id: int | None = None
    asset_id: int | None = None
    level: BookingLevel = BookingLevel.NORMAL
    refused: tuple[str, ...] = ()
    is_archived: bool = False
    """Nobody came with the asset any more, until now."""

    def has_all(self, clean: CleanDetails) -> bool:
        """Tell whether nobody and nothing new has to be made that others could make at the same moment."""
        if not _list_contacts(clean):
            return True  # Without a contact everybody is somebody new.
        return self.customer_id is not None and (self.asset_id is not None or not clean.details.asset)


def find_known(clean: CleanDetails) -> Known:
    """Find whom and what a booking's details mean; they may be new by the time that one looks again.

    Whom staff chose is meant whatever name and contact were typed, and the record that goes on in their place.

    Raises:
        CustomerInvalid: Whom staff chose is not there, or was erased.
    """
    contacts, chosen_id = _list_contacts(clean), clean.details.customer_id
    if not contacts and chosen_id is None:
        return Known()
    parameters: dict[str, object] = {
        "contacts": contacts,
        "type_key": clean.asset_type,
        "marks": list(clean.asset_marks),
        "label_key": make_key(clean.asset_label),
    }
    if chosen_id is None:
        rows = connection.fetch_planned(KNOWN_SQL, parameters | {"name_key": make_key(clean.details.customer.name)})
    else:
        rows = connection.fetch_planned(CHOSEN_SQL, parameters | {"chosen_id": _follow(chosen_id)})
    customer_id, asset_id, levels, refused, is_archived = rows[0]
    strictest = max(map(BookingLevel, levels or ()), key=list(BookingLevel).index, default=BookingLevel.NORMAL)
    return Known(customer_id, asset_id, strictest, tuple(refused or ()), bool(is_archived))


def _follow(chosen_id: int) -> int:
    """Return the customer who goes on where this one was merged; nobody erases or merges them until it is written.

    Raises:
        CustomerInvalid: There is none, or they were erased.
    """
    while True:
        rows = connection.fetch_planned(FOLLOW_SQL, {"chosen_id": chosen_id})
        if not rows:
            raise CustomerInvalid(errors={"customer": (GONE,)})
        if rows[0][0] is None:
            return chosen_id
        chosen_id = rows[0][0]


def meet_customer(clean: CleanDetails) -> Known:
    """Find whom and what a booking's details mean; hold back others who would make them too.

    Two first bookings of one person at once make one customer: until the caller's transaction ends, nobody
    else makes a customer or an asset with one of these contacts. Where this is to be their only visit then, one after
    the other looks at what else they come for. Before the locks of resources and rows; whom staff chose is locked.

    Raises:
        CustomerInvalid: As `find_known`.
    """
    chosen_id = clean.details.customer_id
    known = find_known(clean) if chosen_id is None else Known()
    if chosen_id is not None or not known.has_all(clean):
        for contact in sorted(_list_contacts(clean)):
            lock_words(KeySpace.CONTACT, contact)
        if chosen_id is not None:
            lock_customer(chosen_id)
        known = find_known(clean)
    if clean.details.is_sole and known.customer_id is not None:
        lock_customer(known.customer_id)
    return known


def attach_details(booking: Booking, clean: CleanDetails, known: Known) -> None:
    """Give a booking its snapshot and whoever is known already.

    An existing customer is linked when a contact *and* the name match, as they are compared, and is never changed:
    whoever types someone's e-mail sees and overwrites nothing. So is whom staff chose. Otherwise a new customer is
    made, with `add_customer_parts`. The booking is not saved here.
    """
    details = clean.details
    typed = details.customer
    booking.customer_name = typed.name
    booking.customer_phone = typed.phone or ""
    booking.customer_email = typed.email or ""
    booking.customer_locale = typed.locale
    booking.proven_contact = details.proven_contact
    booking.wants_reminders = details.wants_reminders
    booking.answers = dict(details.answers)
    booking.note = details.note
    booking.arrival_mode = details.arrival_mode or booking.arrival_mode
    booking.asset_data = dict(details.asset)
    booking.asset_label = clean.asset_label
    booking.customer_id = known.customer_id
    if details.asset:
        booking.asset_id = known.asset_id


def add_customer_parts(
    statement: Statement, booking: Booking, clean: CleanDetails, known: Known, *, source: str, now: datetime
) -> dict[str, str]:
    """Let a statement make the customer and the asset that are not known yet.

    ``source`` is the condition under which it may. Returns the columns of the booking that
    get their value from there.
    """
    typed = clean.details.customer
    values: dict[str, str] = {}
    owner: dict[str, str] = {}
    if known.customer_id is None:
        customer = Customer(
            number=0,  # the statement asks the sequence
            name=typed.name,
            name_key=make_key(typed.name),
            locale=typed.locale,
            is_sample=booking.is_sample,
            created_at=now,
        )
        statement.insert("customer", [customer], source=source, values={"number": NEXT_NUMBER_SQL})
        add_history_part(statement, Customer, source="customer", is_new=True, user_id=None, at=now)
        add_created_part(statement, is_real=not (booking.is_sample or booking.is_test), now=now)
        pairs = ((ContactKind.PHONE, typed.phone), (ContactKind.EMAIL, typed.email))
        contacts = [
            Contact(kind=kind, value=value, verified_at=now if kind == booking.proven_contact else None)
            for kind, value in pairs
            if value
        ]
        if contacts:
            statement.insert("contact", contacts, source="CROSS JOIN customer", values={"customer_id": "customer.id"})
        values["customer_id"] = "(SELECT id FROM customer)"
        source, owner = "CROSS JOIN customer", {"owner_id": "customer.id"}
    if clean.details.asset and known.asset_id is None:
        values["asset_id"] = _add_asset_parts(
            statement, clean, known, source=source, owner=owner, is_sample=booking.is_sample, now=now
        )
    if values:
        add_customer_search_part(
            statement,
            name=typed.name,
            phone=typed.phone or "",
            email=typed.email or "",
            label=clean.asset_label,
            fields=clean.details.asset,
            is_new=known.customer_id is None,
        )
    return values


def _add_asset_parts(
    statement: Statement,
    clean: CleanDetails,
    known: Known,
    *,
    source: str,
    owner: Mapping[str, str],
    is_sample: bool,
    now: datetime,
) -> str:
    asset = Asset(
        type_key=clean.asset_type,
        label=clean.asset_label,
        label_key=make_key(clean.asset_label),
        identifier=clean.asset_identifier,
        data=dict(clean.details.asset),
        is_sample=is_sample,
        created_at=now,
    )
    if known.customer_id is not None:
        asset.owner_id = known.customer_id
    statement.insert("asset", [asset], source=source, values=owner)
    if clean.asset_marks:
        marks = [AssetMark(mark=mark) for mark in clean.asset_marks]
        belonging = {"asset_id": "asset.id", "owner_id": "asset.owner_id"}
        statement.insert("mark", marks, source="CROSS JOIN asset", values=belonging)
    return "(SELECT id FROM asset)"


def add_back_part(statement: Statement, booking: Booking, known: Known, *, now: datetime) -> None:
    """Let a statement with a part ``booking`` offer an archived asset again that somebody is to come with."""
    if known.is_archived and booking.asset_id == known.asset_id and booking.ends_at > now:
        statement.add("back", BACK_SQL)


def add_created_part(statement: Statement, *, is_real: bool, now: datetime) -> None:
    """Let a statement with a part ``customer`` tell webhooks that somebody is new; nobody of samples and tests."""
    if is_real:
        kind = f"customer.{CustomerEvent.CREATED}"
        add_wanted_event_part(statement, name="customer_event", source="customer", kind=kind, payload={}, now=now)


def tell_customer(customer: Customer, event: CustomerEvent, *, now: datetime, into_id: int | None = None) -> None:
    """Tell webhooks what happened to a customer's record, in the caller's transaction; nothing of samples.

    ``into_id``: the record that goes on in its place.
    """
    if not customer.is_sample:
        payload = {} if into_id is None else {"into": into_id}
        publish_wanted(kind=f"customer.{event}", subject_id=customer.pk, payload=payload, now=now)


def add_consent_part(statement: Statement, booking: Booking, clean: CleanDetails, *, now: datetime) -> None:
    """Let a statement with a part ``booking`` write down what the customer agreed to.

    It counts for the messages to a contact (`Consent.contact`) when whoever booked has shown that this contact is
    theirs: anybody can type another one's. Reminders never do: their box is ticked beforehand, and ends no earlier no.
    """
    purposes = set(clean.details.consents)
    if clean.details.wants_reminders:
        purposes.add(ConsentPurpose.REMINDERS.value)
    if not purposes:
        return
    contact = booking.customer_email or booking.customer_phone
    is_proven = booking.proven_contact == (ContactKind.EMAIL if booking.customer_email else ContactKind.PHONE)
    spoken_for = TOLD - {ConsentPurpose.REMINDERS} if is_proven else frozenset()
    consents = [
        Consent(
            purpose=purpose,
            channel=name_channel(contact) if purpose in TOLD else "",
            contact=contact if purpose in spoken_for else "",
            text_version=clean.details.notice or CONSENT_TEXT_VERSION,
            language=booking.customer_locale[:LONGEST_LANGUAGE],
            source=booking.source,
            proof={"reference": booking.reference},
            given_at=now,
        )
        for purpose in sorted(purposes)
    ]
    owner = {"booking_id": "booking.id", "customer_id": "booking.customer_id"}
    statement.insert("consent", consents, source="CROSS JOIN booking", values=owner)


def name_channel(contact: str) -> str:
    """Return the channel by which messages go to a contact; empty: it is none."""
    return "email" if "@" in contact else "sms" if contact else ""


def add_reading_part(statement: Statement, clean: CleanDetails, *, now: datetime) -> None:
    """Let a statement with a part ``booking`` keep what the asset's meter shows, where the trade has one."""
    if clean.meter is None:
        return
    reading = AssetReading(value=clean.meter.value, unit=clean.meter.unit, read_at=now)
    owner = {"booking_id": "booking.id", "asset_id": "booking.asset_id"}
    statement.insert("reading", [reading], source="JOIN booking ON booking.asset_id IS NOT NULL", values=owner)


def _list_contacts(clean: CleanDetails) -> list[str]:
    typed = clean.details.customer
    return [value for value in (typed.phone, typed.email) if value]
