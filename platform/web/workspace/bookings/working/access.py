"""Which visits somebody may work on: whoever manages bookings on all, others on those that are given to them."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.policies import Permission, has_permission
from scheduling.errors import BookingNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.staff import list_own_resource_ids
from scheduling.types import BookingView


def is_given_to(user: object, visit: BookingView) -> bool:
    """Tell whether somebody may work on a visit: it takes a resource that is them, or they manage bookings."""
    if has_permission(user, Permission.BOOKING_MANAGE):
        return True
    if not has_permission(user, Permission.OWN_WORK):
        return False
    own_ids = list_own_resource_ids(user_id=getattr(user, "pk", None) or 0)
    return bool({each.resource_id for each in visit.resources} & set(own_ids))


def get_own_visit(request: HttpRequest, booking_id: int) -> BookingView:
    """Return a visit on which whoever asks may work.

    Raises:
        BookingNotFound: There is none, or it is given to others: who asks learns no more of it.
    """
    visit = get_booking(booking_id=booking_id)
    if not is_given_to(request.user, visit):
        raise BookingNotFound
    return visit
