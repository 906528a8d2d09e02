"""Making and changing the record of a customer, by staff and programs; who books makes their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from audit.history import add_history_part
from database.locks import KeySpace, lock_words
from database.statements import Statement
from database.transactions import write_transaction
from kernel.emails import clean_email
from kernel.identity.keys import make_key
from kernel.identity.phones import clean_phone, explain_phone
from kernel.text import mark
from scheduling.enums import BookingLevel, ContactKind, CustomerEvent
from scheduling.errors import CustomerInvalid, CustomerNotFound
from scheduling.errors.customers import CustomerChanged, CustomerKnown
from scheduling.models import Contact, Customer
from scheduling.selectors.customers.records import view_customer
from scheduling.services.writing.customers import NEXT_NUMBER_SQL, tell_customer
from scheduling.services.writing.inputs import (
    EMAIL_WRONG,
    NOTE_LENGTH,
    NOTE_TOO_LONG,
    REASON_LENGTH,
    REASON_MISSING,
    REASON_TOO_LONG,
    clean_locale,
    clean_name,
    clean_text,
)
from scheduling.services.writing.search import keep_customer_search
from scheduling.types import Actor, ContactSetup, CustomerSetup
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import check_business_may

LONGEST_TAX_ID, LONGEST_TAG, MOST_TAGS, MOST_CONTACTS = 32, 40, 20, 10
TAX_ID_TOO_LONG = mark("The tax number may have at most 32 characters.")
TAG_TOO_LONG = mark("A tag may have at most 40 characters.")
TOO_MANY_TAGS = mark("A customer may have at most 20 tags.")
TOO_MANY_CONTACTS = mark("A customer may have at most 10 contacts.")
CHANGEABLE = ("kind", "tax_id", "name", "locale", "booking_level", "level_reason", "notes")
"""Columns that are called as what staff says."""


@write_transaction()
def create_customer(*, setup: CustomerSetup, by: Actor, now: datetime) -> int:
    """Make the record of somebody, and return its id.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        CustomerInvalid: What was typed, by field.
        CustomerKnown: Somebody of this name has one of the contacts already.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    clean = _clean(setup)
    values = [each.value for each in clean.contacts]
    for value in sorted(values):
        lock_words(KeySpace.CONTACT, value)  # who books with it at the same moment makes no second one
    key = make_key(clean.name)
    if Customer.objects.filter(name_key=key, erased_at=None, contacts__value__in=values).exists():
        raise CustomerKnown
    customer = Customer(number=0, name_key=key, created_at=now)  # the statement asks for the number
    _fill(customer, clean)
    statement = Statement()
    statement.insert("customer", [customer], values={"number": NEXT_NUMBER_SQL})
    add_history_part(statement, Customer, source="customer", is_new=True, user_id=by.user_id, at=now)
    ((customer.pk,),) = statement.fetch("SELECT id FROM customer")
    _write_contacts(customer, clean.contacts)
    keep_customer_search([customer.pk])
    tell_customer(customer, CustomerEvent.CREATED, now=now)
    return customer.pk


@write_transaction()
def change_customer(*, customer_id: int, changes: Mapping[str, Any], seen: str = "", by: Actor, now: datetime) -> bool:
    """Change what is said about a customer, and tell whether anything changed; bookings keep what was said in them.

    ``changes`` has what changes of `CustomerSetup`; ``seen`` is the mark that was read, empty: whatever stands there.
    A contact that stays is as verified as it was.

    Raises:
        StatusForbids: As `create_customer`; so is `CustomerInvalid`.
        CustomerNotFound: There is none, or it was erased.
        CustomerChanged: Somebody changed it since it was read.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    customer = Customer.objects.select_for_update().filter(pk=customer_id, erased_at=None).first()
    if customer is None:
        raise CustomerNotFound
    view = view_customer(customer)
    if seen and seen != view.mark:
        raise CustomerChanged
    clean = _clean(replace(view.setup, **changes))
    if clean == view.setup:
        return False
    _fill(customer, clean)
    customer.name_key = make_key(clean.name)
    statement = Statement()
    statement.update("customer", customer)
    reason = clean.level_reason if clean.booking_level != view.setup.booking_level else ""
    add_history_part(statement, Customer, source="customer", is_new=False, user_id=by.user_id, at=now, reason=reason)
    statement.fetch("SELECT 1")
    gone = [each for each in view.setup.contacts if each not in clean.contacts]
    for each in gone:
        customer.contacts.filter(kind=each.kind, value=each.value).delete()
    _write_contacts(customer, [each for each in clean.contacts if each not in view.setup.contacts])
    keep_customer_search([customer.pk])
    tell_customer(customer, CustomerEvent.UPDATED, now=now)
    return True


def _fill(customer: Customer, clean: CustomerSetup) -> None:
    for name in CHANGEABLE:
        setattr(customer, name, getattr(clean, name))
    customer.tags = list(clean.tags)


def _write_contacts(customer: Customer, contacts: Sequence[ContactSetup]) -> None:
    Contact.objects.bulk_create([Contact(customer=customer, kind=each.kind, value=each.value) for each in contacts])


def _clean(setup: CustomerSetup) -> CustomerSetup:
    """Return what is stored.

    Raises:
        CustomerInvalid: By field: ``name``, ``tax_id``, ``contacts.<number>``, ``level_reason``, ``notes``, ``tags``.
    """
    errors: dict[str, tuple[str, ...]] = {}
    is_normal = setup.booking_level == BookingLevel.NORMAL
    reason = clean_text(
        "" if is_normal else setup.level_reason,
        errors,
        field="level_reason",
        length=REASON_LENGTH,
        too_long=REASON_TOO_LONG,
    )
    if not is_normal and not reason:
        errors["level_reason"] = (REASON_MISSING,)
    clean = replace(
        setup,
        name=clean_name(setup.name, errors),
        tax_id=clean_text(
            setup.tax_id, errors, field="tax_id", length=LONGEST_TAX_ID, too_long=TAX_ID_TOO_LONG
        ).upper(),
        contacts=_clean_contacts(setup.contacts, errors),
        locale=clean_locale(setup.locale),
        level_reason=reason,
        notes=clean_text(setup.notes, errors, field="notes", length=NOTE_LENGTH, too_long=NOTE_TOO_LONG),
        tags=_clean_tags(setup.tags, errors),
    )
    if errors:
        raise CustomerInvalid(errors=errors)
    return clean


def _clean_contacts(contacts: Sequence[ContactSetup], errors: dict[str, tuple[str, ...]]) -> tuple[ContactSetup, ...]:
    if len(contacts) > MOST_CONTACTS:
        errors["contacts"] = (TOO_MANY_CONTACTS,)
    found: list[ContactSetup] = []
    for number, each in enumerate(contacts):
        is_phone = each.kind == ContactKind.PHONE
        value = clean_phone(each.value, country=current_tenant().country) if is_phone else clean_email(each.value)
        if value is None:
            errors[f"contacts.{number}.value"] = (explain_phone(each.value) if is_phone else EMAIL_WRONG,)
        else:
            found.append(ContactSetup(each.kind, value))
    return tuple(dict.fromkeys(found))


def _clean_tags(tags: Sequence[str], errors: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    cleaned = [
        clean_text(" ".join(each.split()), errors, field="tags", length=LONGEST_TAG, too_long=TAG_TOO_LONG)
        for each in tags
    ]
    found = tuple(dict.fromkeys(each for each in cleaned if each))
    if len(found) > MOST_TAGS:
        errors["tags"] = (TOO_MANY_TAGS,)
    return found
