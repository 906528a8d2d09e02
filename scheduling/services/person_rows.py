"""What this room has about one person, table by table, for the file that they take along."""

from __future__ import annotations

from collections.abc import Collection

from kernel.law.clocks import Period, Unit
from kernel.text import mark
from scheduling.models import (
    Asset,
    AssetDue,
    Booking,
    Consent,
    Contact,
    ConversationLine,
    Customer,
    DataRequest,
    Feedback,
    ImportRow,
    VisitNote,
    WaitlistEntry,
)
from scheduling.services.erasing import list_customers
from scheduling.services.imports.uploading import KEPT as IMPORTS_KEPT
from scheduling.services.photos import KEPT_WITH_VISIT
from scheduling.services.waitlist.queue import KEPT as WAITLIST_KEPT
from tenants.services.erasures.persons import PersonKeys, PersonTable, register_person_tables
from tenants.services.erasures.retention import RetentionRule, register_retention

DERIVED = "made of another column that is in the file, to be found by"
TABLES = (
    PersonTable(
        "scheduling.Customer",
        mark("Record"),
        lambda keys: Customer.with_merged.filter(pk__in=keys.customer_ids).order_by("pk"),
        beside=("number", "kind", "locale", "booking_level", "created_at"),
        without={"name_key": DERIVED},
    ),
    PersonTable(
        "scheduling.Contact",
        mark("Contacts"),
        lambda keys: Contact.objects.filter(customer_id__in=keys.customer_ids).order_by("pk"),
        beside=("kind", "verified_at"),
    ),
    PersonTable(
        "scheduling.HistoricalCustomer",
        mark("Earlier records"),
        lambda keys: Customer.history.filter(id__in=keys.customer_ids).order_by("history_date", "history_id"),
        beside=("history_date",),
    ),
    PersonTable(
        "scheduling.Asset",
        mark("What visits are about"),
        lambda keys: Asset.objects.filter(owner_id__in=keys.customer_ids).order_by("pk"),
        beside=("type_key", "created_at"),
        without={"label_key": DERIVED},
    ),
    PersonTable(
        "scheduling.AssetDue",
        mark("What is due"),
        lambda keys: AssetDue.objects.filter(asset__owner_id__in=keys.customer_ids).order_by("pk"),
        beside=("asset__label", "at_meter", "on", "written_at", "done_at"),
    ),
    PersonTable(
        "scheduling.Booking",
        mark("Visits"),
        lambda keys: Booking.objects.filter(pk__in=keys.booking_ids).order_by("starts_at", "pk"),
        beside=(
            "reference",
            "status",
            "starts_at",
            "ends_at",
            "service__name",
            "location__name",
            "party_size",
            "price_minor",
            "currency",
            "wants_reminders",
            "created_at",
        ),
    ),
    PersonTable(
        "scheduling.HistoricalBooking",
        mark("Changes of visits"),
        # What a booking was while it was somebody else's is that person's.
        lambda keys: Booking.history.filter(id__in=keys.booking_ids, customer_id__in=keys.customer_ids).order_by(
            "history_date", "history_id"
        ),
        beside=("reference", "history_date", "status", "starts_at"),
    ),
    PersonTable(
        "scheduling.Consent",
        mark("Consents"),
        lambda keys: Consent.objects.filter(customer_id__in=keys.customer_ids).order_by("given_at", "pk"),
        beside=("purpose", "channel", "text_version", "source", "given_at", "withdrawn_at"),
    ),
    PersonTable(
        "scheduling.WaitlistEntry",
        mark("Waitlist"),
        lambda keys: WaitlistEntry.objects.filter(pk__in=keys.waiting_ids).order_by("pk"),
        beside=("status", "from_on", "to_on", "created_at", "ended_at"),
    ),
    PersonTable(
        "scheduling.ConversationLine",
        mark("Conversations"),
        lambda keys: ConversationLine.objects.filter(booking_id__in=keys.booking_ids).order_by("pk"),
        beside=("booking__reference", "author", "written_at"),
    ),
    PersonTable(
        "scheduling.VisitNote",
        mark("Notes about visits"),
        lambda keys: VisitNote.objects.filter(booking_id__in=keys.booking_ids).order_by("pk"),
        beside=("booking__reference", "is_pinned", "written_at"),
    ),
    PersonTable(
        "scheduling.Feedback",
        mark("Opinions"),
        lambda keys: Feedback.objects.filter(booking_id__in=keys.booking_ids).order_by("pk"),
        beside=("booking__reference", "score", "recommend_score", "may_publish", "created_at"),
    ),
    PersonTable(
        "scheduling.DataRequest",
        mark("Earlier requests about data"),
        lambda keys: DataRequest.objects.filter(booking_id__in=keys.booking_ids).order_by("pk"),
        beside=("kind", "asked_at", "done_at"),
    ),
    PersonTable(
        "scheduling.ImportRow",
        mark("Brought from another program"),
        lambda keys: ImportRow.objects.filter(customer_id__in=keys.customer_ids).order_by("pk"),
        without={"done": "which rows were made of it, which are in the file", "faults": "what was wrong with the file"},
    ),
)
LEFT_OUT = {
    "scheduling.CustomerMerge": "copies of records that are in the file, kept to part them again",
    "scheduling.CustomerSearch": DERIVED,
    "scheduling.ImportPiece": "a piece of a file about many people, until its rows are read",
    "scheduling.BookingSearch": DERIVED,
    "scheduling.AssetMark": DERIVED,
    "scheduling.VisitsLink": "a contact that is in the file, for the day on which its link works",
}


