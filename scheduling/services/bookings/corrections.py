"""Correcting what was typed about a booking: by the same rules as it was typed, with history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from audit.history import add_history_part
from database.statements import Statement
from database.transactions import write_transaction
from kernel.identity.keys import make_key
from kernel.instants import count_minutes
from kernel.money import PriceKind
from kernel.text import mark
from scheduling.enums import BookingEvent, BookingStatus, ContactKind, CustomerEvent
from scheduling.errors import BookingChanged, CustomerInvalid
from scheduling.models import Asset, AssetMark, Booking, Contact, Customer
from scheduling.policies import check_step, refuse_step
from scheduling.selectors.bookings.corrections import list_questions, mark_state
from scheduling.services.messages.manage_tokens import hash_manage_token
from scheduling.services.writing.customers import tell_customer
from scheduling.services.writing.events import record
from scheduling.services.writing.inputs import CleanDetails, clean_details, local_today, name_asset
from scheduling.services.writing.lookups import lock_booking
from scheduling.services.writing.search import keep_customer_search
from scheduling.types import LARGEST_PRICE_MINOR, Actor, AgreedPolicy, Answer, Correction, CustomerDetails, VisitDetails
from scheduling.types.questions import ANSWERED

Contacts = tuple[str, str]
"""Phone and e-mail, each empty when there is none."""

PRICE_WRONG = mark("This price is not possible.")
PRICE_MISSING = mark("A fixed price needs an amount.")


@write_transaction()
def correct_booking(*, booking_id: int, correction: Correction, now: datetime, by: Actor) -> bool:
    """Correct who comes, contacts, asset, answers, note and price of a booking; tell whether anything changed.

    Time, people and status stay. The booking's own copy is corrected, and with ``is_customer_too`` the
    customer's and the asset's records as well; other bookings keep what they say. Where a contact
    makes way for another, the manage link is renewed: who has the old one reads somebody else's mail.
    A customer who is written to at a new address, or has a new link, gets it there, and so does one who is asked for
    another deposit than before; nobody else is told.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        BookingChanged: Somebody corrected it since it was read (``correction.seen``).
        TransitionRefused: Nobody has booked it yet: it is only held; or it is a test.
        CustomerInvalid: What was typed, by field, as `clean_details` names them; ``price`` too.
        BookingNotFound: There is none.
    """
    check_step(by)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.is_test:
        raise refuse_step(booking)  # its messages go to whoever tries, never to what is typed
    if booking.status in {BookingStatus.HELD, BookingStatus.EXPIRED} and not booking.customer_name:
        raise refuse_step(booking)
    before = mark_state(booking)
    if correction.seen and correction.seen != before:
        raise BookingChanged
    clean = _clean(booking, correction, now=now)
    reached, said = (booking.customer_phone, booking.customer_email), booking.asset_data
    deposit = booking.deposit_minor
    is_now_final = correction.is_price_final and _may_become_more(booking)
    named = booking.customer_name
    _apply(booking, clean, correction)
    if mark_state(booking) == before and not is_now_final:
        return False
    if correction.is_customer_too:
        customer = _correct_customer(booking, reached, named=named, now=now, by=by)
        if customer is not None and clean.details.asset:
            _correct_asset(booking, customer, clean, said, now=now)
        if customer is not None:
            keep_customer_search([customer.pk])
    new = (booking.customer_phone, booking.customer_email)
    is_link_new = _is_replaced(reached, new)
    if is_link_new:
        _renew_link(booking)
    told_at = _pick_address(new)
    is_contact_new = bool(told_at) and (is_link_new or told_at != _pick_address(reached))
    extra = {"is_contact_new": is_contact_new, "is_deposit_new": booking.deposit_minor != deposit}
    record(booking, kind=BookingEvent.CORRECTED, by=by, now=now, extra=extra)
    return True


def _is_replaced(reached: Contacts, new: Contacts) -> bool:
    """Tell whether a contact made way for another: of its kind, or the one that messages go to."""
    picked = _pick_address(reached), _pick_address(new)
    pairs = (*zip(reached, new, strict=True), picked)
    return any(before and after and before not in new and before != after for before, after in pairs)


def _pick_address(contacts: Contacts) -> str:
    """Return where messages go: to the e-mail address if there is one."""
    phone, email = contacts
    return email or phone


def _renew_link(booking: Booking) -> None:
    booking.token_version += 1
    booking.token_hash = hash_manage_token(booking.ics_uid, booking.token_version)


def _clean(booking: Booking, correction: Correction, *, now: datetime) -> CleanDetails:
    price = correction.price_minor
    if price is not None and not 0 <= price <= LARGEST_PRICE_MINOR:
        raise CustomerInvalid(errors={"price": (PRICE_WRONG,)})
    if price is None and correction.is_price_final:
        raise CustomerInvalid(errors={"price_minor": (PRICE_MISSING,)})
    details = VisitDetails(
        customer=CustomerDetails(
            name=correction.name,
            phone=correction.phone or None,
            email=correction.email or None,
            locale=booking.customer_locale,
        ),
        asset={key: text for key, text in correction.asset.items() if text},
        note=correction.note,
        answers=correction.answers or {},
    )
    return clean_details(
        details,
        arrival_modes=(),
        duration_minutes=count_minutes(booking.starts_at, booking.ends_at),
        today=local_today(now),
        is_staff=True,
        questions=() if correction.answers is None else list_questions(booking),
    )


def _apply(booking: Booking, clean: CleanDetails, correction: Correction) -> None:
    typed = clean.details.customer
    booking.customer_name = typed.name
    new = {ContactKind.PHONE: typed.phone or "", ContactKind.EMAIL: typed.email or ""}
    old = {ContactKind.PHONE: booking.customer_phone, ContactKind.EMAIL: booking.customer_email}
    booking.customer_phone, booking.customer_email = new[ContactKind.PHONE], new[ContactKind.EMAIL]
    if any(booking.proven_contact == kind and new[kind] != old[kind] for kind in new):
        booking.proven_contact = ""
    booking.asset_data = dict(clean.details.asset)
    booking.asset_label = clean.asset_label if clean.details.asset else ""
    booking.note = clean.details.note
    if correction.answers is not None:
        booking.answers = _join_answers(booking.answers, clean.details.answers)
    if booking.price_minor != correction.price_minor or (correction.is_price_final and _may_become_more(booking)):
        booking.price_minor = correction.price_minor
        if booking.status == BookingStatus.PENDING_PAYMENT and booking.price_minor is not None:
            booking.deposit_minor = min(booking.deposit_minor, booking.price_minor)  # nobody prepays more than all
        booking.policy = {**booking.policy, "is_price_from": False}


def _join_answers(said: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a booking says from now on; an answer that is the same stays in the words in which it was asked."""
    before, after = ({each.key: each for each in Answer.read(each_said)} for each_said in (said, given))
    if {key: each.value for key, each in before.items()} == {key: each.value for key, each in after.items()}:
        return dict(said)
    kept = (before[key] if key in before and before[key].value == each.value else each for key, each in after.items())
    rest = {key: told for key, told in said.items() if key != ANSWERED}
    return rest | ({ANSWERED: [each.to_json() for each in kept]} if after else {})


