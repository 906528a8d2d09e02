"""How a customer may book without talking to anybody, as staff decides it."""

from __future__ import annotations

from datetime import datetime

from audit.history import add_history_part
from database.statements import Statement
from database.transactions import write_transaction
from scheduling.enums import BookingLevel, CustomerEvent
from scheduling.errors import CustomerNotFound
from scheduling.models import Customer
from scheduling.services.writing.customers import tell_customer
from scheduling.services.writing.inputs import clean_reason
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may


@write_transaction()
def set_booking_level(*, customer_id: int, level: BookingLevel, reason: str, now: datetime, by: Actor) -> bool:
    """Say how a customer books from now on, and tell whether anything changed; bookings that exist stay.

    The reason is for staff, and kept in the history; whoever books as everybody needs none.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        CustomerNotFound: There is none, or it was erased.
        RequestInvalid: A level that is not the normal one has no reason, or the reason is too long.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    customer = Customer.objects.select_for_update().filter(pk=customer_id, erased_at=None).first()
    if customer is None:
        raise CustomerNotFound
    is_normal = level == BookingLevel.NORMAL
    kept = clean_reason("" if is_normal else reason, is_required=not is_normal)
    if (customer.booking_level, customer.level_reason) == (level, kept):
        return False
    customer.booking_level, customer.level_reason = level, kept
    statement = Statement()
    statement.update("customer", customer)
    add_history_part(statement, Customer, source="customer", is_new=False, user_id=by.user_id, at=now, reason=kept)
    statement.fetch("SELECT 1")
    tell_customer(customer, CustomerEvent.UPDATED, now=now)
    return True
