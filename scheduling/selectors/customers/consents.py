"""To what people agreed, by the contact that is written to: the last word about a purpose counts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from scheduling.enums import ConsentPurpose
from scheduling.models import Booking, Consent, Contact, Customer
from scheduling.types import ConsentChoice, ConsentView
from tenants.context import current_tenant

WANTED_UNLESS_REFUSED = frozenset({ConsentPurpose.FEEDBACK})
"""What goes to customers without their asking, until they say no; reminders go where a visit was booked with them, and
the rest never does without a yes."""
ALWAYS_OFFERED = (ConsentPurpose.REMINDERS, ConsentPurpose.FEEDBACK)


def list_choices(contact: str) -> tuple[ConsentChoice, ...]:
    """Return how a contact stands to each purpose that the business has, and to each they once agreed to.

    Who never said anything about reminders gets those of the visits that were booked with them: they are on where such
    a visit is. One query, and one more then.
    """
    last = _find_last([contact])
    asked = {ConsentPurpose(each) for each in current_tenant().profile.consents if each in ConsentPurpose.values}
    offered = [each for each in ConsentPurpose if each in ALWAYS_OFFERED or each in asked or (contact, each) in last]
    default_on = set(WANTED_UNLESS_REFUSED)
    if (contact, ConsentPurpose.REMINDERS) not in last and _is_reminded(contact):
        default_on.add(ConsentPurpose.REMINDERS)
    return tuple(_make_choice(each, last.get((contact, each)), is_default_on=each in default_on) for each in offered)


def list_refused(contact: str) -> frozenset[ConsentPurpose]:
    """Return the purposes about which the last word of a contact is no; one query."""
    return frozenset(purpose for (_, purpose), row in _find_last([contact]).items() if row.withdrawn_at is not None)


def is_refused(purpose: ConsentPurpose, contact: str) -> bool:
    """Tell whether the last word of a contact about a purpose is no; one query."""
    row = _find_last([contact], [purpose]).get((contact, purpose))
    return row is not None and row.withdrawn_at is not None


def list_consents(*, customer_id: int, most: int) -> tuple[ConsentView, ...]:
    """Return what a customer said yes and no to, the newest first; one query."""
    rows = Consent.objects.filter(customer_id=customer_id).order_by("-given_at", "-pk")
    return tuple(view_consent(each) for each in rows[:most])


def list_customers_of(contact: str) -> tuple[int, ...]:
    """Return the records of whoever is written to at a contact; two queries."""
    by_record = Contact.objects.filter(value=contact).values_list("customer_id", flat=True)
    by_visit = Booking.objects.filter(Q(customer_email=contact) | Q(customer_phone=contact))
    ids = {*by_record, *by_visit.filter(customer__isnull=False).values_list("customer_id", flat=True)}
    return tuple(Customer.objects.filter(pk__in=ids, erased_at=None).order_by("pk").values_list("pk", flat=True))


def view_consent(row: Consent) -> ConsentView:
    """Return a row of the ledger."""
    return ConsentView(
        purpose=ConsentPurpose(row.purpose),
        source=row.source,
        booking_id=row.booking_id,
        given_at=row.given_at,
        withdrawn_at=row.withdrawn_at,
        contact=row.contact,
        channel=row.channel,
        text_version=row.text_version,
        language=row.language,
        words=str(row.proof.get("words", "")),
        user_id=row.user_id,
    )


def _find_last(
    contacts: Iterable[str], purposes: Iterable[ConsentPurpose] = tuple(ConsentPurpose)
) -> dict[tuple[str, ConsentPurpose], Consent]:
    rows = Consent.objects.filter(contact__in=[each for each in contacts if each], purpose__in=list(purposes))
    return {(each.contact, ConsentPurpose(each.purpose)): each for each in rows.order_by("given_at", "pk")}


def _is_reminded(contact: str) -> bool:
    theirs = Booking.objects.filter(Q(customer_email=contact) | Q(customer_phone=contact))
    return theirs.filter(wants_reminders=True).exists()


def _make_choice(purpose: ConsentPurpose, row: Consent | None, *, is_default_on: bool) -> ConsentChoice:
    if row is None:
        return ConsentChoice(purpose, is_on=is_default_on)
    return ConsentChoice(purpose, is_on=row.withdrawn_at is None, since=row.withdrawn_at or row.given_at)