def _may_become_more(booking: Booking) -> bool:
    """Tell whether the price binds only from below; a booking that does not say is as its service."""
    agreed = AgreedPolicy.read(booking.policy).is_price_from
    return booking.service.price_kind == PriceKind.FROM if agreed is None else agreed


def _correct_customer(booking: Booking, reached: Contacts, *, named: str, now: datetime, by: Actor) -> Customer | None:
    """Correct the record of the customer that a booking belongs to, and return it, where there is one.

    It was ``named`` so in the booking: a record that is called otherwise (two were merged) keeps its name unless this
    one is corrected.
    """
    customer = Customer.objects.select_for_update().filter(pk=booking.customer_id or 0, erased_at=None).first()
    if customer is None:
        return None
    is_renamed = booking.customer_name not in {named, customer.name}
    if is_renamed:
        customer.name, customer.name_key = booking.customer_name, make_key(booking.customer_name)
        statement = Statement()
        statement.update("customer", customer)
        add_history_part(statement, Customer, source="customer", is_new=False, user_id=by.user_id, at=now)
        statement.fetch("SELECT 1")
    pairs = zip((ContactKind.PHONE, ContactKind.EMAIL), reached, strict=True)
    values = {ContactKind.PHONE: booking.customer_phone, ContactKind.EMAIL: booking.customer_email}
    for kind, old in pairs:
        if old != values[kind]:
            customer.contacts.filter(kind=kind, value=old).delete()
            if values[kind]:
                Contact.objects.get_or_create(customer=customer, kind=kind, value=values[kind])
    if is_renamed or values != dict(zip(values, reached, strict=True)):
        tell_customer(customer, CustomerEvent.UPDATED, now=now)
    return customer


def _correct_asset(
    booking: Booking, customer: Customer, clean: CleanDetails, said: Mapping[str, str], *, now: datetime
) -> None:
    """Correct the record of the asset; what the booking neither ``said`` nor says now stays (a plate alone).

    What is somebody else's by now stays as it is, and so does that this visit was about it.
    """
    asset = Asset.objects.select_for_update(of=("self",)).filter(pk=booking.asset_id or 0).first()
    if asset is not None and asset.owner_id != customer.pk:
        return
    if asset is None:
        asset = Asset(owner=customer, type_key=clean.asset_type, is_sample=booking.is_sample, created_at=now)
    asset.data = {key: text for key, text in asset.data.items() if key not in said} | dict(clean.details.asset)
    named = name_asset(asset.data)
    asset.label, asset.label_key, asset.identifier = named.label, make_key(named.label), named.identifier
    asset.save()
    asset.marks.all().delete()
    # Another vehicle of the same customer that has the plate already keeps it.
    AssetMark.objects.bulk_create(
        [AssetMark(asset=asset, owner=customer, mark=each) for each in named.marks], ignore_conflicts=True
    )
    booking.asset = asset
