"""Those who do the work, with or without an account: what each is told of a booking, and how they are reached.

They read what the job needs: when, what, about what, and the customer's note; no contact and no price.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from accounts.enums import OWN_WORK, NoticeChannel
from accounts.selectors.staff import list_silent_channels
from notifications.types.messages import Recipient
from scheduling.models import Resource
from scheduling.types import BookingView
from tenants.context import current_tenant


@dataclass(frozen=True, slots=True)
class Worker:
    """A person, or a place with a contact of its own; ``user_id``: of their account.

    Attributes:
        email: May be empty; anybody's, unless they have an account: whoever set it up typed it.
    """

    email: str
    phone: str
    user_id: int | None
    has_account: bool

    def as_recipient(self) -> Recipient:
        """Return how they are reached, in the business's own language."""
        return Recipient(email=self.email, phone=self.phone, locale=current_tenant().locale)


def list_workers(booking: BookingView) -> tuple[Worker, ...]:
    """Return whom a booking takes and one can write to, in the order of the visit."""
    return find_workers([taken.resource_id for taken in booking.resources])


def find_workers(resource_ids: Collection[int]) -> tuple[Worker, ...]:
    """Return the resources that can be written to, by their own contact or by their account's, in that order.

    Whoever signs in has chosen by which channel, if at all.
    """
    found = Resource.objects.select_related("user").in_bulk(list(resource_ids))
    people = {each.user_id for each in found.values() if each.user_id is not None}
    silent = list_silent_channels(people, notice=OWN_WORK)
    workers = []
    for resource in (found[each] for each in dict.fromkeys(resource_ids) if each in found):
        own = resource.user.email if resource.user is not None and resource.user.is_active else ""
        quiet = silent.get(resource.user_id or 0, frozenset())
        email = "" if NoticeChannel.EMAIL in quiet else resource.email or own
        phone = "" if NoticeChannel.SMS in quiet else resource.phone
        if email or phone:
            has_account = bool(own) and email.lower() == own.lower()
            workers.append(Worker(email, phone, resource.user_id, has_account))
    return tuple(workers)
