"""Who a booking belongs to."""

from __future__ import annotations

from datetime import datetime

from scheduling.enums import ConsentPurpose, ContactKind
from scheduling.models import Asset, Booking, Consent, Contact, Customer
from scheduling.services.inputs import CleanDetails

CONSENT_TEXT_VERSION = "2026-11"


def attach_customer(booking: Booking, clean: CleanDetails, *, now: datetime) -> None:
    """Give a booking its snapshot and link it to a customer and an asset; the booking is not saved here.

    An existing customer is linked when a contact *and* the name match, and is never changed:
    whoever types someone's e-mail sees and overwrites nothing. Otherwise a new customer is made.
    """
    details = clean.details
    typed = details.customer
    booking.customer_name = typed.name
    booking.customer_phone = typed.phone or ""
    booking.customer_email = typed.email or ""
    booking.customer_locale = typed.locale
    booking.wants_reminders = details.wants_reminders
    booking.answers = dict(details.answers)
    booking.note = details.note
    booking.arrival_mode = details.arrival_mode or booking.arrival_mode
    booking.asset_data = dict(details.asset)
    booking.asset_label = clean.asset_label
    booking.customer = _find_customer(clean) or _make_customer(clean, is_sample=booking.is_sample, now=now)
    if details.asset:
        booking.asset = _find_asset(booking.customer, clean) or Asset.objects.create(
            owner=booking.customer,
            type_key=clean.asset_type,
            label=clean.asset_label,
            identifier=clean.asset_identifier,
            data=dict(details.asset),
            is_sample=booking.is_sample,
            created_at=now,
        )


def record_consents(booking: Booking, clean: CleanDetails, *, source: str, now: datetime) -> None:
    """Write down what the customer agreed to with this booking."""
    assert booking.customer is not None
    purposes = set(clean.details.consents)
    if clean.details.wants_reminders:
        purposes.add(ConsentPurpose.REMINDERS.value)
    Consent.objects.bulk_create(
        Consent(
            customer=booking.customer,
            booking=booking,
            purpose=purpose,
            text_version=CONSENT_TEXT_VERSION,
            source=source,
            proof={"reference": booking.reference},
            given_at=now,
        )
        for purpose in sorted(purposes)
    )


def _find_customer(clean: CleanDetails) -> Customer | None:
    typed = clean.details.customer
    values = [value for value in (typed.phone, typed.email) if value]
    if not values:
        return None
    same = Customer.objects.filter(
        contacts__value__in=values, name__iexact=typed.name, erased_at__isnull=True
    ).order_by("pk")
    return same.first()


def _make_customer(clean: CleanDetails, *, is_sample: bool, now: datetime) -> Customer:
    typed = clean.details.customer
    customer = Customer(name=typed.name, locale=typed.locale, is_sample=is_sample, created_at=now)
    customer.save()
    pairs = ((ContactKind.PHONE, typed.phone), (ContactKind.EMAIL, typed.email))
    Contact.objects.bulk_create(Contact(customer=customer, kind=kind, value=value) for kind, value in pairs if value)
    return customer


def _find_asset(customer: Customer, clean: CleanDetails) -> Asset | None:
    known = Asset.objects.filter(owner=customer, type_key=clean.asset_type)
    if clean.asset_identifier:
        return known.filter(identifier=clean.asset_identifier).first()
    return known.filter(label=clean.asset_label).first()
