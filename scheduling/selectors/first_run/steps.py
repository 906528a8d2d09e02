"""How far a new business is on its way to its first customer: each step's answer is read from what is there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from files.selectors.files import find_first_picture
from files.services.brand import BUSINESS, BUSINESS_PHOTO
from scheduling.enums import FirstStep, HoursKind, PublishBlocker
from scheduling.models import Resource, Service, WorkingHours
from scheduling.selectors.catalog.offer import Offer, load_offer
from scheduling.selectors.catalog.photos import LOCATION_PHOTO
from scheduling.selectors.first_run.readiness import show_blockers
from tenants.context import current_tenant
from tenants.types import USUAL_ACCENT


@dataclass(frozen=True, slots=True)
class FirstRun:
    """The steps that are done, and what their lines say.

    Attributes:
        blockers: What stands in the way of publishing.
        services: How many can be booked online, ``own_services`` of them looked at by their owner.
        people: How many work here, ``own_people`` of them with a name of their own.
        open_weekdays: On how many days of the week somebody works.
        samples: How many services and resources are still as the starter kit made them up.
        phone, address: Of the first place.
    """

    done: frozenset[FirstStep]
    blockers: tuple[PublishBlocker, ...]
    services: int
    own_services: int
    people: int
    own_people: int
    open_weekdays: int
    samples: int
    address: str
    phone: str

    @property
    def next_step(self) -> FirstStep | None:
        """The first step that is not done; None: all are."""
        return next((each for each in FirstStep if each not in self.done), None)


def read_first_run(*, now: datetime) -> FirstRun:
    """Read every step; seven queries, one more where nothing has a free time."""
    tenant, offer = current_tenant(), load_offer()
    blockers = show_blockers(offer, now=now)
    bookable = {each.id for each in offer.list_bookable_services()}
    sample_services = set(Service.objects.filter(is_active=True, is_sample=True).values_list("pk", flat=True))
    staff = Counter(
        Resource.objects.filter(is_active=True).values_list("resource_type__is_person", "is_sample").order_by()
    )
    people, own_people = staff[True, True] + staff[True, False], staff[True, False]
    hours = WorkingHours.objects.filter(kind=HoursKind.WORK).values_list("weekday", flat=True).distinct()
    weekdays = set(hours)
    done = {
        FirstStep.SERVICES: bool(bookable - sample_services),
        FirstStep.PEOPLE: bool(own_people),
        FirstStep.HOURS: not {PublishBlocker.HOURS, PublishBlocker.TIMES} & set(blockers),
        FirstStep.CONTACT: _has_contact(offer),
        FirstStep.LOOK: _has_look(offer),
        FirstStep.TEST: tenant.tested_at is not None,
        FirstStep.PUBLISH: tenant.is_published,
        FirstStep.SHARE: tenant.shared_at is not None,
    }
    place = offer.locations[0] if offer.locations else None
    return FirstRun(
        done=frozenset(step for step, is_done in done.items() if is_done),
        blockers=() if tenant.is_published else blockers,
        services=len(bookable),
        own_services=len(bookable - sample_services),
        people=people,
        own_people=own_people,
        open_weekdays=len(weekdays),
        samples=len(sample_services) + staff[True, True] + staff[False, True],
        address=place.address if place else "",
        phone=place.phone if place else "",
    )


def _has_contact(offer: Offer) -> bool:
    """Tell whether customers know of every place where it is and whom to call."""
    return bool(offer.locations) and all(
        (place.address.strip() or place.map_url) and place.phone for place in offer.locations
    )


def _has_look(offer: Offer) -> bool:
    """Tell whether anything of the look is the business's own: color, logo, a photo of it or of one of its places."""
    tenant = current_tenant()
    if tenant.accent != USUAL_ACCENT or tenant.logo is not None:
        return True
    return (
        find_first_picture([(BUSINESS_PHOTO, BUSINESS), *((LOCATION_PHOTO, each.id) for each in offer.locations)])
        is not None
    )