RULES = (
    RetentionRule(
        "waitlist",
        ("scheduling.WaitlistEntry",),
        mark("What people on the waitlist had typed"),
        mark("To explain who was offered a time, and who was not"),
        lambda _: Period(WAITLIST_KEPT.days, Unit.DAYS),
    ),
    RetentionRule(
        "imports",
        ("scheduling.ImportRow", "scheduling.ImportPiece"),
        mark("Rows of files with customers"),
        mark("To look up what was brought from another program"),
        lambda _: Period(IMPORTS_KEPT.days, Unit.DAYS),
    ),
    RetentionRule(
        "visit_photos",
        ("scheduling.VisitPhoto",),
        mark("Pictures of visits"),
        mark("To answer for the work that was done"),
        lambda _: Period(KEPT_WITH_VISIT.days, Unit.DAYS),
    ),
)
_RECORD = mark("It is the customer's record: it stays until they ask for the end of it.")
_VISITS = mark(
    "It is the history of their visits, for the next one and for claims: it stays until they ask for its end."
)
_PROOF = mark("It is a proof: of what they allowed, or of what they asked.")
STAYING = {
    **dict.fromkeys(("Customer", "Contact", "HistoricalCustomer"), _RECORD),
    **dict.fromkeys(
        ("Asset", "AssetDue", "Booking", "HistoricalBooking", "ConversationLine", "Feedback", "VisitNote"), _VISITS
    ),
    **dict.fromkeys(("Consent", "DataRequest"), _PROOF),
}


def register() -> None:
    """Say which rows are about a person, and how long they are kept."""
    register_person_tables(TABLES, left_out=LEFT_OUT)
    register_retention(RULES, staying={f"scheduling.{name}": why for name, why in STAYING.items()})


def find_person_keys(*, customer_id: int) -> PersonKeys:
    """Return by what rows are about the person of a record; six queries."""
    ids = frozenset(pk for pk, _ in list_customers([customer_id]))
    bookings = list(Booking.objects.filter(customer_id__in=ids).values_list("pk", "customer_email", "customer_phone"))
    addresses = {value for _, *pair in bookings for value in pair} | set(_list_contacts(ids))
    return PersonKeys(
        customer_ids=ids,
        booking_ids=frozenset(pk for pk, *_ in bookings),
        waiting_ids=frozenset(WaitlistEntry.objects.filter(customer_id__in=ids).values_list("pk", flat=True)),
        addresses=frozenset(addresses - {""}),
    )


def _list_contacts(customer_ids: Collection[int]) -> list[str]:
    return list(Contact.objects.filter(customer_id__in=customer_ids).values_list("value", flat=True))
